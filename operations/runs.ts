/** Starting a sync and steering the one that runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { findOperation, type OperationRow, openOperation } from '../db/operations.ts';
import { findByRunId } from '../db/run-state.ts';
import { forgetTypedValue, keepTypedValue } from '../db/typed-values.ts';
import { type AskedOptions, operationType, resolveOptions, SyncOptionsError } from '../domain/sync-options.ts';
import type { licenseSync } from '../workflows/index.ts';
import type { SyncInput, SyncOptions } from '../workflows/messages.ts';
import { SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { OperationNotFound, Refusal, SyncAlreadyRunning, TemporalUnavailable, WrongState } from './errors.ts';
import { isExecutionOf, isLive, type Observer } from './observe.ts';

import { callTemporal, findExecution } from './temporal.ts';

export interface StartRequest {
  /** `dba` is the business name as typed; it is kept in MySQL, and the run gets its id. */
  options: AskedOptions & { dba?: string | undefined };
  /** Who or what asked: `api`, `cli`; at most 40 characters. */
  trigger: string;
  /** Who signs for what was typed; by default the trigger. */
  by?: string;
  /** Reads again only the pages of the quarantined entries with this replay id; goes with `partial`. */
  replayId?: number;
}

export interface ApplyRequest {
  planId: string;
  /** Of the dry run that made the plan. */
  options: AskedOptions;
  trigger: string;
}

export interface Runs {
  start(request: StartRequest): Promise<OperationRow>;
  /** Starts a run that carries out a plan; whether the plan may be carried out is for the caller to know. */
  applyPlan(request: ApplyRequest): Promise<OperationRow>;
  resume(operationId: string, trigger: string): Promise<OperationRow>;
  pause(operationId: string): Promise<OperationRow>;
  cancel(operationId: string): Promise<OperationRow>;
}

/** By name, because importing the workflow's messages would bring its whole SDK into this process. */
const SIGNALS = { pause: 'pause', resume: 'resume', cancel: 'cancelRun' } as const;
/** There is nothing left to do for these. */
const FINISHED: ReadonlySet<string> = new Set(['completed', 'completed_with_findings', 'skipped']);
const CALL_WITHIN_MS = 6000;
const MAX_TRIES = 3;
const CLOSES_WITHIN_MS = 3000;
const CLOSING_POLL_MS = 100;

export function createRuns(deps: OperationsDeps, observer: Observer): Runs {
  const { config, db, temporal, log } = deps;

  /**
   * @returns the run's id, which is the id of a new operation.
   * @throws {SyncAlreadyRunning}
   */
  async function launch(input: SyncInput, memo: Record<string, unknown>): Promise<string> {
    const deadline = performance.now() + CLOSES_WITHIN_MS;
    for (;;) {
      try {
        const handle = await callTemporal(temporal, CALL_WITHIN_MS, () =>
          temporal.workflow.start<typeof licenseSync>('licenseSync', {
            workflowId: SYNC_WORKFLOW_ID,
            taskQueue: config.temporal.taskQueue,
            workflowIdConflictPolicy: 'FAIL',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            memo,
            args: [input],
          }),
        );
        return handle.firstExecutionRunId;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const { operationId, reported } = await runUnderWay();
        // Who has read that a run ended may start the next one, although its workflow takes a moment to close.
        if (!reported || performance.now() > deadline) throw new SyncAlreadyRunning(operationId);
        await sleep(CLOSING_POLL_MS);
      }
    }
  }

  /** The operation of the run under way; its row may not be written yet, or may be an older one's that is resumed. */
  async function runUnderWay(): Promise<{ operationId: string; reported: boolean }> {
    const execution = await findExecution(temporal, CALL_WITHIN_MS);
    if (execution === null) throw new TemporalUnavailable('it refuses a run because of one that it does not know');
    const row = await findByRunId(db, execution.firstRunId);
    const operationId = row?.operation_id ?? execution.resumes ?? execution.firstRunId;
    const reported = execution.state !== 'RUNNING' || (row !== undefined && !isLive(row));
    return { operationId, reported };
  }

  /** The row is written here as well as by the run itself, so that it can be seen although no worker runs. */
  async function open(
    operationId: string,
    runId: string,
    { trigger = 'temporal', planId, replayId }: SyncInput,
    options: SyncOptions,
  ): Promise<OperationRow> {
    const { row } = await openOperation(db, {
      operationId,
      workflowId: SYNC_WORKFLOW_ID,
      runId,
      trigger,
      options: JSON.stringify(options),
      type: operationType(options, planId ?? null),
      planId: planId ?? null,
      replayId: replayId ?? null,
    });
    return (await findOperation(db, operationId)) ?? row;
  }

  async function existing(operationId: string): Promise<OperationRow> {
    const row = await findOperation(db, operationId);
    if (!row) throw new OperationNotFound(operationId);
    return row;
  }

  /** @returns whether a live run received the signal; false when there is none of this operation. */
  async function tell(row: OperationRow, signal: keyof typeof SIGNALS): Promise<boolean> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const execution = await findExecution(temporal, CALL_WITHIN_MS);
      if (execution === null || !isExecutionOf(row, execution)) return false;
      try {
        // The run's id keeps the signal from a run of another operation that may have begun meanwhile.
        const handle = temporal.workflow.getHandle(SYNC_WORKFLOW_ID, execution.runId);
        await callTemporal(temporal, CALL_WITHIN_MS, () => handle.signal(SIGNALS[signal]));
        log.info({ operationId: row.operation_id, signal }, 'run told');
        return true;
      } catch (error) {
        // Ended, or continued in a new execution, since it was looked up.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    }
    return false;
  }

  /** Pause and cancel: only a run that lives can be told. */
  async function steer(operationId: string, signal: 'pause' | 'cancel'): Promise<OperationRow> {
    const row = await existing(operationId);
    if (isLive(row) && (await tell(row, signal))) return await existing(operationId);
    const { row: now } = await observer.observe(await existing(operationId));
    throw new WrongState(
      operationId,
      now.status,
      `operation ${operationId} is ${now.status}: there is no run to ${signal}`,
    );
  }

  return {
    async start({ options: { dba, ...asked }, trigger, by = trigger, replayId }) {
      // First, so that nothing is kept for a run that may not be started.
      allowed(config, asked);
      requireUpstream(config);
      const dbaId = dba === undefined ? asked.dbaId : await keepTypedValue(db, dba, by);
      const options = allowed(config, { ...asked, dbaId });
      const input: SyncInput = { trigger, options, ...(replayId === undefined ? {} : { replayId }) };
      const runId = await launch(input, {}).catch(async (error: unknown) => {
        // Whatever else failed, a run may have begun all the same, and then needs what was typed.
        if (error instanceof SyncAlreadyRunning && dba !== undefined && dbaId) await forgetTypedValue(db, dbaId);
        throw error;
      });
      log.info({ operationId: runId, trigger }, 'sync started');
      return await open(runId, runId, input, options);
    },

    async applyPlan({ planId, options: asked, trigger }) {
      const options = allowed(config, { ...asked, dryRun: false });
      const input: SyncInput = { trigger, options, planId };
      const runId = await launch(input, {});
      log.info({ operationId: runId, planId, trigger }, 'plan is being applied');
      return await open(runId, runId, input, options);
    },

    async resume(operationId, trigger) {
      const row = await existing(operationId);
      if (isLive(row) && (await tell(row, 'resume'))) return await existing(operationId);
      if (FINISHED.has(row.status)) {
        throw new WrongState(
          operationId,
          row.status,
          `operation ${operationId} is ${row.status}: there is nothing to resume`,
        );
      }
      const options = allowed(config, JSON.parse(row.options) as SyncOptions);
      // A plan is carried out from what its dry run read.
      if (row.plan_id === null) requireUpstream(config);
      const input: SyncInput = {
        operationId,
        trigger,
        options,
        ...(row.plan_id === null ? {} : { planId: row.plan_id }),
      };
      const runId = await launch(input, { operationId });
      log.info({ operationId, trigger, runId }, 'operation resumed');
      return await open(operationId, runId, input, options);
    },

    pause: (operationId) => steer(operationId, 'pause'),
    cancel: (operationId) => steer(operationId, 'cancel'),
  };
}

function allowed(config: OperationsDeps['config'], asked: AskedOptions): SyncOptions {
  try {
    return resolveOptions(config, asked);
  } catch (error) {
    if (error instanceof SyncOptionsError) throw new Refusal(error.code, error.message);
    throw error;
  }
}

/** A sync without it could only fail, and a default once made a system sync the wrong server. */
function requireUpstream({ external }: OperationsDeps['config']): void {
  if (external.baseUrl) return;
  throw new Refusal(
    'upstream-not-configured',
    'no sync can start: EXTERNAL_LICENSE_API_URL, the address of the License API, is not set',
  );
}
