import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/connect.ts';
import {
  clearStaging,
  closePage,
  dropOldPages,
  dropShortPages,
  heldPages,
  storePage,
  storeWindow,
} from '../../db/staging.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged, unreadable } from './rows.ts';

let database: TestDatabase;
let db: Db;
let operation: number;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  operation = await newOperation(db, `run-${++runs}`);
});
afterAll(() => database.drop());

const page = (number: number, pass = 1) => ({ operation, pass, page: number });
const keys = async (number = 1) => {
  const rows = await db
    .selectFrom('sync_rows')
    .select(['position', 'source_key'])
    .where('operation', '=', operation)
    .where('page', '=', number)
    .orderBy('position')
    .execute();
  return rows.map(({ position, source_key }) => `${position} ${source_key}`);
};
const errors = async () => {
  const rows = await db.selectFrom('sync_errors').select('position').where('operation', '=', operation).execute();
  return rows.map(({ position }) => position).sort();
};
const pages = () =>
  db
    .selectFrom('sync_pages')
    .select(['page', 'row_count', 'given_up', 'total'])
    .where('operation', '=', operation)
    .orderBy('page')
    .execute();
const held = (from: number, to: number) => heldPages(db, { operation, pass: 1, from, to });

describe('storePage', () => {
  it('replaces whatever was there of the page, and nothing of its neighbours', async () => {
    const one = { rows: [staged(0, { countid: 1 })], unreadable: [unreadable(1)], answered: 2, total: 9 };
    await storePage(db, page(1), one, 100);
    await storePage(db, page(2), { ...one, rows: [staged(0, { countid: 50 })] }, 100);
    const again = {
      rows: [staged(0, { countid: 7 }), staged(1, { countid: 8 })],
      unreadable: [unreadable(2)],
      answered: 3,
      total: 10,
    };
    await storePage(db, page(1), again, 1);
    expect(await keys(1)).toEqual(['0 c:7', '1 c:8']);
    expect(await keys(2)).toEqual(['0 c:50']);
    expect(await errors()).toEqual([1, 2]);
    expect(await pages()).toEqual([
      { page: 1, row_count: 3, given_up: 0, total: 10 },
      { page: 2, row_count: 2, given_up: 0, total: 9 },
    ]);
  });

  it('keeps passes apart', async () => {
    const content = { rows: [staged(0, { countid: 1 })], unreadable: [], answered: 1, total: 1 };
    await storePage(db, page(1, 1), content, 100);
    await storePage(db, page(1, 2), content, 100);
    expect(await keys()).toEqual(['0 c:1', '0 c:1']);
    expect(await held(1, 5)).toEqual(new Set([1]));
  });

  it('stores all of a page or nothing of it', async () => {
    const twice = {
      rows: [staged(0, { countid: 1 }), staged(0, { countid: 2 })],
      unreadable: [],
      answered: 2,
      total: 2,
    };
    await expect(storePage(db, page(1), twice, 1)).rejects.toMatchObject({ errno: 1062 });
    expect(await keys()).toEqual([]);
    expect(await held(1, 1)).toEqual(new Set());
  });

  it('gives pages with the same keys in the same order the same digest', async () => {
    const content = (countids: number[]) => ({
      rows: countids.map((countid, index) => staged(index, { countid })),
      unreadable: [],
      answered: countids.length,
      total: 4,
    });
    await storePage(db, page(1), content([1, 2]), 100);
    await storePage(db, page(2), content([1, 2]), 100);
    await storePage(db, page(3), content([2, 1]), 100);
    const digests = await db
      .selectFrom('sync_pages')
      .select('keys_digest')
      .where('operation', '=', operation)
      .execute();
    expect(new Set(digests.map(({ keys_digest }) => keys_digest)).size).toBe(2);
  });
});

describe('storeWindow and closePage', () => {
  it('replace only their stretch; the page is held once it is closed', async () => {
    await storeWindow(db, page(1), { offset: 0, size: 2 }, { rows: [staged(0, { countid: 1 })], unreadable: [] }, 100);
    await storeWindow(db, page(1), { offset: 2, size: 2 }, { rows: [], unreadable: [unreadable(2, 2)] }, 100);
    await storeWindow(
      db,
      page(1),
      { offset: 0, size: 2 },
      { rows: [staged(0, { countid: 5 }), staged(1, { countid: 6 })], unreadable: [] },
      100,
    );
    expect(await keys()).toEqual(['0 c:5', '1 c:6']);
    expect(await errors()).toEqual([2]);
    expect(await held(1, 1)).toEqual(new Set());
    await closePage(db, page(1), { answered: 2, givenUp: 2, total: 4 });
    await closePage(db, page(1), { answered: 2, givenUp: 2, total: 5 });
    expect(await pages()).toEqual([{ page: 1, row_count: 2, given_up: 2, total: 5 }]);
  });
});

describe('pages that are dropped', () => {
  const filled = async (number: number, count: number, total: number) => {
    const rows = Array.from({ length: count }, (_, index) => staged(index, { countid: number * 100 + index }));
    await storePage(db, page(number), { rows, unreadable: [], answered: count, total }, 100);
  };

  it('are those that hold less than the feed now says, full ones stay', async () => {
    await filled(1, 3, 7);
    await filled(2, 2, 7);
    await filled(3, 1, 7);
    expect(await dropShortPages(db, { operation, pass: 1, pageSize: 3, total: 7 })).toBe(2);
    expect(await held(1, 3)).toEqual(new Set([1, 3]));
    expect(await keys(2)).toEqual([]);
    expect(await dropShortPages(db, { operation, pass: 1, pageSize: 3, total: 9 })).toBe(3);
    expect(await held(1, 3)).toEqual(new Set([1]));
  });

  it('are none when the feed shrank below what is held', async () => {
    await filled(1, 3, 5);
    await filled(2, 2, 5);
    expect(await dropShortPages(db, { operation, pass: 1, pageSize: 3, total: 1 })).toBeNull();
    expect(await held(1, 2)).toEqual(new Set([1, 2]));
  });

  it('are those older than a moment', async () => {
    await filled(1, 3, 6);
    await filled(2, 3, 6);
    await db
      .updateTable('sync_pages')
      .set({ fetched_at: '2026-01-01 00:00:00.000' })
      .where('operation', '=', operation)
      .where('page', '=', 1)
      .execute();
    expect(await dropOldPages(db, operation, 1, new Date('2026-01-02'))).toBe(1);
    expect(await held(1, 2)).toEqual(new Set([2]));
    expect(await keys(1)).toEqual([]);
  });
});

describe('clearStaging', () => {
  it('forgets one operation and no other', async () => {
    const content = { rows: [staged(0, { countid: 1 })], unreadable: [], answered: 1, total: 1 };
    await storePage(db, page(1), content, 100);
    const other = await newOperation(db, `run-${++runs}`);
    await storePage(db, { operation: other, pass: 1, page: 1 }, content, 100);
    let beats = 0;
    expect(
      await clearStaging(db, operation, () => {
        beats += 1;
      }),
    ).toBe(2);
    expect(beats).toBeGreaterThan(0);
    expect(await keys()).toEqual([]);
    expect(await heldPages(db, { operation: other, pass: 1, from: 1, to: 1 })).toEqual(new Set([1]));
  });
});
