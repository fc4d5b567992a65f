/** Alerts: list, look at, acknowledge. */
import { createRoute, z } from '@hono/zod-openapi';
import { acts, reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, numberedParams, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, json, problems, READING, WRITING } from './schemas.ts';

const ALERTS_PATH = '/api/v1/alerts';
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

const instant = z.string().openapi({ format: 'date-time' });
const alertSchema = z
  .object({
    id: z.number().int(),
    kind: z.string().openapi({ example: 'missing_run' }),
    subject: z.string().openapi({ example: 'schedule:nightly' }),
    severity: z.enum(['info', 'warning', 'critical']),
    state: z.enum(['open', 'acknowledged', 'resolved']),
    message: z.string().openapi({ description: 'Since when, what, and what to do.' }),
    details: z.record(z.string(), z.unknown()).nullable(),
    operationId: z.string().nullable(),
    occurrences: z.number().int(),
    firstSeenAt: instant,
    lastSeenAt: instant,
    acknowledgedBy: z.string().nullable(),
    acknowledgedAt: instant.nullable(),
    resolvedAt: instant.nullable(),
  })
  .openapi('Alert');

export function alertRoutes({ operations, db }: ApiDeps) {
  const { alerts } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: ALERTS_PATH,
    operationId: 'listAlerts',
    tags: ['Alerts'],
    summary: 'List alerts, newest first',
    request: {
      query: z.strictObject({
        state: z
          .enum(['open', 'acknowledged', 'resolved', 'unresolved'])
          .optional()
          .openapi({ description: '`unresolved`: open or acknowledged. Without it: all.' }),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of alerts',
        headers: linkHeader,
        content: json(answer(z.array(alertSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${ALERTS_PATH}/{id}`,
    operationId: 'getAlert',
    tags: ['Alerts'],
    summary: 'One alert',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The alert', content: json(answer(alertSchema)) },
      ...problems(...READING, 'alert-not-found'),
    },
  });

  const acknowledge = createRoute({
    ...acts(db, 'operator'),
    method: 'post',
    path: `${ALERTS_PATH}/{id}/acknowledge`,
    operationId: 'acknowledgeAlert',
    tags: ['Alerts'],
    summary: 'Say that someone looks after an alert; it is resolved by itself',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The alert', content: json(answer(alertSchema)) },
      ...problems(...WRITING, 'alert-not-found', 'alert-state'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, state } = c.req.valid('query');
      const page = await alerts.list({
        limit,
        ...(cursor === undefined ? {} : { before: cursor }),
        ...(state === undefined ? {} : { state }),
      });
      const { meta, link } = pageOf(ALERTS_PATH, { state }, { limit, next: page.next });
      if (link) c.header('Link', link);
      return c.json({ success: true as const, data: page.alerts, meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await alerts.get(id) }, 200);
    })
    .openapi(acknowledge, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await alerts.acknowledge(id, c.get('caller').name) }, 200);
    });
}
