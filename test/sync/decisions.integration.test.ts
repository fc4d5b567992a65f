/** What people decide about synced data, and that the next sync respects it: conflicts, overrides, replays; and who is named for what. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../db/bulk.ts';
import { sqlInstant } from '../../db/connect.ts';
import { editLicense } from '../../db/license-edits.ts';
import { LICENSE_COLUMNS, licenseRow } from '../../db/license-rows.ts';
import { lockLicenses } from '../../db/merge-writes.ts';
import type { OperationRow } from '../../db/operations.ts';
import { inTransaction } from '../../db/retry.ts';
import { licenseIdFor } from '../../domain/identity.ts';
import type { License } from '../../domain/license.ts';
import { createLicense } from '../../domain/mapping.ts';
import type { BulkResult, ConflictView } from '../../operations/conflicts.ts';
import type { BlameView, HistoryEntry } from '../../operations/lineage.ts';
import type { OverrideView } from '../../operations/overrides.ts';
import type { QuarantineDetail, QuarantineView } from '../../operations/quarantine.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { record } from '../domain/arbitraries.ts';
import { type Answer, createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { type Finished, runProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import type { RawRecord } from '../support/simulator.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const EMAIL = 'typed.person@private.example';

interface Answered<T, M = Record<string, unknown>> {
  data: T;
  meta: M & { nextCursor: string | null };
  type: string;
  detail: string;
  [member: string]: unknown;
}

let rig: Rig;
let api: TestApp;
let viewer: string;
let reviewer: string;
let operator: string;

beforeAll(async () => {
  rig = await createRig({ records: 10, seed: 23 }, { ...QUICK, LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '10' });
  viewer = await createToken(rig.db, 'viewer');
  reviewer = await createToken(rig.db, 'reviewer');
  operator = await createToken(rig.db, 'operator');
  api = await startTestApp(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    reviewer,
  );
});

afterAll(async () => {
  await api?.close();
  await rig?.close();
});

async function get<T, M = Record<string, unknown>>(path: string): Promise<Answered<T, M>> {
  const { status, body } = await api.call<Answered<T, M>>('GET', path, viewer);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function post<T>(path: string, body: unknown, as = reviewer, headers: Record<string, string> = {}) {
  return await api.call<Answered<T>>('POST', path, as, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

function cli(args: string[], token = reviewer): Promise<Finished> {
  return runProcess('cli/main.ts', args, {
    LICENSE_SYNC_API_URL: api.url,
    LICENSE_SYNC_API_TOKEN: token,
    LICENSE_SYNC_HOME: '/nonexistent',
  });
}

const idOf = (countid: number) => licenseIdFor(`c:${countid}`);

async function licenseRowOf(id: string) {
  return await rig.db.selectFrom('licenses').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

const linkOf = (countid: number) =>
  rig.db.selectFrom('license_links').selectAll().where('source_key', '=', `c:${countid}`).executeTakeFirst();

/** An edit by a person, as lineage records it. */
async function edit(id: string, fields: Partial<License>): Promise<void> {
  await inTransaction(rig.db, async (trx) => {
    const locked = (await lockLicenses(trx, [id])).get(id);
    if (!locked) throw new Error(`no license ${id}`);
    const changes = Object.entries(fields).map(([name, after]) => {
      const field = name as 'dba';
      return { field, before: locked.license[field], after: after as string, rule: 'edited' };
    });
    await editLicense(trx, { locked, changes, by: 'Ann', sourceKey: null, now: sqlInstant(Date.now()) });
  });
}

async function insertLicense(id: string, fields: Partial<License>, archivedInto: string | null = null): Promise<void> {
  const now = sqlInstant(Date.now());
  const internal: License = {
    ...createLicense(record({ countid: null }), `a:${id}`),
    id,
    key: `KEY-${id.slice(-8)}`,
    origin: 'internal',
    externalSyncStatus: null,
    ...fields,
  };
  const columns = [...LICENSE_COLUMNS, 'archived_into', 'created_at', 'updated_at', 'created_by', 'updated_by'];
  const row = [...licenseRow(internal), archivedInto, now, now, 'import', 'import'];
  await insertRows(rig.db, 'licenses', columns, [row], { batchSize: 1 });
}

const agreed = (countid: number): RawRecord => ({
  countid,
  appid: `own-${countid}`,
  dba: 'Agreed',
  zip: '10000',
  status: 1,
  smsBalance: 1,
  Note: 'Agreed',
  Email_license: `agreed-${countid}@private.example`,
});

describe('conflicts', () => {
  const FIRST = 95_000;
  const COUNT = 9;
  const countids = Array.from({ length: COUNT }, (_, index) => FIRST + index);
  let clash: OperationRow;

  const open = async (query = '') => (await get<ConflictView[]>(`/api/v1/conflicts?limit=200${query}`)).data;
  const of = (countid: number, field: string) => async () => {
    const found = (await open()).find((one) => one.sourceKey === `c:${countid}` && one.field === field);
    if (!found) throw new Error(`no open conflict of ${countid} ${field}`);
    return found;
  };
  const resolve = async (id: number, body: unknown, headers?: Record<string, string>) =>
    await post<ConflictView>(`/api/v1/conflicts/${id}/resolve`, body, reviewer, headers);

  beforeAll(async () => {
    for (const countid of countids) await rig.simulator.control.add({ record: agreed(countid) });
    await rig.sync();
    for (const countid of countids) {
      await edit(idOf(countid), { dba: 'Mine', smsBalance: '5.0000' });
      await rig.simulator.control.patch(countid, { dba: 'Theirs', smsBalance: 9 });
    }
    clash = await rig.sync();
  });

  it('are listed, newest first, with all that is needed to decide', async () => {
    const all = await open();
    expect(all).toHaveLength(2 * COUNT);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(await of(FIRST, 'dba')()).toMatchObject({
      license: { id: idOf(FIRST), dba: 'Theirs', version: 3 },
      operationId: clash.operation_id,
      internal: 'Mine',
      external: 'Theirs',
      base: 'Agreed',
      present: 'Theirs',
      resolution: 'took_external',
      held: false,
      state: 'open',
      sentence: expect.stringContaining('both changed dba; the external value was taken'),
    });
    expect(await of(FIRST, 'smsBalance')()).toMatchObject({
      resolution: 'kept_internal',
      held: true,
      present: '5.0000',
    });
  });

  it('are filtered, and paged by a Link that can be followed', async () => {
    expect((await open('&field=dba')).every(({ field }) => field === 'dba')).toBe(true);
    expect(await open(`&licenseId=${idOf(FIRST)}`)).toHaveLength(2);
    const key = (await licenseRowOf(idOf(FIRST))).key;
    expect(await open(`&licenseId=${key}`)).toHaveLength(2);
    expect((await api.call('GET', '/api/v1/conflicts?licenseId=nobody')).body.type).toBe('/problems/license-not-found');
    expect(await open(`&operationId=${clash.operation_id}`)).toHaveLength(2 * COUNT);
    expect(await open(`&operationId=${UNKNOWN}`)).toEqual([]);
    const seen: number[] = [];
    for (let next: string | undefined = '/api/v1/conflicts?field=dba&limit=4'; next; ) {
      const { headers, body }: Answer<Answered<ConflictView[]>> = await api.call<Answered<ConflictView[]>>(
        'GET',
        next,
        viewer,
      );
      seen.push(...body.data.map(({ id }) => id));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual((await open('&field=dba')).map(({ id }) => id));
  });

  it.each(['state=all', 'field=nothing', 'limit=0', 'limit=201', 'cursor=x', 'operationId=1', 'wrong=1'])(
    'are not listed by ?%s',
    async (query) => {
      expect((await api.call('GET', `/api/v1/conflicts?${query}`)).status).toBe(400);
    },
  );

  it('are settled one by one: keep, take, a typed value; the license is written when something changes, or what was held back stands', async () => {
    const [a, b, c] = countids as [number, number, number];
    const keep = await resolve((await of(a, 'dba')()).id, { choice: 'keep' });
    expect(keep.body.data).toMatchObject({
      state: 'resolved',
      choice: 'keep',
      present: 'Mine',
      resolvedBy: 'test reviewer',
    });
    expect(await licenseRowOf(idOf(a))).toMatchObject({ dba: 'Mine', version: 4, updated_by: 'test reviewer' });

    await resolve((await of(b, 'dba')()).id, { choice: 'take' });
    expect(await licenseRowOf(idOf(b))).toMatchObject({ dba: 'Theirs', version: 3 });
    const held = await of(b, 'smsBalance')();
    const took = await resolve(held.id, { choice: 'take' }, { 'if-match': '"3"' });
    expect(took.body.data).toMatchObject({ present: '9.0000', held: false });
    expect(await licenseRowOf(idOf(b))).toMatchObject({ sms_balance: '9.0000', version: 4 });

    await resolve((await of(c, 'dba')()).id, { choice: 'value', value: ' Typed ' });
    await resolve((await of(c, 'smsBalance')()).id, { choice: 'keep' });
    expect(await licenseRowOf(idOf(c))).toMatchObject({ dba: 'Typed', sms_balance: '5.0000', version: 5 });
  });

  it('that are asked for again are answered again, and refused when the answer would be another one', async () => {
    const settled = (await get<ConflictView[]>('/api/v1/conflicts?state=resolved&field=dba')).data;
    const [kept] = settled.filter(({ choice }) => choice === 'keep');
    const again = await resolve(kept?.id ?? 0, { choice: 'keep' });
    expect([again.status, again.body.data.resolvedAt]).toEqual([200, kept?.resolvedAt]);
    const other = await resolve(kept?.id ?? 0, { choice: 'take' });
    expect([other.status, other.body.type]).toEqual([409, '/problems/conflict-state']);
    expect(other.body.detail).toContain('test reviewer chose keep');
  });

  it('whose license was edited since are refused, naming what it holds now; unless that is what is asked for', async () => {
    const countid = FIRST + 3;
    const { id } = await of(countid, 'dba')();
    await edit(idOf(countid), { dba: 'Edited since' });
    const refused = await resolve(id, { choice: 'keep' });
    expect([refused.status, refused.body.type, refused.body.now, refused.body.licenseVersion]).toEqual([
      409,
      '/problems/conflict-state',
      'Edited since',
      4,
    ]);
    const stale = await resolve(id, { choice: 'value', value: 'Edited since' }, { 'if-match': '"3"' });
    expect([stale.status, stale.body.type]).toEqual([412, '/problems/license-changed']);
    const same = await resolve(id, { choice: 'value', value: 'Edited since' }, { 'if-match': '"4"' });
    expect(same.body.data).toMatchObject({ state: 'resolved', choice: 'value' });
    expect((await licenseRowOf(idOf(countid))).version).toBe(4);
  });

  it.each([
    [{}, 400],
    [{ choice: 'give' }, 400],
    [{ choice: 'keep', value: 'x' }, 400],
    [{ choice: 'value' }, 400],
    [{ choice: 'value', value: '   ' }, 400],
    [{ choice: 'value', value: { a: 1 } }, 400],
    [{ choice: 'value', value: EMAIL.padEnd(300, 'x') }, 400],
    [{ choice: 'value', value: 'half \ud800' }, 400],
  ])('are not settled by %j', async (body, expected) => {
    const { status, text } = await resolve((await of(FIRST + 4, 'dba')()).id, body);
    expect(status).toBe(expected);
    expect(text).not.toContain(EMAIL);
  });

  it('that nobody knows are 404, and a viewer settles none', async () => {
    expect((await resolve(999_999_999, { choice: 'keep' })).status).toBe(404);
    expect((await api.call('GET', '/api/v1/conflicts/999999999')).status).toBe(404);
    expect((await api.call('GET', '/api/v1/conflicts/x')).status).toBe(400);
    const { id } = await of(FIRST + 4, 'dba')();
    expect((await post(`/api/v1/conflicts/${id}/resolve`, { choice: 'keep' }, viewer)).status).toBe(403);
  });

  it('that two people settle differently at once are settled once, and the other one is told', async () => {
    const { id } = await of(FIRST + 4, 'dba')();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => resolve(id, { choice: index % 2 === 0 ? 'keep' : 'take' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const after = await licenseRowOf(idOf(FIRST + 4));
    const { choice } = (await get<ConflictView>(`/api/v1/conflicts/${id}`)).data;
    expect([after.dba, after.version]).toEqual(choice === 'keep' ? ['Mine', 4] : ['Theirs', 3]);
  });

  it('are settled in bulk, by ids and by a filter; each is reported, and asking again changes nothing', async () => {
    const wanted = [await of(FIRST + 5, 'dba')(), await of(FIRST + 5, 'smsBalance')()].map(({ id }) => id);
    const ids = [...wanted, 999_999_999];
    const once = await post<BulkResult[]>('/api/v1/conflicts/resolve', { ids, choice: 'take' });
    expect(once.body.data.map(({ id, outcome }) => [id, outcome])).toEqual([
      [ids[0], 'resolved'],
      [ids[1], 'resolved'],
      [ids[2], 'skipped'],
    ]);
    expect(once.body.meta).toMatchObject({ resolved: 2, skipped: 1 });
    // Both fields in one write.
    expect(await licenseRowOf(idOf(FIRST + 5))).toMatchObject({ dba: 'Theirs', sms_balance: '9.0000', version: 4 });
    const again = await post<BulkResult[]>('/api/v1/conflicts/resolve', { ids, choice: 'take' });
    expect(again.body.meta).toMatchObject({ resolved: 2, skipped: 1 });
    expect((await licenseRowOf(idOf(FIRST + 5))).version).toBe(4);

    const filter = { licenseId: idOf(FIRST + 6) };
    const filtered = await cli(['conflicts', 'resolve', '--license', filter.licenseId, '--keep', '--json']);
    expect([filtered.code, (JSON.parse(filtered.stdout) as BulkResult[]).length]).toEqual([0, 2]);
    expect(await licenseRowOf(idOf(FIRST + 6))).toMatchObject({ dba: 'Mine', sms_balance: '5.0000', version: 4 });
    const none = await post<BulkResult[]>('/api/v1/conflicts/resolve', { filter, choice: 'keep' });
    expect(none.body.data).toEqual([]);
  });

  it.each([
    [{ ids: [], choice: 'keep' }],
    [{ ids: Array.from({ length: 1001 }, (_, index) => index + 1), choice: 'keep' }],
    [{ ids: [1], filter: {}, choice: 'keep' }],
    [{ filter: { state: 'open' }, choice: 'keep' }],
    [{ ids: [1], choice: 'value', value: 'x' }],
    [{ choice: 'keep' }],
  ])('are not settled in bulk by %.60j', async (body) => {
    expect((await post('/api/v1/conflicts/resolve', body)).status).toBe(400);
  });

  it('once settled stay as they are in the syncs that follow, also when other fields of the record change', async () => {
    const before = await Promise.all(countids.map((countid) => licenseRowOf(idOf(countid))));
    for (const countid of countids) await rig.simulator.control.patch(countid, { zip: '20000' });
    await rig.sync();
    const after = await Promise.all(countids.map((countid) => licenseRowOf(idOf(countid))));
    expect(after.map(({ dba, sms_balance: balance, zip }) => [dba, balance, zip])).toEqual(
      before.map(({ dba, sms_balance: balance }) => [dba, balance, '20000']),
    );
  });

  it('of the same record and field are listed once, however many runs they arise in', async () => {
    const countid = FIRST + 7;
    const first = await of(countid, 'smsBalance')();
    await rig.simulator.control.patch(countid, { smsBalance: 12 });
    const run = await rig.sync();
    expect([run.updated_count, run.conflict_count]).toEqual([0, 1]);
    const [now, ...others] = await open(`&licenseId=${idOf(countid)}&field=smsBalance`);
    expect(others).toEqual([]);
    expect(now).toMatchObject({ internal: '5.0000', external: '12.0000', held: true });
    const late = await resolve(first.id, { choice: 'take' });
    expect([late.status, late.body.reason]).toEqual([409, 'superseded']);
    await rig.simulator.control.patch(countid, { smsBalance: 5 });
    await rig.sync();
    const moved = await resolve(now?.id ?? 0, { choice: 'take' });
    expect([moved.status, moved.body.reason, moved.body.now]).toEqual([409, 'record_moved_on', '5.0000']);
    expect((await resolve(now?.id ?? 0, { choice: 'keep' })).status).toBe(200);
  });

  it('are listed, shown and settled by the command line', async () => {
    const { id } = await of(FIRST + 8, 'dba')();
    const list = await cli(['conflicts', '--field', 'dba']);
    expect([list.code, list.stdout.includes('Mine'), list.stdout.includes('Theirs')]).toEqual([0, true, true]);
    const show = await cli(['conflicts', 'show', String(id)]);
    expect(show.stdout).toMatch(/agreed before +Agreed/);
    const settled = await cli(['conflicts', 'resolve', String(id), '--value', 'Typed on a line', '--json']);
    expect(JSON.parse(settled.stdout)).toMatchObject({ state: 'resolved', present: 'Typed on a line' });
    expect((await cli(['conflicts', 'resolve', String(id), '--keep', '--take'])).code).toBe(2);
  });

  it('leave no typed value in the log', () => {
    for (const text of ['Typed', 'Edited since', EMAIL]) expect(api.log.join('\n')).not.toContain(text);
  });
});

describe('overrides', () => {
  const INTERNAL = '00000000-0000-4000-9000-0000000000a1';
  const OTHER = '00000000-0000-4000-9000-0000000000a2';
  const ARCHIVED = '00000000-0000-4000-9000-0000000000a3';
  const override = async (kind: string, sourceKey: string, licenseId: string, note?: string) =>
    await post<OverrideView>('/api/v1/overrides', { kind, sourceKey, licenseId, ...(note ? { note } : {}) });

  beforeAll(async () => {
    await insertLicense(INTERNAL, { appid: 'own-96000', dba: 'Inside' });
    await insertLicense(OTHER, { appid: 'nobody', dba: 'Other' });
    await insertLicense(ARCHIVED, { appid: 'gone' }, OTHER);
    for (const countid of [96_000, 96_001, 96_002, 96_003]) {
      await rig.simulator.control.add({ record: { ...agreed(countid), Email_license: null } });
    }
    await rig.simulator.control.patch(96_002, { appid: 'Twin' });
    await rig.simulator.control.patch(96_003, { appid: 'twin' });
    await rig.sync();
  });

  it.each([
    ['never', '96001', idOf(96_001), 409, 'override-refused', 'made of record c:96001 itself'],
    ['always', 'c:96000', ARCHIVED, 409, 'override-refused', OTHER],
    ['always', 'c:96000', UNKNOWN, 404, 'license-not-found', UNKNOWN],
    ['always', 'c:1', OTHER, 404, 'record-not-found', 'c:1'],
    ['always', 'nobody knows', OTHER, 404, 'record-not-found', 'nobody knows'],
    ['always', ' TWIN ', OTHER, 409, 'record-ambiguous', 'c:96002'],
    ['perhaps', 'c:96000', OTHER, 400, 'invalid-request', 'kind'],
    ['always', '', OTHER, 400, 'invalid-request', 'sourceKey'],
  ])('%s %s %s is refused', async (kind, record, license, status, type, detail) => {
    const refused = await override(kind, record, license);
    expect([refused.status, refused.body.type]).toEqual([status, `/problems/${type}`]);
    expect(refused.body.detail).toContain(detail);
  });

  it('never takes a link away at once, and a sync does not bring it back', async () => {
    expect(await linkOf(96_000)).toMatchObject({ license_id: INTERNAL, matched_by: 'appid' });
    const answer = await override('never', ' OWN-96000', 'KEY-000000a1', 'two shops');
    expect([answer.status, answer.body.meta.unlinked]).toEqual([201, { licenseId: INTERNAL, promoted: null }]);
    expect(answer.body.data).toMatchObject({
      kind: 'never',
      sourceKey: 'c:96000',
      note: 'two shops',
      linkedLicenseId: null,
    });
    expect(await linkOf(96_000)).toBeUndefined();
    expect(await licenseRowOf(INTERNAL)).toMatchObject({ external_sync_status: null, updated_by: 'test reviewer' });
    const again = await override('never', 'c:96000', INTERNAL);
    expect([again.status, again.body.data.id]).toEqual([200, answer.body.data.id]);
    const opposite = await override('always', 'c:96000', INTERNAL);
    expect([opposite.status, opposite.body.overrideId]).toEqual([409, answer.body.data.id]);
    await rig.sync();
    expect(await linkOf(96_000)).toMatchObject({ license_id: idOf(96_000) });
  });

  it('always moves a record to another license: the one it leaves is fed by the best of the others', async () => {
    const from = idOf(96_001);
    for (const countid of [96_002, 96_003]) {
      await rig.db
        .updateTable('license_links')
        .set({ license_id: from, role: 'secondary' })
        .where('source_key', '=', `c:${countid}`)
        .execute();
    }
    const answer = await override('always', '96001', OTHER);
    expect([answer.status, answer.body.meta.unlinked]).toEqual([201, { licenseId: from, promoted: 'c:96002' }]);
    expect(await linkOf(96_002)).toMatchObject({ license_id: from, role: 'primary' });
    expect(await licenseRowOf(from)).toMatchObject({ external_sync_status: 'synced' });
    const second = await override('always', '96001', INTERNAL);
    expect([second.status, second.body.overrideId]).toEqual([409, answer.body.data.id]);
    await rig.simulator.control.patch(96_002, { zip: '30000' });
    await rig.sync();
    expect(await linkOf(96_001)).toMatchObject({ license_id: OTHER, role: 'primary' });
    expect((await licenseRowOf(OTHER)).dba).toBe('Agreed');
    expect((await licenseRowOf(from)).zip).toBe('30000');
  });

  it('that contradict each other at once do not both hold', async () => {
    const answers = await Promise.all(
      (['always', 'never', 'always', 'never'] as const).map((kind) => override(kind, 'c:96003', INTERNAL)),
    );
    expect(new Set(answers.map(({ status }) => status)).has(409)).toBe(true);
    const held = (await get<OverrideView[]>(`/api/v1/overrides?sourceKey=c:96003`)).data;
    expect(held).toHaveLength(1);
  });

  it('are listed, set and removed by the command line', async () => {
    const set = await cli(['overrides', 'never', '96002', OTHER, '--note', 'asked on the phone']);
    expect([set.code, set.stdout.includes('belongs never')]).toEqual([0, true]);
    const list = JSON.parse((await cli(['overrides', '--json', '--kind', 'never'])).stdout) as OverrideView[];
    const one = list.find(({ sourceKey }) => sourceKey === 'c:96002');
    expect(one).toMatchObject({ note: 'asked on the phone', createdBy: 'test reviewer', license: { id: OTHER } });
    const removed = await cli(['overrides', 'remove', String(one?.id)]);
    expect(removed.code).toBe(0);
    const gone = await cli(['overrides', 'remove', String(one?.id)]);
    expect([gone.code, gone.stderr.includes(`there is no override ${one?.id}`)]).toEqual([1, true]);
  });
});

describe('quarantine', () => {
  const BROKEN = [97_000, 97_001];
  let run: OperationRow;
  const list = async (query = '') => (await get<QuarantineView[]>(`/api/v1/quarantine${query}`)).data;

  beforeAll(async () => {
    for (const countid of BROKEN) {
      await rig.simulator.control.add({ record: { ...agreed(countid), ActivateDate: 'not a day', pass: 'secret' } });
    }
    run = await rig.sync();
  });

  it('lists what could not be read, and shows what the API sent, without what is private', async () => {
    const entries = await list();
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      operationId: run.operation_id,
      code: 'FIELD_INVALID',
      state: 'open',
      replaying: false,
    });
    expect(await list('?code=FIELD_INVALID&type=validation')).toHaveLength(2);
    expect(await list('?code=SOMETHING_ELSE')).toEqual([]);
    expect(await list(`?operationId=${UNKNOWN}`)).toEqual([]);
    const { data } = await get<QuarantineDetail>(`/api/v1/quarantine/${entries[0]?.id}`);
    expect(data.rawContent).toContain('not a day');
    expect(data.rawContent).not.toMatch(/secret|private\.example/);
    expect((await api.call('GET', '/api/v1/quarantine/999999999')).status).toBe(404);
  });

  it('is replayed: entries that are read now are resolved, the others stay open', async () => {
    const [newer, older] = await list();
    await rig.simulator.control.patch(BROKEN[0] ?? 0, { ActivateDate: '02/12/2026' });
    const body = { ids: [newer?.id, older?.id, 999_999_999] };
    expect((await post('/api/v1/quarantine/replay', body, reviewer)).status).toBe(403);
    const started = await post<{ operationId: string }>('/api/v1/quarantine/replay', body, operator);
    expect([started.status, started.body.meta]).toEqual([
      202,
      { entries: 2, skipped: [{ id: 999_999_999, reason: 'unknown' }], otherParts: 0 },
    ]);
    const { operationId } = started.body.data;
    expect(started.headers.get('location')).toBe(`${SYNC}/operations/${operationId}`);
    await rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID, operationId).result();
    const ended = await rig.operation(operationId);
    expect(ended.replay_id).not.toBeNull();
    expect(await linkOf(BROKEN[0] ?? 0)).toMatchObject({ license_id: idOf(BROKEN[0] ?? 0) });
    const resolved = await list('?state=resolved');
    expect(resolved.map(({ id, resolvedOperationId }) => [id, resolvedOperationId])).toEqual([
      [older?.id, operationId],
    ]);
    expect((await list()).map(({ id }) => id)).toContain(newer?.id);
  });

  it('is not replayed while a run is under way, and no mark is left', async () => {
    await rig.simulator.control.fault({ name: 'latency', ms: 700 });
    const underWay = await rig.start();
    await eventually(
      async () => (await post('/api/v1/quarantine/replay', { all: true }, operator)).status,
      (status) => status === 409,
    );
    await rig.simulator.control.clearFaults();
    const marked = await rig.db.selectFrom('sync_errors').select('id').where('replay_id', 'is not', null).execute();
    expect(marked).toEqual([]);
    await underWay.result();
  });

  it('that was marked by a process that died is marked anew', async () => {
    const [entry] = await list();
    await rig.db
      .updateTable('sync_errors')
      .set({ replay_id: 4711 })
      .where('id', '=', entry?.id ?? 0)
      .execute();
    const replayed = await cli(['quarantine', 'replay', String(entry?.id), '--wait', '--json'], operator);
    expect(replayed.code).toBe(0);
    const after = await rig.db.selectFrom('sync_errors').select('id').where('replay_id', 'is not', null).execute();
    expect(after).toEqual([]);
  });

  it('says when there is nothing to replay, and no such run', async () => {
    const nothing = await post('/api/v1/quarantine/replay', { ids: [999_999_999] }, operator);
    expect([nothing.status, nothing.body.type]).toEqual([409, '/problems/nothing-to-replay']);
    expect((await post('/api/v1/quarantine/replay', { operationId: UNKNOWN }, operator)).status).toBe(404);
    for (const body of [{}, { all: false }, { ids: [] }, { ids: [1], all: true }]) {
      expect((await post('/api/v1/quarantine/replay', body, operator)).status).toBe(400);
    }
    expect((await cli(['quarantine', 'replay'], operator)).code).toBe(2);
    const filtered = await cli(['quarantine', 'replay', '--all', '--code', 'FIELD_INVALID'], operator);
    expect([filtered.code, filtered.stderr.includes('--code')]).toEqual([2, true]);
    const listed = await cli(['quarantine', '--code', 'FIELD_INVALID'], viewer);
    expect([listed.code, listed.stdout.includes('ActivateDate')]).toEqual([0, true]);
  });
});

describe('lineage', () => {
  const COUNTID = 95_000;
  const history = async (query = '') =>
    await get<HistoryEntry[], { blame?: BlameView[] }>(`/api/v1/licenses/${idOf(COUNTID)}/history${query}`);

  it('tells everything that happened to a license, newest first, down to what it was created with', async () => {
    const { data } = await history();
    expect(data.map(({ version, kind }) => [version, kind])).toEqual([
      [5, 'updated'],
      [4, 'updated'],
      [3, 'updated'],
      [2, 'updated'],
      [1, 'created'],
    ]);
    const [sync, resolved, clash, edited, created] = data as [
      HistoryEntry,
      HistoryEntry,
      HistoryEntry,
      HistoryEntry,
      HistoryEntry,
    ];
    expect(sync.changes).toEqual([{ field: 'zip', before: '10000', after: '20000', rule: 'external_changed' }]);
    expect(resolved).toMatchObject({ by: 'test reviewer', operationId: null, sourceKey: `c:${COUNTID}` });
    expect(resolved.changes).toEqual([{ field: 'dba', before: 'Theirs', after: 'Mine', rule: 'conflict_resolved' }]);
    expect(clash.changes).toEqual([{ field: 'dba', before: 'Mine', after: 'Theirs', rule: 'policy_external_wins' }]);
    expect(edited.by).toBe('Ann');
    const at = Object.fromEntries(created.changes.map(({ field, before, after }) => [field, [before, after]]));
    expect(at).toMatchObject({
      dba: [null, 'Agreed'],
      zip: [null, '10000'],
      smsBalance: [null, '1.0000'],
      notes: [null, 'Agreed'],
      status: [null, 'active'],
      externalEmail: [null, `agreed-${COUNTID}@private.example`],
    });
    expect(created.sentence).toMatch(/^Created by run [0-9a-f-]{36}, page \d+, record c:95000\.$/);
  });

  it('is paged, and found by the key as well', async () => {
    const { key } = await licenseRowOf(idOf(COUNTID));
    const first = await get<HistoryEntry[]>(`/api/v1/licenses/${key}/history?limit=3`);
    const rest = await get<HistoryEntry[]>(`/api/v1/licenses/${key}/history?limit=3&cursor=${first.meta.nextCursor}`);
    expect([...first.data, ...rest.data]).toEqual((await history()).data);
    expect(rest.meta.nextCursor).toBeNull();
  });

  it('names who put the present value of a field there, and what it replaced', async () => {
    const { data, meta } = await history('?field=dba');
    expect(data.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(meta.blame).toMatchObject([
      {
        field: 'dba',
        value: 'Mine',
        replaced: 'Theirs',
        rule: 'conflict_resolved',
        origin: { by: 'test reviewer', version: 4, operationId: null },
      },
    ]);
    const { meta: mail } = await history('?field=external_email');
    expect(mail.blame).toMatchObject([{ field: 'externalEmail', rule: 'created', origin: { version: 1 } }]);
    expect(mail.blame?.[0]?.origin?.operationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tells of a license that lost its link', async () => {
    const { data } = await get<HistoryEntry[]>(
      '/api/v1/licenses/00000000-0000-4000-9000-0000000000a1/history?limit=200',
    );
    expect(data.find(({ changes }) => changes.some(({ rule }) => rule === 'unlinked'))).toMatchObject({
      by: 'test reviewer',
      changes: [{ field: 'externalSyncStatus', before: 'synced', after: null }],
    });
  });

  it('is told by the command line', async () => {
    const all = await cli(['blame', idOf(COUNTID)], viewer);
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^dba +Mine +\S+ \S+ +test reviewer +conflict_resolved +Theirs$/m);
    expect(all.stdout).toMatch(/^zip +20000 .*run [0-9a-f-]{36}, page \d+ +external_changed +10000$/m);
    const one = JSON.parse((await cli(['blame', idOf(COUNTID), 'zip', '--json'], viewer)).stdout) as {
      blame: BlameView[];
    };
    expect(one.blame.map(({ field }) => field)).toEqual(['zip']);
    expect((await cli(['blame', 'nobody'], viewer)).code).toBe(1);
    expect((await cli(['blame', idOf(COUNTID), 'nothing'], viewer)).code).toBe(2);
  });

  it('never reaches the log', () => {
    expect(api.log.join('\n')).not.toContain('private.example');
  });
});
