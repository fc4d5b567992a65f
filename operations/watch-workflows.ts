/**
 * Takes up what the tables say is under way and Temporal knows nothing of: after the database was restored beside an empty Temporal, or
 * after somebody terminated workflows. A run is closed as failed, so that it can be resumed; reviews, bulk verdicts and deliveries begin
 * again, which is safe because all of them are safe to repeat.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { runningBulks } from '../db/bulk-reviews.ts';
import { countOpenReviews, hasReviewWork, openReviews, reopenReview } from '../db/case-reviews.ts';
import { findLive } from '../db/run-state.ts';
import { startDeliveryAnew, startedDeliveries } from '../db/webhooks.ts';
import { pokeReviewQueue } from '../temporal/reviews.ts';
import type { bulkReview } from '../workflows/index.ts';
import {
  bulkReviewWorkflowId,
  deliveryWorkflowId,
  REVIEW_QUEUE_WORKFLOW_ID,
  reviewWorkflowId,
} from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import type { Observer } from './observe.ts';
import { callTemporal } from './temporal.ts';

const ANSWER_WITHIN_MS = 6000;
/** In pauses between looks. What is younger may be between its row and its workflow. */
const SETTLED_AFTER = 2;
/** Asked of one by one in one look; the next look goes on behind them. */
const ASKED_AT_ONCE = 100;

/** Goes through rows in the order of their numbers, a hundred a look, and begins anew behind the last one. */
interface Round {
  after: number;
}

/** @returns one look at this time (Unix time in ms). @throws when the database or Temporal is away. */
export function createWorkflowWatch(deps: OperationsDeps, observer: Observer): (nowMs: number) => Promise<void> {
  const { config, db, temporal, log } = deps;
  const rounds: Record<'reviews' | 'deliveries', Round> = { reviews: { after: 0 }, deliveries: { after: 0 } };

  async function runs(workflowId: string): Promise<boolean> {
    try {
      const { status } = await callTemporal(temporal, ANSWER_WITHIN_MS, () =>
        temporal.workflow.getHandle(workflowId).describe(),
      );
      return status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async function nextOf<T extends { id: number }>(round: Round, list: (after: number) => Promise<T[]>): Promise<T[]> {
    const rows = await list(round.after);
    round.after = rows.length === ASKED_AT_ONCE ? (rows.at(-1)?.id ?? 0) : 0;
    return rows;
  }

  async function reviews(before: Date): Promise<void> {
    const { count: running } = await callTemporal(temporal, ANSWER_WITHIN_MS, () =>
      temporal.workflow.count("WorkflowType = 'duplicateReview' AND ExecutionStatus = 'Running'"),
    );
    // As many as there should be: no need to ask for each.
    const open =
      (await countOpenReviews(db)) <= running
        ? []
        : await nextOf(rounds.reviews, (after) => openReviews(db, { after, before, limit: ASKED_AT_ONCE }));
    let lost = 0;
    for (const row of open) {
      if (await runs(reviewWorkflowId(row.id))) continue;
      await reopenReview(db, row);
      lost += 1;
    }
    if (lost > 0) log.warn({ reviews: lost }, 'reviews without a workflow wait to be opened again');
    if (!(await hasReviewWork(db, config.review.maxOpen)) || (await runs(REVIEW_QUEUE_WORKFLOW_ID))) return;
    await callTemporal(temporal, ANSWER_WITHIN_MS, () => pokeReviewQueue(temporal, config.temporal.taskQueue));
  }

  async function bulks(before: Date): Promise<void> {
    for (const id of await runningBulks(db, before)) {
      if (await runs(bulkReviewWorkflowId(id))) continue;
      try {
        await callTemporal(temporal, ANSWER_WITHIN_MS, () =>
          temporal.workflow.start<typeof bulkReview>('bulkReview', {
            workflowId: bulkReviewWorkflowId(id),
            taskQueue: config.temporal.taskQueue,
            args: [],
          }),
        );
        log.warn({ bulkId: id }, 'a bulk verdict without a workflow goes on');
      } catch (error) {
        // Another process was quicker.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    }
  }

  async function deliveries(before: Date): Promise<void> {
    const started = await nextOf(rounds.deliveries, (after) =>
      startedDeliveries(db, { after, before, limit: ASKED_AT_ONCE }),
    );
    for (const delivery of started) {
      if (await runs(deliveryWorkflowId(delivery.id, delivery.round))) continue;
      if (await startDeliveryAnew(db, delivery)) {
        log.warn({ delivery: delivery.id }, 'a delivery without a workflow begins again');
      }
    }
  }

  return async (nowMs) => {
    const before = new Date(nowMs - SETTLED_AFTER * config.alerts.checkInterval);
    const live = await findLive(db);
    // Closes it when its workflow is gone.
    if (live) await observer.observe(live);
    await reviews(before);
    await bulks(before);
    await deliveries(before);
  };
}
