import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertRows } from '../../db/bulk.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { LICENSE_COLUMNS, licenseRow } from '../../db/license-rows.ts';
import { matchLicenses } from '../../db/matching.ts';
import { type StagedRow, storePage } from '../../db/staging.ts';
import type { License } from '../../domain/license.ts';
import { createLicense } from '../../domain/mapping.ts';
import { record } from '../domain/arbitraries.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged } from './rows.ts';

/** More than matching takes in one step. By text `c:950` comes after `c:2050`, by number before it. */
const RECORDS = 2100;
const LOW = 950;
const HIGH = 2050;

let database: TestDatabase;
let db: Db;
let operation: number;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  await db.deleteFrom('licenses').execute();
  operation = await newOperation(db, `run-${++runs}`);
});
afterAll(() => database.drop());

async function stage(fields: Record<number, { appid?: string; email?: string }>): Promise<void> {
  for (let page = 1; page <= RECORDS / 100; page += 1) {
    const rows: StagedRow[] = Array.from({ length: 100 }, (_, index) => {
      const countid = (page - 1) * 100 + index + 1;
      return staged(index, { countid, appid: `own-${countid}`, ...fields[countid] });
    });
    await storePage(db, { operation, pass: 1, page }, { rows, unreadable: [], answered: 100, total: RECORDS }, 500);
  }
}

async function license(id: string, fields: Partial<License>): Promise<void> {
  const values = { ...createLicense(record({ countid: null }), `a:${id}`), countid: null, id, key: id, ...fields };
  const now = sqlInstant(Date.now());
  const columns = [...LICENSE_COLUMNS, 'created_at', 'updated_at', 'created_by', 'updated_by'];
  await insertRows(db, 'licenses', columns, [[...licenseRow(values), now, now, 'test', 'test']], { batchSize: 1 });
}

const match = () => matchLicenses(db, operation, 100, () => undefined);

async function decided(): Promise<string[]> {
  const rows = await db
    .selectFrom('sync_matches')
    .selectAll()
    .where('operation', '=', operation)
    .where((eb) => eb.or([eb('license_id', 'is not', null), eb('ambiguous', 'is not', null)]))
    .orderBy('source_key')
    .execute();
  return rows.map((row) => `${row.source_key} ${row.license_id ?? row.ambiguous}`);
}

describe('matchLicenses', () => {
  it('gives a license to the lowest countid, though its turn comes in a later step', async () => {
    await license('L1', { appid: 'twice' });
    await stage({ [LOW]: { appid: 'Twice' }, [HIGH]: { appid: 'twice' } });
    expect(await match()).toEqual({ matched: 1, ambiguous: 1 });
    expect(await decided()).toEqual([`c:${HIGH} appid:lower_countid_matched`, `c:${LOW} L1`]);
  });

  it('prefers the stronger key of a later record to the weaker one of an earlier', async () => {
    await license('L1', { appid: 'strong', externalEmail: 'weak@example.com' });
    await stage({ [LOW]: { appid: 'strong' }, [HIGH]: { email: 'weak@example.com' } });
    expect(await match()).toEqual({ matched: 1, ambiguous: 1 });
    expect(await decided()).toEqual([`c:${HIGH} email:license_linked`, `c:${LOW} L1`]);
  });

  it('decides the same when it is repeated', async () => {
    await license('L1', { appid: 'own-7' });
    await license('L2', { countid: 8 });
    await stage({});
    const once = [await match(), await decided()];
    expect([await match(), await decided()]).toEqual(once);
    expect(once[0]).toEqual({ matched: 2, ambiguous: 0 });
  });

  it('asks nothing where there is no license at all', async () => {
    await stage({});
    expect(await match()).toEqual({ matched: 0, ambiguous: 0 });
    expect(
      await db.selectFrom('sync_matches').select('source_key').where('operation', '=', operation).execute(),
    ).toEqual([]);
  });
});
