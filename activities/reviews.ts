/** Reviews: how a case stands, verdicts, and the opening and telling of many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { openSubjects, raiseAlert, resolveAlert } from '../db/alerts.ts';
import {
  type BulkItemRow,
  type BulkRow,
  endBulk as closeBulk,
  closeItem,
  findBulk,
  pendingItems,
} from '../db/bulk-reviews.ts';
import { decideCase, type VerdictOutcome } from '../db/case-decisions.ts';
import {
  dueWhenOpened,
  hasReviewWork,
  lookAtCase,
  markReview,
  overdueReviews,
  returnFlagged,
  reviewsToOpen,
  reviewsToTell,
} from '../db/case-reviews.ts';
import { countMembers } from '../db/cases.ts';
import { findTypedValue } from '../db/typed-values.ts';
import { pokeReviewQueue, reviewViewOf, startReview, tellReview } from '../temporal/reviews.ts';
import type { DecideInput, DecideResult, ReviewActivities, ReviewView } from '../workflows/review-messages.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';

type Input<K extends keyof ReviewActivities> = Parameters<ReviewActivities[K]>[0];
type Output<K extends keyof ReviewActivities> = Awaited<ReturnType<ReviewActivities[K]>>;

/** Cases of a bulk verdict that are decided side by side. */
const BULK_WIDTH = 4;
const OVERDUE = 'review_overdue';
const OVERDUE_SUBJECT = 'reviews';

/** Does what is due of a case, and says how it stands. */
export async function lookAtReview(
  deps: ActivityDeps,
  { caseId, sinceMs, nowMs }: Input<'lookAtReview'>,
): Promise<ReviewView> {
  const { config, db } = deps;
  const look = await lookAtCase(db, { caseId, sinceMs, nowMs, limits: config.review });
  if (!look) throw ApplicationFailure.nonRetryable(`there is no duplicate case ${caseId}`, 'REVIEW_NOT_FOUND');
  if (look.did.includes('remind') || look.did.includes('escalate')) await tellOverdue(deps);
  return reviewViewOf(look.row, look.members, look.nextDueMs);
}

/** Gives a verdict. What MySQL refuses comes back as an answer: it is no failure of the review. */
export async function decideReview(deps: ActivityDeps, input: DecideInput): Promise<DecideResult> {
  const { config, db, log } = deps;
  const { caseId, sinceMs, nowMs, noteId, ...verdict } = input;
  const note = noteId === null ? input.note : await findTypedValue(db, noteId);
  if (noteId !== null && note === null) {
    const view = await lookAtReview(deps, { caseId, sinceMs, nowMs });
    const reason = `there is no kept note ${noteId}; the verdict was not given`;
    return { done: false, code: 'review-refused', reason, details: { caseId, noteId }, view };
  }
  const context = { nowMs, flagDays: config.review.flagDays, batchSize: config.sync.batchSize, byReview: true };
  const outcome = await decideCase(db, { ...verdict, caseId, note }, context);
  logVerdict(log, caseId, outcome);
  if (outcome.done) await afterVerdicts(deps);
  const view = await lookAtReview(deps, { caseId, sinceMs, nowMs });
  return outcome.done ? { done: true, verdict: outcome.verdict, view } : { ...outcome, view };
}

/** What one step of the queue does: tells reviews that are over, then opens as many as there is room for, at a bounded rate. */
export async function tendReviews(
  { config, db, log }: ActivityDeps,
  { most }: Input<'tendReviews'>,
  { checkpoint, signal }: StepContext,
): Promise<Output<'tendReviews'>> {
  const { client } = Context.current();
  const { taskQueue } = config.temporal;
  await returnFlagged(db, Date.now());
  const { maxOpen, openPerSecond } = config.review;
  const toTell = await reviewsToTell(db, most);
  for (const row of toTell) {
    checkpoint();
    await tellReview(client, reviewViewOf(row, 0, null));
    await markReview(db, row, 'closed');
  }
  const toOpen = await reviewsToOpen(db, { maxOpen, limit: most });
  const members = await countMembers(
    db,
    toOpen.map(({ id }) => id),
  );
  for (const row of toOpen) {
    const began = performance.now();
    checkpoint();
    const now = Date.now();
    const due = dueWhenOpened(row, now, config.review);
    await startReview(client, taskQueue, reviewViewOf(row, members.get(row.id) ?? 0, due), now);
    await markReview(db, row, 'open');
    const rest = 1000 / openPerSecond - (performance.now() - began);
    if (rest > 0) await sleep(rest, undefined, { signal });
  }
  if (toTell.length + toOpen.length > 0) log.info({ told: toTell.length, opened: toOpen.length }, 'reviews tended');
  return { told: toTell.length, opened: toOpen.length, more: await hasReviewWork(db, maxOpen) };
}

/** Decides the next cases of a bulk verdict, each in a transaction of its own. */
export async function decideBulk(
  deps: ActivityDeps,
  { bulkId, most }: Input<'decideBulk'>,
  { checkpoint }: StepContext,
): Promise<Output<'decideBulk'>> {
  const { db, log } = deps;
  const bulk = await findBulk(db, bulkId);
  if (!bulk) throw ApplicationFailure.nonRetryable(`there is no bulk verdict ${bulkId}`, 'BULK_NOT_FOUND');
  const items = await pendingItems(db, bulkId, most);
  const queue = [...items];
  let done = 0;
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      checkpoint();
      if (await decideItem(deps, bulk, item)) done += 1;
    }
  };
  // All of them end before the step does, also when one fails: none may go on behind its back.
  const ended = await Promise.allSettled(Array.from({ length: BULK_WIDTH }, work));
  if (items.length > 0) await afterVerdicts(deps);
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  log.info({ bulkId, decision: bulk.decision, done, refused: items.length - done }, 'bulk verdict goes on');
  return { done, refused: items.length - done, more: items.length === most };
}

export async function endBulk({ db }: ActivityDeps, { bulkId, state }: Input<'endBulk'>): Promise<void> {
  await closeBulk(db, bulkId, state);
}

async function decideItem({ config, db }: ActivityDeps, bulk: BulkRow, item: BulkItemRow): Promise<boolean> {
  const outcome = await decideCase(
    db,
    {
      caseId: item.case_id,
      decision: bulk.decision,
      masterId: null,
      fields: null,
      note: bulk.note,
      reviewer: bulk.reviewer,
      version: item.case_version,
      // Decided before the answer was lost, it is answered as it stands.
      decisionKey: `${bulk.id}:${item.case_id}`,
    },
    { nowMs: Date.now(), flagDays: config.review.flagDays, batchSize: config.sync.batchSize, byReview: false },
  );
  await closeItem(db, item, outcome.done ? 'done' : 'refused', outcome.done ? null : outcome.reason);
  return outcome.done;
}

/** After verdicts there may be room for reviews that wait, and reviews of other cases that are over. */
async function afterVerdicts(deps: ActivityDeps): Promise<void> {
  const { config, db } = deps;
  if ((await openSubjects(db, OVERDUE)).length > 0) await tellOverdue(deps);
  if (await hasReviewWork(db, config.review.maxOpen)) {
    await pokeReviewQueue(Context.current().client, config.temporal.taskQueue);
  }
}

/** One alert for all reviews that wait too long: one for each would bury the others. */
async function tellOverdue({ db, config }: ActivityDeps): Promise<void> {
  const overdue = await overdueReviews(db, Date.now());
  if (overdue === null) {
    await resolveAlert(db, OVERDUE, OVERDUE_SUBJECT);
    return;
  }
  const days = Math.round(config.review.remindAfter / 86_400_000);
  const many = overdue.cases === 1 ? 'A duplicate case waits' : `${overdue.cases} duplicate cases wait`;
  await raiseAlert(db, {
    kind: OVERDUE,
    subject: OVERDUE_SUBJECT,
    severity: 'warning',
    message:
      `${many} for a verdict for longer than ${days > 0 ? `${days} days` : 'is allowed'}; the oldest is case ${overdue.oldest}, ` +
      `found at ${overdue.since}. Decide with: npx license-sync reviews`,
    details: { cases: overdue.cases, oldest: overdue.oldest },
  });
}

function logVerdict(log: ActivityDeps['log'], caseId: number, outcome: VerdictOutcome): void {
  if (outcome.done) log.info({ caseId, state: outcome.verdict.state }, 'case decided');
  else log.info({ caseId, code: outcome.code }, 'verdict refused');
}
