/** What is decided over the whole plan: who has gone, what a person must approve, and the taking over of a dry run's plan. */
import { ApplicationFailure } from '@temporalio/common';
import { findOperation, keepNeeds } from '../db/operations.ts';
import { copyPlan, findStoredPlan, isWholeCopy, openPlan, plannedAmounts, type StoredPlan } from '../db/plan-store.ts';
import { writtenSince } from '../db/plans.ts';
import { hasUnidentified, planVanished as planMissing } from '../db/vanishing.ts';
import { weighChanges } from '../domain/guard.ts';
import { pageCount } from '../domain/pages.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { SyncActivities, SyncOptions } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';

type Input<K extends keyof SyncActivities> = Parameters<SyncActivities[K]>[0];
type Output<K extends keyof SyncActivities> = Awaited<ReturnType<SyncActivities[K]>>;

/**
 * What can only be said of the whole plan: which records have gone, and whether it changes so much that a person has to approve. What has
 * to be approved is kept with the operation, for people to read.
 */
export async function closePlan(
  { config, db }: ActivityDeps,
  { ref, grid, proof }: Input<'closePlan'>,
  { checkpoint }: StepContext,
): Promise<Output<'closePlan'>> {
  const { options } = await existing(db, ref.operationId);
  const tells =
    tellsWhatHasGone(JSON.parse(options) as SyncOptions, proof) && !(await hasUnidentified(db, ref.operation));
  // A plan that is taken over says itself who has gone.
  if (tells && ref.type !== 'plan_apply') await planMissing(db, ref.operation, checkpoint);
  const { counts, regrouping, liveLinks } = await plannedAmounts(db, ref.operation);
  const needs = weighChanges(config.guard, { counts, liveLinks, emptyFeed: grid.total === 0 });
  await keepNeeds(db, ref.operation, needs);
  // The last step settles who feeds the licenses of those, also of those that an earlier attempt had done.
  return { needs, vanishing: regrouping };
}

/**
 * Only a comprehensive run over the whole feed, proven to be read, may conclude that a record has gone. Nor may it when positions were left
 * unread that could hide any record.
 */
function tellsWhatHasGone({ comprehensive, partial }: SyncOptions, proof: Input<'closePlan'>['proof']): boolean {
  return comprehensive && !partial && (proof === 'proven' || proof === 'proven_by_two_passes');
}

/**
 * Copies what a dry run read and planned to this operation: the plan itself stays as it is, and the phases that follow work as ever.
 * Safe to repeat.
 */
export async function adoptPlan(
  { config, db }: ActivityDeps,
  { ref }: Input<'adoptPlan'>,
  { checkpoint }: StepContext,
): Promise<Output<'adoptPlan'>> {
  const { plan_id: planId, options } = await existing(db, ref.operationId);
  const plan = planId === null ? undefined : await findStoredPlan(db, planId);
  if (!plan) throw refused('PLAN_NOT_FOUND', `there is no plan ${planId}`);
  if (plan.state === 'expired')
    throw refused('PLAN_EXPIRED', `plan ${plan.id} is too old: what it planned is not kept`);
  const dryRun = await existing(db, plan.id);
  if (dryRun.status !== 'completed' && dryRun.status !== 'completed_with_findings') {
    throw refused('PLAN_NOT_READY', `the dry run of plan ${plan.id} is ${dryRun.status}: it has not left a whole plan`);
  }
  if (plan.applied_operation !== null && plan.applied_operation !== ref.operationId) throw applied(plan);
  const newer = await writtenSince(db, { ...plan, applied_operation: ref.operationId });
  if (newer !== null) throw refused('PLAN_OUTDATED', `operation ${newer} has run since plan ${plan.id} was made`);
  if (!(await openPlan(db, plan.id, ref.operationId))) throw applied(plan);
  const pages = await copyPlan(
    db,
    {
      from: plan.operation,
      to: ref.operation,
      batchSize: config.sync.batchSize,
      bySimilarity: storedOptions(options).detectDuplicates,
    },
    checkpoint,
  );
  if (!(await isWholeCopy(db, plan.operation, ref.operation))) {
    throw refused('PLAN_EXPIRED', `what plan ${plan.id} was made of is not kept any more; make a new one`);
  }
  const { pass, page_size: pageSize, total_expected: total } = dryRun;
  await db
    .updateTable('sync_operations')
    .set({ pass, page_size: pageSize, total_expected: total })
    .where('id', '=', ref.operation)
    .execute();
  const size = pageSize ?? 1;
  const grid = { pass, pageSize: size, total: total ?? 0, pages: Math.max(pages, pageCount(total ?? 0, size)) };
  const { proof } = JSON.parse(dryRun.report ?? '{}') as Pick<Output<'adoptPlan'>, 'proof'>;
  return { grid, proof: proof ?? null };
}

async function existing(db: ActivityDeps['db'], operationId: string) {
  const row = await findOperation(db, operationId);
  if (!row) throw refused('OPERATION_NOT_FOUND', `there is no operation ${operationId}`);
  return row;
}

function applied({ id, applied_operation: operationId }: StoredPlan): ApplicationFailure {
  return refused('PLAN_APPLIED', `plan ${id} was applied already, by operation ${operationId ?? 'of another run'}`);
}

function refused(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
