/** Traces by OpenTelemetry, sent by OTLP over HTTP. Loaded only when there is somebody to send them to. */
import {
  type Context,
  context,
  defaultTextMapGetter,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ScheduleClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { Logger } from 'pino';
import { currentLogFields } from '../log-fields.ts';
import type { SpanFields, SpanHandle, SpanOptions, Tracing } from './index.ts';
import { maskingExporter } from './masking.ts';

export interface OtlpOptions {
  /** Base address of the collector; spans go to `/v1/traces` below it. */
  endpoint: string;
  service: string;
  log: Logger;
}

/** Stopping waits for the collector this long at most. */
const SEND_WITHIN_MS = 3000;
/** Under this header Temporal's interceptors pass a trace on. */
const TRACE_HEADER = '_tracer-data';
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

export function createTracing({ endpoint, service, log }: OtlpOptions): Tracing {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = maskingExporter(new OTLPTraceExporter({ url, timeoutMillis: SEND_WITHIN_MS }), log);
  const processor = new BatchSpanProcessor(exporter, { exportTimeoutMillis: SEND_WITHIN_MS });
  const resource = new Resource({ 'service.name': `license-sync-${service}`, 'process.pid': process.pid });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({
    contextManager: new AsyncLocalStorageContextManager(),
    // Only which trace it is: baggage is text of the caller's, and would go into Temporal's histories.
    propagator: new W3CTraceContextPropagator(),
  });
  const tracer = trace.getTracer('license-sync');

  async function span<T>(name: string, options: SpanOptions, work: (span: SpanHandle) => Promise<T>): Promise<T> {
    const { requestId, operationId } = currentLogFields();
    const attributes = {
      ...options.fields,
      ...(requestId === undefined ? {} : { 'license_sync.request_id': requestId }),
      ...(operationId === undefined ? {} : { 'license_sync.operation_id': operationId }),
    };
    const within = options.headers ? calledFrom(options.headers) : context.active();
    return await tracer.startActiveSpan(name, { kind: KINDS[options.kind], attributes }, within, async (started) => {
      const handle = handleOf(started);
      try {
        return await work(handle);
      } catch (error) {
        if (!handle.failed) started.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        started.end();
      }
    });
  }

  return {
    span,
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()], schedule: [scheduledTraces] },
    activities: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })],
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    async close() {
      // It rejects when the last spans could not be sent, which the exporter has told already.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** A schedule starts its runs itself: each one gets a trace of its own, for which an empty header is enough. */
const scheduledTraces: ScheduleClientInterceptor = {
  create: (input, next) =>
    next({ ...input, headers: { ...input.headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload({}) } }),
};

function calledFrom(headers: Headers): Context {
  return propagation.extract(context.active(), Object.fromEntries(headers), defaultTextMapGetter);
}

function handleOf(span: Span): SpanHandle & { failed: boolean } {
  return {
    failed: false,
    rename: (name) => span.updateName(name),
    set: (fields: SpanFields) => span.setAttributes(fields),
    fail(message) {
      this.failed = true;
      span.setStatus({ code: SpanStatusCode.ERROR, message });
    },
  };
}
