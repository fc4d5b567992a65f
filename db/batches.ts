/** Progress of batches, written in the transaction of the slice it speaks of. */
import { type Selectable, sql } from 'kysely';
import type { Phase } from '../workflows/names.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant, SyncBatchesTable } from './tables.ts';

/** `pass` of what follows from duplicates in the phase `analyse`, which is done when licenses are written. */
export const SETTLING_PASS = 255;

export interface BatchRef {
  operation: number;
  attempt: number;
  phase: Phase;
  pass: number;
  batch: number;
  from: number;
  to: number;
}

export interface SliceCounts {
  rows: number;
  created: number;
  updated: number;
}

/** The first page of the batch that is not done: a repeated step goes on there. */
export async function nextPageOf(db: Db, ref: BatchRef): Promise<number> {
  const row = await db
    .selectFrom('sync_batches')
    .select('next_page')
    .where('operation', '=', ref.operation)
    .where('attempt', '=', ref.attempt)
    .where('phase', '=', ref.phase)
    .where('pass', '=', ref.pass)
    .where('batch', '=', ref.batch)
    .executeTakeFirst();
  return row?.next_page ?? ref.from;
}

/** Adds a slice that ended before `nextPage` to its batch. */
export async function advanceBatch(db: Db | Trx, ref: BatchRef, nextPage: number, counts: SliceCounts): Promise<void> {
  const now = sqlInstant(Date.now());
  await db
    .insertInto('sync_batches')
    .values({
      operation: ref.operation,
      attempt: ref.attempt,
      phase: ref.phase,
      pass: ref.pass,
      batch: ref.batch,
      page_from: ref.from,
      page_to: ref.to,
      next_page: nextPage,
      rows_done: counts.rows,
      rows_created: counts.created,
      rows_updated: counts.updated,
      started_at: now,
      updated_at: now,
    })
    .onDuplicateKeyUpdate({
      next_page: nextPage,
      rows_done: sql`rows_done + ${counts.rows}`,
      rows_created: sql`rows_created + ${counts.created}`,
      rows_updated: sql`rows_updated + ${counts.updated}`,
      updated_at: now,
    })
    .execute();
}

/** SQL: whether a batch has changed the mirror, or licenses and links. One that looked and found nothing to do has not. */
export function hasWritten(alias: string): ReturnType<typeof sql<boolean>> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<boolean>`(${column('phase')} = 'mirror' AND ${column('rows_created')} + ${column('rows_updated')} > 0
    OR ${column('phase')} = 'apply' AND ${column('rows_done')} > 0 OR ${column('phase')} = 'push' AND ${column('rows_updated')} > 0)`;
}

export type BatchRow = Selectable<SyncBatchesTable>;

/** Where a batch stands in the list of its operation's. */
export type BatchPlace = Pick<BatchRow, 'attempt' | 'phase' | 'pass' | 'batch'>;

/** In the order of the primary key, behind `after`. */
export async function listBatches(
  db: Db,
  operation: number,
  { after, phase, limit }: { after?: BatchPlace | undefined; phase?: Phase | undefined; limit: number },
): Promise<BatchRow[]> {
  let query = db.selectFrom('sync_batches').selectAll().where('operation', '=', operation);
  if (phase !== undefined) query = query.where('phase', '=', phase);
  if (after !== undefined) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('attempt', 'phase', 'pass', 'batch'),
        '>',
        tuple(after.attempt, after.phase, after.pass, after.batch),
      ),
    );
  }
  return await query.orderBy('attempt').orderBy('phase').orderBy('pass').orderBy('batch').limit(limit).execute();
}

/** The pages of the feed that were read in this pass, summed up; undefined when none are kept. */
export async function sumFetch(
  db: Db,
  { id, pass }: { id: number; pass: number },
): Promise<{ pages: number; rows: number; firstAt: SqlInstant; lastAt: SqlInstant } | undefined> {
  const row = await db
    .selectFrom('sync_pages')
    .select(({ fn }) => [
      fn.countAll<string>().as('pages'),
      sql<string | null>`SUM(row_count + given_up)`.as('rows'),
      fn.min('fetched_at').as('firstAt'),
      fn.max('fetched_at').as('lastAt'),
    ])
    .where('operation', '=', id)
    .where('pass', '=', pass)
    .executeTakeFirst();
  if (!row || row.firstAt === null) return undefined;
  return { pages: Number(row.pages), rows: Number(row.rows), firstAt: row.firstAt, lastAt: row.lastAt };
}

export interface PhaseSum {
  attempt: number;
  phase: Phase;
  batches: number;
  rows: number;
  created: number;
  updated: number;
  /** When the first slice was done, and the last one so far. */
  firstAt: SqlInstant;
  lastAt: SqlInstant;
}

/** The batches of an operation, summed up by attempt and phase; what is settled about duplicates is done later, and left out. */
export async function sumPhases(db: Db, operation: number): Promise<PhaseSum[]> {
  const rows = await db
    .selectFrom('sync_batches')
    .select(({ fn }) => [
      'attempt',
      'phase',
      fn.countAll<string>().as('batches'),
      fn.sum<string>('rows_done').as('rows'),
      fn.sum<string>('rows_created').as('created'),
      fn.sum<string>('rows_updated').as('updated'),
      fn.min('started_at').as('firstAt'),
      fn.max('updated_at').as('lastAt'),
    ])
    .where('operation', '=', operation)
    .where(({ eb, or }) => or([eb('phase', '!=', 'analyse'), eb('pass', '!=', SETTLING_PASS)]))
    .groupBy(['attempt', 'phase'])
    .execute();
  return rows.map(({ attempt, phase, firstAt, lastAt, ...sums }) => ({
    attempt,
    phase,
    firstAt,
    lastAt,
    batches: Number(sums.batches),
    rows: Number(sums.rows),
    created: Number(sums.created),
    updated: Number(sums.updated),
  }));
}
