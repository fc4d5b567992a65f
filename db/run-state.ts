/** What the tables say of a run under way, and the closing of one that can no longer report for itself. */
import { sql } from 'kysely';
import { storedOptions } from '../domain/sync-options.ts';
import type { Phase } from '../workflows/names.ts';
import { type Db, isoInstant, sqlInstant } from './connect.ts';
import { bumpVersion } from './data-versions.ts';
import { bookColumns, LIVE_STATUSES, NO_WAIT, type OperationRow } from './operations.ts';
import { countPushed } from './push-ledger.ts';
import { countPushes, nameUnconfirmed } from './push-report.ts';
import { countRun } from './reporting.ts';

export interface PhaseCounts {
  /** Records this phase is through with, in this attempt. */
  rows: number;
  created: number;
  updated: number;
}

/** Sums over the batches of the operation's current attempt; phases that have not begun are absent. */
export async function phaseCounts(
  db: Db,
  { id, attempt }: Pick<OperationRow, 'id' | 'attempt'>,
): Promise<Partial<Record<Phase, PhaseCounts>>> {
  const rows = await db
    .selectFrom('sync_batches')
    .select(({ fn }) => [
      'phase',
      fn.sum<string>('rows_done').as('rows'),
      fn.sum<string>('rows_created').as('created'),
      fn.sum<string>('rows_updated').as('updated'),
    ])
    .where('operation', '=', id)
    .where('attempt', '=', attempt)
    .groupBy('phase')
    .execute();
  return Object.fromEntries(
    rows.map(({ phase, rows, created, updated }) => [
      phase,
      { rows: Number(rows), created: Number(created), updated: Number(updated) },
    ]),
  );
}

/**
 * Positions of the current pass that are answered or given up, and how many of them since the phase began: a resumed run
 * finds pages that say nothing of its speed.
 */
export async function fetchedSoFar(
  db: Db,
  { id, pass, phase_started_at: since }: Pick<OperationRow, 'id' | 'pass' | 'phase_started_at'>,
): Promise<{ positions: number; sincePhaseStart: number }> {
  const row = await db
    .selectFrom('sync_pages')
    .select([
      sql<string | null>`SUM(row_count + given_up)`.as('positions'),
      sql<string | null>`SUM(IF(fetched_at >= ${since}, row_count + given_up, 0))`.as('recent'),
    ])
    .where('operation', '=', id)
    .where('pass', '=', pass)
    .executeTakeFirst();
  return { positions: Number(row?.positions ?? 0), sincePhaseStart: Number(row?.recent ?? 0) };
}

/** Records the plan of an operation wants to write. */
export async function plannedChanges(db: Db, operation: number): Promise<number> {
  const row = await db
    .selectFrom('plan_changes')
    .select(({ fn }) => fn.countAll<string>().as('planned'))
    .where('operation', '=', operation)
    .executeTakeFirst();
  return Number(row?.planned ?? 0);
}

export async function findByRunId(db: Db, runId: string): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('workflow_run_id', '=', runId)
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** The newest operation in a live state. */
export async function findLive(db: Db): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('status', 'in', LIVE_STATUSES)
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** The sync that ended last, however it ended; a dry run or one that was skipped has moved no data. */
export async function findLastEnded(db: Db): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('ended_at', 'is not', null)
    .where('operation_type', '!=', 'external_sync_dry_run')
    .where('status', '!=', 'skipped')
    .orderBy('ended_at', 'desc')
    .executeTakeFirst();
}

/**
 * Closes an operation whose workflow is gone as failed, with the counts of what it did. Does nothing when it has ended or
 * begun a new attempt meanwhile.
 * @returns whether this call closed it.
 */
export async function closeOrphan(db: Db, row: OperationRow, reason: string): Promise<boolean> {
  const now = Date.now();
  const closed = await db
    .updateTable('sync_operations')
    .set({
      status: 'failed',
      error_type: 'unknown',
      error_message: reason,
      report: null,
      ...NO_WAIT,
      ended_at: sqlInstant(now),
      duration_ms: Math.max(0, now - Date.parse(isoInstant(row.started_at))),
      updated_at: sqlInstant(now),
    })
    .where('id', '=', row.id)
    .where('workflow_run_id', '=', row.workflow_run_id)
    .where('status', 'in', LIVE_STATUSES)
    .executeTakeFirst();
  if (Number(closed.numUpdatedRows) === 0) return false;
  await bumpVersion(db, 'licenses');
  await nameUnconfirmed(db, row.id);
  const { books, conflicts } = await countRun(db, {
    operation: row.id,
    pass: row.pass,
    finished: false,
    planOnly: false,
  });
  // What was sent upstream, and what was not, is to be told however the run came to its end.
  const pushes = storedOptions(row.options).bidirectional ? await countPushes(db, row.id) : null;
  await db
    .updateTable('sync_operations')
    .set({
      ...bookColumns(books),
      conflict_count: conflicts,
      pushed_count: await countPushed(db, row.id),
      ...(pushes ? { report: JSON.stringify({ pushes }) } : {}),
    })
    .where('id', '=', row.id)
    .where('workflow_run_id', '=', row.workflow_run_id)
    .where('status', '=', 'failed')
    .execute();
  return true;
}
