/** `merges`: the ledger of what was made one, read for lists, for looking at one, and for undoing. */
import { type Selectable, sql } from 'kysely';
import type { RecordedField } from '../domain/lineage.ts';
import type { Db } from './connect.ts';
import type { MergeDetails, MovedLink } from './consolidation-writes.ts';
import type { Trx } from './retry.ts';
import type { MergesTable } from './tables.ts';

export type MergeRow = Selectable<MergesTable>;

/** A row of the ledger, its documents read. */
export interface Merge {
  row: MergeRow;
  changes: RecordedField[];
  moved: MovedLink[];
  details: MergeDetails;
}

/** What a list shows of the licenses and the run. */
export type ListedMerge = MergeRow & {
  master_key: string | null;
  master_dba: string | null;
  duplicate_key: string | null;
  duplicate_dba: string | null;
  operation_id: string | null;
};

export interface MergeFilter {
  /** As master or as duplicate. */
  licenseId?: string | undefined;
  state?: 'applied' | 'undone' | undefined;
  caseId?: number | undefined;
}

export function mergeOf(row: MergeRow): Merge {
  return {
    row,
    changes: JSON.parse(row.changes) as RecordedField[],
    moved: JSON.parse(row.moved) as MovedLink[],
    details: row.details === null ? { demoted: null, superseded: [] } : (JSON.parse(row.details) as MergeDetails),
  };
}

/** Newest first; `before` is the id of the last one seen. */
export async function listMerges(
  db: Db,
  { licenseId, state, caseId }: MergeFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<ListedMerge[]> {
  let query = selectMerges(db).orderBy('m.id', 'desc').limit(limit);
  if (licenseId !== undefined) {
    query = query.where((eb) => eb.or([eb('m.master_id', '=', licenseId), eb('m.duplicate_id', '=', licenseId)]));
  }
  if (state !== undefined) query = query.where('m.state', '=', state);
  if (caseId !== undefined) query = query.where('m.case_id', '=', caseId);
  if (before !== undefined) query = query.where('m.id', '<', before);
  return await query.execute();
}

export async function findListedMerge(db: Db, id: number): Promise<ListedMerge | undefined> {
  return await selectMerges(db).where('m.id', '=', id).executeTakeFirst();
}

/** @param lock until the end of the transaction. */
export async function findMerge(trx: Trx, id: number, lock: boolean): Promise<Merge | null> {
  const query = trx.selectFrom('merges').selectAll().where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row ? mergeOf(row) : null;
}

/** Merges into a license that are in force and came after another one, oldest first. */
export async function laterMerges(trx: Trx, masterId: string, after: number): Promise<Merge[]> {
  const rows = await trx
    .selectFrom('merges')
    .selectAll()
    .where('master_id', '=', masterId)
    .where('state', '=', 'applied')
    .where('id', '>', after)
    .orderBy('id')
    .execute();
  return rows.map(mergeOf);
}

/**
 * Merges of licenses that lead into one now, also by way of others. Read from the ledger: of licenses there may be millions, and no index
 * says what was archived into one.
 */
export async function mergesUnder(trx: Trx, licenseId: string): Promise<Merge[]> {
  const under = new Map<string, Merge>();
  for (let next = [licenseId]; next.length > 0; ) {
    const rows = await trx
      .selectFrom('merges')
      .selectAll()
      .where('master_id', 'in', next)
      .where('kind', '=', 'consolidation')
      .where('state', '=', 'applied')
      .orderBy('id')
      .execute();
    const found = rows.flatMap((row): [string, Merge][] => {
      const id = row.duplicate_id;
      return id === null || id === licenseId || under.has(id) ? [] : [[id, mergeOf(row)]];
    });
    for (const [id, merge] of found) under.set(id, merge);
    next = found.map(([id]) => id);
  }
  return [...under.values()];
}

/** Merges of this license with others that were undone. */
export async function undoneMerges(trx: Trx, masterId: string): Promise<Merge[]> {
  const rows = await trx
    .selectFrom('merges')
    .selectAll()
    .where('master_id', '=', masterId)
    .where('state', '=', 'undone')
    .orderBy('id')
    .execute();
  return rows.map(mergeOf);
}

/** The merge by which a license came to be archived; null when none on record did it. */
export async function mergeThatArchived(db: Db | Trx, licenseId: string): Promise<MergeRow | null> {
  const row = await db
    .selectFrom('merges')
    .selectAll()
    .where('duplicate_id', '=', licenseId)
    .where('state', '=', 'applied')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The merge in force by which a record came to the license that it is linked to; null when it came by itself. */
export async function mergeThatMoved(trx: Trx, sourceKey: string, licenseId: string): Promise<MergeRow | null> {
  // The documents of a license's own merges are few; the text is only a first sieve, a key may stand in a record's content too.
  const rows = await trx
    .selectFrom('merges')
    .selectAll()
    .where('master_id', '=', licenseId)
    .where('kind', '=', 'consolidation')
    .where('state', '=', 'applied')
    .where(sql<string>`INSTR(moved, ${JSON.stringify(sourceKey)})`, '>', '0')
    .orderBy('id', 'desc')
    .execute();
  return rows.find((row) => mergeOf(row).moved.some((link) => link.sourceKey === sourceKey)) ?? null;
}

/** Whether anything was ever consolidated: where nothing was, no license leads to another. */
export async function hasMerges(db: Db | Trx): Promise<boolean> {
  const row = await db.selectFrom('merges').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

function selectMerges(db: Db) {
  return db
    .selectFrom('merges as m')
    .leftJoin('licenses as a', 'a.id', 'm.master_id')
    .leftJoin('licenses as b', 'b.id', 'm.duplicate_id')
    .leftJoin('sync_operations as o', 'o.id', 'm.operation')
    .selectAll('m')
    .select([
      'a.key as master_key',
      'a.dba as master_dba',
      'b.key as duplicate_key',
      'b.dba as duplicate_dba',
      'o.operation_id',
    ]);
}
