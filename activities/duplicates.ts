/** The duplicate search of a run: the index, the pairs, and what follows from them. */

import { Context } from '@temporalio/activity';
import { advanceBatch, nextPageOf } from '../db/batches.ts';
import { closeOutdated } from '../db/case-opening.ts';
import { hasReviewWork } from '../db/case-reviews.ts';
import { sqlInstant } from '../db/connect.ts';
import { scoringBatch, settlingBatch } from '../db/duplicate-report.ts';
import { type CrowdedBlocks, countSubjects } from '../db/match-candidates.ts';
import { indexSlice, lastSubject, openIndex as makeIndex, refreshStale } from '../db/match-index.ts';
import { scoredThrough, scoreSlice, setScoredThrough } from '../db/match-pairs.ts';
import { inTransaction } from '../db/retry.ts';
import { type SettleOptions, settlePairs } from '../db/settling.ts';
import { recordSimilarityLinks } from '../db/similarity-links.ts';
import { rulesOf } from '../domain/matching-rules.ts';
import { cutBatches } from '../domain/pages.ts';
import { pokeReviewQueue } from '../temporal/reviews.ts';
import type { PairPlace, RunRef, SyncActivities } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { inSlices } from './slices.ts';
import type { StepContext } from './step.ts';

type Input<K extends keyof SyncActivities> = Parameters<SyncActivities[K]>[0];
type Output<K extends keyof SyncActivities> = Awaited<ReturnType<SyncActivities[K]>>;

/** Subjects whose pairs are scored and committed together. */
const SUBJECTS_PER_SLICE = 1000;
const SUBJECTS_PER_BATCH = 5000;
const NONE = { rows: 0, created: 0, updated: 0 };

export async function openIndex({ db }: ActivityDeps, { ref }: Input<'openIndex'>): Promise<void> {
  // When the search begins, for the report.
  await advanceBatch(db, scoringBatch(ref, { batch: 0, from: 0, to: 0 }), 0, NONE);
  await makeIndex(db);
}

export async function indexPages(deps: ActivityDeps, input: Input<'indexPages'>, context: StepContext): Promise<void> {
  await inSlices(deps, 'analyse', input, context, indexSlice);
}

/** Licenses that changed outside of runs join the index; then it is known which subjects have to be scored. */
export async function openScoring(
  { db }: ActivityDeps,
  _: Input<'openScoring'>,
  { checkpoint }: StepContext,
): Promise<Output<'openScoring'>> {
  await refreshStale(db, { max: Number.POSITIVE_INFINITY, checkpoint });
  const through = await lastSubject(db);
  const batches = cutBatches(
    { from: (await scoredThrough(db)) + 1, to: through },
    { pageSize: 1, rowsPerBatch: SUBJECTS_PER_BATCH },
  );
  return { through, batches };
}

export async function scoreSubjects(
  { config, db }: ActivityDeps,
  { ref, range }: Input<'scoreSubjects'>,
  { checkpoint }: StepContext,
): Promise<void> {
  const batch = scoringBatch(ref, range);
  const rules = rulesOf(config);
  const records = await countSubjects(db);
  const crowded: CrowdedBlocks = new Map();
  for (let from = await nextPageOf(db, batch); from <= range.to; from += SUBJECTS_PER_SLICE) {
    checkpoint();
    const to = Math.min(range.to, from + SUBJECTS_PER_SLICE - 1);
    await scoreSlice(db, batch, { from, to }, { rules, records, crowded });
  }
}

export async function closeScoring({ db }: ActivityDeps, { through }: Input<'closeScoring'>): Promise<void> {
  await setScoredThrough(db, through);
}

/**
 * A consolidation may make a license say something that no record of it says: it is then compared here, so that the next run has nothing to
 * catch up with. @returns whether there was any.
 */
async function scoreFresh(
  db: ActivityDeps['db'],
  ref: RunRef,
  { rules, records, checkpoint }: Pick<SettleOptions, 'rules' | 'records' | 'checkpoint'>,
): Promise<boolean> {
  await refreshStale(db, { max: Number.POSITIVE_INFINITY, checkpoint });
  const first = (await scoredThrough(db)) + 1;
  const last = await lastSubject(db);
  const crowded: CrowdedBlocks = new Map();
  for (let from = first; from <= last; from += SUBJECTS_PER_SLICE) {
    checkpoint();
    const to = Math.min(last, from + SUBJECTS_PER_SLICE - 1);
    await scoreSlice(db, scoringBatch(ref, { batch: 0, from, to }), { from, to }, { rules, records, crowded });
    await setScoredThrough(db, to);
  }
  return last >= first;
}

/** Before the strongest pair. */
const TOP: PairPlace = { confidence: 101, a: 0, b: 0 };

export async function settleDuplicates(
  { config, db }: ActivityDeps,
  { ref, after }: Input<'settleDuplicates'>,
  { checkpoint }: StepContext,
): Promise<Output<'settleDuplicates'>> {
  const { operation } = ref;
  const batch = settlingBatch(ref);
  await advanceBatch(db, batch, 0, NONE);
  if (after === null) await inTransaction(db, (trx) => recordSimilarityLinks(trx, operation));
  const records = await countSubjects(db);
  const options = { operation, rules: rulesOf(config), records, batchSize: config.sync.batchSize, checkpoint };
  // What licenses say now, and not what they said before the plan was applied.
  if (after === null) await scoreFresh(db, ref, options);
  const { next, counts } = await settlePairs(db, after, options);
  await advanceBatch(db, batch, 0, counts);
  if (next === null) {
    if (await scoreFresh(db, ref, options)) return { after: TOP };
    // What was left of a closed case may be a question of its own.
    if ((await closeOutdated(db, sqlInstant(Date.now()), checkpoint)) > 0) return { after: TOP };
    // The run does not wait for what the queue does.
    if (await hasReviewWork(db, config.review.maxOpen)) {
      await pokeReviewQueue(Context.current().client, config.temporal.taskQueue);
    }
  }
  return { after: next };
}
