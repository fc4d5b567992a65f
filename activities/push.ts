/** The push phase: what was edited inside goes to the License API. */
import { advanceBatch, type BatchRef } from '../db/batches.ts';
import { sqlInstant } from '../db/connect.ts';
import { underNamedLock } from '../db/named-lock.ts';
import { findOperation, keepNeeds, storedNeeds } from '../db/operations.ts';
import { plannedAmounts } from '../db/plan-store.ts';
import { nextIntents, type PushIntent } from '../db/push-intents.ts';
import { dropBeyond, foreseePushes, plannedPushes, preparePushes as prepare } from '../db/push-planning.ts';
import { type PushResult, writePushResults } from '../db/push-results.ts';
import { inTransaction } from '../db/retry.ts';
import { weighChanges } from '../domain/guard.ts';
import { isWorthNarrowing, UpstreamError } from '../upstream/errors.ts';
import type { RangeInput, RunRef, SyncActivities, Wait } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { type Pushed, pushRecord, withoutEffect } from './push-record.ts';
import { pagesPerSlice } from './slices.ts';
import type { StepContext } from './step.ts';
import { answersElsewhere, tryCircuit, waitFor } from './upstream-wait.ts';
import { UnreadableRecord } from './upstream-write.ts';

type Output<K extends keyof SyncActivities> = Awaited<ReturnType<SyncActivities[K]>>;

/** Records whose results are written together; a killed step looks at so many again. */
const CHUNK = 100;
/** Records of one step that are under way at once, below what the client allows for the process. */
const AT_ONCE = 8;
/** As for reading: a step ends in good time, and another one goes on. */
const STEP_SHARE = 4;
/** Whoever sends for the same batch, in a worker that Temporal has given up on, notices within a heartbeat. */
const LOCK_WAIT_SECONDS = 60;

/** Foresees what will be sent, for the guard and for people to read. */
export async function foreseePages(
  { db, config }: ActivityDeps,
  { ref, grid, range }: RangeInput,
  { checkpoint }: StepContext,
): Promise<void> {
  for (const pages of slicesOf(range, grid.pageSize)) {
    checkpoint();
    await foreseePushes(db, { operation: ref.operation, pass: grid.pass }, pages, config.sync.batchSize);
  }
}

/** Decides what is sent, after everything else of the plan. */
export async function preparePushes(
  { db, config }: ActivityDeps,
  { ref, grid, range }: RangeInput,
  { checkpoint }: StepContext,
): Promise<void> {
  const mode = { batchSize: config.sync.batchSize, exact: ref.type === 'plan_apply' };
  for (const pages of slicesOf(range, grid.pageSize)) {
    checkpoint();
    await prepare(db, { operation: ref.operation, pass: grid.pass }, pages, mode);
  }
}

/** What there is to send, and whether so much of it needs an approval: by now it may be more than the plan said. */
export async function openPush(
  { db, config }: ActivityDeps,
  { ref, batches }: Parameters<SyncActivities['openPush']>[0],
): Promise<Output<'openPush'>> {
  await dropBeyond(db, ref.operation, Math.max(0, ...batches.map(({ to }) => to)));
  const { count, pages } = await plannedPushes(db, ref.operation);
  const { liveLinks } = await plannedAmounts(db, ref.operation);
  const counts = { vanish: 0, deactivate: 0, overwrite: 0, push: count };
  const needs = weighChanges(config.guard, { counts, liveLinks, emptyFeed: false });
  if (needs.length > 0) {
    const row = await findOperation(db, ref.operationId);
    const others = row ? storedNeeds(row).filter(({ kind }) => kind !== 'push') : [];
    await keepNeeds(db, ref.operation, [...others, ...needs]);
  }
  return { count, needs, batches: batches.filter(({ from, to }) => pages.some((page) => page >= from && page <= to)) };
}

/**
 * Sends what is planned for a range of pages, chunk by chunk. One record that fails by itself is named and stops no other; when the API as a
 * whole does not answer, the step ends and says until when to wait.
 */
export async function pushPages(
  deps: ActivityDeps,
  { ref, grid, range }: RangeInput,
  context: StepContext,
): Promise<Output<'pushPages'>> {
  const batch: BatchRef = { operation: ref.operation, attempt: ref.attempt, phase: 'push', pass: grid.pass, ...range };
  const name = `license-sync-push-${ref.operation}-${range.batch}`;
  const locked = await underNamedLock(deps.db, name, LOCK_WAIT_SECONDS, (isHeld) =>
    pushRange(deps, ref, batch, context, isHeld),
  );
  if (locked) return locked.result;
  throw new Error(`batch ${range.batch} is still being pushed by a step that was given up`);
}

async function pushRange(
  deps: ActivityDeps,
  ref: RunRef,
  batch: BatchRef,
  { signal, checkpoint }: StepContext,
  isHeld: () => Promise<boolean>,
): Promise<Output<'pushPages'>> {
  const latencies: number[] = [];
  let pushedBack = false;
  const result = (done: boolean, wait: Wait | null) => ({
    done,
    wait,
    pushedBack,
    latencyMs: latencies.length === 0 ? null : latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
  });
  const begun = performance.now();
  for (;;) {
    checkpoint();
    // Without it another step may be sending the same: its session went with the connection.
    if (!(await isHeld())) throw new Error('the lock that keeps two steps from sending the same was lost');
    const intents = await nextIntents(deps.db, ref.operation, { ...batch, limit: CHUNK });
    if (intents.length === 0) return result(true, null);
    try {
      await tryCircuit(deps, signal);
    } catch (error) {
      return result(false, await waitFor(deps, ref, error, signal));
    }
    const { results, failure } = await pushChunk(deps, ref, intents, signal);
    for (const { latencyMs, rateLimited } of results) {
      if (latencyMs !== null) latencies.push(latencyMs);
      pushedBack ||= rateLimited > 0;
    }
    await keep(deps, ref, batch, results);
    if (failure !== null) return result(false, await waitFor(deps, ref, failure, signal));
    if (performance.now() - begun > deps.config.sync.timeout / STEP_SHARE) return result(false, null);
  }
}

/** @returns what became of the records, and the error for which the rest was left. */
async function pushChunk(
  deps: ActivityDeps,
  ref: RunRef,
  intents: readonly PushIntent[],
  signal: AbortSignal,
): Promise<{ results: Pushed[]; failure: unknown }> {
  const results: Pushed[] = [];
  const queue = [...intents];
  let failure: unknown = null;
  const lane = async (): Promise<void> => {
    for (let intent = queue.shift(); intent && failure === null && !signal.aborted; intent = queue.shift()) {
      try {
        results.push(await pushRecord(deps, ref.operation, intent, signal));
      } catch (error) {
        const unconfirmed = await whyUnconfirmed(deps, error, signal);
        if (unconfirmed === null) failure ??= error;
        else results.push(withoutEffect(intent, 'unconfirmed', unconfirmed));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, intents.length) }, lane));
  return { results, failure };
}

/** Why a record by itself could not be written for sure; null when the failure is not the record's. */
async function whyUnconfirmed(deps: ActivityDeps, error: unknown, signal: AbortSignal): Promise<string | null> {
  if (error instanceof UnreadableRecord) return error.message;
  if (signal.aborted || !(error instanceof UpstreamError)) return null;
  const isItsOwn = isWorthNarrowing(error) || (await answersElsewhere(deps, error, signal));
  return isItsOwn ? error.message : null;
}

async function keep({ db }: ActivityDeps, ref: RunRef, batch: BatchRef, results: readonly PushResult[]): Promise<void> {
  if (results.length === 0) return;
  await inTransaction(db, async (trx) => {
    await writePushResults(trx, results, { operation: ref.operation, now: sqlInstant(Date.now()) });
    const updated = results.filter(({ shown, settled }) => shown !== null && settled.length > 0).length;
    await advanceBatch(trx, batch, batch.to, { rows: results.length, created: 0, updated });
  });
}

function* slicesOf(
  { from, to }: { from: number; to: number },
  pageSize: number,
): Generator<{ from: number; to: number }> {
  const pages = pagesPerSlice(pageSize);
  for (let first = from; first <= to; first += pages) yield { from: first, to: Math.min(to, first + pages - 1) };
}
