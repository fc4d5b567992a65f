/** Traces: off unless a collector is named, and then nothing of OpenTelemetry is loaded. */
import type { ClientInterceptors } from '@temporalio/client';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

/** What a span says. Names, numbers and states: nothing of a record, no address with its query. */
export type SpanFields = Record<string, string | number | boolean>;

export interface SpanHandle {
  rename(name: string): void;
  set(fields: SpanFields): void;
  fail(why: string): void;
}

export interface SpanOptions {
  /** `server`: answers a request, whose trace is gone on with; `client`: calls somebody else. */
  kind: 'server' | 'client';
  fields?: SpanFields;
  /** Headers of the request that is answered. */
  headers?: Headers;
}

export interface Tracing {
  /** Does the work within a span; what it calls belongs to that one. A failure is the work's own to describe. */
  span<T>(name: string, options: SpanOptions, work: (span: SpanHandle) => Promise<T>): Promise<T>;
  /** For a Temporal client: workflows that it starts go on with the trace. */
  readonly client: ClientInterceptors;
  /** For a worker. */
  readonly activities: ActivityInterceptorsFactory[];
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

const unobserved: SpanHandle = { rename: () => undefined, set: () => undefined, fail: () => undefined };

export const noTracing: Tracing = {
  span: (_name, _options, work) => work(unobserved),
  client: {},
  activities: [],
  // A run that was started with a trace hands out spans on this worker too.
  sinks: { exporter: { export: { fn: () => undefined, callDuringReplay: false } } },
  close: () => Promise.resolve(),
};

/** @param service which of the processes this is. */
export async function startTracing(config: Config, service: 'api' | 'worker', log: Logger): Promise<Tracing> {
  const { endpoint } = config.tracing;
  if (endpoint === undefined) return noTracing;
  const { createTracing } = await import('./otlp.ts');
  return createTracing({ endpoint, service, log });
}
