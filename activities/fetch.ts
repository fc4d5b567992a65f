/** One pass over the feed: where it begins and ends, and whether it is whole. */
import { setOperation } from '../db/operations.ts';
import { keysThatDiffer, passFacts } from '../db/proof.ts';
import { settleRepeats as settle } from '../db/repeats.ts';
import { lastWantedPage, wantedPages } from '../db/replays.ts';
import { dropShortPages, holdsPages, lastStagedPage } from '../db/staging.ts';
import { expectedOnPage, narrower, pageCount } from '../domain/pages.ts';
import type { UpstreamPage } from '../upstream/client.ts';
import { isWorthNarrowing } from '../upstream/errors.ts';
import type { Grid, Proof, RunRef, Wait } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { keepPage } from './fetch-pages.ts';
import { type Selection, selectionOf } from './selection.ts';
import type { StepContext } from './step.ts';
import { answersElsewhere, tryCircuit, waitFor } from './upstream-wait.ts';

/** Learns total and page size of the feed, from page 1, which it keeps. A pass that holds pages goes on with what it learnt. */
export async function openPass(
  deps: ActivityDeps,
  { ref, pass }: { ref: RunRef; pass: number },
  { signal }: StepContext,
): Promise<{ grid: Grid; wait: null } | { grid: null; wait: Wait }> {
  const { config, db } = deps;
  const selection = await selectionOf(deps, ref);
  const { operation: known } = selection;
  const gridOf = async (pageSize: number, total: number): Promise<Grid> => {
    const asked = askedFor(selection, total, pageSize);
    return { pass, pageSize, total: asked, pages: await pagesOf(deps, ref, selection, asked, pageSize) };
  };
  if (known.pass === pass && known.page_size !== null && known.total_expected !== null) {
    // Pages of two sizes would not make one feed.
    if (await holdsPages(db, ref.operation, pass)) {
      return { grid: await gridOf(known.page_size, known.total_expected), wait: null };
    }
  }
  try {
    await tryCircuit(deps, signal);
    const head = await readHead(deps, config.external.pageSize, selection.filter, signal);
    const { pageSize } = head;
    // Before what it leads to: the pages that a replay wants are counted by this size.
    await setOperation(db, ref.operation, {
      pass,
      page_size: pageSize,
      total_expected: askedFor(selection, head.total, pageSize),
    });
    const grid = await gridOf(pageSize, head.total);
    if (head.whole && (await wantsFirst(deps, ref, selection, pageSize)))
      await keepPage(deps, ref, grid, 1, head.whole);
    return { grid, wait: null };
  } catch (error) {
    return { grid: null, wait: await waitFor(deps, ref, error, signal) };
  }
}

/** How many records the operation asks for of a feed that has `total`. */
function askedFor({ maxPages }: Selection, total: number, pageSize: number): number {
  return maxPages === null ? total : Math.min(total, maxPages * pageSize);
}

/** The grid of a replay ends with the last page that it wants. */
async function pagesOf(
  { db }: ActivityDeps,
  { operation }: RunRef,
  { replayId }: Selection,
  total: number,
  pageSize: number,
): Promise<number> {
  const pages = pageCount(total, pageSize);
  return replayId === null ? pages : Math.min(pages, await lastWantedPage(db, { operation, replayId }, pageSize));
}

async function wantsFirst(
  { db }: ActivityDeps,
  { operation }: RunRef,
  { replayId }: Selection,
  pageSize: number,
): Promise<boolean> {
  if (replayId === null) return true;
  return (await wantedPages(db, { operation, replayId }, { pageSize, from: 1, to: 1 })).has(1);
}

interface Head {
  pageSize: number;
  total: number;
  /** Page 1, when it came whole. */
  whole: UpstreamPage | null;
}

/** The server may give fewer records a page than it is asked for, whether it says so or not; then its size is the grid's. */
async function readHead(
  deps: ActivityDeps,
  wanted: number,
  filter: Selection['filter'],
  signal: AbortSignal,
): Promise<Head> {
  const { upstream } = deps;
  let total: number | null = null;
  for (let pageSize = wanted; ; ) {
    try {
      const page = await upstream.listPage({ page: 1, limit: pageSize, ...filter }, signal);
      total = page.total;
      if (page.rows.length === expectedOnPage(page.total, 1, pageSize)) return { pageSize, total, whole: page };
      const announced = page.limit < pageSize && page.limit > 0 ? page.limit : null;
      const next = announced ?? narrower({ offset: 0, size: pageSize })[0]?.size;
      if (next === undefined) break;
      pageSize = next;
    } catch (error) {
      // Page 1 by itself cannot be read: the total can still be had from another window.
      if (!isWorthNarrowing(error) && !(await answersElsewhere(deps, error, signal))) throw error;
      return { pageSize: wanted, total: await totalOf(upstream, filter, signal), whole: null };
    }
  }
  return { pageSize: wanted, total: total ?? 0, whole: null };
}

/** `meta.total` from the first single position that can be read. */
async function totalOf(
  upstream: ActivityDeps['upstream'],
  filter: Selection['filter'],
  signal: AbortSignal,
): Promise<number> {
  for (let page = 1; ; page += 1) {
    try {
      return (await upstream.listPage({ page, limit: 1, ...filter }, signal)).total;
    } catch (error) {
      if (!isWorthNarrowing(error) || page >= 10) throw error;
    }
  }
}

/**
 * Looks one page beyond the end, unless the operation asks for nothing there. The feed may have grown, or pages may hold less than it now says: they are dropped and read again.
 * @returns the grid as it is now and the first page to read; past its end when nothing is left.
 */
export async function checkEnd(
  deps: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
  { signal }: StepContext,
): Promise<{ grid: Grid; from: number; wait: null } | { wait: Wait }> {
  const selection = await selectionOf(deps, ref);
  const { maxPages, replayId } = selection;
  if (replayId !== null || (maxPages !== null && grid.pages >= maxPages)) {
    return { grid, from: grid.pages + 1, wait: null };
  }
  try {
    await tryCircuit(deps, signal);
    const { pass, pageSize } = grid;
    const { total: now, beyond } = await lookBeyond(deps, grid, selection.filter, signal);
    const total = askedFor(selection, now, pageSize);
    const pages = Math.max(grid.pages, pageCount(total, pageSize), beyond ? grid.pages + 1 : 0);
    const short = await dropShortPages(deps.db, { operation: ref.operation, pass, pageSize, total });
    await setOperation(deps.db, ref.operation, { total_expected: total });
    return { grid: { pass, pageSize, total, pages }, from: Math.min(short ?? pages + 1, grid.pages + 1), wait: null };
  } catch (error) {
    return { wait: await waitFor(deps, ref, error, signal) };
  }
}

async function lookBeyond(
  deps: ActivityDeps,
  grid: Grid,
  filter: Selection['filter'],
  signal: AbortSignal,
): Promise<{ total: number; beyond: boolean }> {
  const { upstream } = deps;
  try {
    const { total, rows } = await upstream.listPage({ page: grid.pages + 1, limit: grid.pageSize, ...filter }, signal);
    return { total, beyond: rows.length > 0 };
  } catch (error) {
    if (!isWorthNarrowing(error) && !(await answersElsewhere(deps, error, signal))) throw error;
  }
  // That page by itself cannot be read. What a single position says is enough to know whether something is there.
  const total = await totalOf(upstream, filter, signal);
  try {
    const first = grid.pages * grid.pageSize + 1;
    const { rows } = await upstream.listPage({ page: first, limit: 1, ...filter }, signal);
    return { total, beyond: rows.length > 0 };
  } catch (error) {
    if (isWorthNarrowing(error)) return { total, beyond: true };
    if (await answersElsewhere(deps, error, signal)) return { total, beyond: false };
    throw error;
  }
}

/**
 * Proven: every page was answered with the same total, and that many different records (or named unreadable positions) are staged. Else
 * a second pass is needed; it proves the feed when it gives the very same keys. An API that sends one page for ever proves nothing.
 * A partial run is not asked for any proof.
 */
export async function proveFetch(
  deps: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
): Promise<{ proof: Proof | null; anotherPass: boolean }> {
  const { db } = deps;
  const { partial } = await selectionOf(deps, ref);
  if (partial) return { proof: null, anotherPass: false };
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
  { checkpoint }: StepContext,
): Promise<{ pages: number }> {
  await settle(db, { operation: ref.operation, pass: grid.pass }, checkpoint);
  return { pages: await lastStagedPage(db, ref.operation) };
}
