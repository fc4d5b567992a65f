/** Verdicts on duplicate cases. One transaction checks everything, does what follows and says who decided, or does nothing at all. */
import type { LicenseField } from '../domain/license.ts';
import { type CaseState, isUndecided, pairsOf, readExplanation, type Verdict } from '../domain/reviews.ts';
import { type MemberNow, membersNow, speakersOf } from './case-members.ts';
import {
  type CaseRow,
  type DecisionRow,
  decisionByKey,
  decisionsOf,
  insertDecision,
  lockCase,
  membersOf,
  undecidedCasesOf,
} from './cases.ts';
import { type Db, isoInstant, sqlInstant } from './connect.ts';
import { consolidateGroups } from './consolidation.ts';
import type { SubjectNow } from './match-subjects.ts';
import { lockLicenses } from './merge-writes.ts';
import { type JudgedPair, keepVerdicts, pairKey } from './pair-verdicts.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

export interface VerdictRequest {
  caseId: number;
  decision: Verdict;
  /** Of an approval: the license that stays; null leaves the choice to the stated score. */
  masterId: string | null;
  /** Of an approval: the license whose value of a field wins. */
  fields: Partial<Record<LicenseField, string>> | null;
  note: string | null;
  reviewer: string;
  /** The version that was looked at; null decides the case as it stands. */
  version: number | null;
  /** Drawn once for a verdict: delivered again under it, it is answered as it stands. At most 100 characters. */
  decisionKey: string;
}

export interface VerdictContext {
  /** When the verdict was given, Unix time in ms. */
  nowMs: number;
  flagDays: number;
  /** Rows in one SQL statement. */
  batchSize: number;
  /** Whether the case's own review workflow asks, which then knows how it ended. */
  byReview: boolean;
}

export const VERDICT_REFUSALS = [
  'review-not-found',
  'review-decided',
  'review-changed',
  'review-member-changed',
  'review-refused',
] as const;
/** Why a verdict does not count. */
export type VerdictRefusal = (typeof VERDICT_REFUSALS)[number];

export interface CaseVerdict {
  caseId: number;
  decision: Verdict;
  state: CaseState;
  /** Of the case as it is now. */
  version: number;
  decidedBy: string;
  /** ISO 8601. */
  decidedAt: string;
  /** Of an approval: the license that stays, and the lines of the ledger. */
  masterId: string | null;
  mergeIds: number[];
  /** Cases that have nothing left to decide because of it. */
  superseded: number[];
}

export type VerdictOutcome =
  | { done: true; verdict: CaseVerdict }
  | { done: false; code: VerdictRefusal; reason: string; details: Record<string, unknown> };

/** How a reviewer's approval fills the license that stays, where no field was chosen. */
export const VERDICT_STRATEGY = 'merge_keep_newer';
const DAY_MS = 86_400_000;
const STATES = { approve: 'approved', reject: 'rejected', flag: 'flagged' } as const;

/** Carries a refusal out of the transaction, so that nothing of it stays. */
class Refused extends Error {
  readonly outcome: Extract<VerdictOutcome, { done: false }>;

  constructor(code: VerdictRefusal, reason: string, details: Record<string, unknown> = {}) {
    super(reason);
    this.outcome = { done: false, code, reason, details };
  }
}

/**
 * Gives a verdict: approved, the licenses of the case are made one; rejected, that they differ is remembered; flagged, the case comes
 * back later. Refuses what was decided already, what was made on another version, and what is about members that have changed since.
 */
export async function decideCase(db: Db, request: VerdictRequest, context: VerdictContext): Promise<VerdictOutcome> {
  try {
    return { done: true, verdict: await inTransaction(db, (trx) => decide(trx, request, context)) };
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    throw error;
  }
}

async function decide(trx: Trx, request: VerdictRequest, context: VerdictContext): Promise<CaseVerdict> {
  const { caseId, decision, reviewer, decisionKey } = request;
  const row = await lockCase(trx, caseId);
  if (!row) throw new Refused('review-not-found', `there is no duplicate case ${caseId}`);
  const before = await decisionByKey(trx, decisionKey);
  if (before) return verdictOf(row, before);
  if (!isUndecided(row.state)) throw decidedAlready(row);
  if (request.version !== null && request.version !== row.version) throw await staleVersion(trx, row, request.version);

  const now = sqlInstant(context.nowMs);
  const by = reviewer.slice(0, 100);
  const result = decision === 'flag' ? NOTHING : await settle(trx, row, request, { by, now, ...context });
  const state = STATES[decision];
  const closed = decision !== 'flag';
  await trx
    .updateTable('duplicate_cases')
    .set({
      state,
      version: row.version + 1,
      decided_by: by,
      decided_at: now,
      open_key: closed ? null : row.members_key,
      flagged_until: closed ? row.flagged_until : sqlInstant(context.nowMs + context.flagDays * DAY_MS),
      review: closed ? reviewAfter(row, context.byReview) : row.review,
      updated_at: now,
    })
    .where('id', '=', caseId)
    .execute();
  const { masterId, fields, note } = request;
  await insertDecision(trx, caseId, {
    decision,
    reviewer: by,
    key: decisionKey,
    masterId: decision === 'approve' ? (result.masterId ?? masterId) : null,
    fields: decision === 'approve' ? fields : null,
    note,
    details: { ...result, version: row.version + 1 },
    version: row.version,
    now,
  });
  return {
    caseId,
    decision,
    state,
    version: row.version + 1,
    decidedBy: by,
    decidedAt: isoInstant(now),
    ...result,
  };
}

interface Result {
  masterId: string | null;
  mergeIds: number[];
  superseded: number[];
}

const NOTHING: Result = { masterId: null, mergeIds: [], superseded: [] };

/** What follows from an approval or a rejection. */
async function settle(
  trx: Trx,
  row: CaseRow,
  request: VerdictRequest,
  { by, now, batchSize }: VerdictContext & { by: string; now: SqlInstant },
): Promise<Result> {
  const members = await membersOf(trx, [row.id]);
  // Locked before they are looked at: what is judged must be what is made one.
  await lockLicenses(trx, [...new Set(members.map(({ license_id: id }) => id))].sort());
  const present = await membersNow(trx, members);
  const troubled = present.filter(({ trouble }) => trouble !== null);
  if (troubled.length > 0) throw membersChanged(row, troubled);
  const subjects = present.flatMap(({ subject }) => subject ?? []);
  const licenseIds = [...new Set(members.map(({ license_id: id }) => id))];
  if (licenseIds.length < 2) {
    throw new Refused('review-refused', `case ${row.id} has nothing to decide: its members are one license already`);
  }
  const approved = request.decision === 'approve';
  const verdicts = { by, now, caseId: row.id };
  const judged = judgedPairs(row, subjects, await speakersOf(trx, licenseIds));
  await keepVerdicts(trx, approved ? 'same' : 'different', judged, verdicts);
  if (!approved) return NOTHING;

  const masterId = chosenMaster(row, request, licenseIds);
  const [outcome] = await consolidateGroups(
    trx,
    [
      {
        masterId,
        duplicateIds: licenseIds.filter((id) => id !== masterId),
        strategy: VERDICT_STRATEGY,
        ...(request.fields === null ? {} : { fields: request.fields }),
        confidence: Number(row.confidence),
        caseId: row.id,
        note: request.note,
      },
    ],
    { by, now, operation: null, batchSize },
  );
  if (!outcome) throw new Error(`nothing was said of the consolidation of case ${row.id}`);
  if (!outcome.done) throw new Refused('review-refused', outcome.reason, { reason: outcome.code });
  const superseded = await supersedeOthers(trx, row.id, licenseIds, { by, now, into: outcome.masterId });
  return { masterId: outcome.masterId, mergeIds: outcome.mergeIds, superseded };
}

/** Every two subjects of different licenses: the members, and whatever else speaks for their licenses. */
function judgedPairs(
  row: CaseRow,
  members: readonly SubjectNow[],
  speakers: ReadonlyMap<string, readonly SubjectNow[]>,
): JudgedPair[] {
  const scores = new Map(
    readExplanation(row.explanation).pairs.map(({ a, b, score }) => [pairKey(a, b), score.confidence]),
  );
  const subjects = new Map([...members, ...[...speakers.values()].flat()].map((each) => [each.ref, each]));
  return pairsOf([...subjects.values()])
    .filter(([a, b]) => a.licenseId !== b.licenseId)
    .map(([a, b]) => ({ a, b, confidence: scores.get(pairKey(a.ref, b.ref)) ?? null }));
}

function chosenMaster(row: CaseRow, { masterId, fields }: VerdictRequest, licenseIds: readonly string[]) {
  for (const [what, id] of [['masterId', masterId] as const, ...Object.entries(fields ?? {})]) {
    if (id === null || licenseIds.includes(id)) continue;
    throw new Refused(
      'review-refused',
      `${what} names a license that is no member of case ${row.id}; its members are ${licenseIds.join(', ')}`,
      { licenseIds },
    );
  }
  return masterId;
}

/** Other cases whose members are all one license now have nothing left to decide. */
async function supersedeOthers(
  trx: Trx,
  caseId: number,
  licenseIds: readonly string[],
  { by, now, into }: { by: string; now: SqlInstant; into: string },
): Promise<number[]> {
  const others = await undecidedCasesOf(trx, licenseIds, caseId);
  if (others.length === 0) return [];
  const members = await membersOf(
    trx,
    others.map(({ id }) => id),
  );
  const present = await membersNow(trx, members);
  const superseded: number[] = [];
  for (const { id, version } of others) {
    const licenses = new Set(present.filter(({ member }) => member.case_id === id).map(({ licenseId }) => licenseId));
    if (licenses.size !== 1 || !licenses.has(into)) continue;
    const { numUpdatedRows } = await trx
      .updateTable('duplicate_cases')
      .set({
        state: 'superseded',
        version: version + 1,
        open_key: null,
        decided_by: by,
        decided_at: now,
        closed_reason: `its members became license ${into} by the verdict on case ${caseId}`,
        updated_at: now,
      })
      .where('id', '=', id)
      .where('state', 'in', ['open', 'flagged'])
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) continue;
    await insertDecision(trx, id, { decision: 'supersede', reviewer: by, details: { byCase: caseId }, version, now });
    superseded.push(id);
  }
  return superseded;
}

/** A review that is open, and did not ask itself, has yet to be told. */
function reviewAfter({ review }: CaseRow, byReview: boolean): CaseRow['review'] {
  return review === 'open' && !byReview ? 'open' : 'closed';
}

function verdictOf(row: CaseRow, given: DecisionRow): CaseVerdict {
  const result = JSON.parse(given.details ?? '{}') as Partial<Result & { version: number }>;
  const decision = given.decision as Verdict;
  return {
    caseId: row.id,
    decision,
    state: STATES[decision],
    version: result.version ?? row.version,
    decidedBy: given.reviewer,
    decidedAt: isoInstant(given.created_at),
    masterId: result.masterId ?? null,
    mergeIds: result.mergeIds ?? [],
    superseded: result.superseded ?? [],
  };
}

/** What is said of a case that is not waiting for a verdict any more. */
export function decidedSentence(row: CaseRow): { sentence: string; details: Record<string, unknown> } {
  const at = isoInstant(row.decided_at ?? row.updated_at);
  const who = row.decided_by === null ? ' since' : `, by ${row.decided_by} at`;
  const why = row.state === 'superseded' && row.closed_reason !== null ? ` (${row.closed_reason})` : '';
  return {
    sentence: `case ${row.id} is ${row.state} already${who} ${at}${why}`,
    details: { caseId: row.id, state: row.state, decidedBy: row.decided_by, decidedAt: at, version: row.version },
  };
}

function decidedAlready(row: CaseRow): Refused {
  const { sentence, details } = decidedSentence(row);
  return new Refused('review-decided', `${sentence}; this verdict changed nothing`, details);
}

/** What is said to whoever looked at another version of a case than the one that it has. */
export async function staleSentence(
  db: Db | Trx,
  row: CaseRow,
  sent: number,
): Promise<{ sentence: string; details: Record<string, unknown> }> {
  if (sent > row.version) {
    return {
      sentence: `case ${row.id} has version ${row.version}; there has been no version ${sent}. Look at it again`,
      details: { caseId: row.id, version: row.version, sentVersion: sent, since: [] },
    };
  }
  const since = (await decisionsOf(db, row.id)).filter(({ case_version: version }) => version >= sent);
  const told = since
    .slice(-5)
    .map(({ decision, reviewer, created_at: at }) => `${decision} by ${reviewer} at ${isoInstant(at)}`);
  const what = told.length === 0 ? 'a run brought its members or their scores up to date' : told.join(', ');
  return {
    sentence: `case ${row.id} has version ${row.version}, the verdict was made on version ${sent}; since then: ${what}. Look at it again`,
    details: { caseId: row.id, version: row.version, sentVersion: sent, since: told },
  };
}

async function staleVersion(trx: Trx, row: CaseRow, sent: number): Promise<Refused> {
  const { sentence, details } = await staleSentence(trx, row, sent);
  return new Refused('review-changed', sentence, details);
}

function membersChanged(row: CaseRow, troubled: readonly MemberNow[]): Refused {
  const told = troubled.flatMap(({ trouble }) => trouble?.sentence ?? []);
  return new Refused(
    'review-member-changed',
    `case ${row.id} is not about what it was about: ${told.slice(0, 5).join('; ')}. ` +
      'Nothing was changed; the next sync with detectDuplicates brings the case up to date or closes it',
    {
      caseId: row.id,
      version: row.version,
      members: troubled.map(({ member, licenseId, trouble }) => ({
        ref: member.ref,
        licenseId: member.license_id,
        licenseIdNow: licenseId,
        kind: trouble?.kind,
        fields: trouble?.fields ?? [],
      })),
    },
  );
}
