/** What a merge writes: licenses, links, lineage and conflicts, in the caller's transaction. */
import type { License } from '../domain/license.ts';
import type { FieldConflict } from '../domain/merge.ts';
import type { PlannedChange, VersionedLicense } from '../domain/plan.ts';
import { isAgreed } from '../domain/push.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import { supersedeOfRecord, supersedeOlder } from './conflict-states.ts';
import { LICENSE_COLUMNS, licenseOf, licenseRow, syncAuthor } from './license-rows.ts';
import { markStale } from './match-stale.ts';
import type { Trx } from './retry.ts';

export const WRITTEN_COLUMNS = [
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
export const LINK_COLUMNS = [
  'source_key',
  'license_id',
  'role',
  'matched_by',
  'confidence',
  'base',
  'base_hash',
  'agreed_version',
  'operation',
  'created_at',
  'updated_at',
] as const;
const ON_LINK_DUPLICATE = ['base', 'base_hash', 'agreed_version', 'operation', 'updated_at'] as const;
export const CHANGE_COLUMNS = [
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
  'state',
  'choice',
  'resolved_by',
  'resolved_at',
  'created_at',
] as const;
/** A clash that arises again in a resumed run is open again, however it was resolved before. */
const ON_CONFLICT_DUPLICATE = CONFLICT_COLUMNS.filter(
  (column) => !['source_key', 'field', 'operation', 'created_at'].includes(column),
);

export interface MergedRecord {
  rowHash: string;
  /** Where in the feed it stood; null when it was not read in this run. */
  page: number | null;
  plan: PlannedChange;
}

export interface MergeWrite {
  /** The numeric id of the run that writes. */
  operation: number;
  now: string;
  batchSize: number;
}

/**
 * Writes merged records.
 * @param licenses as they were locked.
 * @returns how many licenses were written.
 */
export async function writeMerged(
  trx: Trx,
  merged: readonly MergedRecord[],
  licenses: Map<string, VersionedLicense>,
  { operation, now, batchSize }: MergeWrite,
): Promise<number> {
  const written = merged.filter(({ plan }) => plan.outcome === 'updated');
  const by = syncAuthor(operation);
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
  await giveWay(trx, merged, now);
  await insertRows(
    trx,
    'license_links',
    LINK_COLUMNS,
    merged.map(({ rowHash, plan }) => [
      plan.sourceKey,
      plan.licenseId,
      plan.outcome === 'linked' ? 'secondary' : 'primary',
      plan.matchedBy,
      null,
      JSON.stringify(plan.base),
      rowHash,
      agreedVersion(plan, licenses),
      operation,
      now,
      now,
    ]),
    { batchSize, onDuplicate: ON_LINK_DUPLICATE },
  );
  await insertRows(
    trx,
    'license_changes',
    CHANGE_COLUMNS,
    written.map(({ page, plan }) => [
      plan.licenseId,
      (plan.expectedVersion ?? 0) + 1,
      'updated',
      operation,
      plan.sourceKey,
      page,
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
    merged.flatMap(({ plan }) => plan.conflicts.map((conflict) => conflictRow(operation, plan, conflict, now))),
    { batchSize, onDuplicate: ON_CONFLICT_DUPLICATE },
  );
  // A license that keeps what its record says no more speaks for itself, whether or not it was written.
  await markStale(
    trx,
    merged.map(({ plan }) => plan.licenseId),
  );
  await supersedeOlder(
    trx,
    operation,
    merged.filter(({ plan }) => plan.conflicts.length > 0).map(({ plan }) => plan.sourceKey),
  );
  return written.length;
}

/** A record that comes to feed a license may find links of records that have vanished: those keep their place, but not the first one. */
async function giveWay(trx: Trx, merged: readonly MergedRecord[], now: string): Promise<void> {
  const newcomers = merged.filter(({ plan }) => plan.matchedBy !== 'link' && plan.outcome === 'updated');
  if (newcomers.length === 0) return;
  const former = await trx
    .selectFrom('license_links')
    .select('source_key')
    .where(
      'license_id',
      'in',
      newcomers.map(({ plan }) => plan.licenseId),
    )
    .where('role', '=', 'primary')
    .where(
      'source_key',
      'not in',
      newcomers.map(({ plan }) => plan.sourceKey),
    )
    .orderBy('source_key')
    .forUpdate()
    .execute();
  for (const { source_key: sourceKey } of former) {
    await trx
      .updateTable('license_links')
      .set({ role: 'secondary', updated_at: now })
      .where('source_key', '=', sourceKey)
      .execute();
    await supersedeOfRecord(trx, sourceKey);
  }
}

/** Locks licenses in the order of their ids. */
export async function lockLicenses(trx: Trx, ids: string[]): Promise<Map<string, VersionedLicense>> {
  if (ids.length === 0) return new Map();
  const rows = await trx.selectFrom('licenses').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute();
  return new Map(rows.map((row) => [row.id, licenseOf(row)]));
}

function changed(plan: PlannedChange, licenses: Map<string, VersionedLicense>): VersionedLicense {
  const before = licenses.get(plan.licenseId);
  if (!before) throw new Error(`license ${plan.licenseId} was planned to be updated but was not locked`);
  const fields = Object.fromEntries(plan.changes.map((change) => [change.field, change.after])) as Partial<License>;
  return {
    license: { ...before.license, externalSyncStatus: 'synced', ...fields },
    version: before.version + 1,
  };
}

/** The version at which the license has nothing to tell its record; 0 when it has, or when the record does not feed it. */
function agreedVersion(plan: PlannedChange, licenses: Map<string, VersionedLicense>): number {
  if (plan.outcome === 'linked') return 0;
  const after = plan.outcome === 'updated' ? changed(plan, licenses) : licenses.get(plan.licenseId);
  return after && isAgreed(after.license, plan.base) ? after.version : 0;
}

function conflictRow(
  operation: number,
  { sourceKey, licenseId }: PlannedChange,
  conflict: FieldConflict,
  now: string,
): SqlValue[] {
  return [
    licenseId,
    sourceKey,
    conflict.field,
    operation,
    JSON.stringify(conflict.internal ?? null),
    JSON.stringify(conflict.external ?? null),
    JSON.stringify(conflict.base ?? null),
    conflict.resolution,
    conflict.held ? 1 : 0,
    'open',
    null,
    null,
    null,
    now,
  ];
}
