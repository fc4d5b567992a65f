import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatchRef } from '../../db/batches.ts';
import type { Db } from '../../db/connect.ts';
import { mirrorSlice } from '../../db/mirror.ts';
import { passFacts } from '../../db/proof.ts';
import { settleRepeats } from '../../db/repeats.ts';
import { countRun } from '../../db/reporting.ts';
import { type StagedRow, storePage } from '../../db/staging.ts';
import { imbalance } from '../../domain/books.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged } from './rows.ts';

let database: TestDatabase;
let db: Db;
let operation: number;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  await db.deleteFrom('external_licenses').execute();
  operation = await newOperation(db, `run-${++runs}`);
});
afterAll(() => database.drop());

const store = (rows: StagedRow[]) =>
  storePage(
    db,
    { operation, pass: 1, page: 1 },
    { rows, unreadable: [], answered: rows.length, total: rows.length },
    100,
  );
const settle = () => settleRepeats(db, { operation, pass: 1 }, () => undefined);
const mirror = (attempt = 1) => {
  const ref: BatchRef = { operation, attempt, phase: 'mirror', pass: 1, batch: 1, from: 1, to: 1 };
  return mirrorSlice(db, ref, { from: 1, to: 1 }, 100);
};
const count = (finished: boolean) => countRun(db, { operation, pass: 1, finished, planOnly: false });
const mirrored = () =>
  db.selectFrom('external_licenses').select(['countid', 'dba', 'seen_operation']).orderBy('countid').execute();

describe('mirrorSlice', () => {
  it('writes what differs, and says how much of it is new', async () => {
    await store([staged(0, { countid: 1, dba: 'A' }), staged(1, { countid: 2, dba: 'B' })]);
    await mirror();
    const first = operation;
    operation = await newOperation(db, `run-${++runs}`);
    await store([
      staged(0, { countid: 1, dba: 'A' }),
      staged(1, { countid: 2, dba: 'new' }),
      staged(2, { countid: 3, dba: 'C' }),
    ]);
    await mirror();
    expect(await mirrored()).toEqual([
      { countid: 1, dba: 'A', seen_operation: first },
      { countid: 2, dba: 'new', seen_operation: operation },
      { countid: 3, dba: 'C', seen_operation: operation },
    ]);
    const counts = await count(true);
    expect([counts.mirrorCreated, counts.mirrorUpdated]).toEqual([1, 1]);
  });

  it('quarantines a record that the database cannot hold, and keeps the others', async () => {
    await store([
      staged(0, { countid: 1 }),
      staged(1, { countid: 2, dba: 'x'.repeat(300) }),
      staged(2, { countid: 3 }),
    ]);
    await settle();
    await mirror();
    expect((await mirrored()).map(({ countid }) => countid)).toEqual([1, 3]);
    const errors = await db.selectFrom('sync_errors').selectAll().where('operation', '=', operation).execute();
    expect(errors).toMatchObject([
      {
        page: 1,
        position: 1,
        source_key: 'c:2',
        error_code: 'not_storable',
        error_message: 'record c:2: the value of dba does not fit its column',
      },
    ]);
    const { books } = await count(false);
    expect(books).toMatchObject({ fetched: 3, quarantined: 1, pending: 2 });
    expect(imbalance(books)).toBe(0);
  });

  it('does not count a record twice that a resumed run finds impossible to hold again', async () => {
    await store([staged(0, { countid: 1 }), staged(1, { countid: 2, dba: 'x'.repeat(300) })]);
    await settle();
    await mirror();
    // The next attempt proves the same pages, settles them anew, and may end before it comes to the mirror.
    expect(await passFacts(db, operation, 1)).toMatchObject({ keys: 2, unreadable: 0 });
    await settle();
    expect(imbalance((await count(false)).books)).toBe(0);
    await mirror(2);
    const { books } = await count(false);
    expect(books).toMatchObject({ fetched: 2, quarantined: 1, pending: 1 });
    expect(imbalance(books)).toBe(0);
  });
});
