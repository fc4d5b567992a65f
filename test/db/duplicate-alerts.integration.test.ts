/** Alerts about look-alikes at the end of runs: one a license or case, no flood, gone when it is over. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAlerts } from '../../db/alerts.ts';
import { insertRows } from '../../db/bulk.ts';
import { openCases } from '../../db/case-opening.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { raiseDuplicateAlerts, settleDecidedCases } from '../../db/duplicate-alerts.ts';
import { LICENSE_COLUMNS, licenseRow } from '../../db/license-rows.ts';
import { matchLicenses } from '../../db/matching.ts';
import { inTransaction } from '../../db/retry.ts';
import { type StagedRow, storePage } from '../../db/staging.ts';
import type { License } from '../../domain/license.ts';
import { createLicense } from '../../domain/mapping.ts';
import { record } from '../domain/arbitraries.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged } from './rows.ts';

let database: TestDatabase;
let db: Db;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  for (const table of [
    'licenses',
    'license_links',
    'match_overrides',
    'alerts',
    'duplicate_cases',
    'duplicate_members',
  ] as const) {
    await db.deleteFrom(table).execute();
  }
});
afterAll(() => database.drop());

/** A run over these records up to its end, without applying anything. */
async function run(
  records: { countid: number; appid?: string; email?: string }[],
  { whole = true } = {},
): Promise<number> {
  runs += 1;
  const operationId = `run-${runs}`;
  const operation = await newOperation(db, operationId);
  const rows: StagedRow[] = records.map((fields, index) =>
    staged(index, { appid: `own-${fields.countid}`, ...fields }),
  );
  const page = { operation, pass: 1, page: 1 };
  await storePage(db, page, { rows, unreadable: [], answered: rows.length, total: rows.length }, 500);
  await matchLicenses(db, operation, { batchSize: 500, bySimilarity: false }, () => undefined);
  await raiseDuplicateAlerts(db, { operation, operationId, whole });
  return operation;
}

async function license(id: string, fields: Partial<License>): Promise<void> {
  const values = { ...createLicense(record({ countid: null }), `a:${id}`), countid: null, id, key: id, ...fields };
  const now = sqlInstant(Date.now());
  const columns = [...LICENSE_COLUMNS, 'created_at', 'updated_at', 'created_by', 'updated_by'];
  await insertRows(db, 'licenses', columns, [[...licenseRow(values), now, now, 'test', 'test']], { batchSize: 1 });
}

async function link(countid: number, licenseId: string): Promise<void> {
  const stamps = { created_at: sqlInstant(Date.now()), updated_at: sqlInstant(Date.now()) };
  const values = { source_key: `c:${countid}`, license_id: licenseId, role: 'primary' as const, matched_by: 'appid' };
  await db
    .insertInto('license_links')
    .values({ ...values, confidence: null, base: '{}', base_hash: '', operation: 1, ...stamps })
    .execute();
}

const alerts = async (state: 'unresolved' | 'resolved' = 'unresolved') =>
  (await listAlerts(db, { limit: 100, state })).map(({ kind, subject, severity, message, details, occurrences }) => ({
    kind,
    subject,
    severity,
    message,
    details: JSON.parse(details ?? '{}') as Record<string, unknown>,
    occurrences,
  }));

const TWO = [
  { countid: 1, email: 'owner@shops.example' },
  { countid: 2, email: 'owner@shops.example' },
];

describe('a license that several records claim', () => {
  it('is told once, with numbers and no personal data, as long as it is so', async () => {
    await license('L1', { externalEmail: 'owner@shops.example' });
    await run(TWO);
    const [first] = await alerts();
    expect(first).toMatchObject({
      kind: 'multiple_external_match',
      subject: 'license:L1',
      severity: 'warning',
      details: { licenseId: 'L1', matchedBy: ['email'], records: 2, sourceKeys: ['c:1', 'c:2'] },
    });
    expect(first?.message).not.toContain('@');
    // Each record has a license of its own by now, so nothing is in doubt in the next run; the claim stands all the same.
    await link(1, 'L8');
    await link(2, 'L9');
    await run(TWO);
    expect(await alerts()).toMatchObject([{ subject: 'license:L1', occurrences: 1 }]);
    // A part of the feed proves nothing.
    await run([{ countid: 3 }], { whole: false });
    expect(await alerts()).toHaveLength(1);
    await db
      .insertInto('match_overrides')
      .values(
        [1, 2].map((n) => ({
          kind: 'never' as const,
          source_key: `c:${n}`,
          license_id: 'L1',
          created_by: 'test',
          created_at: sqlInstant(0),
        })),
      )
      .execute();
    await run(TWO);
    expect(await alerts()).toEqual([]);
    expect(await alerts('resolved')).toHaveLength(1);
  });

  it('is over when it was consolidated', async () => {
    await license('L1', { externalEmail: 'owner@shops.example' });
    await run(TWO);
    await db.updateTable('licenses').set({ archived_into: 'L2' }).where('id', '=', 'L1').execute();
    await run(TWO);
    expect(await alerts()).toEqual([]);
  });

  it('makes no alert when everybody has the same address, and one that counts the rest when there are many', async () => {
    await license('L1', { externalEmail: 'info@isp.example' });
    await run(Array.from({ length: 60 }, (_, n) => ({ countid: n + 1, email: 'info@isp.example' })));
    expect(await alerts()).toEqual([]);
    for (let n = 0; n < 23; n += 1) await license(`M${n}`, { externalEmail: `owner@shop${n}.example` });
    const records = Array.from({ length: 46 }, (_, n) => ({ countid: n + 1, email: `owner@shop${n % 23}.example` }));
    await run(records);
    const told = await alerts();
    expect(told).toHaveLength(21);
    expect(told.find(({ subject }) => subject === 'rest')).toMatchObject({ details: { licenses: 3 } });
    await run([{ countid: 1 }]);
    expect(await alerts()).toEqual([]);
  });
});

describe('a record that resembles a license', () => {
  it('is told with its case, and over when the case is decided', async () => {
    const member = (ref: string) => ({ ref, licenseId: ref.replace('c:', 'L'), business: '{}', businessHash: 'x' });
    const operation = await newOperation(db, `run-${++runs}`);
    await inTransaction(db, (trx) =>
      openCases(
        trx,
        Array.from({ length: 22 }, (_, n) => ({
          kind: n === 21 ? ('external' as const) : ('cross_system' as const),
          reason: 'review_band' as const,
          confidence: 80,
          priority: n,
          explanation: { pairs: [], returned: null },
          members: [member(`c:${n}`), member(`l:${n}`)],
        })),
        { operation, now: sqlInstant(Date.now()) },
      ),
    );
    const ended = { operation, operationId: `run-${runs}`, whole: true };
    await raiseDuplicateAlerts(db, ended);
    await raiseDuplicateAlerts(db, ended);
    const told = await alerts();
    expect(told).toHaveLength(21);
    expect(told.every(({ kind, severity }) => kind === 'potential_cross_system_duplicate' && severity === 'info')).toBe(
      true,
    );
    expect(told.find(({ subject }) => subject === 'rest')).toMatchObject({ details: { cases: 1 }, occurrences: 1 });
    await db
      .updateTable('duplicate_cases')
      .set({ state: 'rejected', open_key: null })
      .where('priority', '>=', '5')
      .execute();
    await settleDecidedCases(db);
    expect(await alerts()).toHaveLength(5);
    await run([]);
    expect((await alerts()).map(({ subject }) => subject)).not.toContain('rest');
  });
});
