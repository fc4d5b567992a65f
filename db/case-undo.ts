/** Taking back what was decided of a case: an approval with all that was made one by it, a rejection, or a flag. */
import { pairsOf, readExplanation } from '../domain/reviews.ts';
import { speakersOf } from './case-members.ts';
import { type CaseRow, decisionsOf, insertDecision, lockCase, membersOf, mergesOfCase } from './cases.ts';
import { type Db, isoInstant, sqlInstant } from './connect.ts';
import { currentSubjects } from './match-subjects.ts';
import { type Blocker, undoMerge } from './merge-undo.ts';
import { dropVerdicts, keepVerdicts, pairKey } from './pair-verdicts.ts';
import { rootsOf } from './redirects.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface UndoRequest {
  caseId: number;
  by: string;
  note: string | null;
  /** The version of the case that was looked at; null takes it as it stands. */
  version: number | null;
  nowMs: number;
}

export type CaseUndone =
  | { done: true; state: CaseRow['state']; mergeIds: number[] }
  | {
      done: false;
      code: 'review-not-found' | 'review-changed' | 'undo-refused';
      reason: string;
      details: Record<string, unknown>;
    };

/** Carries a refusal out of the transaction, so that nothing of it stays. */
class Refused extends Error {
  readonly outcome: Extract<CaseUndone, { done: false }>;

  constructor(
    code: Extract<CaseUndone, { done: false }>['code'],
    reason: string,
    details: Record<string, unknown> = {},
  ) {
    super(reason);
    this.outcome = { done: false, code, reason, details };
  }
}

/**
 * Undoes the last verdict on a case, as a whole or not at all. Of an approval every merge, newest first, after which the case stays closed
 * and no run repeats it; a rejection or a flag is forgotten, and the case waits for a verdict again.
 */
export async function undoCase(db: Db, request: UndoRequest): Promise<CaseUndone> {
  try {
    return await inTransaction(db, (trx) => undo(trx, request));
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    throw error;
  }
}

async function undo(trx: Trx, { caseId, by, note, version, nowMs }: UndoRequest): Promise<CaseUndone> {
  const row = await lockCase(trx, caseId);
  if (!row) throw new Refused('review-not-found', `there is no duplicate case ${caseId}`);
  if (version !== null && version !== row.version) {
    throw new Refused(
      'review-changed',
      `case ${caseId} has version ${row.version}, the undo was asked for on version ${version}. Look at it again`,
      { caseId, version: row.version, sentVersion: version },
    );
  }
  const signed = { by: by.slice(0, 100), note, now: sqlInstant(nowMs) };
  switch (row.state) {
    case 'approved':
      return await undoApproval(trx, row, signed);
    case 'rejected':
    case 'flagged':
      return await reopen(trx, row, signed);
    default:
      throw new Refused('undo-refused', `case ${caseId} is ${row.state}: there is no verdict to undo`, {
        caseId,
        state: row.state,
      });
  }
}

interface Signed {
  by: string;
  note: string | null;
  now: SqlInstant;
}

async function undoApproval(trx: Trx, row: CaseRow, signed: Signed): Promise<CaseUndone> {
  const applied = (await mergesOfCase(trx, row.id)).filter(({ state }) => state === 'applied').reverse();
  const mergeIds: number[] = [];
  for (const { id } of applied) {
    const outcome = await undoMerge(trx, id, signed);
    if (!outcome.done) {
      const blockers: Blocker[] = outcome.blockers;
      throw new Refused('undo-refused', `${outcome.reason}; nothing of case ${row.id} was undone`, {
        caseId: row.id,
        mergeId: id,
        blockers,
      });
    }
    mergeIds.push(id);
  }
  if (mergeIds.length === 0) {
    throw new Refused('undo-refused', `nothing that case ${row.id} made one is in force any more`, { caseId: row.id });
  }
  await keepApart(trx, row, signed);
  return { done: true, state: 'undone', mergeIds };
}

/**
 * Every two members of the case, as all of them are now that the last one has parted: a verdict on what a license had taken from the others
 * would end with it. What became one license by another merge stays so.
 */
async function keepApart(trx: Trx, row: CaseRow, { by, now }: Signed): Promise<void> {
  const members = await membersOf(trx, [row.id]);
  const licenseIds = [...new Set(members.map(({ license_id: id }) => id))];
  const named = await currentSubjects(
    trx,
    members.map(({ ref }) => ref),
  );
  const speakers = [...(await speakersOf(trx, licenseIds)).values()].flat();
  const subjects = new Map([...named.values(), ...speakers].map((each) => [each.ref, each]));
  const roots = await rootsOf(
    trx,
    [...subjects.values()].flatMap(({ licenseId }) => licenseId ?? []),
  );
  const rootOf = (id: string | null) => (id === null ? null : (roots.get(id) ?? id));
  const scores = new Map(
    readExplanation(row.explanation).pairs.map(({ a, b, score }) => [pairKey(a, b), score.confidence]),
  );
  const pairs = pairsOf([...subjects.values()])
    .filter(([a, b]) => rootOf(a.licenseId) !== rootOf(b.licenseId))
    .map(([a, b]) => ({ a, b, confidence: scores.get(pairKey(a.ref, b.ref)) ?? null }));
  await keepVerdicts(trx, 'different', pairs, { by, now, caseId: row.id });
}

async function reopen(trx: Trx, row: CaseRow, { by, note, now }: Signed): Promise<CaseUndone> {
  const same = await trx
    .selectFrom('duplicate_cases')
    .select('id')
    .where('open_key', '=', row.members_key)
    .where('id', '!=', row.id)
    .executeTakeFirst();
  if (same) {
    throw new Refused(
      'undo-refused',
      `case ${same.id} asks about the same members and is open already; decide that one`,
      {
        caseId: row.id,
        openCaseId: same.id,
      },
    );
  }
  if (row.state === 'rejected') await dropVerdicts(trx, row.id);
  await trx
    .updateTable('duplicate_cases')
    .set({
      state: 'open',
      open_key: row.members_key,
      version: row.version + 1,
      // A flagged case still has its review, which is told by the next look; that of a rejected one has ended.
      review: row.state === 'flagged' ? row.review : 'waiting',
      flagged_until: null,
      reminded_at: null,
      escalated_at: null,
      decided_by: null,
      decided_at: null,
      updated_at: now,
    })
    .where('id', '=', row.id)
    .execute();
  const [last] = (await decisionsOf(trx, row.id)).filter(({ decision }) => UNDONE.has(decision)).slice(-1);
  const details = last ? { verdict: last.decision, by: last.reviewer, at: isoInstant(last.created_at) } : null;
  await insertDecision(trx, row.id, { decision: 'undo', reviewer: by, note, details, version: row.version, now });
  return { done: true, state: 'open', mergeIds: [] };
}

const UNDONE: ReadonlySet<string> = new Set(['reject', 'flag']);
