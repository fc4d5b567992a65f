/** `license_changes`: what was written to a license, by whom, and what it replaced. */
import type { Selectable } from 'kysely';
import type { ChangeKind, RecordedField } from '../domain/lineage.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { type Db, isoInstant } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import type { LicenseChangesTable } from './tables.ts';

/** A recorded change with the run that made it. */
export interface ChangeLine {
  id: number;
  version: number;
  kind: ChangeKind;
  /** Who signed: the name of a token, `sync:<operation>`, `import`, … */
  by: string;
  /** The run's id as people know it; null when no run made the change, or the run is not on record any more. */
  operationId: string | null;
  sourceKey: string | null;
  page: number | null;
  at: string;
  /** Null for a creation that is told by the values that it left. */
  fields: RecordedField[] | null;
}

/** Whether `ref` is an id or a key; null when no license has it. */
export async function findLicenseId(db: Db, ref: string): Promise<string | null> {
  const byId = await db.selectFrom('licenses').select('id').where('id', '=', ref).executeTakeFirst();
  if (byId) return byId.id;
  const byKey = await db.selectFrom('licenses').select('id').where('key', '=', ref).executeTakeFirst();
  return byKey?.id ?? null;
}

/** The license with this id; null when there is none. */
export async function findVersionedLicense(db: Db, id: string): Promise<VersionedLicense | null> {
  const row = await db.selectFrom('licenses').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? licenseOf(row) : null;
}

/**
 * Changes of a license, newest first.
 * @param field only those that name this field, and the creation; a change may be among them that names it elsewhere.
 */
export async function listChanges(
  db: Db,
  licenseId: string,
  { limit, before, field }: { limit: number; before?: number | undefined; field?: string | undefined },
): Promise<ChangeLine[]> {
  let query = db
    .selectFrom('license_changes as c')
    .leftJoin('sync_operations as o', 'o.id', 'c.operation')
    .selectAll('c')
    .select('o.operation_id')
    .where('c.license_id', '=', licenseId)
    .orderBy('c.version', 'desc')
    .orderBy('c.id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('c.id', '<', before);
  if (field !== undefined) {
    query = query.where((eb) => eb.or([eb('c.fields', 'is', null), eb('c.fields', 'like', `%"field":"${field}"%`)]));
  }
  const rows = await query.execute();
  return rows.map(lineOf);
}

function lineOf(row: Selectable<LicenseChangesTable> & { operation_id: string | null }): ChangeLine {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    by: row.changed_by,
    operationId: row.operation_id,
    sourceKey: row.source_key,
    page: row.page,
    at: isoInstant(row.created_at),
    fields: row.fields === null ? null : (JSON.parse(row.fields) as RecordedField[]),
  };
}
