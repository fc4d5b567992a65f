/** The phase that reads the feed into staging. */
import { ApplicationFailure } from '@temporalio/common';
import { isoInstant } from '../db/connect.ts';
import { findOperation, setOperation } from '../db/operations.ts';
import { keysThatDiffer, passFacts } from '../db/proof.ts';
import { settleRepeats as settle } from '../db/repeats.ts';
import {
  closePage as close,
  dropShortPages,
  heldPages,
  lastStagedPage,
  storePage,
  storeWindow,
} from '../db/staging.ts';
import { expectedOnPage, narrower, pageCount, pageOfWindow, type Window } from '../domain/pages.ts';
import type { UpstreamPage } from '../upstream/client.ts';
import { isWorthNarrowing, UpstreamError } from '../upstream/errors.ts';
import type {
  FetchPagesInput,
  FetchPagesResult,
  Grid,
  Proof,
  RunRef,
  Wait,
  WindowResult,
} from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { readRows, reportDrift } from './rows.ts';
import type { StepContext } from './step.ts';

/** A pause before the API is asked again when it does not answer but its circuit is not open either. */
const DOWN_PAUSE_MS = 10_000;

/** Learns total and page size of the feed, from page 1, which it keeps. */
export async function openPass(
  deps: ActivityDeps,
  { ref, pass }: { ref: RunRef; pass: number },
  { signal }: StepContext,
): Promise<{ grid: Grid; wait: null } | { grid: null; wait: Wait }> {
  const { config, db } = deps;
  const held = await heldPages(db, { operation: ref.operation, pass, from: 1, to: 1 });
  const known = await findOperation(db, ref.operationId);
  if (held.has(1) && known?.pass === pass && known.page_size !== null && known.total_expected !== null) {
    const { page_size: pageSize, total_expected: total } = known;
    return { grid: { pass, pageSize, total, pages: pageCount(total, pageSize) }, wait: null };
  }
  try {
    const head = await readHead(deps, config.external.pageSize, signal);
    const grid = { pass, pageSize: head.pageSize, total: head.total, pages: pageCount(head.total, head.pageSize) };
    await setOperation(db, ref.operation, { pass, page_size: grid.pageSize, total_expected: grid.total });
    if (head.whole) await keepPage(deps, ref, grid, 1, head.whole);
    return { grid, wait: null };
  } catch (error) {
    return { grid: null, wait: await waitFor(deps, ref, error, signal) };
  }
}

interface Head {
  pageSize: number;
  total: number;
  /** Page 1, when it came whole. */
  whole: UpstreamPage | null;
}

/** The server may give fewer records a page than it is asked for, whether it says so or not; then its size is the grid's. */
async function readHead({ upstream }: ActivityDeps, wanted: number, signal: AbortSignal): Promise<Head> {
  let total: number | null = null;
  for (let pageSize = wanted; ; ) {
    try {
      const page = await upstream.listPage({ page: 1, limit: pageSize }, signal);
      total = page.total;
      if (page.rows.length === expectedOnPage(page.total, 1, pageSize)) return { pageSize, total, whole: page };
      const announced = page.limit < pageSize && page.limit > 0 ? page.limit : null;
      const next = announced ?? narrower({ offset: 0, size: pageSize })[0]?.size;
      if (next === undefined) break;
      pageSize = next;
    } catch (error) {
      // One broken record on page 1: its total can still be had from another window.
      if (!isWorthNarrowing(error)) throw error;
      const beyond = await totalOf(upstream, signal);
      return { pageSize: wanted, total: beyond, whole: null };
    }
  }
  return { pageSize: wanted, total: total ?? 0, whole: null };
}

/** `meta.total` from the first single position that can be read. */
async function totalOf(upstream: ActivityDeps['upstream'], signal: AbortSignal): Promise<number> {
  for (let page = 1; ; page += 1) {
    try {
      return (await upstream.listPage({ page, limit: 1 }, signal)).total;
    } catch (error) {
      if (!isWorthNarrowing(error) || page >= 10) throw error;
    }
  }
}

/**
 * Reads the pages of a range that are not held. While one page is being stored the next is asked for. A page that fails by itself is
 * left to be read in parts; when the API as a whole does not answer, the step ends and says until when to wait.
 */
export async function fetchPages(
  deps: ActivityDeps,
  { ref, grid, range }: FetchPagesInput,
  { signal, beat }: StepContext,
): Promise<FetchPagesResult> {
  const held = await heldPages(deps.db, { operation: ref.operation, pass: grid.pass, ...range });
  const troubled: number[] = [];
  const latencies: number[] = [];
  let pushedBack = false;
  // Settles with the failure instead of rejecting: nobody waits for it while the next page is on its way.
  let storing: Promise<unknown> = Promise.resolve(null);
  const stored = async (): Promise<void> => {
    const failure = await storing;
    if (failure !== null) throw failure;
  };
  const result = (nextPage: number, wait: Wait | null): FetchPagesResult => ({
    nextPage,
    troubled,
    wait,
    pushedBack,
    latencyMs: latencies.length === 0 ? null : latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
  });
  try {
    for (let page = range.from; page <= range.to; page += 1) {
      if (held.has(page)) continue;
      beat();
      let read: UpstreamPage | null;
      try {
        read = await readWhole(deps, grid, page, signal);
      } catch (error) {
        if (isWorthNarrowing(error)) {
          troubled.push(page);
          continue;
        }
        await stored();
        if (await answersElsewhere(deps, error, signal)) {
          troubled.push(page);
          continue;
        }
        return result(page, await waitFor(deps, ref, error, signal));
      }
      await stored();
      if (read === null) {
        troubled.push(page);
        continue;
      }
      latencies.push(read.latencyMs);
      pushedBack ||= read.rateLimited > 0;
      storing = keepPage(deps, ref, grid, page, read).then(
        () => null,
        (error: unknown) => error,
      );
    }
    await stored();
  } finally {
    await storing;
  }
  return result(range.to + 1, null);
}

/** A page, or null when it came short twice. */
async function readWhole(
  { upstream }: ActivityDeps,
  grid: Grid,
  page: number,
  signal: AbortSignal,
): Promise<UpstreamPage | null> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const read = await upstream.listPage({ page, limit: grid.pageSize }, signal);
    // What the feed held when the pass began counts too: one answer with another total is no proof that records went away.
    const expected = expectedOnPage(Math.max(read.total, grid.total), page, grid.pageSize);
    if (read.rows.length >= expected && read.rows.length <= grid.pageSize) return read;
  }
  return null;
}

/** Reads one stretch of a page. `short`: the API gave fewer records than its own total says; what it gave is not kept. */
export async function fetchWindow(
  deps: ActivityDeps,
  { ref, grid, page, window }: { ref: RunRef; grid: Grid; page: number; window: Window },
  { signal }: StepContext,
): Promise<WindowResult> {
  let read: UpstreamPage;
  try {
    read = await deps.upstream.listPage(
      { page: pageOfWindow(page, grid.pageSize, window), limit: window.size },
      signal,
    );
  } catch (error) {
    if (isWorthNarrowing(error) || (await answersElsewhere(deps, error, signal))) {
      return { outcome: 'failed', code: error instanceof UpstreamError ? error.code : 'unknown' };
    }
    return { outcome: 'wait', wait: await waitFor(deps, ref, error, signal) };
  }
  const start = (page - 1) * grid.pageSize + window.offset;
  const expected = Math.max(0, Math.min(window.size, read.total - start));
  const answered = read.rows.length;
  if (answered < expected || answered > window.size) return { outcome: 'short', answered, total: read.total };
  const { rows, unreadable, unknownKeys } = readRows(read.rows, window.offset, deps.config.external.timezone);
  await reportDrift(deps.db, ref.operation, unknownKeys);
  await storeWindow(
    deps.db,
    { operation: ref.operation, pass: grid.pass, page },
    window,
    { rows, unreadable },
    deps.config.sync.batchSize,
  );
  return { outcome: 'stored', answered, total: read.total };
}

const GIVEN_UP: Record<string, string> = {
  not_given: 'the API counts a record at this position but does not give it',
  poisoned: 'the API cannot serialise the record at this position (Expecting value)',
};

/** Names positions that the API cannot give, so that they are accounted for. */
export async function giveUp(
  { db, config }: ActivityDeps,
  { ref, grid, page, window, code }: { ref: RunRef; grid: Grid; page: number; window: Window; code: string },
): Promise<void> {
  const first = (page - 1) * grid.pageSize + window.offset + 1;
  const place =
    window.size === 1 ? `record ${first} of the feed` : `records ${first} to ${first + window.size - 1} of the feed`;
  await storeWindow(
    db,
    { operation: ref.operation, pass: grid.pass, page },
    window,
    {
      rows: [],
      unreadable: [
        {
          position: window.offset,
          positions: window.size,
          sourceKey: null,
          errorType: 'unknown',
          errorCode: code,
          severity: 'medium',
          retryable: true,
          message: `${place}: ${GIVEN_UP[code] ?? `every try to read it failed (${code})`}`,
          rawContent: null,
        },
      ],
    },
    config.sync.batchSize,
  );
}

/** Makes a page that was read in parts a held one. */
export async function closePage(
  { db }: ActivityDeps,
  {
    ref,
    grid,
    page,
    ...counts
  }: { ref: RunRef; grid: Grid; page: number; answered: number; givenUp: number; total: number },
): Promise<void> {
  await close(db, { operation: ref.operation, pass: grid.pass, page }, counts);
}

/**
 * Looks one page beyond the end. The feed may have grown, or pages may hold less than it now says: they are dropped and read again.
 * @returns the grid as it is now and the first page to read; past its end when nothing is left.
 */
export async function checkEnd(
  deps: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
  { signal }: StepContext,
): Promise<{ grid: Grid; from: number; wait: null } | { wait: Wait }> {
  try {
    const { total, beyond } = await lookBeyond(deps, grid, signal);
    const { pass, pageSize } = grid;
    const pages = Math.max(grid.pages, pageCount(total, pageSize), beyond ? grid.pages + 1 : 0);
    const short = await dropShortPages(deps.db, { operation: ref.operation, pass, pageSize, total });
    await setOperation(deps.db, ref.operation, { total_expected: total });
    return { grid: { pass, pageSize, total, pages }, from: Math.min(short ?? pages + 1, grid.pages + 1), wait: null };
  } catch (error) {
    return { wait: await waitFor(deps, ref, error, signal) };
  }
}

async function lookBeyond(
  { upstream }: ActivityDeps,
  grid: Grid,
  signal: AbortSignal,
): Promise<{ total: number; beyond: boolean }> {
  try {
    const { total, rows } = await upstream.listPage({ page: grid.pages + 1, limit: grid.pageSize }, signal);
    return { total, beyond: rows.length > 0 };
  } catch (error) {
    if (!isWorthNarrowing(error)) throw error;
    // Something is there, if unreadable.
    return { total: await totalOf(upstream, signal), beyond: true };
  }
}

/**
 * Proven: every page was answered with the same total, and that many different records (or named unreadable positions) are staged. Else
 * a second pass is needed; it proves the feed when it gives the very same keys. An API that sends one page for ever proves nothing.
 */
export async function proveFetch(
  { db }: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
): Promise<{ proof: Proof; anotherPass: boolean }> {
  const facts = await passFacts(db, ref.operation, grid.pass);
  const steady = grid.pages === 0 || (facts.minTotal === grid.total && facts.maxTotal === grid.total);
  if (steady && facts.stuckPages === 0 && facts.keys + facts.unreadable === grid.total) {
    return { proof: 'proven', anotherPass: false };
  }
  if (grid.pass === 1) return { proof: 'unproven', anotherPass: true };
  const differing = await keysThatDiffer(db, ref.operation, grid.pass);
  const whole = facts.positions >= grid.total && facts.stuckPages === 0;
  return { proof: differing === 0 && whole ? 'proven_by_two_passes' : 'unproven', anotherPass: false };
}

/** @returns the last page on which anything is staged, of whichever pass. */
export async function settleRepeats(
  { db }: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
  { beat }: StepContext,
): Promise<{ pages: number }> {
  await settle(db, { operation: ref.operation, pass: grid.pass }, beat);
  return { pages: await lastStagedPage(db, ref.operation) };
}

async function keepPage(deps: ActivityDeps, ref: RunRef, grid: Grid, page: number, read: UpstreamPage): Promise<void> {
  const { rows, unreadable, unknownKeys } = readRows(read.rows, 0, deps.config.external.timezone);
  await reportDrift(deps.db, ref.operation, unknownKeys);
  await storePage(
    deps.db,
    { operation: ref.operation, pass: grid.pass, page },
    { rows, unreadable, answered: read.rows.length, total: read.total },
    deps.config.sync.batchSize,
  );
}

/** After a failure that may be the API's or the page's: does it answer at all? */
async function answersElsewhere({ upstream }: ActivityDeps, error: unknown, signal: AbortSignal): Promise<boolean> {
  if (!(error instanceof UpstreamError) || !error.errorClass.retryable) return false;
  if (error.code === 'circuit_open' || error.code === 'rate_limited') return false;
  try {
    await upstream.probe(signal);
    return true;
  } catch (probeError) {
    if (probeError instanceof UpstreamError) return false;
    throw probeError;
  }
}

/**
 * Until when to wait before the API is called again.
 * @throws the error itself when waiting is no use, and UPSTREAM_DOWN when nothing good came for too long.
 */
async function waitFor(
  { config, upstreamState, db }: ActivityDeps,
  ref: RunRef,
  error: unknown,
  signal: AbortSignal,
): Promise<Wait> {
  signal.throwIfAborted();
  if (!(error instanceof UpstreamError) || !error.errorClass.retryable) throw error;
  const state = await upstreamState.read();
  const operation = await findOperation(db, ref.operationId);
  const since = [state.lastSuccessAt?.getTime() ?? 0, operation ? Date.parse(isoInstant(operation.started_at)) : 0];
  const silentMs = Date.now() - Math.max(...since);
  if (silentMs > config.external.giveUpAfter) {
    throw ApplicationFailure.nonRetryable(
      `the License API has given no good answer for ${Math.round(silentMs / 1000)} s: ${error.message}`,
      error.errorClass.type,
    );
  }
  const kind = error.code === 'circuit_open' || error.code === 'rate_limited' ? error.code : 'upstream_down';
  return {
    kind,
    untilMs: error.retryAt?.getTime() ?? Date.now() + Math.min(DOWN_PAUSE_MS, config.circuit.halfOpenAfter),
  };
}
