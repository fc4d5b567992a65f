/** Runs over a part of the feed: what they read, what they leave alone, and the reading again of what was quarantined. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationRow } from '../../db/operations.ts';
import { keepTypedValue } from '../../db/typed-values.ts';
import { imbalance } from '../../domain/books.ts';
import { booksOf } from '../../operations/view.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 330;
const PAGE = 50;
const DBA = 'ONE OF A KIND NAILS';
/** Before the others in the feed: an active and an inactive record of one business, and one that says nothing of it. */
const [ACTIVE, INACTIVE, OTHER] = [90_001, 90_002, 90_003];
const PARTIAL = { partial: true };

let rig: Rig;
let dbaId: number;

beforeAll(async () => {
  rig = await createRig({ records: RECORDS, seed: 23 }, { ...QUICK, LICENSE_SYNC_EXTERNAL_PAGE_SIZE: String(PAGE) });
  const { control } = rig.simulator;
  await control.add({ record: { countid: ACTIVE, appid: 'k-1', dba: `${DBA} (EAST)`, status: 1, zip: '10000' } });
  await control.add({ record: { countid: INACTIVE, appid: 'k-2', dba: `${DBA} (WEST)`, status: 0, zip: '10000' } });
  await control.add({ record: { countid: OTHER, appid: 'k-3', dba: 'ANOTHER', status: 1, zip: '10000' } });
});
afterAll(() => rig?.close());

/** A run over part of the feed keeps its promises whatever it was asked for. */
function expectPartial(operation: OperationRow): void {
  expect(imbalance(booksOf(operation))).toBe(0);
  expect(operation).toMatchObject({ pending_count: 0, missing_count: null, vanished_count: 0, pass: 1 });
  expect(JSON.parse(operation.report ?? '{}')).toMatchObject({ proof: null });
}

async function zips(): Promise<(string | null)[]> {
  const rows = await rig.db
    .selectFrom('licenses')
    .select('zip')
    .where('countid', 'in', [ACTIVE, INACTIVE, OTHER])
    .orderBy('countid')
    .execute();
  return rows.map((row) => row.zip);
}

async function live(): Promise<number> {
  const rows = await rig.db
    .selectFrom('external_licenses')
    .select('source_key')
    .where('vanished_at', 'is', null)
    .execute();
  return rows.length;
}

/** How often each whole page was asked for; the worker also asks for single records, to see whether the API is well. */
async function pagesAskedFor(): Promise<Record<string, number>> {
  const { listCalls } = await rig.simulator.control.stats();
  const whole = Object.entries(listCalls).filter(([call]) => call.endsWith(`/${PAGE}`));
  return Object.fromEntries(whole.map(([call, times]) => [call.split('/')[0], times]));
}

describe('a partial run', () => {
  beforeAll(async () => {
    await rig.reset();
    dbaId = await keepTypedValue(rig.db, DBA.toLowerCase(), 'test');
    const full = await rig.sync();
    expect(full).toMatchObject({ status: 'completed', total_processed: RECORDS + 3 });
  });
  beforeEach(() => rig.simulator.control.clearFaults());

  it.each<[string, string, { status?: 0 | 1; dba?: boolean }, string[]]>([
    ['active records', '20001', { status: 1 }, ['20001', '10000', '20001']],
    ['one business', '20003', { dba: true }, ['20003', '20003', '20001']],
    ['the inactive ones of one business', '20004', { dba: true, status: 0 }, ['20003', '20004', '20001']],
  ])('over %s takes their changes and touches no other record', async (_, zip, { dba, ...asked }, expected) => {
    const before = await live();
    for (const countid of [ACTIVE, INACTIVE, OTHER]) await rig.simulator.control.patch(countid, { zip });
    const operation = await rig.sync({ options: { ...PARTIAL, ...asked, ...(dba ? { dbaId } : {}) } });
    expectPartial(operation);
    expect(operation.status).toBe('completed');
    expect(operation.total_processed).toBeLessThan(RECORDS);
    expect(operation.total_expected).toBe(operation.total_processed);
    expect(await zips()).toEqual(expected);
    expect(await live()).toBe(before);
  });

  it('over nothing completes, although much is known', async () => {
    const none = await keepTypedValue(rig.db, 'NO SUCH BUSINESS', 'test');
    const operation = await rig.sync({ options: { ...PARTIAL, dbaId: none } });
    expectPartial(operation);
    expect(operation).toMatchObject({ status: 'completed', total_processed: 0 });
  });

  it('over some pages asks for these alone, and names what it could not read of them', async () => {
    await rig.simulator.control.fault({ name: 'bad_row', position: 60, kind: 'bad_date' });
    await rig.simulator.control.fault({ name: 'bad_row', position: 160, kind: 'bad_date' });
    await rig.simulator.control.resetStats();
    const before = await live();
    const operation = await rig.sync({ options: { ...PARTIAL, maxPages: 2 } });
    expectPartial(operation);
    expect(operation).toMatchObject({
      status: 'completed_with_findings',
      total_processed: 2 * PAGE,
      total_expected: 2 * PAGE,
      failed_count: 1,
      // What the runs before did not ask for.
      updated_count: 2,
      unchanged_count: 2 * PAGE - 3,
    });
    expect(await pagesAskedFor()).toEqual({ 1: 1, 2: 1 });
    expect(await live()).toBe(before);
  });

  it('over more pages than there are reads to the end, and to where the end has moved', async () => {
    await rig.simulator.control.fault({ name: 'drift_insert', k: 2, page: 4, limit: PAGE, times: 1 });
    const operation = await rig.sync({ options: { ...PARTIAL, maxPages: 1000 } });
    expectPartial(operation);
    expect(operation.status).toBe('completed');
    expect(operation.total_processed).toBeGreaterThanOrEqual(RECORDS + 3);
  });

  it('that is resumed goes on with the part it was asked for', async () => {
    await rig.simulator.control.fault({ name: 'unauthorized', page: 2, limit: PAGE });
    const failed = await rig.sync({ options: { ...PARTIAL, status: 1 } });
    expect(failed).toMatchObject({ status: 'failed', total_processed: PAGE });
    await rig.simulator.control.clearFaults();
    // Whoever resumes it around the API names no part.
    const resumed = await rig.sync({ operationId: failed.operation_id });
    expectPartial(resumed);
    expect(resumed).toMatchObject({ status: 'completed', attempt: 2 });
    expect(resumed.total_processed).toBe(resumed.total_expected);
    expect(resumed.total_processed).toBeLessThan(RECORDS);
  });

  it('whose business name is not stored any more fails and says so', async () => {
    const operation = await rig.sync({ options: { ...PARTIAL, dbaId: 4_000_000 } });
    expect(operation).toMatchObject({ status: 'failed', error_type: 'TYPED_VALUE_MISSING' });
    expect(operation.error_message).toContain('typed_values 4000000');
  });
});

describe('the legacy strategy', () => {
  it('reads and proves the whole feed, and says nothing of what is not in it', async () => {
    await rig.reset();
    await rig.sync();
    await rig.simulator.control.removeRecord(OTHER);
    const operation = await rig.sync({ options: { comprehensive: false } });
    expect(operation).toMatchObject({ status: 'completed', missing_count: null, vanished_count: 0 });
    expect(JSON.parse(operation.report ?? '{}')).toMatchObject({ proof: 'proven' });
    const row = await rig.db
      .selectFrom('external_licenses')
      .select('vanished_at')
      .where('countid', '=', OTHER)
      .executeTakeFirst();
    expect(row).toEqual({ vanished_at: null });
  });
});

describe('a replay of the quarantine', () => {
  const BAD = [7, 120, 121];
  let full: OperationRow;

  beforeAll(async () => {
    await rig.reset();
    await rig.simulator.control.fault({ name: 'bad_row', position: 7, kind: 'bad_date' });
    await rig.simulator.control.fault({ name: 'expecting_value_500', position: 120 });
    await rig.simulator.control.fault({ name: 'bad_row', position: 121, kind: 'dba_too_long' });
    full = await rig.sync();
    expect(full).toMatchObject({ status: 'completed_with_findings', failed_count: BAD.length });
    await rig.simulator.control.clearFaults();
  });

  const mark = async (replayId: number, positions: number[]) => {
    for (const at of positions) {
      await rig.db
        .updateTable('sync_errors')
        .set({ replay_id: replayId })
        .where('operation', '=', full.id)
        .where('page', '=', Math.floor(at / PAGE) + 1)
        .where('position', '=', at % PAGE)
        .execute();
    }
  };
  const entries = async () => {
    const rows = await rig.db
      .selectFrom('sync_errors')
      .selectAll()
      .where('operation', '=', full.id)
      .orderBy('page')
      .orderBy('position')
      .execute();
    return rows.map((row) => [(row.page - 1) * PAGE + row.position, row.state, row.resolved_operation, row.replay_id]);
  };

  it('reads their pages and no other, writes what is there now, and resolves them', async () => {
    await mark(1, [120, 121]);
    await rig.simulator.control.fault({ name: 'bad_row', position: 121, kind: 'dba_too_long' });
    await rig.simulator.control.resetStats();
    const operation = await rig.sync({ options: PARTIAL, replayId: 1 });
    expectPartial(operation);
    expect(operation).toMatchObject({
      status: 'completed_with_findings',
      total_processed: PAGE,
      created_count: 1,
      unchanged_count: PAGE - 2,
      failed_count: 1,
    });
    expect(await pagesAskedFor()).toEqual({ 1: 1, 3: 1 });
    expect(await entries()).toEqual([
      [7, 'open', null, null],
      [120, 'resolved', operation.id, null],
      [121, 'open', null, null],
    ]);
  });

  it('that fails keeps them for its resumption', async () => {
    await rig.simulator.control.clearFaults();
    await mark(2, [7, 121]);
    await rig.simulator.control.fault({ name: 'unauthorized', page: 3, limit: PAGE });
    const failed = await rig.sync({ options: PARTIAL, replayId: 2 });
    expect(failed).toMatchObject({ status: 'failed', total_processed: PAGE });
    await rig.simulator.control.clearFaults();
    const resumed = await rig.sync({ operationId: failed.operation_id });
    expectPartial(resumed);
    expect(resumed).toMatchObject({ status: 'completed', total_processed: 2 * PAGE, created_count: 2 });
    expect((await entries()).map(([at, state, by]) => [at, state, by])).toEqual([
      [7, 'resolved', resumed.id],
      [120, 'resolved', expect.any(Number)],
      [121, 'resolved', resumed.id],
    ]);
    const quiet = await rig.sync();
    expect(quiet).toMatchObject({ status: 'completed', created_count: 0, updated_count: 0 });
    const open = await rig.db.selectFrom('sync_errors').select('id').where('state', '=', 'open').execute();
    expect(open).toEqual([]);
  });

  it('of nothing reads nothing', async () => {
    const operation = await rig.sync({ options: PARTIAL, replayId: 99 });
    expectPartial(operation);
    expect(operation).toMatchObject({ status: 'completed', total_processed: 0 });
  });
});
