/** Businesses recorded twice: what a sync finds, does by itself, puts before people, and leaves alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideCase } from '../../db/case-decisions.ts';
import type { OperationRow } from '../../db/operations.ts';
import type { DuplicateReport } from '../../domain/duplicate-report.ts';
import { licenseIdFor } from '../../domain/identity.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import type { RawRecord } from '../support/simulator.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await createRig(
    { records: 1 },
    { ...QUICK, LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true', LICENSE_SYNC_REVIEW_MAX_OPEN: '2' },
  );
});
afterAll(() => rig?.close());
beforeEach(() => rig.reset());

const NAMES = [
  'Alder',
  'Birch',
  'Cedar',
  'Dogwood',
  'Elm',
  'Fir',
  'Gum',
  'Hazel',
  'Ironwood',
  'Juniper',
  'Kapok',
  'Larch',
];
const TRADES = [
  'Bakery',
  'Plumbing',
  'Nails',
  'Garage',
  'Books',
  'Florist',
  'Dental',
  'Roofing',
  'Music',
  'Optics',
  'Pizza',
  'Yoga',
];

/** A business of its own. */
function business(n: number): RawRecord {
  return {
    countid: 1000 + n,
    appid: `APP-${n}`,
    dba: `${NAMES[n % 12]}${NAMES[Math.floor(n / 12) % 12]?.toLowerCase()} ${TRADES[(n * 5) % 12]}`,
    Email_license: `owner@${NAMES[n % 12]?.toLowerCase()}${n}.example`,
    phone: `312-${200 + (n % 700)}-${1000 + ((n * 37) % 9000)}`,
    address: `${100 + n * 13} ${NAMES[(n * 7) % 12]} Street`,
    city: 'Chicago',
    zip: `606${String(10 + (n % 40))}`,
    status: 1,
    ActivateDate: '2026-01-01',
    Coming_expired: '2026-12-31',
    monthlyFee: 10,
  };
}

const others = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => business(from + index));

/** The same business under another account, spelled otherwise; not in force. */
function again(n: number, countid: number, changes: RawRecord = {}): RawRecord {
  const once = business(n);
  return {
    ...once,
    countid,
    appid: `OLD-${countid}`,
    status: 0,
    dba: `${String(once.dba).toUpperCase()} LLC`,
    ...changes,
  };
}

const reported = (row: OperationRow): DuplicateReport =>
  (JSON.parse(row.report ?? '{}') as { duplicates: DuplicateReport }).duplicates;
const live = () => rig.db.selectFrom('licenses').selectAll().where('archived_into', 'is', null).execute();
const cases = () => rig.db.selectFrom('duplicate_cases').selectAll().orderBy('id').execute();
const open = async () => (await cases()).filter((row) => row.open_key !== null);

/** What must hold whatever was consolidated. */
async function expectWhole(records: number): Promise<void> {
  const links = await rig.db.selectFrom('license_links').selectAll().execute();
  const licenses = new Map((await rig.db.selectFrom('licenses').selectAll().execute()).map((row) => [row.id, row]));
  expect(links).toHaveLength(records);
  expect(links.filter((link) => licenses.get(link.license_id)?.archived_into !== null)).toEqual([]);
  const primaries = links.filter((link) => link.role === 'primary').map((link) => link.license_id);
  expect(primaries.sort()).toEqual([...new Set(links.map((link) => link.license_id))].sort());
  const mirror = await rig.db.selectFrom('external_licenses').select('appid').execute();
  const kept = new Set([...licenses.values()].map((row) => row.appid));
  expect(mirror.filter(({ appid }) => !kept.has(appid))).toEqual([]);
}

async function decide(caseId: number, decision: 'approve' | 'reject'): Promise<void> {
  const verdict = { caseId, decision, masterId: null, fields: null, note: null, reviewer: 'ann', version: 1 };
  const limits = { nowMs: Date.now(), flagDays: 14, batchSize: 100, byReview: false };
  const outcome = await decideCase(rig.db, { ...verdict, decisionKey: `test ${caseId} ${decision}` }, limits);
  if (!outcome.done) throw new Error(`the verdict was refused: ${outcome.reason}`);
}

describe('a first sync', () => {
  it('makes one of what is surely one, asks about what may be, and leaves look-alikes alone', async () => {
    const twin = again(1, 2001);
    // In force twice, under two accounts: only a person can tell.
    const rival = again(2, 2002, { status: 1 });
    await rig.simulator.control.replace([...others(1, 40), twin, rival]);
    const run = await rig.sync();

    expect(run.status).toBe('completed_with_findings');
    expect(run.total_processed).toBe(42);
    expect(reported(run)).toMatchObject({ consolidated: 1, casesOpened: 1, subjects: 42, refused: 0 });
    expect(await live()).toHaveLength(41);
    await expectWhole(42);
    const [asked] = await cases();
    expect(asked).toMatchObject({ state: 'open', kind: 'external', reason: 'review_band' });
    expect(Number(asked?.confidence)).toBeLessThan(90);
    const members = await rig.db.selectFrom('duplicate_members').selectAll().orderBy('ref').execute();
    expect(members.map(({ ref }) => ref)).toEqual(['c:1002', 'c:2002']);
    const [merge] = await rig.db.selectFrom('merges').selectAll().execute();
    expect(merge).toMatchObject({
      master_id: licenseIdFor('c:1001'),
      duplicate_id: licenseIdFor('c:2001'),
      found_as: 'external',
    });

    const second = await rig.sync();
    expect(second).toMatchObject({ unchanged_count: 42, updated_count: 0, created_count: 0 });
    expect(reported(second)).toMatchObject({ subjects: 0, scored: 0, consolidated: 0, casesOpened: 0 });
    expect(await open()).toHaveLength(1);
    await expectWhole(42);
  });

  it('asks once about a chain of which the ends are not alike', async () => {
    const a = business(1);
    const b = { ...business(1), countid: 2001, appid: 'B', status: 0, dba: `${business(1).dba} Inc` };
    await rig.simulator.control.replace([...others(1, 20), b, { ...again(1, 2002), Email_license: a.Email_license }]);
    const run = await rig.sync();
    expect(reported(run).consolidated + (await open()).length).toBeGreaterThan(0);
    await expectWhole(22);
  });
});

describe('a license of the company', () => {
  it('is joined by the record that surely is the same business, instead of a second license', async () => {
    await rig.simulator.control.replace(others(2, 20));
    await rig.sync();
    const { dba, phone, address, city, zip } = business(1) as Record<string, string>;
    const now = '2026-11-01 00:00:00.000';
    const id = '0198c0de-0000-4000-8000-000000000001';
    await rig.db
      .insertInto('licenses')
      .values({
        ...{ id, key: 'LS-OWN', status: 'active', origin: 'internal', dba: `${dba}, Inc.`, phone, address, city, zip },
        ...{ created_at: now, updated_at: now, created_by: 'test', updated_by: 'test' },
      })
      .execute();
    await rig.db.insertInto('match_stale').values({ license_id: id }).execute();
    await rig.simulator.control.add({ record: business(1) });
    const run = await rig.sync();

    expect(run).toMatchObject({ created_count: 0, updated_count: 1 });
    expect(reported(run)).toMatchObject({ linked: 1, consolidated: 0, kinds: { crossSystem: 1 } });
    const link = await rig.db
      .selectFrom('license_links')
      .selectAll()
      .where('source_key', '=', 'c:1001')
      .executeTakeFirstOrThrow();
    expect(link).toMatchObject({ license_id: id, matched_by: 'similarity', role: 'primary' });
    await expectWhole(20);
  });
});

describe('a rejected pair', () => {
  it('does not come back, until one of the two says something else', async () => {
    await rig.simulator.control.replace([...others(1, 30), again(2, 2002, { status: 1 })]);
    await rig.sync();
    const [asked] = await cases();
    if (!asked) throw new Error('no case was opened');
    await decide(asked.id, 'reject');

    await rig.simulator.control.patch(2002, { smsBalance: 5 });
    expect(reported(await rig.sync()).casesOpened).toBe(0);
    await rig.simulator.control.patch(2002, { phone: '312-999-0000' });
    const run = await rig.sync();
    expect(reported(run)).toMatchObject({ casesOpened: 1, casesReturned: 1, consolidated: 0 });
    const [returned] = await open();
    expect(returned).toMatchObject({ reason: 'returned' });
    const before = business(2).phone;
    expect(JSON.parse(returned?.explanation ?? '{}').returned).toMatchObject([
      { ref: 'c:2002', field: 'phone', before, after: '312-999-0000', decidedBy: 'ann', caseId: asked.id },
    ]);
  });

  it('is closed without a verdict when the two are not alike any more', async () => {
    await rig.simulator.control.replace([...others(1, 30), again(2, 2002, { status: 1 })]);
    await rig.sync();
    expect(await open()).toHaveLength(1);
    const { dba, Email_license, phone, address } = business(50);
    await rig.simulator.control.patch(2002, { dba, Email_license, phone, address });
    await rig.sync();
    expect(await cases()).toMatchObject([{ state: 'superseded', open_key: null }]);
  });
});

describe('a worker that is killed while it consolidates', () => {
  it('leaves nothing half done, and the run does the rest', async () => {
    const twins = Array.from({ length: 140 }, (_, n) => again(n + 1, 3000 + n));
    await rig.simulator.control.replace([...others(1, 140), ...twins]);
    const handle = await rig.start();
    await eventually(
      () => rig.db.selectFrom('merges').select('id').limit(1).execute(),
      (merges) => merges.length > 0,
      60_000,
      2,
    );
    await rig.worker().kill();
    const halfway = await rig.db.selectFrom('merges').select('id').execute();
    await expectWhole(280);
    await rig.startWorker();
    await handle.result();

    const done = await rig.operation((await handle.describe()).runId);
    expect(halfway.length).toBeLessThanOrEqual(reported(done).consolidated);
    expect(reported(done).consolidated + (await open()).length).toBe(140);
    expect(await live()).toHaveLength(280 - reported(done).consolidated);
    await expectWhole(280);
  });
});

describe.runIf(process.env.TEST_LONG === '1')('five thousand cases at once', () => {
  it('do not hold up the run', async () => {
    const rivals = Array.from({ length: 5000 }, (_, n) => again(n + 1, 20_000 + n, { status: 1 }));
    await rig.simulator.control.replace([...others(1, 5000), ...rivals]);
    const run = await rig.sync();
    expect(run.status).toBe('completed_with_findings');
    console.log(`5,000 pairs: run of ${run.duration_ms} ms, ${JSON.stringify(reported(run))}`);
    expect(await open()).toHaveLength(5000);
  });
});
