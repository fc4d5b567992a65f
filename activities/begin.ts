import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { sqlInstant } from '../db/connect.ts';
import { resolveGuardAlert, tellGuard } from '../db/guard-alerts.ts';
import {
  findOperation,
  markOperation,
  type OperationRow,
  openOperation,
  otherLiveOperations,
  setOperation,
} from '../db/operations.ts';
import { expirePlan } from '../db/plan-store.ts';
import { pruneHistory } from '../db/retention.ts';
import { noteRunEnd } from '../db/run-end.ts';
import { closeOrphan } from '../db/run-state.ts';
import { clearPlan, clearStaging, dropOldPages, holdsOlderPages, isOvertaken } from '../db/staging.ts';
import { operationType, resolveOptions, SyncOptionsError } from '../domain/sync-options.ts';
import type { BeginInput, BeginResult, RunRef, SyncOptions, Wait } from '../workflows/messages.ts';
import { type Phase, type RunStatus, SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';

/** Opens the operation, or the next attempt at it, and tidies what an earlier attempt left. */
export async function begin(deps: ActivityDeps, input: BeginInput, { checkpoint }: StepContext): Promise<BeginResult> {
  const { config, db } = deps;
  if (input.workflowId !== SYNC_WORKFLOW_ID) {
    throw ApplicationFailure.nonRetryable(
      `a sync must be started with the workflow id ${SYNC_WORKFLOW_ID}, which keeps two from running at once`,
      'WRONG_WORKFLOW_ID',
    );
  }
  const before = input.resume ? await findOperation(db, input.operationId) : undefined;
  if (input.resume && !before) {
    throw ApplicationFailure.nonRetryable(
      `there is no operation ${input.operationId} to resume`,
      'OPERATION_NOT_FOUND',
    );
  }
  // What a resumed run was started with stands in its row, whoever resumes it.
  if (before && HAS_ENDED_WELL.has(before.status) && before.workflow_run_id !== input.runId) {
    throw ApplicationFailure.nonRetryable(
      `operation ${input.operationId} is ${before.status}: there is nothing to resume`,
      'NOTHING_TO_RESUME',
    );
  }
  const options = checkedOptions(config, before ? (JSON.parse(before.options) as SyncOptions) : input.options);
  const planId = before ? before.plan_id : input.planId;
  const { row } = await openOperation(db, {
    operationId: input.operationId,
    workflowId: input.workflowId,
    runId: input.runId,
    trigger: input.trigger,
    options: JSON.stringify(options),
    type: operationType(options, planId),
    planId,
    replayId: before ? before.replay_id : input.replayId,
  });
  // There is one run at a time: whatever else claims to be alive lost its workflow.
  for (const other of await otherLiveOperations(db, input.operationId)) {
    await closeOrphan(db, other, 'its workflow was ended from outside, without a report');
    await noteRunEnd(db, other.id, config.monitoring.alertThresholds);
  }
  if (row.attempt === 1) await forgetStrangers(db, row, checkpoint);
  const readsFeed = row.operation_type !== 'plan_apply';
  const pass = row.attempt > 1 && readsFeed ? await tidy(deps, row, checkpoint) : 1;
  deps.log.info({ operationId: row.operation_id, attempt: row.attempt, trigger: input.trigger }, 'run begins');
  return {
    ref: { operation: row.id, operationId: row.operation_id, attempt: row.attempt, type: row.operation_type },
    settings: {
      concurrencyLimit: config.sync.concurrencyLimit,
      rowsPerBatch: config.sync.rowsPerBatch,
      stepTimeoutMs: config.sync.timeout,
      continueAsNewAfter: config.sync.continueAsNewAfter,
      guardExpiryMs: config.guard.expiry,
      detectDuplicates: options.detectDuplicates,
      bidirectional: options.bidirectional,
    },
    pass,
  };
}

/**
 * In a database that was restored, numbers are given again: steps of a run that Temporal still had, and the backup had not, may have staged
 * pages under the number of this one. What is older than the operation is not its own.
 */
async function forgetStrangers(db: ActivityDeps['db'], row: OperationRow, checkpoint: () => void): Promise<void> {
  if (!(await holdsOlderPages(db, row.id, row.created_at))) return;
  await sql`DELETE FROM sync_errors WHERE operation = ${row.id}`.execute(db);
  await sql`DELETE FROM sync_batches WHERE operation = ${row.id}`.execute(db);
  await clearPlan(db, row.id, checkpoint);
  await clearStaging(db, row.id, checkpoint);
}

/** A run can be started around the API too, from Temporal's own tools: what is not built must not be taken for done. */
function checkedOptions(config: ActivityDeps['config'], asked: Partial<SyncOptions>): SyncOptions {
  try {
    return resolveOptions(config, asked);
  } catch (error) {
    if (!(error instanceof SyncOptionsError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, error.code);
  }
}

/** Phases that a run reaches only when what it asked for is approved. */
const AFTER_GUARD: ReadonlySet<Phase> = new Set(['apply', 'push', 'report']);
const HAS_ENDED_WELL: ReadonlySet<RunStatus> = new Set(['completed', 'completed_with_findings', 'skipped']);
/** In `sync_operations.pass`: what was staged is being deleted. */
const BEING_CLEARED = 0;

/**
 * What a resumed run may go on with: pages of its last pass that are young enough, and older than no other run's writing. A reading that could not be proven, or a second pass
 * whose first has aged, is worth nothing: then the feed is read anew. Safe to repeat.
 */
async function tidy({ config, db }: ActivityDeps, row: OperationRow, checkpoint: () => void): Promise<number> {
  const oldest = new Date(Date.now() - config.resume.maxAge);
  let stale = 0;
  for (let pass = 1; pass <= row.pass; pass += 1) stale += await dropOldPages(db, row.id, pass, oldest);
  const unproven = row.report !== null && (JSON.parse(row.report) as { proof?: string }).proof === 'unproven';
  // Another run has written since: what this one read is older than what the tables say.
  const overtaken = await isOvertaken(db, row.id);
  const worthless = row.pass === BEING_CLEARED || unproven || overtaken || (stale > 0 && row.pass > 1);
  if (!worthless) return row.pass;
  // A mark first: killed half-way, pages would be left whose rows are gone.
  await setOperation(db, row.id, { pass: BEING_CLEARED });
  await clearStaging(db, row.id, checkpoint);
  await sql`DELETE FROM sync_errors WHERE operation = ${row.id} AND phase = 'fetch'`.execute(db);
  await setOperation(db, row.id, { pass: 1 });
  return 1;
}

export async function markPhase(
  { db, log }: ActivityDeps,
  { ref, phase, status, wait }: { ref: RunRef; phase: Phase; status: RunStatus; wait: Wait | null },
): Promise<void> {
  const waiting = wait === null ? {} : { wait: wait.kind, until: new Date(wait.untilMs).toISOString(), why: wait.why };
  log.info({ phase, status, ...waiting }, 'run goes on');
  await markOperation(db, ref.operation, { phase, status, wait });
  if (wait?.kind === 'approval') {
    const { operationId, attempt } = ref;
    const until = new Date(wait.untilMs).toISOString();
    await tellGuard(db, { operationId, attempt, phase, needs: wait.why ?? 'unusually many changes', until });
  } else if (status === 'running' && AFTER_GUARD.has(phase)) {
    await resolveGuardAlert(db, ref.operationId);
  }
}

/**
 * Drops what runs that ended long ago had staged and planned, and later what tells how they went. What they changed stays in
 * `license_changes`, and the run itself in `sync_operations`.
 */
export async function prune(
  { config, db }: ActivityDeps,
  _: { ref: RunRef },
  { checkpoint }: StepContext,
): Promise<{ rows: number }> {
  const { rowsDays, historyDays } = config.retention;
  const before = sqlInstant(daysAgo(rowsDays));
  const ended = await db
    .selectFrom('sync_operations')
    .select('id')
    .where('ended_at', '<', before)
    .where((eb) =>
      eb.exists(eb.selectFrom('sync_pages').select('page').whereRef('operation', '=', 'sync_operations.id')),
    )
    .execute();
  let rows = 0;
  for (const { id } of ended) {
    // First, so that killed in between no half plan says that it can be carried out.
    await expirePlan(db, id);
    rows += await clearPlan(db, id, checkpoint);
    rows += await clearStaging(db, id, checkpoint);
  }
  // Whether a plan is outdated is told by the batches of others, so those outlive it.
  rows += await pruneHistory(db, daysAgo(Math.max(rowsDays, historyDays)), checkpoint);
  return { rows };
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}
