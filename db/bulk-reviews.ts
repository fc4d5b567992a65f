/** `bulk_reviews`: verdicts over many cases. What is to be decided is fixed first, case by case with the version that was seen. */
import { type Selectable, sql } from 'kysely';
import type { Verdict } from '../domain/reviews.ts';
import { insertRows } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { inTransaction } from './retry.ts';
import type { BulkReviewItemsTable, BulkReviewsTable } from './tables.ts';

export type BulkRow = Selectable<BulkReviewsTable>;
export type BulkItemRow = Selectable<BulkReviewItemsTable>;

const ROWS_IN_ONE = 1000;
const MAX_REASON_CHARS = 500;

export interface NewBulk {
  id: string;
  decision: Verdict;
  note: string | null;
  reviewer: string;
  cases: readonly { id: number; version: number }[];
}

export async function openBulk(db: Db, { id, decision, note, reviewer, cases }: NewBulk): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('bulk_reviews')
      .values({
        id,
        decision,
        note,
        reviewer: reviewer.slice(0, 100),
        state: 'running',
        total: cases.length,
        created_at: sqlInstant(Date.now()),
      })
      .execute();
    await insertRows(
      trx,
      'bulk_review_items',
      ['bulk_id', 'case_id', 'case_version'],
      cases.map((one) => [id, one.id, one.version]),
      { batchSize: ROWS_IN_ONE },
    );
  });
}

export async function findBulk(db: Db, id: string): Promise<BulkRow | undefined> {
  return await db.selectFrom('bulk_reviews').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Cases that nothing was done about yet, in the order of their ids. */
export async function pendingItems(db: Db, bulkId: string, limit: number): Promise<BulkItemRow[]> {
  return await db
    .selectFrom('bulk_review_items')
    .selectAll()
    .where('bulk_id', '=', bulkId)
    .where('outcome', '=', 'pending')
    .orderBy('case_id')
    .limit(limit)
    .execute();
}

export async function closeItem(
  db: Db,
  { bulk_id: bulkId, case_id: caseId }: BulkItemRow,
  outcome: 'done' | 'refused',
  reason: string | null,
): Promise<void> {
  await db
    .updateTable('bulk_review_items')
    .set({ outcome, reason: reason?.slice(0, MAX_REASON_CHARS) ?? null })
    .where('bulk_id', '=', bulkId)
    .where('case_id', '=', caseId)
    .execute();
}

export async function endBulk(db: Db, id: string, state: 'completed' | 'failed'): Promise<void> {
  await db
    .updateTable('bulk_reviews')
    .set({ state, ended_at: sqlInstant(Date.now()) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

export interface BulkCounts {
  pending: number;
  done: number;
  refused: number;
}

export async function countItems(db: Db, bulkId: string): Promise<BulkCounts> {
  const rows = await db
    .selectFrom('bulk_review_items')
    .select(['outcome', sql<string>`COUNT(*)`.as('cases')])
    .where('bulk_id', '=', bulkId)
    .groupBy('outcome')
    .execute();
  const counts: BulkCounts = { pending: 0, done: 0, refused: 0 };
  for (const { outcome, cases } of rows) counts[outcome] = Number(cases);
  return counts;
}

/** Items of one outcome, in the order of their cases; `after` is the last case seen. */
export async function listItems(
  db: Db,
  bulkId: string,
  { outcome, after, limit }: { outcome: BulkItemRow['outcome']; after: number; limit: number },
): Promise<BulkItemRow[]> {
  return await db
    .selectFrom('bulk_review_items')
    .selectAll()
    .where('bulk_id', '=', bulkId)
    .where('outcome', '=', outcome)
    .where('case_id', '>', after)
    .orderBy('case_id')
    .limit(limit)
    .execute();
}

/** Bulk verdicts that were begun before then and have not ended. */
export async function runningBulks(db: Db, before: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('bulk_reviews')
    .select('id')
    .where('state', '=', 'running')
    .where('created_at', '<', sqlInstant(before))
    .orderBy('created_at')
    .execute();
  return rows.map(({ id }) => id);
}
