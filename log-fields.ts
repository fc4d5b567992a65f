/**
 * Fields that every line gets which is written while some work goes on, however deep below it: the request that is being answered, the run
 * and the step that are at work. So no function has to hand an id on for the log's sake.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** The names that lines are searched by; docs/operations.md says what each one means. */
export interface LogFields {
  requestId?: string;
  operationId?: string;
  attempt?: number;
  workflowId?: string;
  runId?: string;
  activity?: string;
  tries?: number;
  batch?: number;
}

const scope = new AsyncLocalStorage<LogFields>();

/** Does the work; its lines carry these fields beside those of the work around it. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return scope.run({ ...scope.getStore(), ...fields }, work);
}

export function currentLogFields(): Readonly<LogFields> {
  return scope.getStore() ?? {};
}
