import * as wf from '@temporalio/workflow';
import {
  type CaseState,
  describeCase,
  isUndecided,
  MAX_REVIEWER_CHARS,
  readSignal,
  VERDICTS,
  type Verdict,
} from '../domain/reviews.ts';
import { onAnySignal } from './any-signal.ts';
import { caseIdOfWorkflow } from './names.ts';
import {
  approveReviewSignal,
  type DecideInput,
  decideUpdate,
  flagForLaterSignal,
  type ReviewActivities,
  type ReviewDecided,
  type ReviewInput,
  type ReviewResult,
  type ReviewState,
  type ReviewVerdict,
  type ReviewView,
  rejectReviewSignal,
  reviewQuery,
  settledSignal,
} from './review-messages.ts';
import { reviewConfidenceKey, reviewStateKey } from './search-attributes.ts';
import { RETRY } from './steps.ts';

/** A review lives for weeks; a case that is flagged over and over continues in a new execution. */
const CONTINUE_AFTER_EVENTS = 1000;
/** Time may seem to stand still between a timer and the step that it wakes. */
const SHORTEST_WAIT_MS = 1000;

/**
 * The review of one duplicate case, whose id it carries: waits for a verdict, reminds, escalates, brings a flagged case back. What is
 * decided is decided in MySQL; this knows how it stands and who is waited for. Ends when the case is decided or superseded.
 */
export async function duplicateReview(given?: ReviewInput): Promise<ReviewResult> {
  const caseId = caseIdOfWorkflow(wf.workflowInfo().workflowId);
  if (caseId === null) {
    throw wf.ApplicationFailure.nonRetryable(
      'a review must be started with the workflow id review-<number of the case>, which keeps two of one case from running at once',
      'WRONG_WORKFLOW_ID',
    );
  }
  return await new Review(caseId, given ?? {}).run();
}

class Review {
  readonly #caseId: number;
  readonly #sinceMs: number;
  readonly #steps: wf.ActivityInterfaceFor<ReviewActivities>;
  #view: ReviewView | null;
  #shown: string | null = null;
  #stale = false;
  #refused: string | null = null;

  constructor(caseId: number, { opened, sinceMs }: ReviewInput) {
    this.#caseId = caseId;
    this.#sinceMs = sinceMs ?? wf.workflowInfo().startTime.getTime();
    this.#view = opened?.caseId === caseId ? opened : null;
    // Whoever starts a review with what it knows also sets the search attributes.
    if (this.#view) this.#shown = this.#view.state;
    this.#steps = wf.proxyActivities<ReviewActivities>({
      startToCloseTimeout: '2 minutes',
      heartbeatTimeout: '15 seconds',
      retry: RETRY,
    });
    this.#listen();
  }

  async run(): Promise<ReviewResult> {
    if (this.#view === null) await this.#look();
    for (;;) {
      const seen = this.#show();
      if (!isUndecided(seen.state)) break;
      const info = wf.workflowInfo();
      if (info.continueAsNewSuggested || info.historyLength > CONTINUE_AFTER_EVENTS) await this.#continueAsNew(seen);
      if (await this.#waitFor(seen)) await this.#look();
    }
    // A verdict that came late is told so, before there is nobody left to tell it.
    await wf.condition(wf.allHandlersFinished);
    return { caseId: this.#caseId, state: this.#show().state };
  }

  /** @returns whether the case must be looked at: something is due, or somebody says that it changed. */
  async #waitFor(seen: ReviewView): Promise<boolean> {
    const changed = () => this.#stale || this.#view !== seen;
    if (seen.nextDueMs === null) await wf.condition(changed);
    else if (!(await wf.condition(changed, Math.max(seen.nextDueMs - Date.now(), SHORTEST_WAIT_MS)))) return true;
    return this.#stale;
  }

  async #look(): Promise<void> {
    this.#stale = false;
    const { lookAtReview } = this.#steps;
    this.#take(await lookAtReview({ caseId: this.#caseId, sinceMs: this.#sinceMs, nowMs: Date.now() }));
  }

  /** Answers may come in another order than the questions were asked. */
  #take(view: ReviewView): void {
    if (this.#view === null || view.version >= this.#view.version) this.#view = view;
  }

  #show(): ReviewView {
    const view = this.#view;
    if (view === null) throw wf.ApplicationFailure.nonRetryable('the case was not looked at', 'INTERNAL');
    if (view.state !== this.#shown) {
      wf.upsertSearchAttributes([
        { key: reviewStateKey, value: view.state },
        { key: reviewConfidenceKey, value: view.confidence },
      ]);
      this.#shown = view.state;
    }
    wf.setCurrentDetails(this.#details());
    return view;
  }

  #details(): string {
    if (this.#view === null) return 'The case is being looked at.';
    const { heldUntilMs, flaggedUntilMs, decidedAtMs, ...view } = this.#view;
    const situation = {
      ...view,
      heldUntil: isoOf(heldUntilMs),
      flaggedUntil: isoOf(flaggedUntilMs),
      decidedAt: isoOf(decidedAtMs),
    };
    const refused = this.#refused === null ? '' : ` The last verdict was not taken: ${this.#refused}.`;
    return describeCase(situation, new Date().toISOString()) + refused;
  }

  /** Handlers first, so that what arrives with the very first task is not lost. */
  #listen(): void {
    wf.setHandler(reviewQuery, (): ReviewState => {
      return { review: this.#view, details: this.#details(), refused: this.#refused };
    });
    wf.setHandler(decideUpdate, (verdict) => this.#decide(verdict), {
      validator: (verdict) => {
        const refusal = refuse(this.#view, verdict);
        if (refusal) throw wf.ApplicationFailure.nonRetryable(refusal.reason, refusal.code, refusal.details ?? {});
      },
    });
    onAnySignal(approveReviewSignal, (given) => this.#signalled('approve', given));
    onAnySignal(rejectReviewSignal, (given) => this.#signalled('reject', given));
    onAnySignal(flagForLaterSignal, (given) => this.#signalled('flag', given));
    onAnySignal(settledSignal, (given) => {
      const view = readView(given, this.#caseId);
      if (view) this.#take(view);
      else this.#stale = true;
    });
  }

  async #decide(verdict: ReviewVerdict): Promise<ReviewDecided> {
    const result = await this.#ask({
      decision: verdict.decision,
      masterId: verdict.masterId ?? null,
      fields: verdict.fields ?? null,
      noteId: verdict.noteId ?? null,
      note: null,
      reviewer: verdict.reviewerId.trim(),
      version: verdict.version,
      decisionKey: verdict.key ?? wf.uuid4(),
    });
    if (result.done) return result.verdict;
    throw wf.ApplicationFailure.nonRetryable(result.reason, result.code, result.details);
  }

  /** A signal has nobody to answer to, and must not end the review whatever it holds. */
  async #signalled(decision: Verdict, given: unknown): Promise<void> {
    const verdict = readSignal(given);
    if ('fault' in verdict) {
      this.#refused = verdict.fault;
      wf.setCurrentDetails(this.#details());
      return;
    }
    try {
      await this.#ask({
        ...verdict,
        decision,
        fields: null,
        noteId: null,
        // Whoever signals cannot name a version; the case is decided as it stands.
        version: null,
        decisionKey: wf.uuid4(),
      });
    } catch (error) {
      if (wf.isCancellation(error)) throw error;
      this.#refused = 'something failed that should not; the worker has it in its log';
      wf.log.error('a signalled verdict failed', { caseId: this.#caseId, error: String(error) });
    }
    wf.setCurrentDetails(this.#details());
  }

  async #ask(verdict: Omit<DecideInput, 'caseId' | 'sinceMs' | 'nowMs'>) {
    const { decideReview } = this.#steps;
    const nowMs = Date.now();
    const result = await decideReview({ ...verdict, caseId: this.#caseId, sinceMs: this.#sinceMs, nowMs });
    this.#refused = result.done ? null : result.reason;
    this.#take(result.view);
    return result;
  }

  async #continueAsNew(opened: ReviewView): Promise<never> {
    await wf.condition(wf.allHandlersFinished);
    return await wf.continueAsNew<typeof duplicateReview>({ opened: this.#view ?? opened, sinceMs: this.#sinceMs });
  }
}

/** What can be refused without MySQL: a verdict that makes no sense, comes late, or was made on an older version. */
function refuse(
  view: ReviewView | null,
  given: unknown,
): { code: string; reason: string; details?: Record<string, unknown> } | null {
  const invalid = (reason: string) => ({ code: 'review-invalid', reason });
  if (typeof given !== 'object' || given === null)
    return invalid('expected an object with decision, reviewerId, version');
  const { decision, masterId, fields, noteId, reviewerId, version, key, notAfterMs } = given as Record<string, unknown>;
  if (!VERDICTS.includes(decision as Verdict)) return invalid(`decision: expected ${VERDICTS.join(', ')}`);
  if (typeof reviewerId !== 'string' || reviewerId.trim() === '' || reviewerId.length > MAX_REVIEWER_CHARS) {
    return invalid(`reviewerId: expected who decides, at most ${MAX_REVIEWER_CHARS} characters`);
  }
  if (!isWhole(version)) return invalid('version: expected the version of the case that was looked at');
  if (masterId != null && typeof masterId !== 'string') return invalid('masterId: expected the id of a license');
  if (noteId != null && !isWhole(noteId)) return invalid('noteId: expected the number of a kept note');
  if (key !== undefined && (typeof key !== 'string' || key.length > 100)) return invalid('key: at most 100 characters');
  if (fields != null && !isTextMap(fields)) return invalid('fields: expected field → id of a license');
  if (decision !== 'approve' && (masterId != null || fields != null)) {
    return invalid('masterId and fields go with an approval only');
  }
  if (typeof notAfterMs === 'number' && Date.now() > notAfterMs) {
    return { code: 'review-unconfirmed', reason: 'the verdict came so late that nobody waits for it; give it again' };
  }
  if (view === null) return null;
  const { caseId, state } = view;
  if (!isUndecided(state)) {
    const { decidedBy } = view;
    const decidedAt = isoOf(view.decidedAtMs);
    const who = decidedBy === null ? '' : `, by ${decidedBy} at ${decidedAt}`;
    return {
      code: 'review-decided',
      reason: `case ${caseId} is ${state} already${who}; this verdict changed nothing`,
      details: { caseId, state, decidedBy, decidedAt, version: view.version },
    };
  }
  if (version < view.version) {
    return {
      code: 'review-changed',
      reason: `case ${caseId} has version ${view.version}, the verdict was made on version ${version}. Look at it again`,
      details: { caseId, version: view.version, sentVersion: version },
    };
  }
  return null;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTextMap(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

const DECIDED: ReadonlySet<unknown> = new Set<CaseState>(['approved', 'rejected', 'superseded', 'undone']);

/** A view that says that the case is decided; null for anything else, which is then looked up. */
function readView(given: unknown, caseId: number): ReviewView | null {
  if (typeof given !== 'object' || given === null) return null;
  const view = given as Partial<ReviewView>;
  if (view.caseId !== caseId || !DECIDED.has(view.state) || !isWhole(view.version)) return null;
  return typeof view.confidence === 'number' ? (view as ReviewView) : null;
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
