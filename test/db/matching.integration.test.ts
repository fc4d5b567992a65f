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
  for (const table of ['licenses', 'license_links', 'match_overrides', 'external_licenses'] as const) {
    await db.deleteFrom(table).execute();
  }
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

async function said(kind: 'always' | 'never', countid: number, licenseId: string): Promise<void> {
  await db
    .insertInto('match_overrides')
    .values({
      kind,
      source_key: `c:${countid}`,
      license_id: licenseId,
      created_by: 'test',
      created_at: sqlInstant(Date.now()),
    })
    .execute();
}

/** Links a record that may have vanished to a license, as its primary one. */
async function link(countid: number, licenseId: string, { vanished = false } = {}): Promise<void> {
  const now = sqlInstant(Date.now());
  const stamps = { created_at: now, updated_at: now };
  await db
    .insertInto('license_links')
    .values({
      source_key: `c:${countid}`,
      license_id: licenseId,
      role: 'primary',
      matched_by: 'appid',
      confidence: null,
      base: '{}',
      base_hash: '',
      operation,
      ...stamps,
    })
    .execute();
  await insertRows(
    db,
    'external_licenses',
    ['source_key', 'row_hash', 'seen_operation', 'vanished_at', 'created_at', 'updated_at'],
    [[`c:${countid}`, '', operation, vanished ? now : null, now, now]],
    { batchSize: 1 },
  );
}

const match = () => matchLicenses(db, operation, { batchSize: 100, bySimilarity: false }, () => undefined);

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

async function roles(): Promise<string[]> {
  const rows = await db
    .selectFrom('sync_matches')
    .selectAll()
    .where('operation', '=', operation)
    .where('license_id', 'is not', null)
    .orderBy('source_key')
    .execute();
  return rows.map((row) => `${row.source_key} ${row.matched_by} ${row.role}`);
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

  it('does what people said before it looks at any key', async () => {
    await license('L1', { appid: 'own-7' });
    await license('L2', { appid: 'own-8' });
    await said('always', 8, 'L1');
    await stage({});
    expect(await match()).toEqual({ matched: 1, ambiguous: 1 });
    expect(await decided()).toEqual(['c:7 appid:license_linked', 'c:8 L1']);
    expect(await roles()).toEqual(['c:8 override primary']);
  });

  it('joins a record to a license that a live record feeds, and to one that several are said to be of', async () => {
    await license('FED', {});
    await license('FREE', {});
    await license('LEFT', {});
    await link(9001, 'FED');
    await link(9002, 'LEFT', { vanished: true });
    await said('always', LOW, 'FED');
    await said('always', HIGH, 'FREE');
    await said('always', LOW + 1, 'FREE');
    await said('always', LOW + 2, 'LEFT');
    await stage({});
    expect(await match()).toEqual({ matched: 4, ambiguous: 0 });
    expect(await roles()).toEqual([
      `c:${HIGH} override secondary`,
      `c:${LOW} override secondary`,
      `c:${LOW + 1} override primary`,
      `c:${LOW + 2} override primary`,
    ]);
  });

  it('counts a vanished record that stands in this feed again as one that feeds its license', async () => {
    await license('L1', {});
    await link(LOW, 'L1', { vanished: true });
    await said('always', HIGH, 'L1');
    await stage({});
    await match();
    expect(await roles()).toEqual([`c:${HIGH} override secondary`]);
  });

  it('leaves to a person what names a license that is not there, or was consolidated', async () => {
    await said('always', 5, 'NONE');
    await stage({});
    expect(await match()).toEqual({ matched: 0, ambiguous: 1 });
    await license('OLD', { appid: 'own-6' });
    await db.updateTable('licenses').set({ archived_into: 'NEW' }).where('id', '=', 'OLD').execute();
    await said('always', 6, 'OLD');
    expect(await match()).toEqual({ matched: 0, ambiguous: 2 });
    expect(await decided()).toEqual(['c:5 override:license_missing', 'c:6 override:license_archived']);
  });

  it('says nothing of a pair that is never one, and goes on with the other keys', async () => {
    await license('L1', { appid: 'own-7', countid: 8 });
    await license('L2', { appid: 'twice' });
    await license('L3', { externalEmail: 'shared@example.com' });
    await said('never', 7, 'L1');
    await said('never', LOW, 'L2');
    await said('never', 9, 'L3');
    await stage({ [LOW]: { appid: 'twice' }, [HIGH]: { appid: 'twice' }, 9: { email: 'shared@example.com' } });
    expect(await match()).toEqual({ matched: 2, ambiguous: 0 });
    expect(await decided()).toEqual([`c:${HIGH} L2`, 'c:8 L1']);
  });

  it('does not touch what is linked, nor what was decided of it', async () => {
    await license('L1', {});
    await license('L2', {});
    await link(LOW, 'L1');
    await said('always', LOW, 'L2');
    await stage({});
    expect(await match()).toEqual({ matched: 0, ambiguous: 0 });
  });

  it('asks nothing where there is no license at all', async () => {
    await stage({});
    expect(await match()).toEqual({ matched: 0, ambiguous: 0 });
    expect(
      await db.selectFrom('sync_matches').select('source_key').where('operation', '=', operation).execute(),
    ).toEqual([]);
  });
});
