/** What undoing a consolidation does to the fields of its master. */
import { canonicalJson } from './canonical.ts';
import type { License } from './license.ts';
import type { LineageField, LineageValue, RecordedField } from './lineage.ts';

/** A consolidation that is still in force, by its number in the ledger. */
export interface AppliedMerge {
  id: number;
  changes: readonly RecordedField[];
}

export interface FieldUndo {
  /** Fields that get their former value, with the rule `undone`. */
  restored: RecordedField[];
  /** Later merges of which the ledger says from now on what stood there before this one: undoing them leads back behind both. */
  handedOn: AppliedMerge[];
  /** Fields that somebody else has changed since. */
  changedSince: LineageField[];
}

/**
 * For each field that the merge changed:
 *
 * 1. a later merge into the same master changed it too, beginning with what this one wrote: its value stays, and what this merge found
 *    there becomes what that one found, so that undoing both, in either order, leads back to the beginning;
 * 2. else, it still has the value that the merge wrote: it gets back what it had before;
 * 3. else somebody else has changed it since, and undoing would lose that.
 *
 * How the license stands towards its records follows from the records, and is left out.
 * @param later applied merges into the same master, oldest first.
 */
export function undoFields(
  changes: readonly RecordedField[],
  license: License,
  later: readonly AppliedMerge[],
): FieldUndo {
  const restored: RecordedField[] = [];
  const rewritten = new Map<number, AppliedMerge>(later.map((merge) => [merge.id, merge]));
  const handedOn = new Set<number>();
  const changedSince: LineageField[] = [];
  for (const { field, before, after } of changes) {
    if (field === 'externalSyncStatus') continue;
    const next = later.find((merge) => merge.changes.some((change) => change.field === field));
    const nextFound = next?.changes.find((change) => change.field === field);
    const present = license[field];
    if (next && nextFound && same(nextFound.before, after)) {
      rewritten.set(next.id, withBefore(rewritten.get(next.id) ?? next, field, before));
      handedOn.add(next.id);
    } else if (same(present, after)) restored.push({ field, before: present, after: before, rule: 'undone' });
    else changedSince.push(field);
  }
  return { restored, handedOn: [...handedOn].flatMap((id) => rewritten.get(id) ?? []), changedSince };
}

/** A recorded change of the license after the merge. */
export interface SinceChange {
  sourceKey: string | null;
  /** Whether a run made it of what the record said. */
  byRun: boolean;
  fields: readonly RecordedField[];
}

/**
 * What a record that was linked by similarity has brought in all: the changes of the merge, and those that runs made of the same record
 * since, as one change a field. Where somebody else changed the field in between, only what came before that counts.
 */
export function broughtBy(
  sourceKey: string,
  changes: readonly RecordedField[],
  since: readonly SinceChange[],
): RecordedField[] {
  const brought = new Map(changes.map((change) => [change.field, change]));
  for (const line of since) {
    if (line.sourceKey !== sourceKey || !line.byRun) continue;
    for (const change of line.fields) {
      const known = brought.get(change.field);
      if (!known) brought.set(change.field, change);
      else if (same(known.after, change.before)) brought.set(change.field, { ...known, after: change.after });
    }
  }
  return [...brought.values()];
}

function withBefore(merge: AppliedMerge, field: LineageField, before: LineageValue): AppliedMerge {
  return {
    id: merge.id,
    changes: merge.changes.map((change) => (change.field === field ? { ...change, before } : change)),
  };
}

function same(a: LineageValue, b: LineageValue): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}
