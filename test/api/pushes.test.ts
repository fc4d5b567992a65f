/** What people see of pushes: record by record over HTTP, and the same on the command line. */
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MergeDetail, UndoResult } from '../../operations/consolidation.ts';
import type { PlanView } from '../../operations/plans.ts';
import type { PushPage, PushView } from '../../operations/pushes.ts';
import type { QuarantineView } from '../../operations/quarantine.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { runProcess } from '../support/processes.ts';
import { createPushing, type Pushing, TWO_WAY } from '../support/pushing.ts';
import { createRig, type Rig } from '../support/rig.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const OPERATIONS = `${SYNC}/operations`;
/** More than four changes of a kind wait for an approval. */
const GUARD = { LICENSE_SYNC_GUARD_MIN_CHANGES: '4', LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '0.1' };

interface Page {
  data: PushView[];
  meta: { limit: number; nextCursor: string | null; counts: PushPage['counts'] };
}
type Linked<T> = T & { links: Record<string, string> };

let rig: Rig;
let two: Pushing;
let api: TestApp;
let operator: string;
let viewer: string;
/** The run that sent. */
let sent: OperationView;

beforeAll(async () => {
  const settings = { ...TWO_WAY, ...GUARD };
  rig = await createRig({ records: 0, bundled: false }, settings);
  two = createPushing(rig);
  operator = await createToken(rig.db, 'operator');
  viewer = await createToken(rig.db, 'viewer');
  api = await startTestApp(
    {
      ...settings,
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    operator,
  );
  await rig.simulator.control.replace(
    [1, 2, 3, 4, 5, 6, 7].map((countid) => ({
      countid,
      appid: countid === 3 || countid === 7 ? 'shared' : `app-${countid}`,
      Email_license: countid === 3 || countid === 7 ? 'both@example.com' : `owner${countid}@example.com`,
      dba: `Business ${countid}`,
      zip: '77001',
      status: 1,
      monthlyFee: 20,
      smsBalance: 5,
    })),
  );
  await two.sync();
  await rig.simulator.control.fault({
    name: 'refused_put',
    route: 'put',
    countid: 2,
    status: 422,
    message: 'dba must not hold an ampersand; ask help@example.com',
  });
  await two.edit(1, { dba: 'Renamed', lastPayment: '31.5000' });
  await two.edit(2, { dba: 'A & B' });
  await two.edit(3, { zip: '77003' });
});

afterAll(async () => {
  await api.close();
  await rig.close();
});

async function get<T>(path: string, token = viewer): Promise<T> {
  const { status, body, text } = await api.call<T>('GET', path, token);
  expect(status, text).toBe(200);
  return body;
}

const pushes = (id: string, query = '') => get<Page>(`${OPERATIONS}/${id}/pushes${query}`);
const operation = async (id: string) => (await get<{ data: Linked<OperationView> }>(`${OPERATIONS}/${id}`)).data;

async function cli(args: string[], codes = [0]): Promise<string> {
  const env = { LICENSE_SYNC_API_URL: api.url, LICENSE_SYNC_API_TOKEN: operator, LICENSE_SYNC_HOME: tmpdir() };
  const { code, stdout, stderr } = await runProcess('cli/main.ts', args, env, 90_000);
  expect(codes, stdout + stderr).toContain(code);
  return stdout;
}

const statesOf = ({ data }: Page) => data.map(({ sourceKey, state }) => [sourceKey, state]);

describe('a dry run', () => {
  it('says what would be sent, and changes nothing upstream', async () => {
    const report = await cli(['sync', '--bidirectional', '--dry-run', '--wait']);
    expect(report).toMatch(/upstream +3 records would be changed/);
    const id = /npx license-sync runs pushes ([0-9a-f-]{36})/.exec(report)?.[1] ?? '';
    const page = await pushes(id);
    expect(page.meta.counts).toMatchObject({ planned: 3, written: 0 });
    expect(page.data[0]).toMatchObject({
      sourceKey: 'c:1',
      dba: 'Renamed',
      licenseVersion: 2,
      state: 'planned',
      fields: [
        { field: 'dba', before: 'Business 1', after: 'Renamed' },
        { field: 'monthlyFee', before: '20.0000', after: '31.5000' },
      ],
      reason: null,
    });
    const { data: plan } = await get<{ data: Linked<PlanView> }>(`/api/v1/plans/${id}`);
    expect(plan).toMatchObject({ summary: { pushes: 3 }, links: { pushes: `${OPERATIONS}/${id}/pushes` } });
    expect(await cli(['plan', id])).toMatch(/upstream +3 records would be changed/);
    expect((await two.upstream(1)).dba).toBe('Business 1');
  });
});

describe('a run that sends', () => {
  it('reports what was sent and what was not, and how to see it record by record', async () => {
    const report = await cli(['sync', '--bidirectional', '--wait']);
    expect(report).toMatch(/upstream +1 record changed\n/);
    expect(report).toContain('1 record could not be told from others');
    expect(report).toContain('1 record refused by the API');
    expect(report).toContain('npx license-sync quarantine --phase push');
    const id = /npx license-sync runs pushes ([0-9a-f-]{36})/.exec(report)?.[1] ?? '';
    sent = await operation(id);
    expect(sent).toMatchObject({
      status: 'completed_with_findings',
      pushes: { planned: 0, pushed: 1, rejected: 1, unaddressable: 1, written: 1 },
      links: { pushes: `${OPERATIONS}/${id}/pushes` },
    });
    const shown = await cli(['runs', 'pushes', id]);
    expect(shown).toMatch(/^RECORD +NAME +STATE +FIELD +CHANGE$/m);
    expect(shown).toMatch(/^c:1 +Renamed +pushed +dba +Business 1 -> Renamed$/m);
    expect(shown).toMatch(/^ +monthlyFee +20.0000 -> 31.5000$/m);
    expect(shown).toContain('dba must not hold an ampersand');
    expect(shown).not.toContain('help@example.com');
    const refused = JSON.parse(await cli(['runs', 'pushes', id, '--state', 'rejected', '--json'])) as PushView[];
    expect(refused.map(({ sourceKey }) => sourceKey)).toEqual(['c:2']);
    expect((await cli(['runs', 'pushes', id, '--all', '--limit', '1'])).match(/^c:/gm)).toHaveLength(3);
    expect((await cli(['runs', 'pushes', id, '--state', 'gone'])).split('\n')[0]).toBe('No record is in that state.');
  });

  it('is listed page by page and by state', async () => {
    const seen: unknown[] = [];
    let next: string | undefined = `${OPERATIONS}/${sent.operationId}/pushes?limit=2`;
    while (next !== undefined) {
      const { headers, body }: { headers: Headers; body: Page } = await api.call<Page>('GET', next, viewer);
      seen.push(...statesOf(body));
      expect(body.meta.counts.pushed).toBe(1);
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(next === undefined).toBe(body.meta.nextCursor === null);
    }
    expect(seen).toEqual([
      ['c:1', 'pushed'],
      ['c:2', 'rejected'],
      ['c:3', 'unaddressable'],
    ]);
    expect(statesOf(await pushes(sent.operationId, '?state=unaddressable'))).toEqual([['c:3', 'unaddressable']]);
  });

  it.each([
    ['?state=lost', 400, 'invalid-request'],
    ['?cursor=%25', 400, 'invalid-request'],
    ['?limit=501', 400, 'invalid-request'],
    ['?status=pushed', 400, 'invalid-request'],
  ])('refuses %s', async (query, status, type) => {
    const answer = await api.call('GET', `${OPERATIONS}/${sent.operationId}/pushes${query}`);
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${type}`]);
  });

  it('that nobody knows is 404', async () => {
    const { status, body } = await api.call('GET', `${OPERATIONS}/${UNKNOWN}/pushes`);
    expect([status, body.type]).toEqual([404, '/problems/operation-not-found']);
  });

  it('puts into quarantine what was refused, where it is found by its phase', async () => {
    const { data } = await get<{ data: QuarantineView[] }>('/api/v1/quarantine?phase=push');
    expect(data).toMatchObject([{ phase: 'push', sourceKey: 'c:2', code: 'push_rejected', pass: 0 }]);
    expect((await get<{ data: QuarantineView[] }>('/api/v1/quarantine?phase=fetch')).data).toEqual([]);
    expect(await cli(['quarantine', '--phase', 'push'])).toMatch(/ push +c:2 +push_rejected +record c:2: /);
    const one = await cli(['quarantine', String(data[0]?.id)]);
    expect(one).not.toMatch(/^place/m);
    expect(one).toContain(`npx license-sync runs pushes ${sent.operationId}`);
    expect(one).toContain(`To send it again: npx license-sync quarantine replay ${data[0]?.id}`);
  });

  it('stands in the history of its license', async () => {
    const { license_id: id } = await rig.db
      .selectFrom('license_links')
      .select('license_id')
      .where('source_key', '=', 'c:1')
      .executeTakeFirstOrThrow();
    const { meta } = await get<{ meta: { license: unknown } }>(`/api/v1/licenses/${id}/history`);
    expect(meta.license).toMatchObject({
      lastPush: { sourceKey: 'c:1', version: 2, kind: 'push', state: 'done', operationId: sent.operationId },
    });
    expect(await cli(['blame', id])).toMatch(
      new RegExp(`^Version 2 for record c:1: written upstream, .*, run ${sent.operationId}$`, 'm'),
    );
  });
});

describe('an undone merge', () => {
  it('tells how many records it has to take back upstream', async () => {
    const ids = await rig.db
      .selectFrom('license_links')
      .select(['source_key', 'license_id'])
      .where('source_key', 'in', ['c:4', 'c:5'])
      .orderBy('source_key')
      .execute();
    const [master = '', duplicate = ''] = ids.map((link) => link.license_id);
    const init = (body: unknown): RequestInit => ({
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    const made = await api.call<{ data: { merges: { id: number }[] } }>(
      'POST',
      '/api/v1/licenses/duplicates/consolidate',
      operator,
      init({ masterLicenseId: master, duplicateLicenseIds: [duplicate], fields: { dba: duplicate } }),
    );
    expect(made.status, made.text).toBe(200);
    const merge = made.body.data.merges[0]?.id ?? 0;
    await two.sync();
    expect((await two.upstream(4)).dba).toBe('Business 5');
    const before = await get<{ data: MergeDetail }>(`/api/v1/merges/${merge}`);
    expect(before.data.upstream).toEqual({ sent: 1, due: 0 });
    expect(await cli(['merges', 'show', String(merge)])).toMatch(/^upstream +1 record was changed since/m);
    const undone = await api.call<{ meta: UndoResult }>('POST', `/api/v1/merges/${merge}/undo`, operator, init({}));
    expect(undone.status, undone.text).toBe(200);
    expect(undone.body.meta.upstream).toEqual({ sent: 1, due: 1 });
    expect(await cli(['merges', 'show', String(merge)])).toContain(
      '1 record will be taken back by the next run with --bidirectional',
    );
  });
});

describe('a run that waits for an approval of what it would send', () => {
  it('shows it, and when it is cancelled says that nothing was sent', async () => {
    await rig.simulator.control.clearFaults();
    for (const countid of [1, 4, 5, 6, 7]) await two.edit(countid, { notes: 'call first' });
    const waiting = await cli(['sync', '--bidirectional', '--wait'], [3]);
    const id = /runs approve ([0-9a-f-]{36}) --kind push --ceiling 6/.exec(waiting)?.[1] ?? '';
    expect(waiting).toContain('Let it change 6 records upstream:');
    expect(waiting).toContain(`npx license-sync runs pushes ${id}`);
    const waits = await pushes(id, '?state=planned&limit=1');
    expect([waits.meta.counts.planned, waits.data[0]?.sourceKey]).toEqual([6, 'c:1']);
    await cli(['runs', 'cancel', id]);
    const report = await cli(['runs', id, '--wait'], [1]);
    expect(report).toMatch(/upstream +0 records changed\n/);
    expect(report).toMatch(/not sent +6 records were not reached/);
    expect(await operation(id)).toMatchObject({ status: 'cancelled', pushes: { planned: 6, written: 0 } });
  });
});

describe('what was sent', () => {
  it('is not told half when its rows have been dropped', async () => {
    const { id } = await rig.operation(sent.operationId);
    await rig.db.deleteFrom('sync_pushes').where('operation', '=', id).where('source_key', '=', 'c:3').execute();
    const { status, body } = await api.call('GET', `${OPERATIONS}/${sent.operationId}/pushes`);
    expect([status, body.type]).toEqual([409, '/problems/pushes-expired']);
    expect(body.detail).toContain('LICENSE_SYNC_RETENTION_ROWS_DAYS');
    expect((await operation(sent.operationId)).pushes).toMatchObject({ pushed: 1 });
  });
});
