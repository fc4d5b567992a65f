/** Reading single pages into staging, whole or in parts. */
import { wantedPages } from '../db/replays.ts';
import { closePage as close, heldPages, storePage, storeWindow } from '../db/staging.ts';
import { expectedOnPage, pageOfWindow, type Window } from '../domain/pages.ts';
import type { UpstreamPage } from '../upstream/client.ts';
import { isWorthNarrowing, UpstreamError } from '../upstream/errors.ts';
import type { FetchPagesInput, FetchPagesResult, Grid, RunRef, Wait, WindowResult } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { readRows, reportDrift } from './rows.ts';
import { type Selection, selectionOf } from './selection.ts';
import type { StepContext } from './step.ts';
import { answersElsewhere, tryCircuit, waitFor } from './upstream-wait.ts';

/** So many pages that cannot be read as a whole end a step: reading them in parts is work of its own. */
const MAX_TROUBLED = 2;
/** After this part of its time a step ends between two pages; one page may take the rest. */
const STEP_SHARE = 4;

/**
 * Reads the pages of a range that the operation asks for and does not hold. While one page is being stored the next is asked for. A page that fails by itself is
 * left to be read in parts; when the API as a whole does not answer, the step ends and says until when to wait.
 */
export async function fetchPages(
  deps: ActivityDeps,
  { ref, grid, range }: FetchPagesInput,
  { signal, checkpoint }: StepContext,
): Promise<FetchPagesResult> {
  const selection = await selectionOf(deps, ref);
  const pages = await pagesToRead(deps, { ref, grid, range }, selection);
  const troubled: number[] = [];
  // What a step has found out must not be lost to its own time limit, nor the pages behind a slow one wait for it.
  const begun = performance.now();
  const isLong = () =>
    troubled.length >= MAX_TROUBLED || performance.now() - begun > deps.config.sync.timeout / STEP_SHARE;
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
  if (pages.length === 0) return result(range.to + 1, null);
  try {
    await tryCircuit(deps, signal);
  } catch (error) {
    return result(range.from, await waitFor(deps, ref, error, signal));
  }
  try {
    for (const page of pages) {
      checkpoint();
      if (isLong()) {
        await stored();
        return result(page, null);
      }
      let read: UpstreamPage | null;
      try {
        read = await readWhole(deps, grid, page, selection.filter, signal);
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

async function pagesToRead({ db }: ActivityDeps, { ref, grid, range }: FetchPagesInput, { replayId }: Selection) {
  const held = await heldPages(db, { operation: ref.operation, pass: grid.pass, ...range });
  const replay = replayId === null ? null : { operation: ref.operation, replayId };
  const wanted = replay && (await wantedPages(db, replay, { pageSize: grid.pageSize, ...range }));
  const all = Array.from({ length: range.to - range.from + 1 }, (_, index) => range.from + index);
  return all.filter((page) => !held.has(page) && (wanted === null || wanted.has(page)));
}

/** A page, or null when it came short twice. */
async function readWhole(
  { upstream }: ActivityDeps,
  grid: Grid,
  page: number,
  filter: Selection['filter'],
  signal: AbortSignal,
): Promise<UpstreamPage | null> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const read = await upstream.listPage({ page, limit: grid.pageSize, ...filter }, signal);
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
  const { filter } = await selectionOf(deps, ref);
  try {
    await tryCircuit(deps, signal);
  } catch (error) {
    return { outcome: 'wait', wait: await waitFor(deps, ref, error, signal) };
  }
  try {
    read = await deps.upstream.listPage(
      { page: pageOfWindow(page, grid.pageSize, window), limit: window.size, ...filter },
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

/** Stores what one answer gave as a held page. */
export async function keepPage(
  deps: ActivityDeps,
  ref: RunRef,
  grid: Grid,
  page: number,
  read: UpstreamPage,
): Promise<void> {
  const { rows, unreadable, unknownKeys } = readRows(read.rows, 0, deps.config.external.timezone);
  await reportDrift(deps.db, ref.operation, unknownKeys);
  await storePage(
    deps.db,
    { operation: ref.operation, pass: grid.pass, page },
    { rows, unreadable, answered: read.rows.length, total: read.total },
    deps.config.sync.batchSize,
  );
}
