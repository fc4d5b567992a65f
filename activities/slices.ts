/** The phases that work through staged pages in slices: mirror, plan, apply. */
import { applySlice, pagesToApply } from '../db/applying.ts';
import { type BatchRef, nextPageOf } from '../db/batches.ts';
import { matchLicenses } from '../db/matching.ts';
import { mirrorSlice } from '../db/mirror.ts';
import { findOperation } from '../db/operations.ts';
import { planSlice, resetPlan } from '../db/planning.ts';
import { settleUnsettled } from '../db/push-unsettled.ts';
import { applyVanished as markVanished } from '../db/vanishing.ts';
import type { PageRange } from '../domain/pages.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { RangeInput, RunRef } from '../workflows/messages.ts';
import type { Phase } from '../workflows/names.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';

/** Records of one transaction: long enough to spread its cost, short enough to lose little and lock briefly. */
const ROWS_PER_SLICE = 1000;

export async function mirrorPages(deps: ActivityDeps, input: RangeInput, context: StepContext): Promise<void> {
  await inSlices(deps, 'mirror', input, context, mirrorSlice);
}

/** Everything that must be decided over the whole fetch before single records can be planned. */
export async function preparePlan(
  { db, config }: ActivityDeps,
  { ref }: { ref: RunRef },
  { checkpoint }: StepContext,
): Promise<{ matched: number; ambiguous: number }> {
  await resetPlan(db, ref.operation);
  const operation = await findOperation(db, ref.operationId);
  const { detectDuplicates, dryRun } = storedOptions(operation?.options ?? '{}');
  if (!dryRun) await settleUnsettled(db, ref.operation, checkpoint);
  return await matchLicenses(
    db,
    ref.operation,
    { batchSize: config.sync.batchSize, bySimilarity: detectDuplicates },
    checkpoint,
  );
}

export async function planPages(deps: ActivityDeps, input: RangeInput, context: StepContext): Promise<void> {
  await inSlices(deps, 'plan', input, context, planSlice);
}

/** The batches in which something is left to apply: a run over unchanged data starts none. */
export async function openApply(
  { db }: ActivityDeps,
  { ref, batches }: { ref: RunRef; batches: PageRange[] },
): Promise<PageRange[]> {
  const pages = await pagesToApply(db, ref.operation);
  return batches.filter(({ from, to }) => pages.some((page) => page >= from && page <= to));
}

export async function applyPages(deps: ActivityDeps, input: RangeInput, context: StepContext): Promise<void> {
  const exact = input.ref.type === 'plan_apply';
  await inSlices(deps, 'apply', input, context, (db, batch, pages, batchSize) =>
    applySlice(db, batch, pages, { batchSize, exact }),
  );
}

/** Marks the records that have gone from the feed, after everything else of the plan. */
export async function applyVanished(
  { db, config }: ActivityDeps,
  { ref }: { ref: RunRef },
  { checkpoint }: StepContext,
): Promise<{ done: boolean }> {
  const mode = { batchSize: config.sync.batchSize, exact: ref.type === 'plan_apply' };
  return { done: await markVanished(db, ref, mode, checkpoint) };
}

/** Pages that one transaction works on. */
export function pagesPerSlice(pageSize: number): number {
  return Math.max(1, Math.floor(ROWS_PER_SLICE / pageSize));
}

/** Each slice commits its own progress, so a step that is repeated goes on behind the last one. */
export async function inSlices(
  { db, config }: ActivityDeps,
  phase: Phase,
  { ref, grid, range }: RangeInput,
  { checkpoint }: StepContext,
  work: (
    db: ActivityDeps['db'],
    ref: BatchRef,
    pages: { from: number; to: number },
    batchSize: number,
  ) => Promise<void>,
): Promise<void> {
  const batch: BatchRef = { operation: ref.operation, attempt: ref.attempt, phase, pass: grid.pass, ...range };
  const pages = pagesPerSlice(grid.pageSize);
  for (let from = await nextPageOf(db, batch); from <= range.to; from += pages) {
    checkpoint();
    await work(db, batch, { from, to: Math.min(range.to, from + pages - 1) }, config.sync.batchSize);
  }
}
