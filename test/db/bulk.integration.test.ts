import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertRows, insertRowsOneByOneIfRefused, type SqlValue } from '../../db/bulk.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { EXTERNAL_COLUMNS, externalRow } from '../../db/external-rows.ts';
import { inTransaction } from '../../db/retry.ts';
import type { ExternalRecord } from '../../domain/external.ts';
import { record } from '../domain/arbitraries.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  await db.deleteFrom('schema_drift').execute();
  await db.deleteFrom('external_licenses').execute();
});
afterAll(() => database.drop());

const drift = (count: number): SqlValue[][] => Array.from({ length: count }, (_, index) => [1, `field ${index}`]);

describe('insertRows', () => {
  it.each([
    [25, 10, 3],
    [20, 10, 2],
    [3, 10, 1],
    [0, 10, 0],
    [3, 1, 3],
  ])('writes %d rows in statements of %d: %d of them', async (rows, batchSize, statements) => {
    const sent = await db.connection().execute(async (connection) => {
      const before = await insertsOf(connection);
      await insertRows(connection, 'schema_drift', ['operation', 'field'], drift(rows), { batchSize });
      return (await insertsOf(connection)) - before;
    });
    expect(sent).toBe(statements);
    expect(await db.selectFrom('schema_drift').select('field').execute()).toHaveLength(rows);
  });

  it('takes the named columns of a row that is there already, and leaves the others', async () => {
    const columns = ['source_key', 'row_hash', 'dba', 'zip', 'seen_operation', 'created_at', 'updated_at'] as const;
    const now = sqlInstant(Date.UTC(2026, 0, 1));
    const later = sqlInstant(Date.UTC(2026, 0, 2));
    const row = (dba: string, zip: string, at: string) => [['c:1', 'h', dba, zip, 1, at, at]];
    await insertRows(db, 'external_licenses', columns, row('Old', '11111', now), { batchSize: 10 });
    await insertRows(db, 'external_licenses', columns, row('New', '22222', later), {
      batchSize: 10,
      onDuplicate: ['dba', 'updated_at'],
    });
    expect(
      await db.selectFrom('external_licenses').select(['dba', 'zip', 'created_at', 'updated_at']).execute(),
    ).toEqual([{ dba: 'New', zip: '11111', created_at: now, updated_at: later }]);
  });

  it('raises an error for a row that is there already when no column is named', async () => {
    const insert = () => insertRows(db, 'schema_drift', ['operation', 'field'], drift(1), { batchSize: 10 });
    await insert();
    await expect(insert()).rejects.toMatchObject({ errno: 1062 });
  });

  it('stores any text as it is: quotes, backslashes, placeholders, four-byte characters', async () => {
    const odd = ["it's", '\\', '?', '$1', '💈 Barbería', '%_'];
    await insertRows(
      db,
      'schema_drift',
      ['operation', 'field'],
      odd.map((text) => [1, text]),
      { batchSize: 4 },
    );
    const stored = await db.selectFrom('schema_drift').select('field').execute();
    expect(stored.map(({ field }) => field).sort()).toEqual([...odd].sort());
  });
});

describe('insertRowsOneByOneIfRefused', () => {
  const COLUMNS = [...EXTERNAL_COLUMNS, 'seen_operation', 'created_at', 'updated_at'] as const;
  const at = sqlInstant(Date.UTC(2026, 0, 1));
  const row = (countid: number, fields: Partial<ExternalRecord> = {}): SqlValue[] => [
    ...externalRow(`c:${countid}`, 'h', record({ countid, ...fields })),
    1,
    at,
    at,
  ];
  /** As in its use: within a transaction, which must stay usable. */
  const write = (rows: SqlValue[][]) =>
    inTransaction(db, (trx) => insertRowsOneByOneIfRefused(trx, 'external_licenses', COLUMNS, rows, { batchSize: 4 }));
  const stored = async () =>
    (await db.selectFrom('external_licenses').select('countid').orderBy('countid').execute()).map((r) => r.countid);

  it('writes all when none is refused', async () => {
    expect(await write([row(1), row(2), row(3), row(4), row(5)])).toEqual(new Map());
    expect(await stored()).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves out only the refused ones, naming the column and never the value', async () => {
    const refused = await write([
      row(1),
      row(2, { zip: 'jane@example.com 555-0100 far too long' }),
      row(3),
      row(4, { smsBalance: '99999999999.0000' }),
      row(5, { activateDate: '2026-02-31' }),
      row(6, { activateDate: "column 'jane' at row" }),
      row(7, { dba: 'x'.repeat(256) }),
      row(8, { status: null }),
      [...row(9).slice(0, 1), null, ...row(9).slice(2)],
    ]);
    expect(refused).toEqual(
      new Map([
        [1, 'the value of zip does not fit its column'],
        [3, 'the value of sms_balance does not fit its column'],
        [4, 'the value of activate_date does not fit its column'],
        [5, 'the value of activate_date does not fit its column'],
        [6, 'the value of dba does not fit its column'],
        [8, 'the value of row_hash does not fit its column'],
      ]),
    );
    expect(await stored()).toEqual([1, 3, 8]);
  });

  it('raises an error that is not about a value', async () => {
    await expect(write([row(1), row(1)])).rejects.toMatchObject({ errno: 1062 });
    expect(await stored()).toEqual([]);
  });
});

async function insertsOf(connection: Db): Promise<number> {
  const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Com_insert'`.execute(connection);
  return Number(rows[0]?.Value);
}
