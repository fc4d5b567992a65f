import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applySlice, pagesToApply } from '../../db/applying.ts';
import type { BatchRef } from '../../db/batches.ts';
import type { Db } from '../../db/connect.ts';
import { matchLicenses } from '../../db/matching.ts';
import { planSlice, resetPlan } from '../../db/planning.ts';
import { countRun } from '../../db/reporting.ts';
import { storePage } from '../../db/staging.ts';
import type { ExternalRecord } from '../../domain/external.ts';
import { licenseIdFor } from '../../domain/identity.ts';
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
  for (const table of ['licenses', 'license_links', 'license_changes', 'field_conflicts'] as const) {
    await db.deleteFrom(table).execute();
  }
  operation = await newOperation(db, `run-${++runs}`);
});
afterAll(() => database.drop());

type Row = Partial<ExternalRecord> & { countid: number };

async function stage(...rows: Row[]): Promise<void> {
  const content = { rows: rows.map((row, index) => staged(index, row)), unreadable: [], answered: rows.length };
  await storePage(db, { operation, pass: 1, page: 1 }, { ...content, total: rows.length }, 100);
}

const batch = (phase: BatchRef['phase'], attempt = 1): BatchRef => ({
  operation,
  attempt,
  phase,
  pass: 1,
  batch: 1,
  from: 1,
  to: 1,
});

async function plan(attempt = 1): Promise<void> {
  await resetPlan(db, operation);
  await matchLicenses(db, operation, { batchSize: 100, bySimilarity: false }, () => undefined);
  await planSlice(db, batch('plan', attempt), { from: 1, to: 1 }, 100);
}

const apply = (attempt = 1) =>
  applySlice(db, batch('apply', attempt), { from: 1, to: 1 }, { batchSize: 100, exact: false });

/** A whole run over these records. */
async function sync(...rows: Row[]): Promise<void> {
  await stage(...rows);
  await plan();
  await apply();
}

async function nextRun(): Promise<void> {
  operation = await newOperation(db, `run-${++runs}`);
}

const licenses = () =>
  db.selectFrom('licenses').select(['countid', 'dba', 'zip', 'version']).orderBy('countid').execute();
const counts = async () => (await countRun(db, { operation, pass: 1, finished: true, planOnly: false })).books;

describe('applySlice', () => {
  it('does nothing the second time', async () => {
    await sync({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    const once = await licenses();
    expect(await pagesToApply(db, operation)).toEqual([]);
    await apply();
    expect(await licenses()).toEqual(once);
    expect(await db.selectFrom('license_changes').select('id').execute()).toHaveLength(2);
    expect(await counts()).toMatchObject({ created: 2, pending: 0 });
  });

  it('merges with what the license is now, not with what it was when the plan was made', async () => {
    await sync({ countid: 1, dba: 'A', zip: '1' });
    await nextRun();
    await stage({ countid: 1, dba: 'A2', zip: '2' });
    await plan();
    await db.updateTable('licenses').set({ dba: 'Mine', version: 2 }).execute();
    await apply();
    expect(await licenses()).toEqual([{ countid: 1, dba: 'A2', zip: '2', version: 3 }]);
    const conflicts = await db.selectFrom('field_conflicts').select(['field', 'internal_value']).execute();
    expect(conflicts).toEqual([{ field: 'dba', internal_value: '"Mine"' }]);
  });

  it('keeps an edit of another field that was made since the plan', async () => {
    await sync({ countid: 1, dba: 'A', zip: '1' });
    await nextRun();
    await stage({ countid: 1, dba: 'A2', zip: '1' });
    await plan();
    await db.updateTable('licenses').set({ zip: '9', version: 2 }).execute();
    await apply();
    expect(await licenses()).toEqual([{ countid: 1, dba: 'A2', zip: '9', version: 3 }]);
  });

  it('meets the license of a record anew when its link was removed by hand', async () => {
    await sync({ countid: 1, dba: 'A' });
    await db.updateTable('licenses').set({ dba: 'Mine', countid: null, version: 2 }).execute();
    await db.deleteFrom('license_links').execute();
    await nextRun();
    await sync({ countid: 1, dba: 'A' });
    expect(await licenses()).toEqual([{ countid: 1, dba: 'A', zip: null, version: 3 }]);
    const links = await db.selectFrom('license_links').select(['license_id', 'matched_by']).execute();
    expect(links).toEqual([{ license_id: licenseIdFor('c:1'), matched_by: 'origin' }]);
    expect(await counts()).toMatchObject({ pending: 0 });
  });
});

describe('an attempt that goes on where another one ended', () => {
  it('plans only what is left, and counts what was done before', async () => {
    await stage({ countid: 1, dba: 'A' });
    await plan();
    await apply();
    await stage({ countid: 1, dba: 'A' }, { countid: 2, dba: 'B' });
    await plan(2);
    await apply(2);
    expect(await counts()).toMatchObject({ fetched: 2, created: 2, unchanged: 0, pending: 0 });
    expect(await db.selectFrom('license_changes').select('id').execute()).toHaveLength(2);
  });

  it('applies a record again that changed since', async () => {
    await stage({ countid: 1, dba: 'A' });
    await plan();
    await apply();
    await stage({ countid: 1, dba: 'A2' });
    await plan(2);
    await apply(2);
    expect(await licenses()).toEqual([{ countid: 1, dba: 'A2', zip: null, version: 2 }]);
    expect(await counts()).toMatchObject({ fetched: 1, updated: 1, created: 0, pending: 0 });
  });

  it('takes no license for one that was there before when the operation made it itself', async () => {
    const twins: Row[] = [
      { countid: 1, appid: 'twin' },
      { countid: 2, appid: 'Twin' },
    ];
    await stage(...twins.slice(0, 1));
    await plan();
    await apply();
    await stage(...twins);
    await plan(2);
    await apply(2);
    expect(await licenses()).toMatchObject([{ countid: 1 }, { countid: 2 }]);
    expect((await countRun(db, { operation, pass: 1, finished: true, planOnly: false })).ambiguous).toBe(0);
  });

  it('still tells of what was left to a person before it', async () => {
    await sync({ countid: 50, appid: 'other', email: 'shared@example.com' });
    await nextRun();
    const shops: Row[] = [
      { countid: 1, email: 'shared@example.com' },
      { countid: 2, email: 'shared@example.com' },
    ];
    await stage(...shops);
    await plan();
    await apply();
    const ambiguous = async () =>
      (await countRun(db, { operation, pass: 1, finished: true, planOnly: false })).ambiguous;
    expect(await ambiguous()).toBe(2);
    await plan(2);
    await apply(2);
    expect(await ambiguous()).toBe(2);
  });
});
