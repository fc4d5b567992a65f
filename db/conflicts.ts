/** `field_conflicts`: what clashed, and how it was settled. At most one of a record and field is open. */
import type { Selectable } from 'kysely';
import type { MappedValue, RecordedConflict } from '../domain/conflicts.ts';
import type { MappedField } from '../domain/mapping.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import type { ConflictState, FieldConflictsTable } from './tables.ts';

export type ConflictRow = Selectable<FieldConflictsTable> & { operation_id: string | null };

export interface ConflictFilter {
  state?: ConflictState | undefined;
  field?: string | undefined;
  licenseId?: string | undefined;
  operationId?: string | undefined;
}

/** Newest first; `before` is the id of the last one seen. */
export async function listConflicts(
  db: Db,
  filter: ConflictFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<ConflictRow[]> {
  let query = selectConflicts(db, filter).orderBy('c.id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('c.id', '<', before);
  return await query.execute();
}

export async function findConflict(db: Db, id: number): Promise<ConflictRow | undefined> {
  return await selectConflicts(db, {}).where('c.id', '=', id).executeTakeFirst();
}

/** Ids of open conflicts in ascending order. */
export async function openConflictIds(
  db: Db,
  filter: Omit<ConflictFilter, 'state'>,
  { limit, after }: { limit: number; after: number },
): Promise<number[]> {
  const rows = await selectConflicts(db, { ...filter, state: 'open' })
    .where('c.id', '>', after)
    .orderBy('c.id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

function selectConflicts(db: Db, { state, field, licenseId, operationId }: ConflictFilter) {
  let query = db
    .selectFrom('field_conflicts as c')
    .leftJoin('sync_operations as o', 'o.id', 'c.operation')
    .selectAll('c')
    .select('o.operation_id');
  if (state !== undefined) query = query.where('c.state', '=', state);
  if (field !== undefined) query = query.where('c.field', '=', field);
  if (licenseId !== undefined) query = query.where('c.license_id', '=', licenseId);
  if (operationId !== undefined) query = query.where('o.operation_id', '=', operationId);
  return query;
}

/** The licenses of conflicts, by id. */
export async function licensesOfConflicts(
  db: Db,
  rows: readonly Pick<ConflictRow, 'license_id'>[],
): Promise<Map<string, VersionedLicense>> {
  if (rows.length === 0) return new Map();
  const ids = [...new Set(rows.map((row) => row.license_id))];
  const found = await db.selectFrom('licenses').selectAll().where('id', 'in', ids).execute();
  return new Map(found.map((row) => [row.id, licenseOf(row)]));
}

/** A row as the domain knows it. */
export function recordedConflict(row: Selectable<FieldConflictsTable>): RecordedConflict & { base: MappedValue } {
  return {
    field: row.field as MappedField,
    internal: parsed(row.internal_value),
    external: parsed(row.external_value),
    base: parsed(row.base_value),
    resolution: row.resolution,
  };
}

function parsed(json: string | null): MappedValue {
  return JSON.parse(json ?? 'null') as MappedValue;
}
