/**
 * Carrying out a plan: business rows, links, lineage and conflicts of a slice in one transaction.
 * Indexes are forced because the tables have just been filled: by statistics older than their content the optimizer reads all of them
 * for each slice.
 */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { licenseIdFor } from '../domain/identity.ts';
import type { License } from '../domain/license.ts';
import { createLicense } from '../domain/mapping.ts';
import type { FieldConflict } from '../domain/merge.ts';
import {
  type FoundMatch,
  type LinkState,
  PlanError,
  type PlannedChange,
  planRow,
  type VersionedLicense,
} from '../domain/plan.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { LICENSE_COLUMNS, licenseOf, licenseRow, syncAuthor } from './license-rows.ts';
import { quarantineRow } from './quarantine.ts';
import { inTransaction, type Trx } from './retry.ts';

const WRITTEN_COLUMNS = [
  ...LICENSE_COLUMNS,
  'last_external_sync',
  'version',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
] as const;
const ON_LICENSE_DUPLICATE = WRITTEN_COLUMNS.filter(
  (column) => !['id', 'key', 'origin', 'created_at', 'created_by'].includes(column),
);
const LINK_COLUMNS = [
  'source_key',
  'license_id',
  'role',
  'matched_by',
  'confidence',
  'base',
  'base_hash',
  'operation',
  'created_at',
  'updated_at',
] as const;
const ON_LINK_DUPLICATE = ['base', 'base_hash', 'operation', 'updated_at'] as const;
const CHANGE_COLUMNS = [
  'license_id',
  'version',
  'kind',
  'operation',
  'source_key',
  'page',
  'fields',
  'changed_by',
  'created_at',
] as const;
const CONFLICT_COLUMNS = [
  'license_id',
  'source_key',
  'field',
  'operation',
  'internal_value',
  'external_value',
  'base_value',
  'resolution',
  'held',
  'created_at',
] as const;
const ON_CONFLICT_DUPLICATE = ['internal_value', 'external_value', 'base_value', 'resolution', 'held'] as const;

interface Planned {
  source_key: string;
  page: number;
  position: number;
  pass: number;
  outcome: 'created' | 'updated' | 'unchanged' | 'linked';
  license_id: string | null;
  matched_by: PlannedChange['matchedBy'];
  row_hash: string;
  content: string;
}

/** Pages on which planned changes are not applied yet. */
export async function pagesToApply(db: Db, operation: number): Promise<number[]> {
  const rows = await db
    .selectFrom('plan_changes')
    .select('page')
    .distinct()
    .where('operation', '=', operation)
    .where('applied_at', 'is', null)
    .execute();
  return rows.map((row) => row.page);
}

/**
 * Applies what is planned for pages `from`…`to` and not applied yet. The licenses are locked and merged against what they are
 * now, so an edit made since the plan is neither lost nor overwritten beyond what the merge rules allow.
 */
export async function applySlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows: planned } = await sql<Planned>`
      SELECT p.source_key, p.page, p.position, p.pass, p.outcome, p.license_id, p.matched_by, r.row_hash, r.content
      FROM plan_changes p FORCE INDEX (by_page)
        STRAIGHT_JOIN sync_rows r FORCE INDEX (PRIMARY) ON r.operation = p.operation AND r.pass = p.pass AND r.page = p.page AND r.position = p.position
      WHERE p.operation = ${ref.operation} AND p.page BETWEEN ${from} AND ${to} AND p.applied_at IS NULL
      ORDER BY p.source_key
      FOR UPDATE
    `.execute(trx);
    const { creations, others } = await sortOut(trx, planned);
    const now = sqlInstant(Date.now());
    await create(trx, ref, creations, now, batchSize);
    const updated = await merge(trx, ref, others, now, batchSize);
    if (planned.length > 0) await markApplied(trx, ref, from, to, now);
    await advanceBatch(trx, ref, to + 1, { rows: planned.length, created: creations.length, updated });
  });
}

/**
 * A creation whose license is there already (its link was removed by hand, say) becomes a first meeting with that license:
 * the id is derived from the record, so it can be no other's.
 */
async function sortOut(trx: Trx, planned: Planned[]): Promise<{ creations: Planned[]; others: Planned[] }> {
  const creations = planned.filter((row) => row.outcome === 'created');
  const others = planned.filter((row) => row.outcome !== 'created');
  if (creations.length === 0) return { creations, others };
  const ids = creations.map((row) => licenseIdFor(row.source_key));
  const found = await trx.selectFrom('licenses').select('id').where('id', 'in', ids).execute();
  if (found.length === 0) return { creations, others };
  const there = new Set(found.map((row) => row.id));
  const isThere = (row: Planned) => there.has(licenseIdFor(row.source_key));
  return {
    creations: creations.filter((row) => !isThere(row)),
    others: [
      ...others,
      ...creations
        .filter(isThere)
        .map((row) => ({ ...row, license_id: licenseIdFor(row.source_key), matched_by: 'countid' as const })),
    ],
  };
}

async function create(trx: Trx, ref: BatchRef, rows: Planned[], now: string, batchSize: number): Promise<void> {
  const by = syncAuthor(ref.operation);
  const licenses = rows.map((row) => createLicense(JSON.parse(row.content) as ExternalRecord, row.source_key));
  await insertRows(
    trx,
    'licenses',
    WRITTEN_COLUMNS,
    licenses.map((license) => [...licenseRow(license), now, 1, now, now, by, by]),
    { batchSize },
  );
  await linkCreated(trx, ref, rows, licenses, { now, by });
}

/** Links and lineage of creations. What they agree on is the staged record, which MySQL copies without it leaving. */
async function linkCreated(
  trx: Trx,
  ref: BatchRef,
  rows: Planned[],
  licenses: License[],
  { now, by }: { now: string; by: string },
): Promise<void> {
  if (rows.length === 0) return;
  const pairs = JSON.stringify(rows.map((row, index) => [row.page, row.position, row.pass, licenses[index]?.id]));
  const created = sql`
    JSON_TABLE(${pairs}, '$[*]' COLUMNS (
      page INT UNSIGNED PATH '$[0]', position SMALLINT UNSIGNED PATH '$[1]', pass TINYINT UNSIGNED PATH '$[2]',
      license_id CHAR(36) CHARACTER SET utf8mb4 PATH '$[3]')) c
    STRAIGHT_JOIN sync_rows r FORCE INDEX (PRIMARY)
      ON r.operation = ${ref.operation} AND r.page = c.page AND r.position = c.position AND r.pass = c.pass`;
  await sql`
    INSERT INTO license_links
      (source_key, license_id, role, matched_by, base, base_hash, operation, created_at, updated_at)
    SELECT r.source_key, c.license_id, 'primary', 'created', r.content, r.row_hash, ${ref.operation}, ${now}, ${now}
    FROM ${created}
  `.execute(trx);
  await sql`
    INSERT INTO license_changes (license_id, version, kind, operation, source_key, page, changed_by, created_at)
    SELECT c.license_id, 1, 'created', ${ref.operation}, r.source_key, r.page, ${by}, ${now}
    FROM ${created}
  `.execute(trx);
}

/** Merges records into the licenses they are linked to or matched with. Returns how many licenses were written. */
async function merge(trx: Trx, ref: BatchRef, rows: Planned[], now: string, batchSize: number): Promise<number> {
  if (rows.length === 0) return 0;
  const licenses = await lockLicenses(
    trx,
    rows.flatMap((row) => row.license_id ?? []),
  );
  const links = await lockLinks(
    trx,
    rows.map((row) => row.source_key),
  );
  const merged: { row: Planned; plan: PlannedChange }[] = [];
  for (const row of rows) {
    try {
      merged.push({ row, plan: mergeNow(row, links.get(row.source_key) ?? null, licenses) });
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      await quarantineRow(trx, ref.operation, row.source_key, 'license_missing', 'its license does not exist any more');
      await trx
        .deleteFrom('plan_changes')
        .where('operation', '=', ref.operation)
        .where('source_key', '=', row.source_key)
        .execute();
    }
  }
  const written = merged.filter(({ plan }) => plan.outcome === 'updated');
  const by = syncAuthor(ref.operation);
  const after = written.map(({ plan }) => changed(plan, licenses));
  await insertRows(
    trx,
    'licenses',
    WRITTEN_COLUMNS,
    after
      .sort((a, b) => (a.license.id < b.license.id ? -1 : 1))
      .map(({ license, version }) => [...licenseRow(license), now, version, now, now, by, by]),
    { batchSize, onDuplicate: ON_LICENSE_DUPLICATE },
  );
  await insertRows(
    trx,
    'license_links',
    LINK_COLUMNS,
    merged.map(({ row, plan }) => [
      row.source_key,
      plan.licenseId,
      plan.outcome === 'linked' ? 'secondary' : 'primary',
      plan.matchedBy,
      null,
      JSON.stringify(plan.base),
      row.row_hash,
      ref.operation,
      now,
      now,
    ]),
    { batchSize, onDuplicate: ON_LINK_DUPLICATE },
  );
  await insertRows(
    trx,
    'license_changes',
    CHANGE_COLUMNS,
    written.map(({ row, plan }) => [
      plan.licenseId,
      (plan.expectedVersion ?? 0) + 1,
      'updated',
      ref.operation,
      row.source_key,
      row.page,
      JSON.stringify(plan.changes),
      by,
      now,
    ]),
    { batchSize },
  );
  await insertRows(
    trx,
    'field_conflicts',
    CONFLICT_COLUMNS,
    merged.flatMap(({ row, plan }) =>
      plan.conflicts.map((conflict) => conflictRow(ref, row.source_key, plan.licenseId, conflict, now)),
    ),
    { batchSize, onDuplicate: ON_CONFLICT_DUPLICATE },
  );
  return written.length;
}

function mergeNow(row: Planned, link: LinkState | null, licenses: Map<string, VersionedLicense>): PlannedChange {
  const licenseId = link?.licenseId ?? row.license_id;
  // Planned over a link that someone has removed since: the two meet anew, by what made them one before.
  const matchedBy = row.matched_by === 'link' || row.matched_by === 'created' ? 'countid' : row.matched_by;
  const match: FoundMatch | null =
    link === null && licenseId !== null ? { licenseId, matchedBy, role: 'primary' } : null;
  return planRow({
    sourceKey: row.source_key,
    rowHash: row.row_hash,
    record: JSON.parse(row.content) as ExternalRecord,
    link,
    match,
    license: (licenseId === null ? undefined : licenses.get(licenseId)) ?? null,
  });
}

function changed(plan: PlannedChange, licenses: Map<string, VersionedLicense>): VersionedLicense {
  const before = licenses.get(plan.licenseId);
  if (!before) throw new Error(`license ${plan.licenseId} was planned to be updated but was not locked`);
  const fields = Object.fromEntries(plan.changes.map((change) => [change.field, change.after])) as Partial<License>;
  return {
    license: { ...before.license, ...fields, externalSyncStatus: 'synced' },
    version: before.version + 1,
  };
}

async function lockLicenses(trx: Trx, ids: string[]): Promise<Map<string, VersionedLicense>> {
  if (ids.length === 0) return new Map();
  const rows = await trx.selectFrom('licenses').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute();
  return new Map(rows.map((row) => [row.id, licenseOf(row)]));
}

async function lockLinks(trx: Trx, keys: string[]): Promise<Map<string, LinkState>> {
  const rows = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id', 'role', 'base', 'base_hash'])
    .where('source_key', 'in', keys)
    .orderBy('source_key')
    .forUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.source_key,
      {
        licenseId: row.license_id,
        role: row.role,
        base: JSON.parse(row.base) as ExternalRecord,
        baseHash: row.base_hash,
      },
    ]),
  );
}

async function markApplied(trx: Trx, ref: BatchRef, from: number, to: number, now: string): Promise<void> {
  await sql`
    UPDATE plan_changes FORCE INDEX (by_page) SET applied_at = ${now}
    WHERE operation = ${ref.operation} AND page BETWEEN ${from} AND ${to} AND applied_at IS NULL
  `.execute(trx);
}

function conflictRow(
  ref: BatchRef,
  sourceKey: string,
  licenseId: string,
  conflict: FieldConflict,
  now: string,
): SqlValue[] {
  return [
    licenseId,
    sourceKey,
    conflict.field,
    ref.operation,
    JSON.stringify(conflict.internal ?? null),
    JSON.stringify(conflict.external ?? null),
    JSON.stringify(conflict.base ?? null),
    conflict.resolution,
    conflict.held ? 1 : 0,
    now,
  ];
}
