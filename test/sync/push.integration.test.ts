/** Edits made inside reach the License API, once, and nothing is undone without a word. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { sqlInstant } from '../../db/connect.ts';
import { eventually } from '../support/eventually.ts';
import { createPushing, type Pushing, TWO_WAY } from '../support/pushing.ts';
import { createRig, type Rig } from '../support/rig.ts';
import type { RawRecord } from '../support/simulator.ts';

let rig: Rig;
let two: Pushing;
beforeAll(async () => {
  rig = await createRig({ records: 0, bundled: false }, { ...TWO_WAY, LICENSE_SYNC_GUARD_MIN_CHANGES: '4' });
  two = createPushing(rig);
});
afterAll(() => rig?.close());

const record = (countid: number, fields: RawRecord = {}): RawRecord => ({
  countid,
  appid: `app-${countid}`,
  Email_license: `owner${countid}@example.com`,
  dba: `Business ${countid}`,
  zip: '77001',
  status: 1,
  monthlyFee: 20,
  smsBalance: 5,
  Note: '',
  ...fields,
});

beforeEach(async () => {
  await rig.reset();
  await rig.simulator.control.replace([1, 2, 3, 4, 5, 6].map((countid) => record(countid)));
  await two.sync();
  await rig.simulator.control.resetStats();
});

const puts = async () => (await rig.simulator.control.stats()).puts;

it('sends what was edited, only that, and finds it unchanged in the next run', async () => {
  await two.edit(1, { dba: 'Renamed', phone: '555-0100' });
  await two.edit(2, { status: 'cancel', lastPayment: '31.5000', smsBalance: '-2.2500', notes: 'call first' });
  const run = await two.sync();
  expect(run).toMatchObject({ status: 'completed', pushed_count: 2, updated_count: 0 });
  expect(await two.pushes(run)).toEqual({ 1: { state: 'pushed', reason: null }, 2: { state: 'pushed', reason: null } });
  const sent = (await puts()).recent;
  expect(sent.find(({ countid }) => countid === 1)?.fields).toEqual({ dba: 'Renamed' });
  expect(sent.find(({ countid }) => countid === 2)?.fields).toEqual({
    status: 0,
    monthlyFee: 31.5,
    smsBalance: -2.25,
    Note: 'call first',
  });
  expect(await two.upstream(2)).toMatchObject({ status: 0, monthlyFee: 31.5, smsBalance: -2.25, Note: 'call first' });

  const before = await two.stamps();
  const again = await two.sync();
  expect(again).toMatchObject({ status: 'completed', pushed_count: 0, updated_count: 0, unchanged_count: 6 });
  expect(await two.pushes(again)).toEqual({});
  expect(await two.stamps()).toEqual(before);
  expect((await puts()).count).toBe(2);
});

it('changes each record once, whatever becomes of the answer', async () => {
  for (const countid of [1, 2, 3, 4]) await two.edit(countid, { dba: `Renamed ${countid}` });
  // In the first two the change is made and the answer does not come, in the others it is not made.
  for (const [countid, name] of (['lost_put_answer', 'reset_mid_body', 'timeout', 'server_error'] as const).entries()) {
    await rig.simulator.control.fault({ name, route: 'put', countid: countid + 1, times: 1 });
  }
  const run = await two.sync();
  expect(run).toMatchObject({ status: 'completed', pushed_count: 4 });
  const { byCountid } = await puts();
  expect(byCountid).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1 });
  expect((await two.ledger()).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  const again = await two.sync();
  expect(again).toMatchObject({ status: 'completed', pushed_count: 0, updated_count: 0 });
  expect((await puts()).byCountid).toEqual(byCountid);
});

it('plans what it would send, sends exactly that, and leaves what was changed upstream meanwhile', async () => {
  await two.edit(1, { dba: 'Inside', zip: '77009' });
  await two.edit(2, { dba: 'Inside too' });
  const dry = await two.sync({ dryRun: true });
  expect(Object.keys(await two.pushes(dry))).toEqual(['1', '2']);
  expect((await puts()).count).toBe(0);
  await rig.simulator.control.patch(1, { zip: '77002' });
  await two.edit(2, { dba: 'Inside again' });
  await two.edit(3, { dba: 'Not planned' });

  const applied = await rig.sync({ planId: dry.operation_id, options: { bidirectional: true } });
  expect(applied).toMatchObject({ status: 'completed_with_findings', pushed_count: 1 });
  const pushes = await two.pushes(applied);
  expect(pushes).toMatchObject({ 1: { state: 'conflict' }, 2: { state: 'skipped' } });
  expect(pushes[1]?.reason).toContain('zip');
  expect(await two.upstream(1)).toMatchObject({ dba: 'Inside', zip: '77002' });
  expect(await two.upstream(2)).toMatchObject({ dba: 'Business 2' });

  const next = await two.sync();
  expect(next).toMatchObject({ status: 'completed_with_findings', updated_count: 1, pushed_count: 2 });
  expect(await two.upstream(2)).toMatchObject({ dba: 'Inside again' });
  expect(await two.upstream(3)).toMatchObject({ dba: 'Not planned' });
  const clash = await rig.db.selectFrom('field_conflicts').selectAll().where('state', '=', 'open').execute();
  expect(clash).toMatchObject([{ source_key: 'c:1', field: 'zip', resolution: 'took_external' }]);
});

it('waits for a person before it changes very many records, and sends nothing when nobody approves', async () => {
  for (const countid of [1, 2, 3, 4, 5]) await two.edit(countid, { dba: `Renamed ${countid}` });
  const handle = await rig.start({ options: { bidirectional: true } });
  const { runId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_operations').select('status').where('operation_id', '=', runId).executeTakeFirst(),
    (row) => row?.status === 'awaiting_approval',
  );
  expect((await puts()).count).toBe(0);
  await handle.executeUpdate('approve', { args: [{ kind: 'push', ceiling: 5 }] });
  await handle.result();
  expect(await rig.operation(runId)).toMatchObject({ status: 'completed', pushed_count: 5 });
});

it('says of a run that was cancelled what was sent and what was not, and a resumed one sends the rest', async () => {
  for (const countid of [1, 2, 3, 4]) await two.edit(countid, { dba: `Renamed ${countid}` });
  await rig.simulator.control.fault({ name: 'rate_limit', route: 'put', afterCalls: 2, retryAfter: 7 });
  const handle = await rig.start({ options: { bidirectional: true } });
  const { runId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_operations').select('wait_kind').where('operation_id', '=', runId).executeTakeFirst(),
    (row) => row?.wait_kind === 'rate_limited',
  );
  await handle.signal('cancelRun');
  await handle.result();
  const cancelled = await rig.operation(runId);
  expect(cancelled).toMatchObject({ status: 'cancelled', pushed_count: 2 });
  const states = Object.values(await two.pushes(cancelled)).map(({ state }) => state);
  expect(states.sort()).toEqual(['planned', 'planned', 'pushed', 'pushed']);

  await rig.simulator.control.clearFaults();
  const resumed = await rig.sync({ operationId: runId });
  expect(resumed).toMatchObject({ status: 'completed', pushed_count: 4 });
  expect((await puts()).byCountid).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1 });
});

it('sends what was held when a person decides that the internal value stands', async () => {
  await two.edit(1, { notes: 'inside' });
  await rig.simulator.control.patch(1, { Note: 'outside' });
  await two.sync();
  expect((await puts()).count).toBe(0);
  const { id } = await rig.db
    .selectFrom('field_conflicts')
    .select('id')
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  await two.operations.conflicts.resolve(id, { choice: 'keep' }, { name: 'test', expectedVersion: null });
  expect(await two.sync()).toMatchObject({ pushed_count: 1 });
  expect(await two.upstream(1)).toMatchObject({ Note: 'inside' });
  expect(await two.sync()).toMatchObject({ status: 'completed', pushed_count: 0 });
});

it('quarantines what the API refuses, with its words, and sends it again when asked to', async () => {
  await rig.simulator.control.fault({
    name: 'refused_put',
    route: 'put',
    countid: 1,
    status: 422,
    message: 'dba must not contain an ampersand; ask help@example.com',
  });
  await two.edit(1, { dba: 'A & B' });
  await two.edit(2, { dba: 'Fine' });
  const run = await two.sync();
  expect(run).toMatchObject({ status: 'completed_with_findings', pushed_count: 1, failed_count: 0 });
  const { 1: refused } = await two.pushes(run);
  expect(refused?.state).toBe('rejected');
  expect(refused?.reason).toContain('ampersand');
  expect(refused?.reason).not.toContain('help@example.com');
  // By itself it is not tried again, however often runs come by, and stays named.
  const later = await two.sync();
  expect(later).toMatchObject({ status: 'completed_with_findings', pushed_count: 0 });
  expect((await rig.simulator.control.stats()).calls['PUT /licenses/appid']).toBe(2);
  const open = await rig.db.selectFrom('sync_errors').selectAll().where('state', '=', 'open').execute();
  expect(open).toMatchObject([{ phase: 'push', source_key: 'c:1', error_code: 'push_rejected' }]);

  await rig.simulator.control.clearFaults();
  const { operation } = await two.operations.quarantine.replay({ all: true }, { trigger: 'test', name: 'test' });
  const replayed = await eventually(
    () => rig.operation(operation.operationId),
    ({ ended_at: endedAt }) => endedAt !== null,
  );
  expect(replayed).toMatchObject({ status: 'completed', pushed_count: 1 });
  expect(await two.upstream(1)).toMatchObject({ dba: 'A & B' });
  expect(await rig.db.selectFrom('sync_errors').selectAll().where('state', '=', 'open').execute()).toEqual([]);
});

it('never confuses two records with one appid', async () => {
  await rig.simulator.control.patch(2, { appid: ' APP-1 ' });
  await rig.simulator.control.patch(3, { appid: 'shared', Email_license: 'both@example.com' });
  await rig.simulator.control.patch(4, { appid: 'shared', Email_license: 'both@example.com' });
  await two.sync();
  for (const countid of [1, 2, 3, 4]) await two.edit(countid, { dba: `Renamed ${countid}` });
  const run = await two.sync();
  const pushes = await two.pushes(run);
  expect(Object.entries(pushes).map(([countid, { state }]) => [countid, state])).toEqual([
    ['1', 'pushed'],
    ['2', 'pushed'],
    ['3', 'unaddressable'],
    ['4', 'unaddressable'],
  ]);
  expect(run.status).toBe('completed_with_findings');
  for (const countid of [1, 2]) expect((await two.upstream(countid)).dba).toBe(`Renamed ${countid}`);
  for (const countid of [3, 4]) expect((await two.upstream(countid)).dba).toBe(`Business ${countid}`);
});

it('converges when the same field is edited on both sides again and again', async () => {
  for (let round = 1; round <= 2; round += 1) {
    await two.edit(1, { dba: `Inside ${round}`, smsBalance: `${round}.0000` });
    await rig.simulator.control.patch(1, { dba: `Outside ${round}`, smsBalance: 100 + round });
    await two.sync();
    const license = await rig.db.selectFrom('licenses').selectAll().where('countid', '=', 1).executeTakeFirstOrThrow();
    // Critical fields are the API's, others stay as people have set them; both are named.
    expect(license).toMatchObject({ dba: `Outside ${round}`, sms_balance: `${round}.0000` });
    const clashes = await rig.db
      .selectFrom('field_conflicts')
      .select(['field', 'resolution', 'held'])
      .where('state', '=', 'open')
      .orderBy('field')
      .execute();
    expect(clashes).toEqual([
      { field: 'dba', resolution: 'took_external', held: 0 },
      { field: 'smsBalance', resolution: 'kept_internal', held: 1 },
    ]);
    const stamps = await two.stamps();
    await two.sync();
    expect(await two.stamps()).toEqual(stamps);
  }
  expect((await puts()).count).toBe(0);
  expect(await two.upstream(1)).toMatchObject({ dba: 'Outside 2', smsBalance: 102 });
});

it('names a value that the API accepts and shows differently, instead of sending it for ever', async () => {
  await rig.simulator.control.fault({ name: 'put_altered', route: 'put', countid: 1, length: 10 });
  await two.edit(1, { dba: 'A name that is much too long for them' });
  const run = await two.sync();
  expect(run).toMatchObject({ status: 'completed_with_findings', pushed_count: 1 });
  expect((await two.pushes(run))[1]?.state).toBe('conflict');
  const again = await two.sync();
  expect(again).toMatchObject({ pushed_count: 0, updated_count: 0 });
  expect((await puts()).count).toBe(1);
  const open = await rig.db.selectFrom('field_conflicts').selectAll().where('state', '=', 'open').execute();
  expect(open).toMatchObject([{ source_key: 'c:1', field: 'dba', resolution: 'kept_internal', held: 1 }]);
});

it('takes back upstream what an undone merge had sent there', async () => {
  const b = await two.edit(2, { plan: 'Gold' });
  const given = { dba: 'Alpha', zip: '77055', notes: 'of ours', status: 'active' as const };
  const { license: a } = await two.operations.licenses.create({ given, by: 'test', allowDuplicate: true });
  const { merges } = await two.operations.consolidation.consolidate(
    { masterLicenseId: a.id, duplicateLicenseIds: [b], strategy: 'keep_master', fields: {}, note: null },
    'test',
  );
  // The record of the duplicate speaks for the master, which says something else.
  expect(await two.sync()).toMatchObject({ pushed_count: 1 });
  expect(await two.upstream(2)).toMatchObject({ dba: 'Alpha', zip: '77055', Note: 'of ours' });

  await two.operations.consolidation.undo(merges[0]?.id ?? 0, { by: 'test', note: null });
  const run = await two.sync();
  expect(run.status).toMatch(/^completed/);
  expect(await two.upstream(2)).toMatchObject({ dba: 'Business 2', zip: '77001', Note: '' });
  const restored = await rig.db.selectFrom('licenses').selectAll().where('id', '=', b).executeTakeFirstOrThrow();
  expect(restored).toMatchObject({ dba: 'Business 2', zip: '77001', notes: null, plan: 'Gold', archived_into: null });
  const stamps = await two.stamps();
  expect(await two.sync()).toMatchObject({ pushed_count: 0, updated_count: 0 });
  expect(await two.stamps()).toEqual(stamps);
  expect((await two.ledger()).map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
    'compensation done',
    'push done',
    'push done',
  ]);
});

/** As a worker leaves it that dies between the call and its result. */
async function leaveSent(countid: number, fields: { field: string; before: unknown; after: unknown }[]): Promise<void> {
  const link = await rig.db
    .selectFrom('license_links as k')
    .innerJoin('licenses as l', 'l.id', 'k.license_id')
    .select(['k.source_key', 'l.id', 'l.version'])
    .where('k.source_key', '=', `c:${countid}`)
    .executeTakeFirstOrThrow();
  await rig.db
    .insertInto('push_ledger')
    .values({
      source_key: link.source_key,
      license_id: link.id,
      license_version: link.version,
      kind: 'push',
      state: 'sent',
      fields: JSON.stringify(fields),
      created_at: sqlInstant(Date.now()),
    })
    .execute();
}

it('knows its own value again when it comes back, and does not let it win over a newer edit', async () => {
  const first = await two.edit(1, { dba: 'First edit' });
  await leaveSent(1, [{ field: 'dba', before: 'Business 1', after: 'First edit' }]);
  await rig.simulator.control.patch(1, { dba: 'First edit' });
  await two.edit(1, { dba: 'Second edit' });
  // Of this one the call was never made.
  await two.edit(2, { dba: 'Never arrived' });
  await leaveSent(2, [{ field: 'dba', before: 'Business 2', after: 'Never arrived' }]);
  expect(await two.sync()).toMatchObject({ status: 'completed', pushed_count: 2 });
  expect(await two.upstream(1)).toMatchObject({ dba: 'Second edit' });
  expect(await two.upstream(2)).toMatchObject({ dba: 'Never arrived' });
  const { dba } = await rig.db.selectFrom('licenses').select('dba').where('id', '=', first).executeTakeFirstOrThrow();
  expect(dba).toBe('Second edit');
  expect((await two.ledger()).filter(({ state }) => state === 'sent')).toEqual([]);
});

it('takes back what chained merges had sent, and what may have been sent', async () => {
  const b = await two.edit(2, { plan: 'Gold' });
  const create = async (dba: string, zip: string) =>
    (await two.operations.licenses.create({ given: { dba, zip, status: 'active' }, by: 'test', allowDuplicate: true }))
      .license.id;
  const join = async (masterLicenseId: string, duplicate: string) => {
    const request = {
      masterLicenseId,
      duplicateLicenseIds: [duplicate],
      strategy: 'keep_master',
      fields: {},
      note: null,
    };
    const { merges } = await two.operations.consolidation.consolidate({ ...request, strategy: 'keep_master' }, 'test');
    return merges[0]?.id ?? 0;
  };
  const alpha = await create('Alpha', '77055');
  const intoAlpha = await join(alpha, b);
  await two.sync();
  const intoGamma = await join(await create('Gamma', '77066'), alpha);
  await two.sync();
  expect(await two.upstream(2)).toMatchObject({ dba: 'Gamma', zip: '77066' });
  for (const id of [intoGamma, intoAlpha]) await two.operations.consolidation.undo(id, { by: 'test', note: null });
  await two.sync();
  expect(await two.upstream(2)).toMatchObject({ dba: 'Business 2', zip: '77001' });

  const again = await join(alpha, b);
  await leaveSent(2, [{ field: 'dba', before: 'Business 2', after: 'Alpha' }]);
  await rig.simulator.control.patch(2, { dba: 'Alpha' });
  await two.operations.consolidation.undo(again, { by: 'test', note: null });
  await two.sync();
  expect(await two.upstream(2)).toMatchObject({ dba: 'Business 2', zip: '77001' });
  const license = await rig.db.selectFrom('licenses').selectAll().where('id', '=', b).executeTakeFirstOrThrow();
  expect(license).toMatchObject({ dba: 'Business 2', zip: '77001' });
});

it('sends nothing that was taken back while the run waited', async () => {
  await two.edit(1, { dba: 'Hasty' });
  await rig.simulator.control.fault({ name: 'rate_limit', route: 'put', times: 1, retryAfter: 7 });
  const handle = await rig.start({ options: { bidirectional: true } });
  const { runId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_operations').select('wait_kind').where('operation_id', '=', runId).executeTakeFirst(),
    (row) => row?.wait_kind === 'rate_limited',
  );
  await two.edit(1, { dba: 'Business 1' });
  await handle.result();
  expect(await two.pushes(await rig.operation(runId))).toMatchObject({ 1: { state: 'skipped' } });
  expect((await puts()).count).toBe(0);
});
