/** The floor: what reading the same pages and storing the same rows takes when nothing else is done with them. */
import { type LoadMethod, openBareTable } from './bare-load.ts';
import { createPageReader, PAGE_SIZE } from './pages.ts';
import type { Stand } from './stand.ts';

const LANES = 5;
/** Pages held at once: the bench must not need more memory than what it measures. */
const PAGES_A_TURN = 200;

export interface Floor {
  /** Reading all pages, five at once, bodies parsed. */
  fetchMs: number;
  /** Storing the rows, one JSON text and a key each. */
  loadMs: number;
  totalMs: number;
  pages: number;
  method: LoadMethod;
}

/** @throws when the API gives, or the table keeps, another number of rows than `records`. */
export async function measureFloor(
  { databaseUrl, upstream }: Pick<Stand, 'databaseUrl' | 'upstream'>,
  records: number,
  signal: AbortSignal,
): Promise<Floor> {
  const pages = Math.ceil(records / PAGE_SIZE);
  const reader = createPageReader(upstream, signal);
  const table = await openBareTable(databaseUrl);
  let fetchMs = 0;
  let loadMs = 0;
  try {
    for (let from = 1; from <= pages; from += PAGES_A_TURN) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      const read = await reader.read(from, Math.min(pages, from + PAGES_A_TURN - 1), LANES);
      const readAt = performance.now();
      await table.load(read);
      fetchMs += readAt - startedAt;
      loadMs += performance.now() - readAt;
    }
    const held = await table.count();
    if (held !== records) throw new Error(`the floor came to ${held} rows instead of ${records}`);
    return { fetchMs, loadMs, totalMs: fetchMs + loadMs, pages, method: table.method };
  } finally {
    reader.close();
    await table.close();
  }
}
