/** What the tables say of runs that schedules started, or could not start. */
import { sql } from 'kysely';
import type { OperationType, RunStatus } from '../workflows/names.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { OperationRow } from './operations.ts';
import type { JsonText } from './tables.ts';

export interface SkippedOperation {
  operationId: string;
  type: OperationType;
  trigger: string;
  options: JsonText;
  workflowId: string;
  reason: string;
}

/** An operation that ended before it began. Safe to repeat. */
export async function insertSkipped(db: Db, skipped: SkippedOperation): Promise<void> {
  const now = sqlInstant(Date.now());
  await db
    .insertInto('sync_operations')
    .values({
      operation_id: skipped.operationId,
      operation_type: skipped.type,
      status: 'skipped',
      phase: 'begin',
      triggered_by: skipped.trigger,
      options: skipped.options,
      workflow_id: skipped.workflowId,
      workflow_run_id: skipped.operationId,
      error_message: skipped.reason.slice(0, 1000),
      created_at: now,
      started_at: now,
      phase_started_at: now,
      ended_at: now,
      duration_ms: 0,
      updated_at: now,
    })
    .onDuplicateKeyUpdate({ operation_id: sql`operation_id` })
    .execute();
}

/** The newest operations of a trigger first. */
export async function operationsOf(db: Db, trigger: string, limit: number): Promise<OperationRow[]> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('triggered_by', '=', trigger)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

const SUCCESSES: RunStatus[] = ['completed', 'completed_with_findings'];

/**
 * When a run last succeeded: one of this trigger, or one that read everything and wrote it (which a dry run or a partial one does not).
 * @param own the trigger whose runs count whatever their options are; null: only the others count.
 * @param others whether runs of other triggers count.
 */
export async function lastSuccess(
  db: Db,
  { own, others }: { own: string | null; others: boolean },
): Promise<string | null> {
  const row = await db
    .selectFrom('sync_operations')
    .select('ended_at')
    .where('status', 'in', SUCCESSES)
    .where('ended_at', 'is not', null)
    .where((eb) => {
      const whole = eb.and([
        eb('operation_type', '=', 'external_sync'),
        sql<boolean>`COALESCE(JSON_UNQUOTE(JSON_EXTRACT(options, '$.partial')), 'false') = 'false'`,
      ]);
      return eb.or([...(own === null ? [] : [eb('triggered_by', '=', own)]), ...(others ? [whole] : [])]);
    })
    .orderBy('ended_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.ended_at ?? null;
}

/** The newest operation that is not merely a note that none was started. */
export async function newestRun(db: Db): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('status', '!=', 'skipped')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** When the first operation was made; null when there is none. */
export async function firstOperationAt(db: Db): Promise<string | null> {
  const row = await db.selectFrom('sync_operations').select('created_at').orderBy('id').limit(1).executeTakeFirst();
  return row?.created_at ?? null;
}
