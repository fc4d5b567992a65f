/** A run that would change unusually much: it waits, can be looked at, and goes on only as far as somebody allowed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanChangeView } from '../../operations/plans.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 120;
const REMOVED = 30;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let rig: Rig;
let api: TestApi;
let call: TestApi['call'];
let viewer: string;
/** The run that waits. */
let operationId: string;

interface Approved {
  data: OperationView & { stillDue: { kind: string; due: number }[] };
  type: string;
  detail: string;
}

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 41 },
    { ...QUICK, LICENSE_SYNC_GUARD_MIN_CHANGES: '5', LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '0.05' },
  );
  const operator = await createToken(rig.db, 'operator');
  viewer = await createToken(rig.db, 'viewer');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    operator,
  );
  call = api.call;
  await rig.sync();
  await rig.simulator.control.remove({ ratio: REMOVED / RECORDS, seed: 3 });
});

afterAll(async () => {
  await api.process.stop();
  await rig.close();
});

async function operation(): Promise<OperationView> {
  return (await call<{ data: OperationView }>('GET', `${SYNC}/operations/${operationId}`)).body.data;
}

const until = (good: (seen: OperationView) => boolean) => eventually(operation, good);

function approve(body: unknown, { id = operationId, token }: { id?: string; token?: string } = {}) {
  return call<Approved>('POST', `${SYNC}/operations/${id}/approve`, token, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

async function noted() {
  return await rig.db
    .selectFrom('guard_approvals')
    .select(['kind', 'ceiling', 'approved_by', 'outcome'])
    .orderBy('id')
    .execute();
}

describe('a run that the guard holds back', () => {
  it('says what must be approved, and answers those who wait for it', async () => {
    const { status, body } = await call('POST', `${SYNC}?wait=true`);
    operationId = body.data.operationId;
    expect([status, body.data.status, body.data.outcome]).toEqual([202, 'awaiting_approval', null]);
    expect(body.data.approvals).toMatchObject({ needs: [{ kind: 'vanish', due: REMOVED, approved: 0 }] });
    expect(Date.parse(body.data.approvals?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    expect(body.data.sentence).toContain(`${REMOVED} records to be marked as vanished`);
  });

  it('shows what it plans before anybody approves it', async () => {
    const path = `/api/v1/plans/${operationId}/changes?outcome=vanished&limit=500`;
    const { status, body } = await call<{ data: PlanChangeView[] }>('GET', path, viewer);
    expect([status, body.data.length]).toEqual([200, REMOVED]);
    expect(body.data.every(({ dba }) => dba !== null)).toBe(true);
    expect((await call('POST', `/api/v1/plans/${operationId}/apply`)).status).toBe(404);
  });

  it('refuses an approval that makes no sense, and notes that it did', async () => {
    const other = await approve({ kind: 'overwrite', ceiling: 10 });
    expect([other.status, other.body.type]).toEqual([409, '/problems/approval-refused']);
    expect(other.body.detail).toContain('vanish');
    expect(await noted()).toEqual([
      { kind: 'overwrite', ceiling: 10, approved_by: 'test operator', outcome: 'refused' },
    ]);
    expect((await operation()).status).toBe('awaiting_approval');
  });

  it.each([
    [{}],
    [{ kind: 'vanish' }],
    [{ kind: 'everything', ceiling: 1 }],
    [{ kind: 'vanish', ceiling: 0 }],
    [{ kind: 'vanish', ceiling: 1.5 }],
    [{ kind: 'vanish', ceiling: '30' }],
    [{ kind: 'vanish', ceiling: 1e15 }],
    [{ kind: 'vanish', ceiling: 30, force: true }],
    [null],
    [[]],
  ])('takes no %j', async (body) => {
    expect((await approve(body)).status).toBe(400);
  });

  it('is approved by operators only', async () => {
    expect((await approve({ kind: 'vanish', ceiling: REMOVED }, { token: viewer })).status).toBe(403);
    expect((await approve({ kind: 'vanish', ceiling: 1 }, { id: UNKNOWN })).status).toBe(404);
  });

  it('waits on when fewer are allowed than are due', async () => {
    const { status, body } = await approve({ kind: 'vanish', ceiling: 10 });
    expect([status, body.data.stillDue]).toEqual([200, [{ kind: 'vanish', due: REMOVED }]]);
    expect(body.data.approvals?.needs).toEqual([{ kind: 'vanish', due: REMOVED, approved: 10 }]);
    expect((await operation()).status).toBe('awaiting_approval');
  });

  it('can be paused and resumed, and waits as before', async () => {
    expect((await call('POST', `${SYNC}/operations/${operationId}/pause`)).status).toBe(202);
    await until(({ status }) => status === 'paused');
    expect((await call('POST', `${SYNC}/operations/${operationId}/resume`)).status).toBe(202);
    const again = await until(({ status }) => status === 'awaiting_approval');
    expect(again.approvals?.needs).toEqual([{ kind: 'vanish', due: REMOVED, approved: 10 }]);
  });

  it('cannot be approved without a worker, says so instead of hanging, and claims nothing', async () => {
    await rig.worker().kill();
    const { status, body } = await approve({ kind: 'vanish', ceiling: 20 });
    expect([status, body.type]).toEqual([503, '/problems/approval-unconfirmed']);
    expect((await noted()).filter(({ ceiling, outcome }) => ceiling === 20 && outcome !== 'asked')).toEqual([]);
    await rig.startWorker();
  });

  it('goes on when as many are allowed as are due, and does no more', async () => {
    const { body } = await eventually(
      () => approve({ kind: 'vanish', ceiling: REMOVED }),
      ({ status }) => status === 200,
    );
    expect(body.data.stillDue).toEqual([]);
    const ended = await until(({ books }) => books !== null);
    expect(ended).toMatchObject({ status: 'completed', vanished: REMOVED });
    expect(ended.approvals).toEqual({ needs: [{ kind: 'vanish', due: REMOVED, approved: REMOVED }], expiresAt: null });
  });

  it('takes no approval once it has ended', async () => {
    const { status, body } = await approve({ kind: 'vanish', ceiling: 1 });
    expect([status, body.type]).toEqual([409, '/problems/operation-state']);
  });

  it('can be cancelled while it waits, and has written nothing', async () => {
    await rig.simulator.control.remove({ ratio: 0.2, seed: 4 });
    const before = await rig.checksum();
    const { body } = await call('POST', `${SYNC}?wait=true`);
    operationId = body.data.operationId;
    expect(body.data.status).toBe('awaiting_approval');
    expect((await call('POST', `${SYNC}/operations/${operationId}/cancel`)).status).toBe(202);
    expect(await until(({ books }) => books !== null)).toMatchObject({ status: 'cancelled', vanished: 0 });
    expect(await rig.checksum()).toBe(before);
  });
});
