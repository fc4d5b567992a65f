/** Calls to Temporal with a deadline, and what an execution of the saga is to an operator. */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import { TemporalUnavailable } from './errors.ts';

/** The newest execution under the saga's workflow id. */
export interface Execution {
  runId: string;
  /** Of the first execution in a chain of continue-as-new: what `sync_operations.workflow_run_id` holds. */
  firstRunId: string;
  /** Set when the execution resumes an operation; else the operation has the run's id. */
  resumes: string | null;
  /** `RUNNING`, `COMPLETED`, `FAILED`, `TERMINATED`, … */
  state: string;
  /** Why a step of its own is to be tried again, when that is because of the database; null when none is. */
  databaseTrouble: string | null;
  /** Its batches under way. */
  children: { workflowId: string; runId: string }[];
}

type Described = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw'];

/** `PendingActivityState.SCHEDULED` of Temporal's API: it waits for its next try. */
const WAITS_FOR_NEXT_TRY = 1;
/** Who cannot write is many at once: a few of them tell enough. */
const CHILDREN_ASKED = 3;

/**
 * Calls Temporal; gives up after `withinMs`, whatever the connection does.
 * @throws {TemporalUnavailable} when it does not answer in time or refuses the client; other errors as they are.
 */
export async function callTemporal<T>(temporal: Client, withinMs: number, call: () => Promise<T>): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + withinMs, call);
  } catch (error) {
    throw explain(error);
  }
}

/** The newest execution of the saga; null when Temporal knows none. */
export async function findExecution(temporal: Client, withinMs: number): Promise<Execution | null> {
  try {
    const { raw, memo, status, runId } = await callTemporal(temporal, withinMs, () =>
      temporal.workflow.getHandle(SYNC_WORKFLOW_ID).describe(),
    );
    return {
      runId,
      firstRunId: raw.workflowExecutionInfo?.firstRunId || runId,
      resumes: typeof memo?.operationId === 'string' ? memo.operationId : null,
      state: status.name,
      databaseTrouble: databaseTrouble(raw),
      children: (raw.pendingChildren ?? []).map((child) => ({
        workflowId: child.workflowId ?? '',
        runId: child.runId ?? '',
      })),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Why some step of the run waits for its next try, when that is because of the database; null when none does. */
export async function findDatabaseTrouble(
  temporal: Client,
  { databaseTrouble: own, children }: Execution,
  withinMs: number,
): Promise<string | null> {
  if (own !== null) return own;
  const asked = children.slice(0, CHILDREN_ASKED).map(async ({ workflowId, runId }) => {
    try {
      const { raw } = await callTemporal(temporal, withinMs, () =>
        temporal.workflow.getHandle(workflowId, runId).describe(),
      );
      return databaseTrouble(raw);
    } catch (error) {
      // It has ended meanwhile.
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  });
  return (await Promise.all(asked)).find((trouble) => trouble !== null) ?? null;
}

function databaseTrouble({ pendingActivities }: Described): string | null {
  for (const { state, lastFailure } of pendingActivities ?? []) {
    const type = lastFailure?.applicationFailureInfo?.type;
    if (state === WAITS_FOR_NEXT_TRY && type === 'DATABASE_UNAVAILABLE') return lastFailure?.message ?? null;
  }
  return null;
}

/** gRPC statuses that say nothing of the call itself: the server is away, overloaded, or does not want this client. */
const AWAY: Record<number, string> = {
  1: 'the call was cut off',
  4: 'it does not answer in time',
  7: 'it refuses this client (permission denied)',
  8: 'it is overloaded (resource exhausted)',
  14: 'it cannot be reached',
  16: 'it refuses this client (unauthenticated)',
};

/** gRPC's; said of a workflow or a schedule too. */
const NOT_FOUND = 5;
const NO_NAMESPACE = 'it has no such namespace';

function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof WorkflowNotFoundError) return error;
  if (error.name === 'NamespaceNotFoundError') return new TemporalUnavailable(NO_NAMESPACE, { cause: error });
  for (const candidate of [error, error.cause]) {
    if (!isGrpcServiceError(candidate)) continue;
    const noNamespace = candidate.code === NOT_FOUND && /^Namespace .* is not found/.test(candidate.details);
    const why = noNamespace ? NO_NAMESPACE : AWAY[candidate.code];
    if (why !== undefined) return new TemporalUnavailable(why, { cause: error });
  }
  return error;
}
