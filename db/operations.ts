/** `sync_operations`: one row a run, opened by the first who knows of it, closed by its report. */
import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { Books } from '../domain/books.ts';
import type { GuardNeed } from '../domain/guard.ts';
import type { RunFilter, RunKind } from '../domain/run-filter.ts';
import { type OperationType, type Phase, type RunStatus, scheduleTrigger } from '../workflows/names.ts';
import { type Db, sqlInstant } from './connect.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { JsonText, SyncOperationsTable } from './tables.ts';

export type OperationRow = Selectable<SyncOperationsTable>;

/** States in which a workflow should be alive. */
export const LIVE_STATUSES: RunStatus[] = ['running', 'paused', 'awaiting_approval'];

/** Columns of an operation that waits for nothing. */
export const NO_WAIT = { wait_kind: null, wait_until: null, wait_reason: null };

/** The books in the columns they are kept in. */
export function bookColumns(books: Books) {
  return {
    total_processed: books.fetched,
    created_count: books.created,
    updated_count: books.updated,
    unchanged_count: books.unchanged,
    linked_count: books.linked,
    repeated_count: books.repeated,
    failed_count: books.quarantined,
    pending_count: books.pending,
  };
}

export interface OpenOperation {
  operationId: string;
  workflowId: string;
  runId: string;
  trigger: string;
  options: JsonText;
  type: OperationType;
  planId: string | null;
  replayId: number | null;
}

/**
 * Opens an operation, or a new attempt at one that ended. Safe to repeat: the same execution opens it once.
 * @returns the row, and whether this call began a new attempt.
 */
export async function openOperation(db: Db, open: OpenOperation): Promise<{ row: OperationRow; resumed: boolean }> {
  return await inTransaction(db, async (trx) => {
    const now = sqlInstant(Date.now());
    await trx
      .insertInto('sync_operations')
      .values({
        operation_id: open.operationId,
        operation_type: open.type,
        plan_id: open.planId,
        replay_id: open.replayId,
        status: 'running',
        phase: 'begin',
        triggered_by: open.trigger,
        options: open.options,
        workflow_id: open.workflowId,
        workflow_run_id: open.runId,
        created_at: now,
        started_at: now,
        phase_started_at: now,
        updated_at: now,
      })
      .onDuplicateKeyUpdate({ operation_id: sql`operation_id` })
      .execute();
    const row = await lockOperation(trx, open.operationId);
    if (row.workflow_run_id === open.runId) return { row, resumed: false };
    const attempt = row.attempt + 1;
    await trx
      .updateTable('sync_operations')
      .set({
        status: 'running',
        phase: 'begin',
        workflow_run_id: open.runId,
        attempt,
        error_type: null,
        error_message: null,
        ...NO_WAIT,
        started_at: now,
        phase_started_at: now,
        held_ms: 0,
        held_since: null,
        people_ms: 0,
        ended_at: null,
        duration_ms: null,
        updated_at: now,
      })
      .where('id', '=', row.id)
      .execute();
    return { row: { ...row, attempt }, resumed: true };
  });
}

/** Operations that claim to be alive beside this one. */
export async function otherLiveOperations(db: Db, aliveOperationId: string): Promise<OperationRow[]> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('status', 'in', LIVE_STATUSES)
    .where('operation_id', '!=', aliveOperationId)
    .execute();
}

export async function markOperation(
  db: Db,
  id: number,
  mark: { phase: Phase; status: RunStatus; wait: { kind: string; untilMs: number; why?: string } | null },
): Promise<void> {
  const now = sqlInstant(Date.now());
  const held = mark.wait !== null || mark.status !== 'running';
  await db
    .updateTable('sync_operations')
    .set({
      // Assigned from left to right, each from the row as it is by then. Another worker's clock may be ahead.
      people_ms: sql`people_ms + IF(status IN ('paused', 'awaiting_approval'), ${heldFor(now)}, 0)`,
      held_ms: sql`IF(phase = ${mark.phase},
        held_ms + ${heldFor(now)}, 0)`,
      held_since: held ? now : null,
      phase_started_at: sql`IF(phase = ${mark.phase}, phase_started_at, ${now})`,
      phase: mark.phase,
      status: mark.status,
      wait_kind: mark.wait?.kind ?? null,
      wait_until: mark.wait ? sqlInstant(mark.wait.untilMs) : null,
      wait_reason: mark.wait?.why?.slice(0, 300) ?? null,
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
}

/** ms */
function heldFor(now: string) {
  return sql`GREATEST(0, COALESCE(TIMESTAMPDIFF(MICROSECOND, held_since, ${now}) DIV 1000, 0))`;
}

export async function setOperation(
  db: Db,
  id: number,
  values: { pass?: number; page_size?: number; total_expected?: number },
): Promise<void> {
  await db.updateTable('sync_operations').set(values).where('id', '=', id).execute();
}

export async function findOperation(db: Db, operationId: string): Promise<OperationRow | undefined> {
  return await db.selectFrom('sync_operations').selectAll().where('operation_id', '=', operationId).executeTakeFirst();
}

/** Keeps what an approval is needed for, for people to read. */
export async function keepNeeds(db: Db, operation: number, needs: readonly GuardNeed[]): Promise<void> {
  await db
    .updateTable('sync_operations')
    .set({ report: JSON.stringify({ needs }) })
    .where('id', '=', operation)
    .execute();
}

/** What the guard asked people about: it stands in the row from the end of the plan on, and stays in the report. */
export function storedNeeds({ report }: Pick<OperationRow, 'report'>): GuardNeed[] {
  return report === null ? [] : ((JSON.parse(report) as { needs?: GuardNeed[] }).needs ?? []);
}

/** Newest first; `before` is the numeric id of the last one seen. */
export async function listOperations(
  db: Db,
  page: RunFilter & { limit: number; before?: number },
): Promise<OperationRow[]> {
  const { status, kind, trigger } = page;
  let query = db.selectFrom('sync_operations').selectAll().orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (status !== undefined) query = query.where('status', '=', status);
  if (kind !== undefined) query = query.where(isOfKind(kind));
  if (trigger === 'schedule') query = query.where('triggered_by', 'like', `${scheduleTrigger('')}%`);
  else if (trigger !== undefined) query = query.where('triggered_by', '=', trigger);
  return await query.execute();
}

/** As `runKind` tells them apart. */
function isOfKind(kind: RunKind): Expression<SqlBool> {
  const partial = sql<SqlBool>`options LIKE '%"partial":true%'`;
  switch (kind) {
    case 'plan':
      return sql<SqlBool>`operation_type = 'plan_apply'`;
    case 'dry_run':
      return sql<SqlBool>`operation_type = 'external_sync_dry_run'`;
    case 'replay':
      return sql<SqlBool>`operation_type = 'external_sync' AND replay_id IS NOT NULL`;
    case 'partial':
      return sql<SqlBool>`operation_type = 'external_sync' AND replay_id IS NULL AND ${partial}`;
    case 'full':
      return sql<SqlBool>`operation_type = 'external_sync' AND replay_id IS NULL AND NOT ${partial}`;
  }
}

async function lockOperation(trx: Trx, operationId: string): Promise<OperationRow> {
  return await trx
    .selectFrom('sync_operations')
    .selectAll()
    .where('operation_id', '=', operationId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}
