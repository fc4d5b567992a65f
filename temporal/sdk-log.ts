/** What Temporal's SDK says, its Rust part and workflow code included, as lines of our own log. */
import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import type { Level, Logger } from 'pino';

const LEVELS: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/** Said without the run's id, which the SDK does not know; our steps and workflows say the same with it. */
const SAID_BY_US = /^(?:Activity (?:started|completed|failed)|Workflow started$)/;

/** The SDK's names of what our log has names for. */
const NAMES: Readonly<Record<string, string>> = {
  workflowRunId: 'runId',
  workflowType: 'workflow',
  activityType: 'activity',
  attempt: 'tries',
  sdkComponent: 'part',
  error: 'err',
};
/** The same in every line, or of no use to whoever reads it. */
const LEFT_OUT: ReadonlySet<string> = new Set(['namespace', 'taskQueue', 'taskToken', 'isLocal', 'identity', 'level']);

/** For `Runtime.install`: as talkative as our own log. */
export function sdkLogger(log: Logger): DefaultLogger {
  return new DefaultLogger(isDetailed(log) ? 'DEBUG' : 'INFO', ({ level, message, meta }) => {
    if (SAID_BY_US.test(message)) return;
    log[LEVELS[level]](sdkFields(meta), message);
  });
}

/** For `Runtime.install`: the Rust part writes through the same log instead of to the terminal. */
export function coreLogging(log: Logger) {
  return { filter: { core: isDetailed(log) ? 'INFO' : 'WARN', other: 'ERROR' }, forward: {} } as const;
}

/** Plain values only: an object might be a payload. An error is described by the log itself. */
export function sdkFields(meta: object | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(meta ?? {})) {
    if (LEFT_OUT.has(key) || value === undefined) continue;
    if (value instanceof Error || key === 'error') fields.err = value;
    else if (value === null || typeof value !== 'object') fields[NAMES[key] ?? key] = value;
  }
  return fields;
}

function isDetailed(log: Logger): boolean {
  return log.isLevelEnabled('debug');
}
