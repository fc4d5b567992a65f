/** Writing a license outside of a run: the row, its version and its line of lineage in one go. */
import type { License } from '../domain/license.ts';
import type { ChangeKind, RecordedField } from '../domain/lineage.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import type { SqlValue } from './bulk.ts';
import { LICENSE_COLUMNS, licenseRow } from './license-rows.ts';
import { markStale, mattersToMatching } from './match-stale.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface Edit {
  /** The license as it was locked. */
  locked: VersionedLicense;
  /** At least one, unless the kind says something by itself. */
  changes: readonly RecordedField[];
  /** `updated` unless told otherwise. */
  kind?: ChangeKind;
  /** Who signs for it. */
  by: string;
  /** The record that the edit has to do with. */
  sourceKey: string | null;
  now: SqlInstant;
}

const NEVER_EDITED = new Set(['id', 'key', 'origin']);

/**
 * Writes changes to a license that the caller has locked. The values must fit their columns.
 * @returns the license as it is then.
 */
export async function editLicense(
  trx: Trx,
  { locked, changes, kind = 'updated', by, sourceKey, now }: Edit,
): Promise<VersionedLicense> {
  const fields = Object.fromEntries(changes.map(({ field, after }) => [field, after])) as Partial<License>;
  const license: License = { ...locked.license, ...fields };
  const version = locked.version + 1;
  const after = columnsOf(license);
  const before = columnsOf(locked.license);
  const written = Object.fromEntries(Object.entries(after).filter(([column, value]) => value !== before[column]));
  await trx
    .updateTable('licenses')
    .set({ ...written, version, updated_at: now, updated_by: by })
    .where('id', '=', license.id)
    .execute();
  await trx
    .insertInto('license_changes')
    .values({
      license_id: license.id,
      version,
      kind,
      operation: null,
      source_key: sourceKey,
      page: null,
      fields: JSON.stringify(changes),
      changed_by: by,
      created_at: now,
    })
    .execute();
  if (mattersToMatching(changes)) await markStale(trx, [license.id]);
  return { license, version };
}

function columnsOf(license: License): Record<string, SqlValue> {
  const row = licenseRow(license);
  return Object.fromEntries(
    LICENSE_COLUMNS.map((column, index) => [column, row[index] ?? null] as const).filter(
      ([column]) => !NEVER_EDITED.has(column),
    ),
  );
}
