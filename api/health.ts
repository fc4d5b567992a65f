/** Whether the API lives, is ready, and is well. */
import { createRoute, z } from '@hono/zod-openapi';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, healthSchema, json, problems, readinessSchema } from './schemas.ts';

/** Said by a process that was told to stop, whatever its checks say. */
const STOPPING = 'this process was told to stop: it ends what is under way, and new requests belong to another one';

const NOT_READY = {
  ready: false,
  reason: null,
  checks: {
    database: { ok: true, reason: null },
    migrations: { ok: true, reason: null },
    temporal: { ok: false, reason: 'it does not answer' },
  },
};

export function healthRoutes({ operations, db, waiting }: ApiDeps) {
  const live = createRoute({
    method: 'get',
    path: '/livez',
    operationId: 'isAlive',
    tags: ['About'],
    summary: 'The process answers',
    responses: { 200: { description: 'Alive', content: json(z.object({ alive: z.literal(true) })) }, ...problems(429) },
  });
  const ready = createRoute({
    method: 'get',
    path: '/readyz',
    operationId: 'isReady',
    tags: ['About'],
    summary: 'Database, migrations and Temporal are there, and the process is not about to stop',
    responses: {
      200: { description: 'Ready', content: json(readinessSchema) },
      ...problems(429),
      503: { description: 'Not ready; the reason or the checks say why', content: json(readinessSchema, NOT_READY) },
    },
  });
  const health = createRoute({
    ...reads(db),
    method: 'get',
    path: '/api/v1/health',
    operationId: 'getHealth',
    tags: ['About'],
    summary: 'Every part the system needs, one by one',
    description: 'The status code is 200 whenever the question could be answered; `data.status` has the verdict.',
    responses: {
      200: { description: 'Health', content: json(answer(healthSchema)) },
      ...problems(401, 403, 503),
    },
  });

  return createRouter()
    .openapi(live, (c) => c.json({ alive: true as const }, 200))
    .openapi(ready, async (c) => {
      const readiness = await operations.readiness();
      if (waiting.stopping) return c.json({ ...readiness, ready: false, reason: STOPPING }, 503);
      return c.json({ ...readiness, reason: null }, readiness.ready ? 200 : 503);
    })
    .openapi(health, async (c) => c.json({ success: true as const, data: await operations.health() }, 200));
}
