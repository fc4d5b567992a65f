/** What goes in and out of reviews: numbers, states and ids. Notes are kept in MySQL, and messages carry their ids. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CaseKind, CaseState, Verdict } from '../domain/reviews.ts';

/** A case as its review knows it; the whole of it stands in MySQL. Unix times in ms. */
export interface ReviewView {
  caseId: number;
  state: CaseState;
  version: number;
  kind: CaseKind;
  confidence: number;
  members: number;
  heldUntilMs: number | null;
  flaggedUntilMs: number | null;
  decidedBy: string | null;
  decidedAtMs: number | null;
  closedReason: string | null;
  /** When the review speaks up by itself next; null when it does not. */
  nextDueMs: number | null;
}

/** The id of the workflow names the case, so that Temporal's own tools can start one without any input. */
export interface ReviewInput {
  /** How the case stood when the review was started, which spares a look. */
  opened?: ReviewView;
  /** Set by continue-as-new only. */
  sinceMs?: number;
}

export interface ReviewResult {
  caseId: number;
  state: CaseState;
}

/** Argument of the update `decide`. */
export interface ReviewVerdict {
  decision: Verdict;
  /** Of an approval: the license that stays; without it the one that ranks best. */
  masterId?: string | null;
  /** Of an approval: field → id of the license whose value wins. */
  fields?: Record<string, string> | null;
  /** A note in `typed_values`. */
  noteId?: number | null;
  /** Who decides. */
  reviewerId: string;
  /** The version of the case that was looked at. */
  version: number;
  /** Delivered again under the same key, the verdict is answered as it stands. */
  key?: string;
  /** Not to be given after this, because nobody waits for the answer any more; Unix time in ms. */
  notAfterMs?: number;
}

/** Answer of the update `decide`. */
export interface ReviewDecided {
  caseId: number;
  decision: Verdict;
  state: CaseState;
  version: number;
  decidedBy: string;
  decidedAt: string;
  masterId: string | null;
  mergeIds: number[];
  superseded: number[];
}

/** Answer of the query `review`. */
export interface ReviewState {
  /** Null until the case was looked at. */
  review: ReviewView | null;
  /** Who is waited for and what to do next. */
  details: string;
  /** Why the last verdict was not taken; null when it was. */
  refused: string | null;
}

export const decideUpdate = defineUpdate<ReviewDecided, [ReviewVerdict]>('decide');
/** Verdicts from Temporal's own tools: `{reviewer, note?, masterId?}`. What makes no sense is ignored, and the review says why. */
export const approveReviewSignal = defineSignal<[unknown]>('approve');
export const rejectReviewSignal = defineSignal<[unknown]>('reject');
export const flagForLaterSignal = defineSignal<[unknown]>('flagForLater');
/** The case was decided elsewhere. */
export const settledSignal = defineSignal<[unknown]>('settled');
export const reviewQuery = defineQuery<ReviewState>('review');
/** There may be reviews to open or to tell. */
export const pokeSignal = defineSignal('poke');

/** The steps of reviews, implemented in `activities/`. */
export interface ReviewActivities {
  lookAtReview(input: { caseId: number; sinceMs: number; nowMs: number }): Promise<ReviewView>;
  decideReview(input: DecideInput): Promise<DecideResult>;
  tendReviews(input: { most: number }): Promise<{ told: number; opened: number; more: boolean }>;
  decideBulk(input: { bulkId: string; most: number }): Promise<{ done: number; refused: number; more: boolean }>;
  endBulk(input: { bulkId: string; state: 'completed' | 'failed' }): Promise<void>;
}

export interface DecideInput {
  caseId: number;
  decision: Verdict;
  masterId: string | null;
  fields: Record<string, string> | null;
  noteId: number | null;
  /** Of a signal: as it came, since nobody could keep it before. */
  note: string | null;
  reviewer: string;
  version: number | null;
  decisionKey: string;
  sinceMs: number;
  nowMs: number;
}

export type DecideResult = { view: ReviewView } & (
  | { done: true; verdict: ReviewDecided }
  | { done: false; code: string; reason: string; details: Record<string, unknown> }
);
