/** `/metrics` in Prometheus' text form. */
import { createRoute, z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import type { Config } from '../config.ts';
import { renderMetrics } from '../domain/metrics.ts';
import type { ProcessMetrics } from '../metrics/process.ts';
import { requireRole } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter, withinTime } from './router.ts';
import { problems } from './schemas.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsRoutes(
  { operations, db }: ApiDeps,
  { metricsNeedToken }: Pick<Config['monitoring'], 'metricsNeedToken'>,
  own: ProcessMetrics,
) {
  const open = createMiddleware(async (_, next) => await next());
  const metrics = createRoute({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['About'],
    summary: 'Figures for Prometheus',
    description: `Of the product as a whole, from the database, and of the process that answers (\`process_…\`, \`nodejs_…\`, \`license_sync_http_…\`). Counts and times only. ${
      metricsNeedToken
        ? 'Needs a token here.'
        : 'Needs no token unless `LICENSE_SYNC_MONITORING_METRICS_NEED_TOKEN` says so.'
    }`,
    ...(metricsNeedToken ? { security: [{ bearer: [] }], 'x-required-role': 'viewer' } : {}),
    middleware: [metricsNeedToken ? requireRole(db, 'viewer') : open, withinTime],
    responses: {
      200: {
        description: 'Text exposition format 0.0.4',
        content: { 'text/plain': { schema: z.string() } },
      },
      ...(metricsNeedToken ? problems(401, 403, 503) : problems(429, 503)),
    },
  });

  return createRouter().openapi(metrics, async (c) => {
    const [product, process] = await Promise.all([operations.readMetrics(), own.text()]);
    return c.text(`${renderMetrics(product)}${process}`, 200, { 'content-type': CONTENT_TYPE });
  });
}
