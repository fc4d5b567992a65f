/** What the API process says of itself: prom-client's figures of the process, and its answers. */
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { routeOf } from '../http/route.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Gauges that prom-client names like counters; the same figures are there by type under the names without `_total`. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

export interface ProcessMetrics {
  /** Times every answer, by route pattern: ids and what people typed never become labels. */
  middleware: MiddlewareHandler;
  /** In Prometheus' text form. */
  text(): Promise<string>;
}

/** A registry of its own, so that a process can have more than one app. */
export function createProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const answers = new Histogram({
    name: 'license_sync_http_request_duration_seconds',
    help: 'Answers of this API process, pages of the console included.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    middleware: createMiddleware(async (c, next) => {
      const since = performance.now();
      await next();
      answers.observe(
        {
          method: known(c.req.method),
          route: routeOf(c),
          status: `${Math.floor(c.res.status / 100)}xx`,
        },
        (performance.now() - since) / 1000,
      );
    }),
    text: () => registry.metrics(),
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Anyone can send any method. */
function known(method: string): string {
  return METHODS.has(method) ? method : 'other';
}
