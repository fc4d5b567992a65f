import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/connect.ts';
import { settleRepeats } from '../../db/repeats.ts';
import { type StagedRow, storePage } from '../../db/staging.ts';
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

const EARLY = '2026-01-01T00:00:00.000Z';
const LATE = '2026-02-01T00:00:00.000Z';

async function store(pass: number, page: number, rows: StagedRow[], unreadablePositions: number[] = []): Promise<void> {
  const answered = rows.length + unreadablePositions.length;
  const content = { rows, unreadable: unreadablePositions.map((position) => unreadable(position)), answered, total: 9 };
  await storePage(db, { operation, pass, page }, content, 100);
}

const settle = (pass = 1) => settleRepeats(db, { operation, pass }, () => undefined);

/** `pass.page.position key state`, and the same of the quarantine. */
async function outcome(): Promise<{ rows: string[]; errors: string[] }> {
  const rows = await db
    .selectFrom('sync_rows')
    .select(['pass', 'page', 'position', 'source_key', 'state'])
    .where('operation', '=', operation)
    .orderBy('pass')
    .orderBy('page')
    .orderBy('position')
    .execute();
  const errors = await db
    .selectFrom('sync_errors')
    .select(['pass', 'page', 'position', 'error_code', 'state'])
    .where('operation', '=', operation)
    .orderBy('pass')
    .orderBy('page')
    .orderBy('position')
    .execute();
  return {
    rows: rows.map((r) => `${r.pass}.${r.page}.${r.position} ${r.source_key} ${r.state}`),
    errors: errors.map((e) => `${e.pass}.${e.page}.${e.position} ${e.error_code} ${e.state}`),
  };
}

describe('settleRepeats', () => {
  it('leaves one row of a key: same content is repeated, other content is quarantined', async () => {
    const same = { countid: 1, dba: 'Nails' };
    await store(1, 1, [staged(0, same), staged(1, { countid: 2 }), staged(2, same)]);
    await store(1, 2, [staged(0, { ...same, dba: 'Spa' }), staged(1, { countid: 3 })]);
    await settle();
    expect(await outcome()).toEqual({
      rows: ['1.1.0 c:1 staged', '1.1.1 c:2 staged', '1.1.2 c:1 repeated', '1.2.0 c:1 quarantined', '1.2.1 c:3 staged'],
      errors: ['1.2.0 conflicting_repeat open'],
    });
  });

  it('lets the record that was active later speak, wherever it stands', async () => {
    await store(1, 1, [staged(0, { countid: 1, lastActive: EARLY }), staged(1, { countid: 2, lastActive: LATE })]);
    await store(1, 2, [staged(0, { countid: 1, lastActive: LATE }), staged(1, { countid: 2 })]);
    await settle();
    expect((await outcome()).rows).toEqual([
      '1.1.0 c:1 quarantined',
      '1.1.1 c:2 staged',
      '1.2.0 c:1 staged',
      '1.2.1 c:2 quarantined',
    ]);
  });

  it('lets a second reading replace the first, and keeps what only the first one gave', async () => {
    await store(1, 1, [staged(0, { countid: 1 }), staged(1, { countid: 2, dba: 'Old' })], [2]);
    await store(2, 1, [staged(0, { countid: 2, dba: 'New' }), staged(1, { countid: 3 })], [2]);
    await settle(2);
    expect(await outcome()).toEqual({
      rows: ['1.1.0 c:1 staged', '1.1.1 c:2 superseded', '2.1.0 c:2 staged', '2.1.1 c:3 staged'],
      errors: ['1.1.2 FIELD_INVALID superseded', '2.1.2 FIELD_INVALID open'],
    });
  });

  it('gives the same when it is repeated', async () => {
    const same = { countid: 1, dba: 'Nails' };
    await store(
      1,
      1,
      [staged(0, same), staged(1, same), staged(2, { ...same, dba: 'Spa' }), staged(3, { countid: 4 })],
      [4],
    );
    await store(2, 1, [staged(0, { countid: 5 }), staged(1, same), staged(2, same)]);
    await settle(2);
    const once = await outcome();
    await settle(2);
    expect(await outcome()).toEqual(once);
    expect(once.rows.filter((row) => row.endsWith('staged'))).toEqual([
      '1.1.3 c:4 staged',
      '2.1.0 c:5 staged',
      '2.1.1 c:1 staged',
    ]);
  });

  it('settles more keys than it takes in one step', async () => {
    const rows = Array.from({ length: 600 }, (_, index) => staged(index, { countid: index }));
    await store(1, 1, rows);
    await store(1, 2, rows);
    await settle();
    const states = await db
      .selectFrom('sync_rows')
      .select(['page', 'state', ({ fn }) => fn.countAll<string>().as('rows')])
      .where('operation', '=', operation)
      .groupBy(['page', 'state'])
      .orderBy('page')
      .execute();
    expect(states.map(({ page, state, rows: count }) => `${page} ${state} ${count}`)).toEqual([
      '1 staged 600',
      '2 repeated 600',
    ]);
  });

  it('is not confused by another operation', async () => {
    await store(1, 1, [staged(0, { countid: 1 })]);
    operation = await newOperation(db, `run-${++runs}`);
    await store(1, 1, [staged(0, { countid: 1 })]);
    await settle();
    expect((await outcome()).rows).toEqual(['1.1.0 c:1 staged']);
  });
});
