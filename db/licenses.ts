/**
 * `licenses`, read for lists and changed by people. Counting and filtering look at all rows where no index is selective: of 100,000
 * that takes some 30 ms. An index for every filter would spare it and cost a first sync far more: nine of them doubled what the
 * server writes and computes for a new license, and those whose values come in no order did worse.
 */
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { License } from '../domain/license.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { type Db, sqlInstant } from './connect.ts';
import {
  type Condition,
  conditionsOf,
  isOpen,
  type LicenseFilter,
  type LicenseIndex,
  type Scan,
  scanOf,
  selectiveIndex,
} from './license-filters.ts';
import { LICENSE_COLUMNS, licenseOf, licenseRow } from './license-rows.ts';
import { markStale } from './match-stale.ts';
import type { Trx } from './retry.ts';
import type { LicensesTable } from './tables.ts';

export type LicenseRow = Selectable<LicensesTable>;

const SORT_COLUMNS = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  dba: 'dba',
  expiresAt: 'expires_at',
  key: 'key',
} as const;
export type LicenseSort = keyof typeof SORT_COLUMNS;
export const LICENSE_SORTS = Object.keys(SORT_COLUMNS) as LicenseSort[];

export interface LicenseOrder {
  sort: LicenseSort;
  direction: 'asc' | 'desc';
}

/** Where the page before ended. Nulls come first when ascending, last when descending. */
export interface LicensePlace {
  value: string | null;
  id: string;
}

export interface LicensePage extends LicenseOrder {
  limit: number;
  /** Either a place or a number of rows to pass over. */
  after: LicensePlace | null;
  offset: number;
}

/** Up to so many matches are found first and put in order then; more are met soon enough on a walk in that order. */
const FEW = 250;

/** The place of a row in an order. */
export function placeOf(row: LicenseRow, sort: LicenseSort): LicensePlace {
  return { value: row[SORT_COLUMNS[sort]], id: row.id };
}

/** How many licenses the filter lets through. */
export async function countLicenses(db: Db, filter: LicenseFilter): Promise<number> {
  const selective = selectiveIndex(filter);
  if (selective !== null)
    return await count(db, sql`licenses FORCE INDEX (${sql.id(selective)})`, conditionsOf(filter));
  const { index, conditions, lookups } = scanOf(filter);
  const scanned = await count(db, sql`licenses FORCE INDEX (${sql.id(index)})`, conditions);
  if (lookups.length === 0) return scanned;
  const beside = sql`(${looked(lookups)}) found STRAIGHT_JOIN licenses ON licenses.id = found.found_id`;
  return (
    scanned + (await count(db, beside, [allOf(filter), sql`NOT IFNULL(${sql.join(conditions, sql` AND `)}, FALSE)`]))
  );
}

/** Whether an index leads to the rows of a page, so that there is no need to look for all matches first. */
export function isIndexed(filter: LicenseFilter): boolean {
  return isOpen(filter) || selectiveIndex(filter) !== null;
}

/** Ids of all matches in no order; null when they are more than a few. */
export async function fewMatches(db: Db, filter: LicenseFilter): Promise<string[] | null> {
  const { index, conditions, lookups } = scanOf(filter);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM licenses FORCE INDEX (${sql.id(index)}) WHERE ${sql.join(conditions, sql` AND `)} LIMIT ${FEW + 1}
  `.execute(db);
  if (rows.length > FEW) return null;
  const ids = new Set(rows.map(({ id }) => id));
  if (lookups.length > 0) {
    const beside = await sql<{ id: string }>`
      SELECT found_id AS id FROM (${looked(lookups)}) found STRAIGHT_JOIN licenses ON licenses.id = found.found_id
      WHERE ${allOf(filter)} LIMIT ${FEW + 1}
    `.execute(db);
    for (const { id } of beside.rows) ids.add(id);
  }
  return ids.size > FEW ? null : [...ids];
}

/** A page of the licenses with these ids that match: one may have changed since its id was found. */
export async function listAmong(
  db: Db,
  ids: readonly string[],
  filter: LicenseFilter,
  page: LicensePage,
): Promise<LicenseRow[]> {
  if (ids.length === 0) return [];
  return await ordered(db, page)
    .where('id', 'in', ids)
    .where(sql<SqlBool>`${allOf(filter)}`)
    .where(beyond(page))
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** A page of all licenses that match, met in order. The ids alone first: rows that are passed over are not worth reading. */
export async function listInOrder(db: Db, filter: LicenseFilter, page: LicensePage): Promise<LicenseRow[]> {
  const index = selectiveIndex(filter) ?? orderIndex(page);
  const column = sql.id(SORT_COLUMNS[page.sort]);
  const direction = sql.raw(page.direction);
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM licenses FORCE INDEX (${sql.id(index)}) WHERE ${allOf(filter)} AND ${beyond(page)}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${page.limit} OFFSET ${page.offset}
  `.execute(db);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  return await ordered(db, page).where('id', 'in', ids).execute();
}

export async function findLicenseRow(db: Db, id: string): Promise<LicenseRow | undefined> {
  return await db.selectFrom('licenses').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findLicenseByKey(db: Db, key: string): Promise<LicenseRow | undefined> {
  return await db.selectFrom('licenses').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Locks one license until the end of the transaction; undefined when there is none. */
export async function lockLicense(
  trx: Trx,
  id: string,
): Promise<(VersionedLicense & { archivedInto: string | null }) | undefined> {
  const row = await trx.selectFrom('licenses').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && { ...licenseOf(row), archivedInto: row.archived_into };
}

/**
 * Adds a license with the line of lineage that says who made it.
 * @throws the driver's duplicate key error when its key or id is taken.
 */
export async function insertLicense(trx: Trx, license: License, by: string): Promise<void> {
  const now = sqlInstant(Date.now());
  const values = licenseRow(license);
  const columns = Object.fromEntries(LICENSE_COLUMNS.map((column, index) => [column, values[index] ?? null]));
  await trx
    .insertInto('licenses')
    .values({
      ...(columns as unknown as LicenseRow),
      last_external_sync: null,
      created_at: now,
      updated_at: now,
      created_by: by,
      updated_by: by,
    })
    .execute();
  await trx
    .insertInto('license_changes')
    .values({
      license_id: license.id,
      version: 1,
      kind: 'created',
      operation: null,
      source_key: null,
      page: null,
      fields: null,
      changed_by: by,
      created_at: now,
    })
    .execute();
  await markStale(trx, [license.id]);
}

/** The changes of a license after a version, oldest first. */
export async function changesSince(
  db: Db,
  licenseId: string,
  version: number,
  limit: number,
): Promise<{ version: number; fields: string | null; changed_by: string; created_at: string }[]> {
  return await db
    .selectFrom('license_changes')
    .select(['version', 'fields', 'changed_by', 'created_at'])
    .where('license_id', '=', licenseId)
    .where('version', '>', version)
    .orderBy('version')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Ids found by indexes, each once. */
function looked(lookups: Scan['lookups']) {
  const parts = lookups.map(
    ({ index, condition }) =>
      sql`SELECT id AS found_id FROM licenses FORCE INDEX (${sql.id(index)}) WHERE ${condition}`,
  );
  return sql.join(parts, sql` UNION `);
}

async function count(db: Db, from: Condition, conditions: readonly Condition[]): Promise<number> {
  const { rows } = await sql<{ total: number | string }>`
    SELECT COUNT(*) AS total FROM ${from} WHERE ${sql.join(conditions, sql` AND `)}
  `.execute(db);
  return Number(rows[0]?.total ?? 0);
}

function ordered(db: Db, { sort, direction }: LicenseOrder) {
  return db.selectFrom('licenses').selectAll().orderBy(SORT_COLUMNS[sort], direction).orderBy('id', direction);
}

/** The index that has the rows in this order; without one all of them are looked at and sorted. */
function orderIndex({ sort }: LicenseOrder): LicenseIndex {
  if (sort === 'createdAt') return 'by_created';
  return sort === 'key' ? 'license_key' : 'PRIMARY';
}

function allOf(filter: LicenseFilter) {
  return sql.join(conditionsOf(filter), sql` AND `);
}

/** Rows behind a place. The first condition of each pair is what an index can begin at. */
function beyond({ sort, direction, after }: LicensePage) {
  if (after === null) return sql<SqlBool>`TRUE`;
  const column = sql.id(SORT_COLUMNS[sort]);
  const { value, id } = after;
  if (direction === 'asc') {
    return value === null
      ? sql<SqlBool>`(${column} IS NOT NULL OR id > ${id})`
      : sql<SqlBool>`(${column} >= ${value} AND (${column} > ${value} OR id > ${id}))`;
  }
  return value === null
    ? sql<SqlBool>`(${column} IS NULL AND id < ${id})`
    : sql<SqlBool>`((${column} <= ${value} OR ${column} IS NULL) AND NOT (${column} <=> ${value} AND id >= ${id}))`;
}
