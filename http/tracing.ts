/** A span a request: route, method, status. Never the address: it may hold anything. */
import { createMiddleware } from 'hono/factory';
import type { Tracing } from '../tracing/index.ts';
import { routeOf } from './route.ts';

export function requestSpans(tracing: Tracing) {
  return createMiddleware(async (c, next) => {
    const { method } = c.req;
    const options = { kind: 'server', headers: c.req.raw.headers, fields: { 'http.request.method': method } } as const;
    await tracing.span(method, options, async (span) => {
      await next();
      const { status } = c.res;
      const route = routeOf(c);
      span.rename(`${method} ${route}`);
      span.set({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span.fail(`HTTP ${status}`);
    });
  });
}
