/** Starting, poking and telling the workflows of reviews. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { CaseRow } from '../db/cases.ts';
import { isoInstant } from '../db/connect.ts';
import type { SqlInstant } from '../db/tables.ts';
import type { duplicateReview, reviewQueue } from '../workflows/index.ts';
import { REVIEW_QUEUE_WORKFLOW_ID, reviewWorkflowId } from '../workflows/names.ts';
import type { ReviewInput, ReviewView } from '../workflows/review-messages.ts';
import { reviewConfidenceKey, reviewStateKey } from '../workflows/search-attributes.ts';

/** By name, because importing the workflow's messages would bring its whole SDK into the process. */
const POKE = 'poke';
const SETTLED = 'settled';

/**
 * Says that there may be reviews to open or to tell: starts the queue where it does not run. Safe to repeat; does not wait for
 * anything that the queue does.
 */
export async function pokeReviewQueue(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.signalWithStart<typeof reviewQueue, []>('reviewQueue', {
    workflowId: REVIEW_QUEUE_WORKFLOW_ID,
    taskQueue,
    args: [],
    signal: POKE,
    signalArgs: [],
  });
}

/** How a review is started, by whomever. The search attributes are there from the first moment. */
export function reviewStart(taskQueue: string, view: ReviewView, sinceMs: number) {
  const args: [ReviewInput] = [{ opened: view, sinceMs }];
  return {
    workflowId: reviewWorkflowId(view.caseId),
    taskQueue,
    args,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: reviewStateKey, value: view.state },
      { key: reviewConfidenceKey, value: view.confidence },
    ]),
  };
}

/** Opens a review; one that is open already is left alone. */
export async function startReview(client: Client, taskQueue: string, view: ReviewView, sinceMs: number): Promise<void> {
  try {
    await client.workflow.start<typeof duplicateReview>('duplicateReview', reviewStart(taskQueue, view, sinceMs));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Tells a review that its case was decided elsewhere, which ends it; one that has ended needs no telling. */
export async function tellReview(client: Client, view: ReviewView): Promise<void> {
  try {
    await client.workflow.getHandle(reviewWorkflowId(view.caseId)).signal<[ReviewView]>(SETTLED, view);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** A case as its review knows it. */
export function reviewViewOf(row: CaseRow, members: number, nextDueMs: number | null): ReviewView {
  return {
    caseId: row.id,
    state: row.state,
    version: row.version,
    kind: row.kind,
    confidence: Number(row.confidence),
    members,
    heldUntilMs: msOf(row.held_until),
    flaggedUntilMs: msOf(row.flagged_until),
    decidedBy: row.decided_by,
    decidedAtMs: msOf(row.decided_at),
    closedReason: row.closed_reason,
    nextDueMs,
  };
}

function msOf(instant: SqlInstant | null): number | null {
  return instant === null ? null : Date.parse(isoInstant(instant));
}
