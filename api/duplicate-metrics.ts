/** The quality figures of the search for duplicates. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { METRIC_NAMES } from '../domain/duplicate-metrics.ts';
import { DUPLICATES_PATH } from '../http/links.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, json, numberParam, problems, READING } from './schemas.ts';

const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const count = z.number().int().min(0);

const metric = z.object({
  value: z.number().nullable().openapi({ description: 'Null when there is nothing to divide by.' }),
  unit: z.enum(['ratio', 'ms', 'count', 'per sync']),
  numerator: z.number(),
  denominator: z.number().nullable(),
  meaning: z.string(),
});

const metricsSchema = z
  .object({
    days: count,
    since: z.string().openapi({ format: 'date-time' }),
    metrics: z.object(
      Object.fromEntries(METRIC_NAMES.map((name) => [name, metric])) as Record<
        (typeof METRIC_NAMES)[number],
        typeof metric
      >,
    ),
    queue: z
      .object({
        total: count,
        sizes: z.array(
          z.object({
            state: z.enum(['open', 'flagged']),
            age: z.enum(['day', 'week', 'month', 'older']).openapi({ description: 'Opened within it.' }),
            cases: count,
          }),
        ),
      })
      .openapi({ description: 'Cases that nobody has decided, whenever they were opened.' }),
  })
  .openapi('DuplicateMetrics');

export function duplicateMetricsRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const metrics = createRoute({
    ...reads(db),
    method: 'get',
    path: `${DUPLICATES_PATH}/metrics`,
    operationId: 'getDuplicateMetrics',
    tags: ['Duplicates'],
    summary: 'How good the search for duplicates is',
    description: 'Each figure with what it was made of. Counted over the last `days`.',
    request: { query: z.strictObject({ days: numberParam(1, MAX_DAYS) }) },
    responses: {
      200: { description: 'The figures', content: json(answer(metricsSchema)) },
      ...problems(...READING),
    },
  });

  return createRouter().openapi(metrics, async (c) => {
    const { days = DEFAULT_DAYS } = c.req.valid('query');
    return c.json({ success: true as const, data: await operations.duplicates.metrics(days) }, 200);
  });
}
