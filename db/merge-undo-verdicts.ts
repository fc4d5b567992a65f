/** What undoing a merge remembers, so that no run makes one again what was parted. */
import type { License } from '../domain/license.ts';
import { businessHash, licenseContent, licenseIdOfRef, licenseRef } from '../domain/matching-subject.ts';
import { currentSubjects } from './match-subjects.ts';
import type { UndoBy } from './merge-undo.ts';
import { type Merge, mergesUnder, undoneMerges } from './merges.ts';
import { keepVerdicts, pairKey, readVerdicts } from './pair-verdicts.ts';
import type { Trx } from './retry.ts';

/** One side of what was parted. */
export interface Side {
  /** Null where a record stands alone. */
  licenseId: string | null;
  sourceKeys: readonly string[];
}

/**
 * Everything that stands for the one side now against everything that stands for the other. Licenses that are still archived into a side are
 * of it: they are what is left of the group, and once they are restored they are as little one with the other side.
 */
export async function keepApart(
  trx: Trx,
  { row }: Merge,
  sides: { these: Side; those: Side },
  { by, now }: UndoBy,
): Promise<void> {
  const these = await refsOf(trx, sides.these);
  const those = await refsOf(trx, sides.those);
  const subjects = await currentSubjects(trx, [...these, ...those]);
  const confidence = row.confidence === null ? null : Number(row.confidence);
  const present = (refs: ReadonlySet<string>, { licenseId: side }: Side) =>
    [...refs]
      .flatMap((ref) => subjects.get(ref) ?? [])
      // A record that went to another license since says nothing about this one.
      .filter(({ ref, licenseId }) => licenseIdOfRef(ref) !== null || licenseId === null || licenseId === side);
  const others = present(those, sides.those);
  const pairs = present(these, sides.these).flatMap((a) =>
    others.filter(({ ref }) => !these.has(ref)).map((b) => ({ a, b, confidence })),
  );
  await keepVerdicts(trx, 'different', pairs, { by, now, caseId: row.case_id });
}

/**
 * What an earlier undo said about a license that has just given back more of what it had taken: without this the verdict would be one about
 * contents that are gone, and the next run would make the two one again.
 * @param before the license as it was until now.
 */
export async function renewVerdicts(trx: Trx, before: License): Promise<void> {
  const self = licenseRef(before.id);
  const hashBefore = businessHash(licenseContent(before).business);
  const parted = await undoneMerges(trx, before.id);
  const refs = new Set(parted.flatMap(refsOfMerge));
  const subjects = await currentSubjects(trx, [self, ...refs]);
  const now = subjects.get(self);
  if (!now || now.businessHash === hashBefore) return;
  const said = await readVerdicts(
    trx,
    [...refs].map((ref) => [self, ref] as const),
  );
  for (const ref of refs) {
    const verdict = said.get(pairKey(self, ref));
    const other = subjects.get(ref);
    if (!other || verdict?.verdict !== 'different') continue;
    const [own, theirs] = verdict.a_ref === self ? [verdict.a_hash, verdict.b_hash] : [verdict.b_hash, verdict.a_hash];
    if (own !== hashBefore || theirs !== other.businessHash) continue;
    const confidence = verdict.confidence === null ? null : Number(verdict.confidence);
    const given = { by: verdict.decided_by, now: verdict.decided_at, caseId: verdict.case_id };
    await keepVerdicts(trx, 'different', [{ a: now, b: other, confidence }], given);
  }
}

async function refsOf(trx: Trx, { licenseId, sourceKeys }: Side): Promise<Set<string>> {
  if (licenseId === null) return new Set(sourceKeys);
  const under = await mergesUnder(trx, licenseId);
  return new Set([licenseRef(licenseId), ...sourceKeys, ...under.flatMap(refsOfMerge)]);
}

/** What a merge joined to its master: the duplicate, and the records that came with it. */
function refsOfMerge({ row, moved }: Merge): string[] {
  const records = moved.map(({ sourceKey }) => sourceKey);
  return row.duplicate_id === null ? records : [licenseRef(row.duplicate_id), ...records];
}
