/** The last stop of every span: plain values only, each text masked as in the log, no stacks. */
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { maskText } from '../domain/mask.ts';

/** Temporal's sink gives a span all that it knows of the workflow; these are what somebody searches for. */
const OF_WORKFLOWS: ReadonlySet<string> = new Set(['workflowId', 'runId', 'workflowType', 'attempt']);
/** `dotted.names` are the conventions' own; the rest is Temporal's. */
const KEPT = /\.|^temporal(?:Workflow|Activity|Update)Id$|^run_id$/;
const STACK = 'exception.stacktrace';

/** Says once when the collector is away, and once when it is back. */
export function maskingExporter(exporter: SpanExporter, log: Logger): SpanExporter {
  let away = false;
  function tell({ code, error }: ExportResult): void {
    if ((code === ExportResultCode.FAILED) === away) return;
    away = !away;
    if (away) log.warn({ err: error }, 'traces cannot be sent to the collector; they are dropped');
    else log.info('traces are sent again');
  }
  return {
    export(spans, done) {
      exporter.export(spans.map(masked), (result) => {
        tell(result);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}

/** The same span, with other words. */
function masked(span: ReadableSpan): ReadableSpan {
  const { message } = span.status;
  return Object.create(span, {
    name: { value: maskText(span.name) },
    attributes: { value: attributesOf(span.attributes) },
    status: { value: message === undefined ? span.status : { ...span.status, message: maskText(message) } },
    events: {
      value: span.events.map((event) => ({
        ...event,
        ...(event.attributes ? { attributes: attributesOf(event.attributes) } : {}),
      })),
    },
  });
}

function attributesOf(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]): [string, AttributeValue][] => {
      if (name === STACK || !(KEPT.test(name) || OF_WORKFLOWS.has(name))) return [];
      if (typeof value === 'string') return [[name, maskText(value)]];
      return typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [];
    }),
  );
}
