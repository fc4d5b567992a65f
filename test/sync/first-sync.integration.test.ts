/** A whole first sync against a second reading of the raw records; then quiet, changed, grown and shrunk feeds over it. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationRow } from '../../db/operations.ts';
import type { FieldChange } from '../../domain/merge.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import type { RawRecord } from '../support/simulator.ts';
import { expectedRow } from './raw-reading.ts';

const INVENTED = 2820;
/** Records with one oddity each, and by hand what must become of it in both tables. */
const ODD: [string, RawRecord, { external?: RawRecord; license?: RawRecord }][] = [
  ['a negative, fractional balance', { smsBalance: -12.345 }, both({ sms_balance: '-12.3450' })],
  ['a balance as sms_balance, as text', { sms_balance: '-0.5' }, both({ sms_balance: '-0.5000' })],
  ['a balance as SmsBalance', { SmsBalance: 1200.25 }, both({ sms_balance: '1200.2500' })],
  [
    'a Package of numbers',
    { Package: { basic: 1, print_check: 0 } },
    { ...both({ package_data: { basic: 1, print_check: 0 } }), license: { plan: 'Basic' } },
  ],
  [
    'a Package as JSON text',
    { Package: '{"basic":false,"sms_package_6000":true}' },
    { external: { package_data: { basic: false, sms_package_6000: true } }, license: { plan: 'Custom' } },
  ],
  ['a Sendbat_workspace', { Sendbat_workspace: ' ws-7 ' }, both({ sendbat_workspace: 'ws-7' })],
  [
    'comingExpired in ISO form',
    { comingExpired: '2027-03-12' },
    { external: { coming_expired: '2027-03-12' }, license: { expires_at: '2027-03-12 23:59:59.000' } },
  ],
  [
    'coming_expired as 0000-00-00',
    { coming_expired: '0000-00-00' },
    { external: { coming_expired: null }, license: { coming_expired: null, expires_at: null } },
  ],
  [
    'activateDate in ISO form with a time',
    { activateDate: '2026-02-12T23:30:00Z' },
    { external: { activate_date: '2026-02-12' }, license: { starts_at: '2026-02-12 00:00:00.000' } },
  ],
  [
    'lastActive with an offset',
    { lastActive: '2026-02-14T09:30:00+02:00' },
    both({ last_active: '2026-02-14 07:30:00.000' }),
  ],
  ['lastActive in winter', { lastActive: '02/14/2026 09:30' }, both({ last_active: '2026-02-14 15:30:00.000' })],
  ['lastActive in summer', { lastActive: '07/14/2026 09:30' }, both({ last_active: '2026-07-14 14:30:00.000' })],
  ['a null id and a numeric appid', { id: null, appid: 8_812_345 }, both({ appid: '8812345', appid_key: '8812345' })],
  ['a padded appid', { appid: '  EXT-App-9 ' }, both({ appid: 'EXT-App-9', appid_key: 'ext-app-9' })],
  ['the status inactive', { status: 'inactive' }, { external: { status: 0 }, license: { status: 'cancel' } }],
  ['an unknown key', { franchise: { no: 7 } }, { external: { extra: { franchise: { no: 7 } } } }],
];
const RECORDS = INVENTED + ODD.length;

let rig: Rig;
let first: OperationRow;
const odd: number[] = [];

beforeAll(async () => {
  rig = await createRig({ records: INVENTED, seed: 29 }, { ...QUICK, LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '500' });
  for (const [index, [, fields]] of ODD.entries()) {
    const plain = { appid: `odd-${index}`, dba: `Odd ${index}`, status: 1, pass: `pw-odd${index}` };
    odd.push(...(await rig.simulator.control.add({ record: { ...plain, ...fields } })));
  }
  first = await rig.sync();
});
afterAll(() => rig?.close());

describe('the first sync', () => {
  it('completes, with every record created', () => {
    expect(RECORDS).toBe(2836);
    expect(first).toMatchObject({
      status: 'completed',
      total_expected: RECORDS,
      total_processed: RECORDS,
      created_count: RECORDS,
      pending_count: 0,
      failed_count: 0,
      missing_count: 0,
      error_message: null,
    });
  });

  it('mirrors every record as a second reading of the raw ones has it', async () => {
    const stored = await rig.db.selectFrom('external_licenses').selectAll().orderBy('countid').execute();
    const truth = await allRecords();
    expect(stored).toHaveLength(truth.length);
    for (const [index, raw] of truth.entries()) {
      const row = stored[index];
      expect({ ...row, ...parsed(row, 'package_data', 'extra') }).toMatchObject(expectedRow(raw).external);
    }
  });

  it('makes of every record a license of its own with the right values', async () => {
    const stored = await rig.db.selectFrom('licenses').selectAll().orderBy('countid').execute();
    const truth = await allRecords();
    expect(stored).toHaveLength(truth.length);
    for (const [index, raw] of truth.entries()) {
      const row = stored[index];
      expect({ ...row, ...parsed(row, 'package_data') }).toMatchObject(expectedRow(raw).license);
    }
    expect(new Set(stored.map(({ key }) => key)).size).toBe(stored.length);
  });

  it.each(ODD.map(([name, , expected], index) => [name, index, expected] as const))(
    'reads %s',
    async (_, index, { external = {}, license = {} }) => {
      const countid = odd[index] ?? 0;
      const mirrored = await rig.db
        .selectFrom('external_licenses')
        .selectAll()
        .where('countid', '=', countid)
        .execute();
      const licensed = await rig.db.selectFrom('licenses').selectAll().where('countid', '=', countid).execute();
      expect({ ...mirrored[0], ...parsed(mirrored[0], 'package_data', 'extra') }).toMatchObject(external);
      expect({ ...licensed[0], ...parsed(licensed[0], 'package_data') }).toMatchObject(license);
    },
  );

  it('links each record to its license, with one line of lineage', async () => {
    const { rows } = await sql<{ links: number; changes: number }>`
      SELECT COUNT(*) AS links, COUNT(c.id) AS changes
      FROM license_links k JOIN licenses l ON l.id = k.license_id JOIN external_licenses e ON e.source_key = k.source_key
        LEFT JOIN license_changes c ON c.license_id = l.id AND c.source_key = k.source_key AND c.version = 1 AND c.kind = 'created'
      WHERE k.role = 'primary' AND k.matched_by = 'created' AND l.countid = e.countid AND k.base_hash = e.row_hash
    `.execute(rig.db);
    expect(rows.map(({ links, changes }) => [Number(links), Number(changes)])).toEqual([[RECORDS, RECORDS]]);
  });

  it('reports the key that the contract does not know', () => {
    const { unknownKeys } = JSON.parse(first.report ?? '{}') as { unknownKeys: string[] };
    expect(unknownKeys).toEqual(['franchise', 'loyalty_points', 'sales_region']);
  });

  it('keeps no password, in no column of any table', async () => {
    const passwords = new Set((await allRecords()).map(({ pass }) => pass));
    expect(passwords.size).toBe(RECORDS);
    for (const [table, column] of await textColumns()) {
      const { rows } = await sql<{ text: string }>`
        SELECT ${sql.ref(column)} AS text FROM ${sql.table(table)} WHERE ${sql.ref(column)} LIKE '%pw-%'
      `.execute(rig.db);
      const found = rows.flatMap(({ text }) => text.match(/pw-[0-9a-z]+/g) ?? []);
      expect(
        found.filter((word) => passwords.has(word)),
        `${table}.${column}`,
      ).toEqual([]);
      const named = await sql`
        SELECT 1 FROM ${sql.table(table)} WHERE ${sql.ref(column)} LIKE '%"pass"%' LIMIT 1
      `.execute(rig.db);
      expect(named.rows, `${table}.${column}`).toEqual([]);
    }
  });
});

describe('a second sync over the same data', () => {
  it('writes no business row at all', async () => {
    const before = await fingerprint();
    const again = await rig.sync();
    expect(again).toMatchObject({ status: 'completed', unchanged_count: RECORDS, created_count: 0, updated_count: 0 });
    expect(await fingerprint()).toEqual(before);
  });
});

describe('a feed that changed', () => {
  it('changes exactly the licenses concerned, and the lineage says what and why', async () => {
    const before = await versions();
    const edited = new Set(await rig.simulator.control.edit({ ratio: 0.05, seed: 3 }));
    const old = new Map((await rig.db.selectFrom('licenses').selectAll().execute()).map((row) => [row.countid, row]));
    const operation = await rig.sync();
    expect(operation).toMatchObject({
      status: 'completed',
      updated_count: edited.size,
      unchanged_count: RECORDS - edited.size,
      conflict_count: 0,
    });
    const after = await versions();
    const risen = [...after].filter(([countid, version]) => version !== before.get(countid));
    expect(new Set(risen.map(([countid]) => countid))).toEqual(edited);
    expect(risen.every(([, version]) => version === 2)).toBe(true);

    const lineage = await rig.db
      .selectFrom('license_changes')
      .selectAll()
      .where('operation', '=', operation.id)
      .execute();
    expect(lineage).toHaveLength(edited.size);
    const truth = new Map((await allRecords()).map((raw) => [raw.countid, raw]));
    for (const line of lineage) {
      const countid = Number(line.source_key?.slice(2));
      const { license } = expectedRow(truth.get(countid) ?? {});
      const was = old.get(countid);
      expect(line).toMatchObject({ kind: 'updated', version: 2, changed_by: `sync:${operation.id}` });
      expect(JSON.parse(line.fields ?? '[]')).toEqual([
        { field: 'dba', before: was?.dba, after: license.dba, rule: 'external_changed' },
        { field: 'smsBalance', before: was?.sms_balance, after: license.sms_balance, rule: expect.any(String) },
      ] satisfies Record<keyof FieldChange, unknown>[]);
    }
  });

  it('is quiet again afterwards', async () => {
    const before = await fingerprint();
    expect(await rig.sync()).toMatchObject({ status: 'completed', unchanged_count: RECORDS, updated_count: 0 });
    expect(await fingerprint()).toEqual(before);
  });
});

describe('a feed that grew and shrank', () => {
  it('takes what is new, and marks what is gone without deleting anything', async () => {
    const removed = new Set(await rig.simulator.control.remove({ ratio: 0.02, seed: 5 }));
    const added = await rig.simulator.control.add({ count: 25, seed: 8 });
    const before = await versions();
    const operation = await rig.sync();
    expect(operation).toMatchObject({
      status: 'completed',
      created_count: added.length,
      unchanged_count: RECORDS - removed.size,
      updated_count: 0,
      missing_count: removed.size,
      vanished_count: removed.size,
    });
    const after = await versions();
    expect(after.size).toBe(RECORDS + added.length);
    expect(added.every((countid) => after.get(countid) === 1)).toBe(true);
    // Only the ones that are gone are written: they are marked.
    const written = [...before].filter(([countid, version]) => after.get(countid) !== version);
    expect(new Set(written.map(([countid]) => countid))).toEqual(removed);
    const mirrored = await rig.db.selectFrom('external_licenses').select(['countid', 'vanished_at']).execute();
    expect(mirrored).toHaveLength(RECORDS + added.length);
    const vanished = mirrored.filter(({ vanished_at }) => vanished_at !== null);
    expect(new Set(vanished.map(({ countid }) => countid))).toEqual(removed);
  });
});

function both(columns: RawRecord): { external: RawRecord; license: RawRecord } {
  return { external: columns, license: columns };
}

async function allRecords(): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const record of rig.simulator.control.truth()) records.push(record);
  return records;
}

function parsed(row: object | undefined, ...columns: string[]): Record<string, unknown> {
  const values = row as Record<string, string | null> | undefined;
  return Object.fromEntries(columns.map((column) => [column, JSON.parse(values?.[column] ?? 'null')]));
}

async function versions(): Promise<Map<number | null, number>> {
  const rows = await rig.db.selectFrom('licenses').select(['countid', 'version']).execute();
  return new Map(rows.map(({ countid, version }) => [countid, version]));
}

/** Changes with every write to a business table. */
async function fingerprint(): Promise<unknown> {
  const { db } = rig;
  const count = async (table: 'license_changes' | 'field_conflicts') =>
    (
      await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<string>().as('rows'))
        .executeTakeFirst()
    )?.rows;
  return {
    data: await rig.checksum(),
    licenses: await db
      .selectFrom('licenses')
      .select(['id', 'version', 'updated_at', 'last_external_sync'])
      .orderBy('id')
      .execute(),
    links: await db
      .selectFrom('license_links')
      .select(['source_key', 'operation', 'updated_at'])
      .orderBy('source_key')
      .execute(),
    mirror: await db
      .selectFrom('external_licenses')
      .select(['source_key', 'seen_operation', 'updated_at'])
      .orderBy('source_key')
      .execute(),
    changes: await count('license_changes'),
    conflicts: await count('field_conflicts'),
  };
}

async function textColumns(): Promise<[string, string][]> {
  const { rows } = await sql<{ table: string; column: string }>`
    SELECT table_name AS \`table\`, column_name AS \`column\` FROM information_schema.columns
    WHERE table_schema = DATABASE() AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')
  `.execute(rig.db);
  expect(rows.length).toBeGreaterThan(80);
  return rows.map(({ table, column }) => [table, column]);
}
