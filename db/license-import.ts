/** Finding and writing imported licenses: many at a time, each with its line of lineage, in the caller's transaction. */
import { type Selectable, sql } from 'kysely';
import type { License } from '../domain/license.ts';
import type { Candidates, Carriers } from '../domain/license-import.ts';
import type { RecordedField } from '../domain/lineage.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import type { LicenseIndex } from './license-filters.ts';
import { licenseOf, licenseRow } from './license-rows.ts';
import { markStale, mattersToMatching } from './match-stale.ts';
import { WRITTEN_COLUMNS } from './merge-writes.ts';
import type { Trx } from './retry.ts';
import type { LicensesTable, SqlInstant } from './tables.ts';

/** A license that is there already. */
export interface KnownLicense {
  license: License;
  version: number;
  archivedInto: string | null;
}

export interface ImportedUpdate {
  known: KnownLicense;
  /** As it will be. */
  license: License;
  changes: readonly RecordedField[];
}

interface Write {
  by: string;
  now: SqlInstant;
  /** Rows in one statement. */
  batchSize: number;
}

const CHANGE_COLUMNS = ['license_id', 'version', 'kind', 'fields', 'changed_by', 'created_at'] as const;
/** When the external system was last heard stays as it is. */
const ON_DUPLICATE = WRITTEN_COLUMNS.filter(
  (column) => !['id', 'key', 'origin', 'last_external_sync', 'created_at', 'created_by'].includes(column),
);

/** Licenses with these keys, by key. In a transaction they are locked. */
export async function licensesByKey(db: Db | Trx, keys: readonly string[]): Promise<Map<string, KnownLicense>> {
  const found = await licensesBy(db, 'key', 'license_key', keys);
  return new Map(found.map((known) => [known.license.key, known]));
}

/** Licenses with these ids, by id. In a transaction they are locked. */
export async function licensesById(db: Db | Trx, ids: readonly string[]): Promise<Map<string, KnownLicense>> {
  const found = await licensesBy(db, 'id', 'PRIMARY', ids);
  return new Map(found.map((known) => [known.license.id, known]));
}

/** What rows with these keys (their own or made ones), countids and appid keys may be for. However many carry one, it is one row. */
export async function importCandidates(
  db: Db | Trx,
  { keys, countids, appidKeys }: { keys: readonly string[]; countids: readonly number[]; appidKeys: readonly string[] },
): Promise<Candidates> {
  const { rows: byKey } = await sql<
    Pick<Selectable<LicensesTable>, 'id' | 'key' | 'countid' | 'appid_key' | 'archived_into'>
  >`
    SELECT id, \`key\`, countid, appid_key, archived_into FROM licenses FORCE INDEX (license_key)
    WHERE \`key\` IN (${sql.join(keys)})
  `.execute(db);
  const byCountid = await carriers(db, 'countid', 'by_countid', countids);
  const byAppid = await carriers(db, 'appid_key', 'by_appid', appidKeys);
  return {
    byKey: new Map(
      byKey.map(({ key, id, countid, appid_key: appidKey, archived_into: into }) => [
        key,
        { id, countid, appidKey, archived: into !== null },
      ]),
    ),
    byCountid: new Map(byCountid.map(({ value, ...found }) => [Number(value), found])),
    byAppid: new Map(byAppid.map(({ value, ...found }) => [String(value), found])),
  };
}

async function licensesBy(
  db: Db | Trx,
  column: 'key' | 'id',
  index: LicenseIndex,
  values: readonly string[],
): Promise<KnownLicense[]> {
  if (values.length === 0) return [];
  const lock = db.isTransaction ? sql`FOR UPDATE` : sql``;
  const { rows } = await sql<Selectable<LicensesTable>>`
    SELECT * FROM licenses FORCE INDEX (${sql.id(index)}) WHERE ${sql.id(column)} IN (${sql.join(values)}) ORDER BY id ${lock}
  `.execute(db);
  return rows.map((row) => ({ ...licenseOf(row), archivedInto: row.archived_into }));
}

async function carriers(
  db: Db | Trx,
  column: 'countid' | 'appid_key',
  index: LicenseIndex,
  values: readonly (string | number)[],
): Promise<(Carriers & { value: string | number })[]> {
  if (values.length === 0) return [];
  const { rows } = await sql<{
    value: string | number;
    total: number | string;
    id: string;
    countid: number | string | null;
  }>`
    SELECT ${sql.id(column)} AS value, COUNT(*) AS total, MIN(id) AS id, MIN(countid) AS countid
    FROM licenses FORCE INDEX (${sql.id(index)})
    WHERE ${sql.id(column)} IN (${sql.join(values)}) AND archived_into IS NULL GROUP BY ${sql.id(column)}
  `.execute(db);
  return rows.map(({ value, total, id, countid }) => ({
    value,
    count: Number(total),
    id,
    countid: countid === null ? null : Number(countid),
  }));
}

export async function insertImported(
  trx: Trx,
  licenses: readonly License[],
  { by, now, batchSize }: Write,
): Promise<void> {
  await insertRows(
    trx,
    'licenses',
    WRITTEN_COLUMNS,
    licenses.map((license) => [...licenseRow(license), null, 1, now, now, by, by]),
    { batchSize },
  );
  await insertRows(
    trx,
    'license_changes',
    CHANGE_COLUMNS,
    licenses.map((license) => [license.id, 1, 'created', null, by, now]),
    { batchSize },
  );
  await markStale(
    trx,
    licenses.map(({ id }) => id),
  );
}

/** Licenses that were locked by `licensesByKey` or `licensesById`. */
export async function updateImported(
  trx: Trx,
  updates: readonly ImportedUpdate[],
  { by, now, batchSize }: Write,
): Promise<void> {
  await insertRows(
    trx,
    'licenses',
    WRITTEN_COLUMNS,
    updates.map(({ known, license }) => [...licenseRow(license), null, known.version + 1, now, now, by, by]),
    { batchSize, onDuplicate: ON_DUPLICATE },
  );
  await insertRows(
    trx,
    'license_changes',
    CHANGE_COLUMNS,
    updates.map(({ known, changes }) => [
      known.license.id,
      known.version + 1,
      'updated',
      JSON.stringify(changes),
      by,
      now,
    ]),
    { batchSize },
  );
  await markStale(
    trx,
    updates.filter(({ changes }) => mattersToMatching(changes)).map(({ known }) => known.license.id),
  );
}
