/** Plans of real dry runs: read, exported, carried out, and refused when they are no longer what they were. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { licenseIdFor } from '../../domain/identity.ts';
import type { PlanChangeView, PlanView } from '../../operations/plans.ts';
import type { OperationView } from '../../operations/view.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 300;
const EDITED = 15;
const REMOVED = 6;
const ADDED = 6;
const FORMULA = '=HYPERLINK("http://evil.example","click")';
const PLANS = '/api/v1/plans';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let rig: Rig;
let api: TestApi;
let call: TestApi['call'];
let viewer: string;
let edited: number[];
let removed: number[];
let added: number[];
/** A record whose balance was changed on both sides: ours stays. */
let clashing: number;
let plan: PlanView;

type Problem = { type: string; detail: string; operationId: string; link: string; planId: string };
type Linked<T> = T & { links: Record<string, string> };
interface Page {
  data: PlanChangeView[];
  meta: { limit: number; nextCursor: string | null };
}

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 31 },
    { ...QUICK, LICENSE_SYNC_GUARD_MIN_CHANGES: '20', LICENSE_SYNC_GUARD_MAX_CHANGE_RATIO: '0.02' },
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
  expect((await sync()).status).toBe('completed');

  edited = await rig.simulator.control.edit({ ratio: EDITED / RECORDS, seed: 1, fields: ['dba'] });
  const untouched = (await countids()).filter((countid) => !edited.includes(countid));
  removed = untouched.slice(0, REMOVED);
  for (const countid of removed) await rig.simulator.control.removeRecord(countid);
  added = await rig.simulator.control.add({ count: ADDED, seed: 2 });
  await rig.simulator.control.patch(edited[0] ?? 0, { dba: FORMULA });
  clashing = untouched.at(-1) ?? 0;
  await rig.simulator.control.patch(clashing, { smsBalance: -12.5 });
  await rig.db
    .updateTable('licenses')
    .set({ sms_balance: '77.0000', version: 2 })
    .where('id', '=', licenseIdFor(`c:${clashing}`))
    .execute();
});

afterAll(async () => {
  await api.process.stop();
  await rig.close();
});

afterEach(async () => {
  await rig.simulator.control.clearFaults();
});

async function countids(): Promise<number[]> {
  const all: number[] = [];
  for await (const { countid } of rig.simulator.control.truth()) all.push(Number(countid));
  return all;
}

async function sync(query = ''): Promise<Linked<OperationView>> {
  const { status, body, text } = await call<{ data: Linked<OperationView> }>('POST', `${SYNC}?wait=true${query}`);
  expect([200, 202], text).toContain(status);
  return body.data;
}

async function dryRun(): Promise<Linked<PlanView>> {
  const { planId, status } = await sync('&dryRun=true');
  expect([status, planId]).toEqual([expect.stringMatching(/^completed/), expect.any(String)]);
  return await getPlan(planId ?? '');
}

async function getPlan(id: string): Promise<Linked<PlanView>> {
  const { status, body } = await call<{ data: Linked<PlanView> }>('GET', `${PLANS}/${id}`);
  expect(status).toBe(200);
  return body.data;
}

async function operation(id: string): Promise<OperationView> {
  return (await call<{ data: OperationView }>('GET', `${SYNC}/operations/${id}`)).body.data;
}

const ended = (id: string) =>
  eventually(
    () => operation(id),
    ({ books }) => books !== null,
  );

/** All changes, by the Link headers. */
async function changes(query: string): Promise<PlanChangeView[]> {
  const seen: PlanChangeView[] = [];
  let next: string | undefined = `${PLANS}/${plan.planId}/changes?${query}`;
  while (next !== undefined) {
    const { status, body, headers, text }: { status: number; body: Page; headers: Headers; text: string } =
      await call<Page>('GET', next);
    expect(status, text).toBe(200);
    seen.push(...body.data);
    next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    expect(next === undefined).toBe(body.meta.nextCursor === null);
  }
  return seen;
}

const keysOf = (rows: readonly { sourceKey: string }[]) => rows.map(({ sourceKey }) => sourceKey).toSorted();
const keys = (ids: readonly number[]) => ids.map((countid) => `c:${countid}`).toSorted();

describe('a dry run', () => {
  it('leaves a plan, counted, and no other trace', async () => {
    const before = await rig.checksum();
    const operationView = await sync('&dryRun=true');
    plan = await getPlan(operationView.planId ?? '');
    expect(await rig.checksum()).toBe(before);
    expect(operationView).toMatchObject({
      operationType: 'external_sync_dry_run',
      links: { plan: `${PLANS}/${plan.planId}` },
    });
    expect(plan).toMatchObject({
      planId: operationView.operationId,
      state: 'ready',
      createdBy: 'api',
      outdatedBy: null,
      applied: null,
      changesKept: true,
      summary: { created: ADDED, updated: EDITED, vanished: REMOVED, linked: 0, conflicts: 1, proof: 'proven' },
    });
    const { body } = await call<{ data: PlanView[] }>('GET', `${PLANS}?limit=1`, viewer);
    expect(body.data).toEqual([plan]);
    const { lastSync } = (await call<{ data: { lastSync: { operationId: string } } }>('GET', `${SYNC}/status`)).body
      .data;
    expect(lastSync.operationId).not.toBe(plan.planId);
  });
});

describe('the changes of a plan', () => {
  it('come page by page, each record once, in the order of their keys', async () => {
    const all = await changes('limit=500');
    expect(all.length).toBe(ADDED + EDITED + REMOVED + 1);
    expect(await changes('limit=4')).toEqual(all);
    expect(all.map(({ sourceKey }) => sourceKey)).toEqual(all.map(({ sourceKey }) => sourceKey).toSorted());
  });

  it('show each field before and after, with the rule', async () => {
    const [formula] = (await changes('limit=500')).filter(({ sourceKey }) => sourceKey === `c:${edited[0]}`);
    expect(formula).toMatchObject({ outcome: 'updated', matchedBy: 'link', drift: null, conflicts: [] });
    expect(formula?.fields).toContainEqual({
      field: 'dba',
      before: formula?.dba,
      after: FORMULA,
      rule: 'external_changed',
    });
  });

  it('of a creation are what the license will be', async () => {
    const created = await changes('outcome=created');
    expect(keysOf(created)).toEqual(keys(added));
    for (const { fields, dba, licenseId, sourceKey } of created) {
      expect(licenseId).toBe(licenseIdFor(sourceKey));
      expect(fields).toContainEqual({ field: 'dba', before: null, after: dba, rule: 'created' });
      expect(fields.every(({ before, after, rule }) => before === null && after !== null && rule === 'created')).toBe(
        true,
      );
      expect(fields.map(({ field }) => field)).not.toContain('id');
    }
  });

  it('are filtered by outcome and by field, clashes and creations included', async () => {
    expect(keysOf(await changes('outcome=vanished'))).toEqual(keys(removed));
    expect(keysOf(await changes('outcome=updated&field=dba'))).toEqual(keys(edited));
    const balances = await changes('field=smsBalance');
    expect(keysOf(balances.filter(({ conflicts }) => conflicts.length > 0))).toEqual(keys([clashing]));
    for (const field of ['dba', 'notes', 'product', 'startsAt', 'plan', 'smsBalance', 'lastPayment']) {
      const created = (await changes('outcome=created')).filter(({ fields }) => fields.some((f) => f.field === field));
      expect([field, keysOf(await changes(`outcome=created&field=${field}`))]).toEqual([field, keysOf(created)]);
    }
    expect(await changes('field=agentsName')).toEqual([]);
    expect(await changes('drifted=true')).toEqual([]);
  });

  it.each([
    'limit=0',
    'limit=501',
    'outcome=deleted',
    'field=pass',
    'field=id%27',
    'drifted=maybe',
    'cursor=%20',
    'cursor=!!',
    'page=2',
  ])('are not given for ?%s', async (query) => {
    const { status, body } = await call<Problem>('GET', `${PLANS}/${plan.planId}/changes?${query}`);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
  });
});

describe('an export', () => {
  it('as JSON lines holds the same changes, and says at its end how many', async () => {
    const { status, headers, text } = await call('GET', `${PLANS}/${plan.planId}/export?format=jsonl`, viewer);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/jsonl; charset=utf-8']);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const all = await changes('limit=500');
    expect(lines).toEqual([...all, { end: true, records: all.length }]);
  });

  it('as CSV has a row for each changed field, and no formula', async () => {
    const { text } = await call('GET', `${PLANS}/${plan.planId}/export?format=csv&field=dba&outcome=updated`);
    const rows = text.trimEnd().split('\r\n');
    expect(rows[0]).toBe('source_key,license_id,dba,outcome,matched_by,field,before,after,rule,conflicts,drift');
    expect(rows.at(-1)).toBe(`# end,${EDITED} records,,,,,,,,,`);
    expect(rows.slice(1).filter((row) => row.includes(',dba,'))).toHaveLength(EDITED);
    expect(text).toContain(`"'${FORMULA.replaceAll('"', '""')}"`);
    const clash = await call('GET', `${PLANS}/${plan.planId}/export?format=csv&field=smsBalance&outcome=unchanged`);
    expect(clash.text).toContain('smsBalance kept_internal');
  });

  it('needs a format', async () => {
    for (const query of ['', '?format=xlsx']) {
      expect((await call('GET', `${PLANS}/${plan.planId}/export${query}`)).status).toBe(400);
    }
  });
});

describe('applying a plan', () => {
  it('is refused while a run is under way, and for viewers', async () => {
    await rig.simulator.control.fault({ name: 'latency', ms: 400 });
    const { body: running } = await call('POST', `${SYNC}?dryRun=true`);
    const refused = await call<Problem>('POST', `${PLANS}/${plan.planId}/apply`);
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/sync-already-running']);
    expect(refused.body.operationId).toBe(running.data.operationId);
    expect((await call('POST', `${PLANS}/${plan.planId}/apply`, viewer)).status).toBe(403);
    await call('POST', `${SYNC}/operations/${running.data.operationId}/cancel`);
    await ended(running.data.operationId);
    expect((await getPlan(plan.planId)).state).toBe('ready');
  });

  it('does exactly what it says, and leaves alone and names what was edited since', async () => {
    const drifting = edited[1] ?? 0;
    await rig.db
      .updateTable('licenses')
      .set({ dba: 'Edited By Hand', version: 3 })
      .where('id', '=', licenseIdFor(`c:${drifting}`))
      .execute();
    const { status, headers, body } = await call<{ data: Linked<OperationView> }>(
      'POST',
      `${PLANS}/${plan.planId}/apply`,
    );
    expect(status).toBe(202);
    const { operationId } = body.data;
    expect(headers.get('location')).toBe(`${SYNC}/operations/${operationId}`);
    expect(body.data).toMatchObject({
      operationType: 'plan_apply',
      planId: plan.planId,
      links: { plan: `${PLANS}/${plan.planId}` },
    });
    const applied = await ended(operationId);
    expect(applied).toMatchObject({
      status: 'completed_with_findings',
      drifted: 1,
      vanished: REMOVED,
      books: { created: ADDED, updated: EDITED - 1, balanced: true },
    });
    expect(await getPlan(plan.planId)).toMatchObject({
      state: 'applied',
      applied: { operationId, status: 'completed_with_findings', applied: ADDED + EDITED - 1 + REMOVED, drifted: 1 },
    });
    const left = await changes('drifted=true');
    expect(keysOf(left)).toEqual(keys([drifting]));
    expect(left[0]?.drift).toMatch(/\w/);
    expect(await changes('drifted=false&limit=500')).toHaveLength(ADDED + EDITED + REMOVED);
    const dbas = await rig.db
      .selectFrom('licenses')
      .select(['id', 'dba'])
      .where(
        'id',
        'in',
        [drifting, edited[0] ?? 0].map((countid) => licenseIdFor(`c:${countid}`)),
      )
      .orderBy('dba')
      .execute();
    expect(dbas.map(({ dba }) => dba)).toEqual([FORMULA, 'Edited By Hand']);
  });

  it('a second time is refused with a link to the first', async () => {
    const { status, body } = await call<Problem>('POST', `${PLANS}/${plan.planId}/apply`);
    expect([status, body.type]).toEqual([409, '/problems/plan-already-applied']);
    expect((await call('GET', body.link)).body.data).toMatchObject({
      operationType: 'plan_apply',
      planId: plan.planId,
    });
  });

  it('is refused after another run has written', async () => {
    const stale = await dryRun();
    const newer = await sync();
    const { status, body } = await call<Problem>('POST', `${PLANS}/${stale.planId}/apply`);
    expect([status, body.type, body.operationId]).toEqual([409, '/problems/plan-outdated', newer.operationId]);
    expect(await getPlan(stale.planId)).toMatchObject({ state: 'outdated', outdatedBy: newer.operationId });
  });

  it('is refused, and so is reading its changes, when they were dropped', async () => {
    const { planId } = await dryRun();
    await rig.db.updateTable('sync_plans').set({ state: 'expired' }).where('id', '=', planId).execute();
    for (const [method, path] of [
      ['POST', 'apply'],
      ['GET', 'changes'],
      ['GET', 'export?format=csv'],
    ] as const) {
      const { status, body } = await call<Problem>(method, `${PLANS}/${planId}/${path}`);
      expect([path, status, body.type]).toEqual([path, 409, '/problems/plan-expired']);
    }
    expect(await getPlan(planId)).toMatchObject({ state: 'expired', changesKept: false });
  });

  it('that nobody knows is 404, and a malformed id 400', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/changes'],
      ['GET', '/export?format=jsonl'],
      ['POST', '/apply'],
    ] as const) {
      const { status, body } = await call<Problem>(method, `${PLANS}/${UNKNOWN}${path}`);
      expect([path, status, body.type]).toEqual([path, 404, '/problems/plan-not-found']);
      expect((await call(method, `${PLANS}/1${path}`)).status).toBe(400);
    }
  });

  it('are listed page by page', async () => {
    const seen: string[] = [];
    let next: string | undefined = `${PLANS}?limit=1`;
    while (next !== undefined) {
      const { body, headers }: { body: { data: PlanView[] }; headers: Headers } = await call<{ data: PlanView[] }>(
        'GET',
        next,
      );
      seen.push(...body.data.map(({ planId }) => planId));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    const rows = await rig.db.selectFrom('sync_plans').select('id').orderBy('operation', 'desc').execute();
    expect(seen).toEqual(rows.map(({ id }) => id));
    expect(seen.length).toBeGreaterThan(2);
  });
});
