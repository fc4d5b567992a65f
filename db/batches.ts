/** Progress of batches, written in the transaction of the slice it speaks of. */
import { sql } from 'kysely';
import type { Phase } from '../workflows/names.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { Trx } from './retry.ts';

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
