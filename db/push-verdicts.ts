/** What was decided of a subject holds for what says the same in its place after a push. */
import { businessHash, type SubjectContent } from '../domain/matching-subject.ts';
import type { SubjectNow } from './match-subjects.ts';
import { keepVerdicts, verdictsOn } from './pair-verdicts.ts';
import type { Trx } from './retry.ts';

/**
 * Gives the verdicts on one subject, as it was, to another one or to the same with other content.
 * @param from.hash the business that the verdicts must have been given on.
 */
export async function carryVerdicts(
  trx: Trx,
  from: { ref: string; hash: string },
  to: SubjectContent & { ref: string },
): Promise<void> {
  for (const row of await verdictsOn(trx, from.ref)) {
    const isA = row.a_ref === from.ref;
    if ((isA ? row.a_hash : row.b_hash) !== from.hash) continue;
    const otherRef = isA ? row.b_ref : row.a_ref;
    if (otherRef === to.ref) continue;
    const other = JSON.parse(isA ? row.b_content : row.a_content) as SubjectContent;
    const pair = {
      a: subject(to.ref, to, businessHash(to.business)),
      b: subject(otherRef, other, isA ? row.b_hash : row.a_hash),
      confidence: row.confidence === null ? null : Number(row.confidence),
    };
    await keepVerdicts(trx, row.verdict, [pair], { by: row.decided_by, now: row.decided_at, caseId: row.case_id });
  }
}

/** As a verdict keeps it: whom it belongs to is looked up when it matters. */
function subject(ref: string, { business, standing }: SubjectContent, hash: string): SubjectNow {
  return { ref, business, standing, businessHash: hash, licenseId: null, archivedInto: null, live: true };
}
