/** What was fetched: pages, rows and the positions that could not be read. */
import { sql } from 'kysely';
import { sha256 } from '../domain/hash.ts';
import { hasWritten } from './batches.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { inTransaction, type Trx } from './retry.ts';

/** Names one page of one pass of an operation. */
export interface PageRef {
  operation: number;
  pass: number;
  page: number;
}

/** A row that could be read. `position` is its index on the page, from 0. */
export interface StagedRow {
  position: number;
  sourceKey: string;
  rowHash: string;
  countid: number | null;
  appidKey: string | null;
  emailKey: string | null;
  lastActive: string | null;
  content: string;
}

/** A position (or `positions` from there on) that could not be read. */
export interface Unreadable {
  position: number;
  positions: number;
  sourceKey: string | null;
  errorType: string;
  errorCode: string;
  severity: string;
  retryable: boolean;
  message: string;
  rawContent: string | null;
}

const WHOLE = { offset: 0, size: Number.MAX_SAFE_INTEGER };

const ROW_COLUMNS = [
  'operation',
  'pass',
  'page',
  'position',
  'source_key',
  'row_hash',
  'countid',
  'appid_key',
  'email_key',
  'last_active',
  'content',
] as const;

const ERROR_COLUMNS = [
  'operation',
  'pass',
  'page',
  'position',
  'positions',
  'source_key',
  'error_type',
  'error_code',
  'severity',
  'retryable',
  'error_message',
  'raw_content',
  'created_at',
] as const;

/** Pages of a range that are held, so that they are not asked for again. */
export async function heldPages(
  db: Db,
  { operation, pass, from, to }: { operation: number; pass: number; from: number; to: number },
): Promise<Set<number>> {
  const rows = await db
    .selectFrom('sync_pages')
    .select('page')
    .where('operation', '=', operation)
    .where('pass', '=', pass)
    .where('page', '>=', from)
    .where('page', '<=', to)
    .execute();
  return new Set(rows.map((row) => row.page));
}

/** Whether an operation holds any page of a pass. */
export async function holdsPages(db: Db, operation: number, pass: number): Promise<boolean> {
  const row = await db
    .selectFrom('sync_pages')
    .select('page')
    .where('operation', '=', operation)
    .where('pass', '=', pass)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether an operation holds a page that was read before then. */
export async function holdsOlderPages(db: Db, operation: number, before: string): Promise<boolean> {
  const row = await db
    .selectFrom('sync_pages')
    .select('page')
    .where('operation', '=', operation)
    .where('fetched_at', '<', before)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The last page on which an operation has staged anything, in any pass; 0 when it has nothing. */
export async function lastStagedPage(db: Db, operation: number): Promise<number> {
  const row = await db
    .selectFrom('sync_rows')
    .select('page')
    .where('operation', '=', operation)
    .orderBy('page', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.page ?? 0;
}

/** Stores a whole page, replacing what was there of it: rows, unreadable positions and the page itself in one transaction. */
export async function storePage(
  db: Db,
  ref: PageRef,
  content: { rows: StagedRow[]; unreadable: Unreadable[]; answered: number; total: number },
  batchSize: number,
): Promise<void> {
  const keys = [
    ...content.rows.map((row): [number, string] => [row.position, row.sourceKey]),
    ...content.unreadable.map((row): [number, string] => [row.position, `?${row.message}`]),
  ].sort(([a], [b]) => a - b);
  const store = async (trx: Trx) => {
    await insertPositions(trx, ref, content.rows, content.unreadable, batchSize);
    await insertPage(trx, ref, {
      answered: content.answered,
      givenUp: 0,
      total: content.total,
      digest: digestOf(keys.map(([, key]) => key)),
    });
  };
  try {
    await inTransaction(db, store);
  } catch (error) {
    // Something of the page is there already, which is rare: looking first would cost every page three statements.
    if (!isDuplicate(error)) throw error;
    await inTransaction(db, async (trx) => {
      await clearPositions(trx, ref, WHOLE);
      await store(trx);
    });
  }
}

/** Stores a stretch of a page that is read in parts; `closePage` makes it a held page. */
export async function storeWindow(
  db: Db,
  ref: PageRef,
  window: { offset: number; size: number },
  content: { rows: StagedRow[]; unreadable: Unreadable[] },
  batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await clearPositions(trx, ref, window);
    await insertPositions(trx, ref, content.rows, content.unreadable, batchSize);
  });
}

export async function closePage(
  db: Db,
  ref: PageRef,
  { answered, givenUp, total }: { answered: number; givenUp: number; total: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const rows = await trx
      .selectFrom('sync_rows')
      .select('source_key')
      .where('operation', '=', ref.operation)
      .where('pass', '=', ref.pass)
      .where('page', '=', ref.page)
      .orderBy('position')
      .execute();
    await trx
      .deleteFrom('sync_pages')
      .where('operation', '=', ref.operation)
      .where('pass', '=', ref.pass)
      .where('page', '=', ref.page)
      .execute();
    await insertPage(trx, ref, { answered, givenUp, total, digest: digestOf(rows.map((row) => row.source_key)) });
  });
}

/** Forgets pages that hold less than the feed says they should, so that they are read again. Returns the first of them. */
export async function dropShortPages(
  db: Db,
  { operation, pass, pageSize, total }: { operation: number; pass: number; pageSize: number; total: number },
): Promise<number | null> {
  const short = await db
    .selectFrom('sync_pages')
    .select('page')
    .where('operation', '=', operation)
    .where('pass', '=', pass)
    .where(sql<boolean>`row_count + given_up < ${pageSize}`)
    .where(sql<boolean>`(page - 1) * ${pageSize} + row_count + given_up < ${total}`)
    .orderBy('page')
    .execute();
  await dropPages(
    db,
    operation,
    pass,
    short.map((row) => row.page),
  );
  return short[0]?.page ?? null;
}

/** Forgets pages older than `before`. Returns how many were dropped. */
export async function dropOldPages(db: Db, operation: number, pass: number, before: Date): Promise<number> {
  const old = await db
    .selectFrom('sync_pages')
    .select('page')
    .where('operation', '=', operation)
    .where('pass', '=', pass)
    .where('fetched_at', '<', sqlInstant(before))
    .execute();
  await dropPages(
    db,
    operation,
    pass,
    old.map((row) => row.page),
  );
  return old.length;
}

/** Whether another operation has written to the mirror or to licenses since this one read its oldest page. */
export async function isOvertaken(db: Db, operation: number): Promise<boolean> {
  const { rows } = await sql<{ overtaken: number }>`
    SELECT EXISTS (
      SELECT 1 FROM sync_batches b
      WHERE b.operation <> ${operation} AND ${hasWritten('b')}
        AND b.updated_at > (SELECT MIN(fetched_at) FROM sync_pages WHERE operation = ${operation})
    ) AS overtaken
  `.execute(db);
  return Number(rows[0]?.overtaken ?? 0) === 1;
}

/** Forgets all that an operation has staged; its pages last, by which one sees that there is something to forget. */
export async function clearStaging(db: Db, operation: number, checkpoint: () => void): Promise<number> {
  return await clearTables(db, ['sync_rows', 'sync_matches', 'sync_pages'], operation, checkpoint);
}

/** Forgets what an operation has planned. */
export async function clearPlan(db: Db, operation: number, checkpoint: () => void): Promise<number> {
  return await clearTables(db, ['plan_changes', 'sync_pushes'], operation, checkpoint);
}

/** Small transactions: a million rows in one would fill the undo log. */
async function clearTables(
  db: Db,
  tables: ('sync_rows' | 'sync_pages' | 'sync_matches' | 'plan_changes' | 'sync_pushes')[],
  operation: number,
  checkpoint: () => void,
): Promise<number> {
  let removed = 0;
  for (const table of tables) {
    for (;;) {
      const result = await sql`DELETE FROM ${sql.table(table)} WHERE operation = ${operation} LIMIT 5000`.execute(db);
      const gone = Number(result.numAffectedRows ?? 0);
      removed += gone;
      checkpoint();
      if (gone === 0) break;
    }
  }
  return removed;
}

async function dropPages(db: Db, operation: number, pass: number, pages: number[]): Promise<void> {
  for (const page of pages) {
    await inTransaction(db, async (trx) => {
      await clearPositions(trx, { operation, pass, page }, WHOLE);
    });
  }
}

async function clearPositions(
  trx: Trx,
  ref: PageRef,
  { offset, size }: { offset: number; size: number },
): Promise<void> {
  const whole = size === WHOLE.size;
  const tables = whole
    ? (['sync_pages', 'sync_rows', 'sync_errors'] as const)
    : (['sync_rows', 'sync_errors'] as const);
  for (const table of tables) {
    const within = whole ? sql`` : sql`AND position >= ${offset} AND position < ${offset + size}`;
    await sql`
      DELETE FROM ${sql.table(table)} WHERE operation = ${ref.operation} AND pass = ${ref.pass} AND page = ${ref.page} ${within}
    `.execute(trx);
  }
}

async function insertPositions(
  trx: Trx,
  ref: PageRef,
  rows: StagedRow[],
  unreadable: Unreadable[],
  batchSize: number,
): Promise<void> {
  const now = sqlInstant(Date.now());
  const staged = rows.map((row): SqlValue[] => [
    ref.operation,
    ref.pass,
    ref.page,
    row.position,
    row.sourceKey,
    row.rowHash,
    row.countid,
    row.appidKey,
    row.emailKey,
    row.lastActive === null ? null : sqlInstant(row.lastActive),
    row.content,
  ]);
  await insertRows(trx, 'sync_rows', ROW_COLUMNS, staged, { batchSize });
  const errors = unreadable.map((row): SqlValue[] => [
    ref.operation,
    ref.pass,
    ref.page,
    row.position,
    row.positions,
    row.sourceKey,
    row.errorType,
    row.errorCode,
    row.severity,
    row.retryable ? 1 : 0,
    row.message.slice(0, 500),
    row.rawContent,
    now,
  ]);
  await insertRows(trx, 'sync_errors', ERROR_COLUMNS, errors, { batchSize });
}

async function insertPage(
  trx: Trx,
  ref: PageRef,
  { answered, givenUp, total, digest }: { answered: number; givenUp: number; total: number; digest: string },
): Promise<void> {
  await trx
    .insertInto('sync_pages')
    .values({
      ...ref,
      row_count: answered,
      given_up: givenUp,
      total,
      keys_digest: digest,
      fetched_at: sqlInstant(Date.now()),
    })
    .execute();
}

function digestOf(keys: string[]): string {
  return sha256(keys.join('\n')).slice(0, 32);
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === 1062;
}
