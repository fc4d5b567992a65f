/** The grid of the feed: pages of one size, cut into batches, and the windows a page that cannot be read is narrowed to. */

/** A range of pages, both ends included, from 1. */
export interface PageRange {
  batch: number;
  from: number;
  to: number;
}

/**
 * A step costs Temporal 20–50 ms of work, a child workflow about twice that: batches grow with the total, until there are
 * `ENOUGH_BATCHES` to keep all workers busy, and beyond `LARGEST_BATCH` records only to stay below `MAX_BATCHES`.
 */
const ENOUGH_BATCHES = 16;
const LARGEST_BATCH = 10_000;
const MAX_BATCHES = 200;

export function pageCount(total: number, pageSize: number): number {
  return Math.ceil(total / pageSize);
}

/** How many records the page should hold when the feed has `total`. */
export function expectedOnPage(total: number, page: number, pageSize: number): number {
  return Math.max(0, Math.min(pageSize, total - (page - 1) * pageSize));
}

/**
 * Cuts pages `from`…`to` into batches of at least `rowsPerBatch` records, larger ones for a large feed, at most 200 in all.
 * Never fewer than one page a batch.
 */
export function cutBatches(
  { from, to }: { from: number; to: number },
  { pageSize, rowsPerBatch }: { pageSize: number; rowsPerBatch: number },
): PageRange[] {
  const pages = to - from + 1;
  if (pages <= 0) return [];
  const pagesPerBatch = Math.max(
    Math.floor(rowsPerBatch / pageSize),
    Math.min(Math.ceil(pages / ENOUGH_BATCHES), Math.floor(LARGEST_BATCH / pageSize)),
    Math.ceil(pages / MAX_BATCHES),
    1,
  );
  return Array.from({ length: Math.ceil(pages / pagesPerBatch) }, (_, index) => {
    const first = from + index * pagesPerBatch;
    return { batch: first, from: first, to: Math.min(to, first + pagesPerBatch - 1) };
  });
}

/** A stretch of one page: `size` positions from `offset` (0-based) on. */
export interface Window {
  offset: number;
  size: number;
}

/** The sizes of the original ladder: 100, 50, 25, 5, 1. */
const LADDER = [50, 25, 5, 1];

/** The next smaller windows that together cover this one and that the API can be asked for; none below one position. */
export function narrower({ offset, size }: Window): Window[] {
  if (size <= 1) return [];
  // The API addresses windows as page × limit, so a smaller size must divide the larger one.
  const smaller = LADDER.find((step) => step < size && size % step === 0) ?? 1;
  return Array.from({ length: size / smaller }, (_, index) => ({ offset: offset + index * smaller, size: smaller }));
}

/** The `page` to ask for, with `limit = window.size`, to get this window of page `page` of the grid. */
export function pageOfWindow(page: number, pageSize: number, window: Window): number {
  return ((page - 1) * pageSize + window.offset) / window.size + 1;
}
