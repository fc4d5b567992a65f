/**
 * Quarantined entries that a later run speaks for. An entry is named by its absolute position in the feed of its operation, because the
 * later run may read pages of another size.
 */
import { sql } from 'kysely';
import { storedOptions } from '../domain/sync-options.ts';
import type { Db } from './connect.ts';
import { inTransaction, type Trx } from './retry.ts';

export interface Replay {
  /** The run that reads the entries again. */
  operation: number;
  replayId: number;
}

const ENTRIES_PER_STEP = 500;
const ROWS_PER_UPDATE = 5000;

/**
 * Pages within `from`…`to`, by the page size of the run, on which an entry of the replay stood. Of a record that was put aside after
 * it was read, every page that held it: a record that stood twice must be read twice, or its older content would win.
 */
export async function wantedPages(
  db: Db,
  replay: Replay,
  { pageSize, from, to }: { pageSize: number; from: number; to: number },
): Promise<Set<number>> {
  const feed = await feedOf(db, replay);
  if (feed.length === 0) return new Set();
  const { rows } = await sql<{ first: string | number; size: string | number }>`
    SELECT first, size FROM (${positions(replay, feed)}) wanted
    WHERE first < ${to * pageSize} AND first + size > ${(from - 1) * pageSize}
  `.execute(db);
  const pages = new Set<number>();
  for (const row of rows) {
    for (const page of pagesUnder(row, pageSize)) if (page >= from && page <= to) pages.add(page);
  }
  return pages;
}

/** The last page that `wantedPages` can name; 0 when there is none. */
export async function lastWantedPage(db: Db, replay: Replay, pageSize: number): Promise<number> {
  const feed = await feedOf(db, replay);
  if (feed.length === 0) return 0;
  const { rows } = await sql<{ end: string | number | null }>`
    SELECT MAX(first + size) AS end FROM (${positions(replay, feed)}) wanted
  `.execute(db);
  return Math.ceil(Number(rows[0]?.end ?? 0) / pageSize);
}

/**
 * After a replay that came to its end: an entry is resolved when its positions were answered and none of them failed again, one of a
 * known record when that record is linked with what was read. The others are open as before, for another replay. Safe to repeat.
 */
export async function settleReplay(db: Db, replay: Replay): Promise<{ resolved: number; open: number }> {
  const feed = await feedOf(db, replay);
  let resolved = 0;
  let open = 0;
  for (;;) {
    const settled = await inTransaction(db, (trx) => settleSome(trx, replay, feed));
    if (settled === null) return { resolved, open };
    resolved += settled.resolved;
    open += settled.open;
  }
}

/** After a run that has proven to have read the whole feed: whatever earlier ones could not read, it has read or names itself. */
export async function settleEarlier(db: Db, operation: number): Promise<number> {
  let resolved = 0;
  for (;;) {
    const result = await sql`
      UPDATE sync_errors SET state = 'resolved', resolved_operation = ${operation}, replay_id = NULL
      WHERE state = 'open' AND phase = 'fetch' AND operation < ${operation} LIMIT ${ROWS_PER_UPDATE}
    `.execute(db);
    const changed = Number(result.numAffectedRows ?? 0);
    resolved += changed;
    if (changed === 0) return resolved;
  }
}

/** Operations of the entries that read the same part of the feed as the run does: positions of another part mean other records. */
async function feedOf(db: Db, { operation, replayId }: Replay): Promise<number[]> {
  const run = await db
    .selectFrom('sync_operations')
    .select('options')
    .where('id', '=', operation)
    .executeTakeFirstOrThrow();
  const sources = await db
    .selectFrom('sync_operations')
    .select(['id', 'options'])
    .where('page_size', 'is not', null)
    .where('id', 'in', db.selectFrom('sync_errors').select('operation').where('replay_id', '=', replayId))
    .execute();
  const { status, dbaId } = storedOptions(run.options);
  return sources
    .filter((source) => {
      const theirs = storedOptions(source.options);
      return theirs.status === status && theirs.dbaId === dbaId;
    })
    .map((source) => source.id);
}

function positions({ replayId }: Replay, feed: number[]): ReturnType<typeof sql> {
  const among = sql`e.replay_id = ${replayId} AND e.operation IN (${sql.join(feed)})`;
  return sql`
    SELECT (e.page - 1) * o.page_size + e.position AS first, e.positions AS size
    FROM sync_errors e JOIN sync_operations o ON o.id = e.operation
    WHERE ${among} AND (e.error_code <> 'conflicting_repeat' OR EXISTS (SELECT 1 FROM sync_rows r
      WHERE r.operation = e.operation AND r.source_key = e.source_key))
    UNION
    SELECT (r.page - 1) * o.page_size + r.position, 1
    FROM sync_errors e JOIN sync_operations o ON o.id = e.operation
      JOIN sync_rows r ON r.operation = e.operation AND r.source_key = e.source_key
    WHERE ${among}
  `;
}

function pagesUnder({ first, size }: { first: string | number; size: string | number }, pageSize: number): number[] {
  const start = Math.floor(Number(first) / pageSize);
  const end = Math.floor((Number(first) + Number(size) - 1) / pageSize);
  return Array.from({ length: end - start + 1 }, (_, index) => start + index + 1);
}

interface Entry {
  id: number;
  operation: number;
  phase: 'fetch' | 'push';
  source_key: string | null;
  /** Absolute position in the feed, from 0. */
  first: string | number;
  size: number;
}

/** @returns null when no entry is left. */
async function settleSome(
  trx: Trx,
  replay: Replay,
  feed: number[],
): Promise<{ resolved: number; open: number } | null> {
  const { rows: entries } = await sql<Entry>`
    SELECT e.id, e.operation, e.phase, e.source_key, (e.page - 1) * o.page_size + e.position AS first, e.positions AS size
    FROM sync_errors e LEFT JOIN sync_operations o ON o.id = e.operation
    WHERE e.replay_id = ${replay.replayId} ORDER BY e.id LIMIT ${ENTRIES_PER_STEP}
  `.execute(trx);
  if (entries.length === 0) return null;
  // What could not be written upstream is resolved by the write that succeeds.
  const read = entries.filter((entry) => entry.phase === 'fetch' && feed.includes(entry.operation));
  const linked = await linkedAsRead(
    trx,
    replay.operation,
    read.flatMap((entry) => entry.source_key ?? []),
  );
  const answered = await answeredPositions(
    trx,
    replay.operation,
    read.filter((entry) => entry.source_key === null),
  );
  const resolved = read
    .filter((entry) => (entry.source_key === null ? answered(entry) : linked.has(entry.source_key)))
    .map((entry) => entry.id);
  if (resolved.length > 0) {
    await sql`
      UPDATE sync_errors SET state = 'resolved', resolved_operation = ${replay.operation} WHERE id IN (${sql.join(resolved)})
    `.execute(trx);
  }
  await sql`
    UPDATE sync_errors SET replay_id = NULL WHERE id IN (${sql.join(entries.map((entry) => entry.id))})
  `.execute(trx);
  return { resolved: resolved.length, open: entries.length - resolved.length };
}

/** Records that the run has read, has not put aside, and whose link knows what was read. */
async function linkedAsRead(trx: Trx, operation: number, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ source_key: string }>`
    SELECT r.source_key FROM sync_rows r JOIN license_links k ON k.source_key = r.source_key AND k.base_hash = r.row_hash
    WHERE r.operation = ${operation} AND r.state = 'staged' AND r.source_key IN (${sql.join(keys)})
      AND NOT EXISTS (SELECT 1 FROM sync_errors e
        WHERE e.operation = r.operation AND e.phase = 'fetch' AND e.state = 'open' AND e.source_key = r.source_key)
  `.execute(trx);
  return new Set(rows.map((row) => row.source_key));
}

/** Tells of an entry whether the run's pages answered each of its positions, and none of them failed again. */
async function answeredPositions(trx: Trx, operation: number, entries: Entry[]): Promise<(entry: Entry) => boolean> {
  const { page_size: pageSize } = await trx
    .selectFrom('sync_operations')
    .select('page_size')
    .where('id', '=', operation)
    .executeTakeFirstOrThrow();
  if (pageSize === null || entries.length === 0) return () => false;
  const pages = [...new Set(entries.flatMap((entry) => pagesUnder(entry, pageSize)))];
  const held = await trx
    .selectFrom('sync_pages')
    .select(['page', 'row_count', 'given_up'])
    .where('operation', '=', operation)
    .where('page', 'in', pages)
    .execute();
  const failures = await trx
    .selectFrom('sync_errors')
    .select(['page', 'position', 'positions'])
    .where('operation', '=', operation)
    .where('state', '=', 'open')
    .where('page', 'in', pages)
    .execute();
  const size = new Map(held.map((page) => [page.page, page.row_count + page.given_up]));
  const failed = new Set(
    failures.flatMap(({ page, position, positions }) =>
      Array.from({ length: positions }, (_, index) => (page - 1) * pageSize + position + index),
    ),
  );
  const isAnswered = (at: number) => at % pageSize < (size.get(Math.floor(at / pageSize) + 1) ?? 0) && !failed.has(at);
  return ({ first, size: positions }) =>
    Array.from({ length: positions }, (_, index) => Number(first) + index).every(isAnswered);
}
