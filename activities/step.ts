import { activityInfo, CancelledFailure, Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { databaseCode, isDatabaseAway } from '../db/errors.ts';
import { type LogFields, withLogFields } from '../log-fields.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { batchOfWorkflow } from '../workflows/names.ts';

/** A short step never sends one: each costs Temporal as much as an event. */
const HEARTBEAT_MS = 3000;

/** What a step's work is given to notice that it should stop. */
export interface StepContext {
  signal: AbortSignal;
  /** Throws when the step was cancelled, so that long loops end between two slices. */
  checkpoint: () => void;
}

export interface StepLimits {
  maxTries: number;
  /** Failures for unknown reasons of steps not ended yet; one map a process. */
  defects: Map<string, number>;
  log: Logger;
  /** Called when it begins, and what that returns when it ends, with whether it did well. */
  begins: () => (ok: boolean) => void;
}

/**
 * Wraps the work of an activity: heartbeats on a timer (a slow call is not a dead worker), stops when cancelled, and turns
 * errors into failures that say whether another try makes sense. What is logged meanwhile carries the run's and the step's names.
 */
export function step<I, O>(
  limits: StepLimits,
  work: (input: I, context: StepContext) => Promise<O>,
): (input: I) => Promise<O> {
  const perform = tracked(limits, work);
  return (input) => withLogFields(fieldsOf(input), () => perform(input));
}

function tracked<I, O>(
  { maxTries, defects, log, begins }: StepLimits,
  work: (input: I, context: StepContext) => Promise<O>,
): (input: I) => Promise<O> {
  return async (input) => {
    const since = performance.now();
    const { cancellationSignal } = Context.current();
    // A local activity has no heartbeat; it is short by nature.
    const timer = activityInfo().isLocal ? undefined : setInterval(() => heartbeat(), HEARTBEAT_MS);
    const checkpoint = () => {
      if (cancellationSignal.aborted) throw new CancelledFailure('the run was cancelled');
    };
    const { activityId, workflowExecution } = activityInfo();
    const id = `${workflowExecution?.runId}/${activityId}`;
    const ends = begins();
    let ok = false;
    try {
      const result = await work(input, { signal: cancellationSignal, checkpoint });
      defects.delete(id);
      ok = true;
      log.debug({ ms: Math.round(performance.now() - since) }, 'step done');
      return result;
    } catch (error) {
      if (cancellationSignal.aborted) {
        ok = true;
        throw new CancelledFailure('the run was cancelled');
      }
      // Temporal's own count holds killed workers and outages too, which say nothing against the step.
      const count = (defects.get(id) ?? 0) + (isDatabaseAway(error) ? 0 : 1);
      const failure = toFailure(error, count, maxTries);
      if (failure.nonRetryable) defects.delete(id);
      else if (count > 0) defects.set(id, count);
      log.warn({ err: error, type: failure.type, triedAgain: failure.nonRetryable !== true }, 'step failed');
      throw failure;
    } finally {
      clearInterval(timer);
      ends(ok);
    }
  };
}

/** Whose step it is, as far as input and workflow tell. */
function fieldsOf(input: unknown): LogFields {
  const { activityType, attempt: tries, workflowExecution } = activityInfo();
  const { ref, operationId = ref?.operationId } = (input ?? {}) as {
    ref?: { operationId: string; attempt: number };
    operationId?: string;
  };
  const workflowId = workflowExecution?.workflowId;
  const batch = workflowId === undefined ? null : batchOfWorkflow(workflowId);
  return {
    ...(operationId === undefined ? {} : { operationId }),
    ...(ref === undefined ? {} : { attempt: ref.attempt }),
    ...(workflowId === undefined ? {} : { workflowId }),
    activity: activityType,
    tries,
    ...(batch === null ? {} : { batch: batch.batch }),
  };
}

/**
 * A failure for Temporal. Retried without end: the database is away. Retried up to `maxTries`: anything unknown, which may
 * be a defect. Never retried: what says itself that it is permanent.
 * @param defects how often this step has failed for an unknown reason, this time included.
 */
export function toFailure(error: unknown, defects: number, maxTries: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof UpstreamError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.errorClass.type,
      nonRetryable: !error.errorClass.retryable || defects >= maxTries,
      details: [{ code: error.code }],
    });
  }
  const code = databaseCode(error);
  if (isDatabaseAway(error)) {
    return ApplicationFailure.create({
      message: `the database is not available (${code ?? 'the connection broke'})`,
      type: 'DATABASE_UNAVAILABLE',
    });
  }
  return ApplicationFailure.create({
    message: describe(error, code),
    type: code ?? 'INTERNAL',
    nonRetryable: defects >= maxTries,
  });
}

/** A driver's message quotes values of rows, so of a database error only its code is told. */
function describe(error: unknown, code: string | null): string {
  if (error instanceof Error && 'sqlMessage' in error) return `the database refused a statement (${code ?? 'no code'})`;
  return error instanceof Error ? error.message : String(error);
}
