/**
 * Undoing what was made one: every row as it was before, or nothing and the names of what stands in the way. Works in chains: of several
 * merges into one license any one can be undone, in any order (`domain/undo.ts`).
 */
import { apiName } from '../domain/license-edit.ts';
import type { LineageField, RecordedField } from '../domain/lineage.ts';
import { broughtBy, type FieldUndo, type SinceChange, undoFields } from '../domain/undo.ts';
import { isoInstant } from './connect.ts';
import { type LockedLicense, lockWithLinks } from './consolidation-locks.ts';
import { partLicenses, partRecord } from './merge-undo-writes.ts';
import { findMerge, laterMerges, type Merge, mergesUnder, mergeThatArchived } from './merges.ts';
import type { Trx } from './retry.ts';
import type { LicenseChangesTable, SqlInstant } from './tables.ts';

export interface UndoBy {
  by: string;
  now: SqlInstant;
  note: string | null;
}

/** What stands in the way of undoing a merge. */
export type Blocker =
  /** Somebody changed a field since that the merge had changed; null where the change is not on record. */
  | { kind: 'field'; field: LineageField; version: number | null; by: string | null; at: string | null }
  /** A record that came with the duplicate has fed the master since. */
  | { kind: 'fed'; sourceKey: string; version: number; by: string; at: string }
  /** A record that came with the duplicate is linked elsewhere now, or nowhere (null). */
  | { kind: 'link'; sourceKey: string; licenseId: string | null }
  /** The master was consolidated into another license since. */
  | { kind: 'merge'; mergeId: number; licenseId: string; by: string; at: string }
  /** A license is not as the merge left it, and the ledger does not know why. */
  | { kind: 'license'; licenseId: string }
  /** A person said that the record always belongs to the license. */
  | { kind: 'override'; overrideId: number; sourceKey: string };

export type UndoOutcome =
  | {
      done: true;
      merge: Merge;
      restored: LineageField[];
      /** Records that went back with the duplicate; of a link, the one that was unlinked. */
      sourceKeys: string[];
      /** Later merges that lead back behind this one from now on. */
      handedOn: number[];
      /** Whether the case behind it has no merge in force any more. */
      caseUndone: boolean;
    }
  | {
      done: false;
      code: 'merge-not-found' | 'merge-undone' | 'merge-blocked';
      reason: string;
      blockers: Blocker[];
    };

/** A merge that is in force, with what it touched as that is now, and what undoing it would do. */
export interface Inspected {
  merge: Merge;
  master: LockedLicense;
  /** Null for a link. */
  duplicate: LockedLicense | null;
  fields: FieldUndo;
}

/**
 * Undoes one merge in the caller's transaction, and remembers that its two sides are not the same, so that no run repeats it. A record that
 * changed upstream meanwhile differs from what was agreed on when it comes back, and the next run merges it.
 */
export async function undoMerge(trx: Trx, mergeId: number, by: UndoBy): Promise<UndoOutcome> {
  const seen = await inspectMerge(trx, mergeId, { lock: true });
  if ('code' in seen) return seen;
  return await (seen.duplicate === null
    ? partRecord(trx, seen, by)
    : partLicenses(trx, { ...seen, duplicate: seen.duplicate }, by));
}

/**
 * What undoing a merge would do, or what stands in its way.
 * @param lock what it touches, until the end of the transaction.
 */
export async function inspectMerge(
  trx: Trx,
  mergeId: number,
  { lock }: { lock: boolean },
): Promise<Inspected | Extract<UndoOutcome, { done: false }>> {
  const first = await findMerge(trx, mergeId, false);
  if (!first) return { done: false, code: 'merge-not-found', reason: `there is no merge ${mergeId}`, blockers: [] };
  const { master_id: masterId, duplicate_id: duplicateId, case_id: caseId } = first.row;
  // A reviewer locks the case before its licenses, so this does too.
  if (lock && caseId !== null) {
    await trx.selectFrom('duplicate_cases').select('id').where('id', '=', caseId).forUpdate().execute();
  }
  const locked = await lockWithLinks(trx, duplicateId === null ? [masterId] : [masterId, duplicateId], lock);
  const merge = (await findMerge(trx, mergeId, lock)) ?? first;
  if (merge.row.state === 'undone') return undoneBefore(merge);
  const master = locked.get(masterId);
  const duplicate = duplicateId === null ? null : locked.get(duplicateId);
  if (!master || duplicate === undefined) return blocked(mergeId, [{ kind: 'license', licenseId: masterId }]);
  const chained = await chainBlockers(trx, merge, master, duplicate);
  // What else is not as it was follows from that.
  if (chained.length > 0) return blocked(mergeId, chained);
  const since = await changesAfter(trx, masterId, merge.row.master_version);
  const later = (await laterMerges(trx, masterId, mergeId)).map(({ row, changes }) => ({ id: row.id, changes }));
  const [only] = merge.moved;
  const changes =
    duplicate === null && only ? broughtBy(only.sourceKey, merge.changes, since.map(sinceOf)) : merge.changes;
  const fields = undoFields(changes, master.license, later);
  const blockers = [
    ...fieldBlockers(fields.changedSince, since),
    ...(duplicate === null ? [] : fedBlockers(merge, since)),
    ...(await linkBlockers(trx, merge, master)),
    ...(await overrideBlockers(trx, merge)),
  ];
  return blockers.length > 0 ? blocked(mergeId, blockers) : { merge, master, duplicate, fields };
}

/** What stands in the way, in words. */
export function blockerText(blocker: Blocker): string {
  switch (blocker.kind) {
    case 'field':
      return blocker.version === null
        ? `${apiName(blocker.field)} was changed since by something that left no trace`
        : `${apiName(blocker.field)} was changed in version ${blocker.version} by ${blocker.by} at ${blocker.at}`;
    case 'fed':
      return `record ${blocker.sourceKey} changed the master in version ${blocker.version} (${blocker.by} at ${blocker.at})`;
    case 'link':
      return blocker.licenseId === null
        ? `record ${blocker.sourceKey} is linked to no license any more`
        : `record ${blocker.sourceKey} is linked to license ${blocker.licenseId} now`;
    case 'merge':
      return `the master was consolidated into license ${blocker.licenseId} by merge ${blocker.mergeId} (${blocker.by} at ${blocker.at}); undo that one first`;
    case 'license':
      return `license ${blocker.licenseId} is not as the merge left it`;
    case 'override':
      return `match override ${blocker.overrideId} says that record ${blocker.sourceKey} always belongs to one of the two licenses; remove it first`;
  }
}

interface ChangeAfter extends Pick<LicenseChangesTable, 'version' | 'source_key' | 'fields' | 'changed_by'> {
  created_at: SqlInstant;
}

async function changesAfter(trx: Trx, licenseId: string, version: number): Promise<ChangeAfter[]> {
  return await trx
    .selectFrom('license_changes')
    .select(['version', 'source_key', 'fields', 'changed_by', 'created_at'])
    .where('license_id', '=', licenseId)
    .where('version', '>', version)
    .orderBy('version')
    .orderBy('id')
    .execute();
}

function fieldsOf({ fields }: ChangeAfter): RecordedField[] {
  return fields === null ? [] : (JSON.parse(fields) as RecordedField[]);
}

function sinceOf(change: ChangeAfter): SinceChange {
  return {
    sourceKey: change.source_key,
    byRun: change.changed_by.startsWith('sync:'),
    fields: fieldsOf(change),
  };
}

async function chainBlockers(
  trx: Trx,
  { row }: Merge,
  master: LockedLicense,
  duplicate: LockedLicense | null,
): Promise<Blocker[]> {
  if (master.row.archived_into !== null) {
    const over = await mergeThatArchived(trx, master.row.id);
    if (!over) return [{ kind: 'license', licenseId: master.row.id }];
    const { id, master_id: licenseId, created_by: by, created_at: at } = over;
    return [{ kind: 'merge', mergeId: id, licenseId, by, at: isoInstant(at) }];
  }
  if (duplicate === null || duplicate.row.archived_into === row.master_id) return [];
  return [{ kind: 'license', licenseId: duplicate.row.id }];
}

function fieldBlockers(fields: readonly LineageField[], since: readonly ChangeAfter[]): Blocker[] {
  return fields.flatMap((field): Blocker[] => {
    const edits = since.filter((change) => fieldsOf(change).some((one) => one.field === field));
    if (edits.length === 0) return [{ kind: 'field', field, version: null, by: null, at: null }];
    return edits.map(({ version, changed_by: by, created_at: at }) => ({
      kind: 'field',
      field,
      version,
      by,
      at: isoInstant(at),
    }));
  });
}

/** How the license stands towards its records is told anew, so a line that says only that stands in nobody's way. */
function fedBlockers({ moved }: Merge, since: readonly ChangeAfter[]): Blocker[] {
  const keys = new Set(moved.map(({ sourceKey }) => sourceKey));
  return since.flatMap((change): Blocker[] => {
    const { source_key: sourceKey, version, changed_by: by, created_at: at } = change;
    if (sourceKey === null || !keys.has(sourceKey)) return [];
    if (fieldsOf(change).every(({ field }) => field === 'externalSyncStatus')) return [];
    return [{ kind: 'fed', sourceKey, version, by, at: isoInstant(at) }];
  });
}

async function linkBlockers(trx: Trx, { moved }: Merge, master: LockedLicense): Promise<Blocker[]> {
  const here = new Set(master.links.map(({ row }) => row.source_key));
  const away = moved.map(({ sourceKey }) => sourceKey).filter((key) => !here.has(key));
  if (away.length === 0) return [];
  const rows = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id'])
    .where('source_key', 'in', away)
    .execute();
  const now = new Map(rows.map((row) => [row.source_key, row.license_id]));
  return away.map((sourceKey) => ({ kind: 'link', sourceKey, licenseId: now.get(sourceKey) ?? null }));
}

async function overrideBlockers(trx: Trx, { row, moved }: Merge): Promise<Blocker[]> {
  const keys = moved.map(({ sourceKey }) => sourceKey);
  const rows = [...(await saidOf(trx, row.master_id, keys)), ...(await saidOfDuplicate(trx, row, keys))];
  return rows.map(({ id, source_key: sourceKey }) => ({ kind: 'override', overrideId: id, sourceKey }));
}

async function saidOf(trx: Trx, licenseId: string, keys: string[]): Promise<{ id: number; source_key: string }[]> {
  if (keys.length === 0) return [];
  return await trx
    .selectFrom('match_overrides')
    .select(['id', 'source_key'])
    .where('kind', '=', 'always')
    .where('license_id', '=', licenseId)
    .where('source_key', 'in', keys)
    .execute();
}

/**
 * Said of the license that would come back, and followed to the master: its record would then feed another license than people said, and no
 * run would write it any more.
 */
async function saidOfDuplicate(
  trx: Trx,
  { duplicate_id: duplicateId, master_id: masterId }: Merge['row'],
  moved: string[],
): Promise<{ id: number; source_key: string }[]> {
  if (duplicateId === null) return [];
  const under = (await mergesUnder(trx, duplicateId)).flatMap(({ row }) => row.duplicate_id ?? []);
  const rows = await trx
    .selectFrom('match_overrides as o')
    .innerJoin('license_links as k', 'k.source_key', 'o.source_key')
    .select(['o.id', 'o.source_key'])
    .where('o.kind', '=', 'always')
    .where('o.license_id', 'in', [duplicateId, ...under])
    .where('k.license_id', '=', masterId)
    .execute();
  return rows.filter((row) => !moved.includes(row.source_key));
}

function undoneBefore({ row }: Merge): Extract<UndoOutcome, { done: false }> {
  const when = row.undone_at === null ? '' : ` at ${isoInstant(row.undone_at)}`;
  const reason = `merge ${row.id} was undone by ${row.undone_by ?? 'somebody'}${when}`;
  return { done: false, code: 'merge-undone', reason, blockers: [] };
}

function blocked(mergeId: number, blockers: Blocker[]): Extract<UndoOutcome, { done: false }> {
  const reason = `merge ${mergeId} cannot be undone: ${blockers.map(blockerText).join('; ')}`;
  return { done: false, code: 'merge-blocked', reason, blockers };
}
