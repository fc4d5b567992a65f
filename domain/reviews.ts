/** Rules of reviewing duplicate cases: when people are reminded, what a case says of itself, what a verdict must look like. */
import type { PairScore } from './matching/score.ts';

export const CASE_STATES = ['open', 'flagged', 'approved', 'rejected', 'superseded', 'undone'] as const;
export type CaseState = (typeof CASE_STATES)[number];
export const CASE_KINDS = ['external', 'internal', 'cross_system'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];
export const VERDICTS = ['approve', 'reject', 'flag'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The most characters of a note, and of the name that signs a verdict. */
export const MAX_NOTE_CHARS = 1000;
export const MAX_REVIEWER_CHARS = 100;
/** Beyond what any review is worth by itself. */
export const ESCALATED_PRIORITY = 100_000;

/** Whether somebody still has to decide. */
export function isUndecided(state: CaseState): boolean {
  return state === 'open' || state === 'flagged';
}

/** What decides when a review speaks up again; Unix times in ms. */
export interface ReviewClock {
  state: CaseState;
  heldUntilMs: number | null;
  /** Of an open case: when it came back after it was flagged. */
  flaggedUntilMs: number | null;
  remindedAtMs: number | null;
  escalatedAtMs: number | null;
}

export interface ReviewDue {
  kind: 'return' | 'remind' | 'escalate';
  atMs: number;
}

/**
 * What the review does next by itself, and when: a flagged case comes back, an open one reminds and then escalates, each once. While
 * somebody holds it back it does neither.
 * @param sinceMs when the review was opened.
 */
export function nextDue(
  { state, heldUntilMs, flaggedUntilMs, remindedAtMs, escalatedAtMs }: ReviewClock,
  sinceMs: number,
  { remindAfter, escalateAfter }: { remindAfter: number; escalateAfter: number },
): ReviewDue | null {
  if (state === 'flagged') return { kind: 'return', atMs: flaggedUntilMs ?? sinceMs };
  if (state !== 'open') return null;
  const since = Math.max(sinceMs, flaggedUntilMs ?? 0);
  const dues: ReviewDue[] = [];
  const add = (kind: ReviewDue['kind'], after: number) =>
    dues.push({ kind, atMs: Math.max(since + after, heldUntilMs ?? 0) });
  if (remindedAtMs === null) add('remind', remindAfter);
  if (escalatedAtMs === null) add('escalate', escalateAfter);
  return dues.sort((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** What a sentence about a case is made of. */
export interface CaseSituation {
  caseId: number;
  state: CaseState;
  confidence: number;
  members: number;
  heldUntil: string | null;
  flaggedUntil: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  closedReason: string | null;
}

/** Who is waited for and what to do next, or how it ended. Times are ISO 8601. */
export function describeCase(of: CaseSituation, nowIso: string): string {
  const who = of.decidedBy ?? 'someone';
  const when = of.decidedAt === null ? '' : ` at ${minuteOf(of.decidedAt)}`;
  switch (of.state) {
    case 'open':
      if (of.heldUntil !== null && of.heldUntil > nowIso) return `Held back until ${minuteOf(of.heldUntil)}.`;
      return (
        `Waits for a reviewer: are these ${of.members} one business (${of.confidence.toFixed(1)} %)? ` +
        `Look with \`license-sync reviews show ${of.caseId}\`, then approve, reject or flag it.`
      );
    case 'flagged':
      return `Flagged for later by ${who}; it comes back at ${minuteOf(of.flaggedUntil ?? '')}, and can be decided before.`;
    case 'approved':
      return `${who} approved it${when}: the licenses were made one; nothing to do.`;
    case 'rejected':
      return `${who} rejected it${when}: they stay apart until one of them says something else; nothing to do.`;
    case 'superseded':
      return `Nothing is left to decide: ${of.closedReason ?? 'another case or run settled it'}.`;
    case 'undone':
      return `The verdict that ${who} gave${when} was undone: the licenses are apart again, and no run repeats it; nothing to do.`;
  }
}

/** A verdict as Temporal's own tools may send it: by any hand, in any shape. */
export interface SignalledVerdict {
  reviewer: string;
  note: string | null;
  masterId: string | null;
}

/** @returns the verdict, or what is wrong with it. */
export function readSignal(given: unknown): SignalledVerdict | { fault: string } {
  const expected = 'send {"reviewer": "<who>"}, and if you like "note" and "masterId", as JSON';
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { fault: `the signal says nothing that can be read; ${expected}` };
  }
  const { reviewer, note = null, masterId = null } = given as Record<string, unknown>;
  const name = typeof reviewer === 'string' ? reviewer.trim() : '';
  if (name === '') return { fault: `the signal does not say who decides; ${expected}` };
  if (name.length > MAX_REVIEWER_CHARS) return { fault: `reviewer: at most ${MAX_REVIEWER_CHARS} characters` };
  if (note !== null && typeof note !== 'string') return { fault: 'note: expected a text' };
  if (masterId !== null && typeof masterId !== 'string') return { fault: 'masterId: expected the id of a license' };
  return { reviewer: name, note: note === null ? null : wellFormed(note).slice(0, MAX_NOTE_CHARS), masterId };
}

/** Every pair of a list, each once. */
export function pairsOf<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, index) => list.slice(index + 1).map((b): [T, T] => [a, b]));
}

/** What one of two says now, and did not say when somebody said that they are different. */
export interface ChangeSinceVerdict {
  ref: string;
  field: string;
  before: string | null;
  after: string | null;
  decidedBy: string;
  /** ISO 8601. */
  decidedAt: string;
  /** Null when it was decided outside of a case. */
  caseId: number | null;
}

/** What `duplicate_cases.explanation` holds: why people are asked. Refs name members. */
export interface CaseExplanation {
  pairs: { a: string; b: string; score: PairScore }[];
  /** Null when nobody has decided it before. */
  returned: ChangeSinceVerdict[] | null;
}

/** Reads an explanation; one that cannot be read explains nothing, and does not keep anybody from deciding. */
export function readExplanation(text: string): CaseExplanation {
  try {
    const { pairs, returned } = JSON.parse(text) as Partial<CaseExplanation>;
    return { pairs: Array.isArray(pairs) ? pairs : [], returned: Array.isArray(returned) ? returned : null };
  } catch {
    return { pairs: [], returned: null };
  }
}

/** The database refuses halves of characters and takes no NUL for text. */
function wellFormed(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\u{fffd}');
}

function minuteOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
