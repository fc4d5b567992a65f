import { activityInfo, CancelledFailure, Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { UpstreamError } from '../upstream/errors.ts';

/** A short step never sends one: each costs Temporal as much as an event. */
const HEARTBEAT_MS = 3000;

/** What a step's work is given to notice that it should stop. */
export interface StepContext {
  signal: AbortSignal;
  /** Throws when the step was cancelled, so that long loops end between two slices. */
  checkpoint: () => void;
}

/**
 * Wraps the work of an activity: heartbeats on a timer (a slow call is not a dead worker), stops when cancelled, and turns
 * errors into failures that say whether another try makes sense.
 */
export function step<I, O>(
  maxTries: number,
  work: (input: I, context: StepContext) => Promise<O>,
): (input: I) => Promise<O> {
  return async (input) => {
    const { cancellationSignal } = Context.current();
    // A local activity has no heartbeat; it is short by nature.
    const timer = activityInfo().isLocal ? undefined : setInterval(() => heartbeat(), HEARTBEAT_MS);
    const checkpoint = () => {
      if (cancellationSignal.aborted) throw new CancelledFailure('the run was cancelled');
    };
    try {
      return await work(input, { signal: cancellationSignal, checkpoint });
    } catch (error) {
      if (cancellationSignal.aborted) throw new CancelledFailure('the run was cancelled');
      throw toFailure(error, activityInfo().attempt, maxTries);
    } finally {
      clearInterval(timer);
    }
  };
}

/** Codes by which the driver or the server says that the database is away, full or read-only: worth waiting for. */
const DATABASE_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'POOL_CLOSED',
  'ER_SERVER_SHUTDOWN',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CON_COUNT_ERROR',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
]);

/**
 * A failure for Temporal. Retried without end: the database is away. Retried up to `maxTries`: anything unknown, which may
 * be a defect. Never retried: what says itself that it is permanent.
 */
export function toFailure(error: unknown, attempt: number, maxTries: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof UpstreamError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.errorClass.type,
      nonRetryable: !error.errorClass.retryable || attempt >= maxTries,
      details: [{ code: error.code }],
    });
  }
  const code = codeOf(error);
  if (code !== null && DATABASE_AWAY.has(code)) {
    return ApplicationFailure.create({
      message: `the database is not available (${code})`,
      type: 'DATABASE_UNAVAILABLE',
    });
  }
  return ApplicationFailure.create({
    message: describe(error, code),
    type: code ?? 'INTERNAL',
    nonRetryable: attempt >= maxTries,
  });
}

/** A driver's message quotes values of rows, so of a database error only its code is told. */
function describe(error: unknown, code: string | null): string {
  if (error instanceof Error && 'sqlMessage' in error) return `the database refused a statement (${code ?? 'no code'})`;
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
