/** A run as it is now: its row, whether its workflow still lives, and what it waits for. */
import { isoInstant } from '../db/connect.ts';
import { findOperation, LIVE_STATUSES, type OperationRow } from '../db/operations.ts';
import { noteRunEnd } from '../db/run-end.ts';
import { closeOrphan } from '../db/run-state.ts';
import { describeRun } from '../domain/progress.ts';
import type { OperationsDeps } from './deps.ts';
import { TemporalUnavailable } from './errors.ts';
import { shared } from './memo.ts';
import { type Execution, findDatabaseTrouble, findExecution } from './temporal.ts';
import { countWorkers } from './workers.ts';

/** What can be said of a run at this moment. */
export interface Observation {
  row: OperationRow;
  /** False when nobody works on the task queue; null when that does not matter or is not known. */
  workersAlive: boolean | null;
  /** What happens, who is waited for, what to do next. */
  sentence: string;
}

/** Looks at Temporal on behalf of everyone who asks, at most once a second. */
export interface Observer {
  observe(row: OperationRow): Promise<Observation>;
  /** Null when Temporal cannot be asked. */
  workers(): Promise<number | null>;
}

const LOOK_EVERY_MS = 1000;
const ANSWER_WITHIN_MS = 3000;
/** A worker that has just begun to poll is not listed at once. */
const SETTLING_MS = 3000;

export function createObserver(deps: OperationsDeps): Observer {
  const { config, db, log, temporal } = deps;
  const { taskQueue } = config.temporal;
  const execution = shared(LOOK_EVERY_MS, () => orNull(lookUp));
  const trouble = shared(LOOK_EVERY_MS, () => orNull(lookForTrouble));
  const workers = shared(LOOK_EVERY_MS, () => orNull(() => countWorkers(deps, ANSWER_WITHIN_MS)));

  async function lookUp(): Promise<{ found: Execution | null }> {
    return { found: await findExecution(temporal, ANSWER_WITHIN_MS) };
  }

  async function lookForTrouble(): Promise<string | null> {
    const seen = await execution();
    return seen?.found ? await findDatabaseTrouble(temporal, seen.found, ANSWER_WITHIN_MS) : null;
  }

  /** Closes a row that claims to be alive when its workflow is not, and returns the row as it is then. */
  async function settle(row: OperationRow): Promise<OperationRow> {
    // Looked up after the row was read: a workflow is there before its row.
    const seen = await orNull(lookUp);
    if (seen === null || isExecutionOf(row, seen.found)) return row;
    if (await closeOrphan(db, row, whyGone(row, seen.found))) {
      log.warn(
        { operationId: row.operation_id, state: seen.found?.state ?? null },
        'operation without a workflow closed',
      );
      await noteRunEnd(db, row.id, config.monitoring.alertThresholds);
    }
    return (await findOperation(db, row.operation_id)) ?? row;
  }

  return {
    workers,
    async observe(found) {
      if (!isLive(found)) return observation(taskQueue, found, null);
      const seen = await execution();
      if (seen === null) {
        const sentence =
          'Waiting for Temporal: it does not answer, so nothing is known of the run; check that it is up.';
        return { row: found, workersAlive: null, sentence };
      }
      const row = isExecutionOf(found, seen.found) ? found : await settle(found);
      if (!isLive(row)) return observation(taskQueue, row, null);
      const count = await workers();
      const young = Date.now() - Date.parse(isoInstant(row.started_at)) < SETTLING_MS;
      const alive = count === null || (count === 0 && young) ? null : count > 0;
      // A run that cannot write cannot write down that it waits.
      return observation(taskQueue, row, alive, row.wait_kind === null ? await trouble() : null);
    },
  };
}

export function isLive(row: Pick<OperationRow, 'status'>): boolean {
  return LIVE_STATUSES.includes(row.status);
}

/** Whether the execution is alive and works on this operation. */
export function isExecutionOf(row: OperationRow, execution: Execution | null): boolean {
  if (execution?.state !== 'RUNNING') return false;
  return execution.firstRunId === row.workflow_run_id || execution.resumes === row.operation_id;
}

function whyGone(row: OperationRow, execution: Execution | null): string {
  if (execution === null) return 'Temporal no longer knows its workflow, which ended without a report';
  const own = execution.firstRunId === row.workflow_run_id;
  const how = own ? ` (${execution.state.toLowerCase().replaceAll('_', ' ')})` : '';
  return `its workflow was ended from outside${how}, without a report`;
}

function observation(
  taskQueue: string,
  row: OperationRow,
  workersAlive: boolean | null,
  databaseTrouble: string | null = null,
): Observation {
  const wait =
    row.wait_kind && row.wait_until
      ? {
          kind: row.wait_kind,
          untilMs: Date.parse(isoInstant(row.wait_until)),
          ...(row.wait_reason === null ? {} : { why: row.wait_reason }),
        }
      : null;
  const { status, phase, error_message: error } = row;
  return {
    row,
    workersAlive,
    sentence: describeRun({ status, phase, wait, workersAlive, taskQueue, error, databaseTrouble }),
  };
}

async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof TemporalUnavailable) return null;
    throw error;
  }
}
