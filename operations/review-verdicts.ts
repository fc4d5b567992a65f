/** Verdicts by API and CLI. They go through the case's review in Temporal, as everybody's do; MySQL decides and is asked when an answer is lost. */
import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { decidedSentence, staleSentence, VERDICT_REFUSALS, type VerdictRefusal } from '../db/case-decisions.ts';
import { dueWhenOpened } from '../db/case-reviews.ts';
import { type CaseRow, countMembers, decisionByKey, findCase } from '../db/cases.ts';
import { forgetTypedValue, keepTypedValue } from '../db/typed-values.ts';
import { isUndecided, type Verdict } from '../domain/reviews.ts';
import { reviewStart, reviewViewOf } from '../temporal/reviews.ts';
import type { duplicateReview } from '../workflows/index.ts';
import type { ReviewDecided, ReviewVerdict } from '../workflows/review-messages.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal, TemporalUnavailable } from './errors.ts';
import type { Observer } from './observe.ts';
import { callTemporal } from './temporal.ts';

export interface VerdictAsked {
  decision: Verdict;
  masterId: string | null;
  /** Field of a license → id of the license whose value wins. */
  fields: Record<string, string> | null;
  note: string | null;
  /** The version of the case that was looked at. */
  version: number;
  reviewer: string;
}

/** By name, because importing the workflow's messages would bring its whole SDK into this process. */
const UPDATE = 'decide';
/** An update is answered by a worker, and without one by nobody. */
const ANSWER_WITHIN_MS = 8000;
const MAX_TRIES = 3;

/**
 * Gives a verdict and waits for it. A review that was not opened yet is started with it.
 * @throws {Refusal} `review-decided`, `review-changed`, `review-member-changed`, `review-refused`, `review-unconfirmed`
 */
export async function giveVerdict(
  { config, db, temporal, log }: OperationsDeps,
  observer: Observer,
  row: CaseRow,
  asked: VerdictAsked,
): Promise<void> {
  if (!isUndecided(row.state)) throw decidedAlready(row);
  if (asked.version !== row.version) {
    const { sentence, details } = await staleSentence(db, row, asked.version);
    throw new DetailedRefusal('review-changed', sentence, details);
  }
  if ((await observer.workers()) === 0) {
    throw new Refusal(
      'review-unconfirmed',
      'no worker is running that could take the verdict, and it was not given: start one with `npm start` or `node worker.ts`, then decide again',
    );
  }
  const { note, reviewer, ...verdict } = asked;
  const noteId = note === null ? null : await keepTypedValue(db, note, reviewer);
  const key = randomUUID();
  const members = (await countMembers(db, [row.id])).get(row.id) ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const now = Date.now();
    const view = reviewViewOf(row, members, dueWhenOpened(row, now, config.review));
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof duplicateReview>('duplicateReview', {
      ...reviewStart(config.temporal.taskQueue, view, now),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      await callTemporal(temporal, ANSWER_WITHIN_MS, () =>
        temporal.workflow.executeUpdateWithStart<typeof duplicateReview, ReviewDecided, [ReviewVerdict]>(UPDATE, {
          startWorkflowOperation,
          updateId: `${key}-${attempt}`,
          // Past this nobody waits for the answer, and a verdict that was reported as not given must not be given.
          args: [{ ...verdict, reviewerId: reviewer, noteId, key, notAfterMs: now + ANSWER_WITHIN_MS }],
        }),
      );
      log.info({ caseId: row.id, decision: asked.decision }, 'verdict given');
      return;
    } catch (error) {
      // Whatever was said or not said: when the verdict stands in MySQL, it was given.
      if (await decisionByKey(db, key)) return;
      if (error instanceof WorkflowUpdateFailedError) {
        if (noteId !== null) await forgetTypedValue(db, noteId);
        throw refusalOf(error, row.id);
      }
      const present = await findCase(db, row.id);
      if (present && !isUndecided(present.state)) throw decidedAlready(present);
      if (isUnanswered(error)) throw unconfirmed(row.id, error);
      // The review ended, or was ended, between its start and the verdict.
      if (error instanceof TemporalUnavailable || attempt >= MAX_TRIES) throw error;
    }
  }
}

function decidedAlready(row: CaseRow): Refusal {
  const { sentence, details } = decidedSentence(row);
  return new DetailedRefusal('review-decided', `${sentence}; this verdict changed nothing`, details);
}

function refusalOf(error: WorkflowUpdateFailedError, caseId: number): Refusal {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) {
    return new DetailedRefusal(
      'review-unconfirmed',
      `the worker could not carry the verdict out, and it was not given; its log says why. Look at case ${caseId} and decide again`,
      { caseId },
    );
  }
  const known = VERDICT_REFUSALS.includes(cause.type as VerdictRefusal);
  const code = known ? (cause.type as VerdictRefusal) : 'review-refused';
  const [details] = (cause.details ?? []) as Record<string, unknown>[];
  return new DetailedRefusal(code, cause.message, { caseId, ...details });
}

function isUnanswered(error: unknown): boolean {
  return error instanceof TemporalUnavailable && error.cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
}

function unconfirmed(caseId: number, cause: unknown): Refusal {
  return new Refusal(
    'review-unconfirmed',
    `no worker answered within ${ANSWER_WITHIN_MS / 1000} s, and the verdict was not given so far; a worker that took it may still give it. ` +
      `See that a worker runs, look at case ${caseId}, and decide again if it still waits`,
    { cause },
  );
}
