/** One pass over the feed: where it begins and ends, and whether it is whole. */
import { findOperation, setOperation } from '../db/operations.ts';
import { keysThatDiffer, passFacts } from '../db/proof.ts';
import { settleRepeats as settle } from '../db/repeats.ts';
import { dropShortPages, heldPages, lastStagedPage } from '../db/staging.ts';
import { expectedOnPage, narrower, pageCount } from '../domain/pages.ts';
import type { UpstreamPage } from '../upstream/client.ts';
import { isWorthNarrowing } from '../upstream/errors.ts';
import type { Grid, Proof, RunRef, Wait } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { keepPage } from './fetch-pages.ts';
import type { StepContext } from './step.ts';
import { answersElsewhere, tryCircuit, waitFor } from './upstream-wait.ts';

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
    await tryCircuit(deps, signal);
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
async function readHead(deps: ActivityDeps, wanted: number, signal: AbortSignal): Promise<Head> {
  const { upstream } = deps;
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
      // Page 1 by itself cannot be read: the total can still be had from another window.
      if (!isWorthNarrowing(error) && !(await answersElsewhere(deps, error, signal))) throw error;
      return { pageSize: wanted, total: await totalOf(upstream, signal), whole: null };
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
 * Looks one page beyond the end. The feed may have grown, or pages may hold less than it now says: they are dropped and read again.
 * @returns the grid as it is now and the first page to read; past its end when nothing is left.
 */
export async function checkEnd(
  deps: ActivityDeps,
  { ref, grid }: { ref: RunRef; grid: Grid },
  { signal }: StepContext,
): Promise<{ grid: Grid; from: number; wait: null } | { wait: Wait }> {
  try {
    await tryCircuit(deps, signal);
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
  deps: ActivityDeps,
  grid: Grid,
  signal: AbortSignal,
): Promise<{ total: number; beyond: boolean }> {
  const { upstream } = deps;
  try {
    const { total, rows } = await upstream.listPage({ page: grid.pages + 1, limit: grid.pageSize }, signal);
    return { total, beyond: rows.length > 0 };
  } catch (error) {
    if (!isWorthNarrowing(error) && !(await answersElsewhere(deps, error, signal))) throw error;
  }
  // That page by itself cannot be read. What a single position says is enough to know whether something is there.
  const total = await totalOf(upstream, signal);
  try {
    const first = grid.pages * grid.pageSize + 1;
    const { rows } = await upstream.listPage({ page: first, limit: 1 }, signal);
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
  { checkpoint }: StepContext,
): Promise<{ pages: number }> {
  await settle(db, { operation: ref.operation, pass: grid.pass }, checkpoint);
  return { pages: await lastStagedPage(db, ref.operation) };
}
