import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { setOperation } from '../../db/operations.ts';
import { lastWantedPage, type Replay, settleEarlier, settleReplay, wantedPages } from '../../db/replays.ts';
import { storePage, type Unreadable } from '../../db/staging.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged, unreadable } from './rows.ts';

const REPLAY = 77;

let database: TestDatabase;
let db: Db;
let earlier: number;
let replay: Replay;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  for (const table of ['sync_errors', 'sync_rows', 'sync_pages', 'license_links'] as const) {
    await db.deleteFrom(table).execute();
  }
  earlier = await newOperation(db, `earlier-${++runs}`);
  await setOperation(db, earlier, { page_size: 100 });
  const operation = await newOperation(db, `replay-${runs}`);
  await setOperation(db, operation, { page_size: 40 });
  replay = { operation, replayId: REPLAY };
});
afterAll(() => database.drop());

/** Quarantines positions of a page in an operation, marked to be read again. */
async function quarantine(operation: number, page: number, entries: Unreadable[]): Promise<void> {
  await storePage(db, { operation, pass: 1, page }, { rows: [], unreadable: entries, answered: 100, total: 1000 }, 100);
  await db.updateTable('sync_errors').set({ replay_id: REPLAY }).where('operation', '=', operation).execute();
}

/** A page of the replay that came with so many rows, some of them unreadable. */
async function read(page: number, answered: number, entries: Unreadable[] = []): Promise<void> {
  await storePage(
    db,
    { operation: replay.operation, pass: 1, page },
    { rows: [], unreadable: entries, answered, total: 1000 },
    100,
  );
}

const wanted = async (from: number, to: number) =>
  [...(await wantedPages(db, replay, { pageSize: 40, from, to }))].sort((a, b) => a - b);

/** position → state, by which operation, and whether it still waits for a replay. */
async function entries(operation = earlier): Promise<unknown[]> {
  const rows = await db
    .selectFrom('sync_errors')
    .selectAll()
    .where('operation', '=', operation)
    .orderBy('page')
    .orderBy('position')
    .execute();
  return rows.map((row) => [(row.page - 1) * 100 + row.position, row.state, row.resolved_operation, row.replay_id]);
}

describe('the pages of a replay', () => {
  it('are those of the grid of now on which the entries stood', async () => {
    await quarantine(earlier, 3, [unreadable(39), unreadable(40), unreadable(50, 40)]);
    expect(await wanted(1, 100)).toEqual([6, 7, 8]);
    expect(await wanted(7, 7)).toEqual([7]);
    expect(await wanted(9, 100)).toEqual([]);
    expect(await lastWantedPage(db, replay, 40)).toBe(8);
  });

  it('are none when no entry waits', async () => {
    expect(await wanted(1, 100)).toEqual([]);
    expect(await lastWantedPage(db, replay, 40)).toBe(0);
  });

  it('leave out entries of another part of the feed, whose positions mean other records', async () => {
    await quarantine(earlier, 1, [unreadable(0)]);
    await db
      .updateTable('sync_operations')
      .set({ options: '{"partial":true,"status":1}' })
      .where('id', '=', earlier)
      .execute();
    expect(await wanted(1, 100)).toEqual([]);
    await db
      .updateTable('sync_operations')
      .set({ options: '{"partial":true,"status":1}' })
      .where('id', '=', replay.operation)
      .execute();
    expect(await wanted(1, 100)).toEqual([1]);
  });

  it('are all that held a record which stood twice, and none once it is not known where', async () => {
    await storePage(
      db,
      { operation: earlier, pass: 1, page: 1 },
      { rows: [staged(5, { countid: 7 })], unreadable: [], answered: 100, total: 1000 },
      100,
    );
    const twice = { ...unreadable(0), sourceKey: 'c:7', errorCode: 'conflicting_repeat' };
    await quarantine(earlier, 9, [twice]);
    expect(await wanted(1, 100)).toEqual([1, 21]);
    await db.deleteFrom('sync_rows').execute();
    expect(await wanted(1, 100)).toEqual([]);
  });
});

describe('a replay that ended', () => {
  it('resolves what its pages answered and leaves the rest for another replay', async () => {
    await quarantine(earlier, 1, [unreadable(0), unreadable(1), unreadable(38, 4), unreadable(90)]);
    await read(1, 40, [unreadable(1)]);
    await read(2, 40);
    expect(await settleReplay(db, replay)).toEqual({ resolved: 2, open: 2 });
    expect(await entries()).toEqual([
      [0, 'resolved', replay.operation, null],
      [1, 'open', null, null],
      [38, 'resolved', replay.operation, null],
      [90, 'open', null, null],
    ]);
    expect(await settleReplay(db, replay)).toEqual({ resolved: 0, open: 0 });
  });

  it('leaves open what a page that came short did not reach', async () => {
    await quarantine(earlier, 1, [unreadable(4), unreadable(5)]);
    await read(1, 5);
    await settleReplay(db, replay);
    expect(await entries()).toEqual([
      [4, 'resolved', replay.operation, null],
      [5, 'open', null, null],
    ]);
  });

  it('leaves open what belongs to another part of the feed, although the position was read', async () => {
    await quarantine(earlier, 1, [unreadable(0)]);
    await db
      .updateTable('sync_operations')
      .set({ options: '{"partial":true,"status":1}' })
      .where('id', '=', earlier)
      .execute();
    await read(1, 40);
    expect(await settleReplay(db, replay)).toEqual({ resolved: 0, open: 1 });
  });

  it('resolves what is said of a known record when that record is linked with what was read', async () => {
    const entry = (position: number, countid: number) => ({
      ...unreadable(position),
      sourceKey: `c:${countid}`,
      errorCode: 'not_storable',
    });
    await quarantine(earlier, 1, [entry(0, 1), entry(1, 2), entry(2, 3)]);
    const rows = [1, 2, 3].map((countid, index) => staged(index, { countid }));
    await storePage(
      db,
      { operation: replay.operation, pass: 1, page: 1 },
      { rows, unreadable: [], answered: 40, total: 1000 },
      100,
    );
    const now = sqlInstant(Date.now());
    for (const { sourceKey, rowHash } of rows.slice(0, 2)) {
      await db
        .insertInto('license_links')
        .values({
          source_key: sourceKey,
          license_id: `L-${sourceKey}`,
          role: 'primary',
          matched_by: 'created',
          confidence: null,
          base: '{}',
          base_hash: sourceKey === 'c:1' ? rowHash : 'older',
          operation: earlier,
          created_at: now,
          updated_at: now,
        })
        .execute();
    }
    expect(await settleReplay(db, replay)).toEqual({ resolved: 1, open: 2 });
    expect(await entries()).toEqual([
      [0, 'resolved', replay.operation, null],
      [1, 'open', null, null],
      [2, 'open', null, null],
    ]);
  });
});

describe('a run that read the whole feed', () => {
  it('resolves open entries of earlier runs, and neither its own nor later ones', async () => {
    await quarantine(earlier, 1, [unreadable(0)]);
    await read(1, 40, [unreadable(3)]);
    const later = await newOperation(db, `later-${runs}`);
    await quarantine(later, 1, [unreadable(0)]);
    expect(await settleEarlier(db, replay.operation)).toBe(1);
    expect(await entries()).toEqual([[0, 'resolved', replay.operation, null]]);
    expect(await entries(replay.operation)).toEqual([[3, 'open', null, null]]);
    expect(await entries(later)).toEqual([[0, 'open', null, REPLAY]]);
    expect(await settleEarlier(db, replay.operation)).toBe(0);
  });
});
