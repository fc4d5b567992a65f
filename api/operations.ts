/** Operations: list, look at, steer. */
import { createRoute, z } from '@hono/zod-openapi';
import { requireRole } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { OPERATIONS_PATH } from './links.ts';
import { createRouter, withinTime, withoutBody } from './router.ts';
import { answer, json, numberParam, operationParams, operationSchema, problems } from './schemas.ts';
import { withLinks } from './sync.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export function operationRoutes({ operations, db }: ApiDeps) {
  const reader = [requireRole(db, 'viewer'), withinTime];
  const security = [{ bearer: [] }];

  const list = createRoute({
    method: 'get',
    path: OPERATIONS_PATH,
    summary: 'List operations, newest first',
    security,
    middleware: reader,
    request: {
      query: z.strictObject({
        limit: numberParam(1, MAX_LIMIT),
        cursor: numberParam(1, 4_294_967_295).openapi({
          description: 'From meta.nextCursor, or follow the Link header.',
        }),
      }),
    },
    responses: {
      200: {
        description: 'A page of operations',
        headers: { Link: { description: 'rel="next" when there are more', schema: { type: 'string' as const } } },
        content: json(
          answer(z.array(operationSchema)).extend({
            meta: z.object({ limit: z.number().int(), nextCursor: z.string().nullable() }),
          }),
        ),
      },
      ...problems(400, 401, 503),
    },
  });

  const get = createRoute({
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}`,
    summary: 'One operation, with its report when it has ended',
    security,
    middleware: reader,
    request: { params: operationParams },
    responses: {
      200: { description: 'The operation', content: json(answer(operationSchema)) },
      ...problems(400, 401, 404, 503),
    },
  });

  /** A request to a run, which follows it in its own time. */
  const steer = (action: 'pause' | 'resume' | 'cancel', summary: string) =>
    createRoute({
      method: 'post',
      path: `${OPERATIONS_PATH}/{id}/${action}`,
      summary,
      security,
      middleware: [requireRole(db, 'operator'), withinTime, withoutBody] as const,
      request: { params: operationParams },
      responses: {
        202: { description: 'Asked for; the progress shows when it is so', content: json(answer(operationSchema)) },
        ...problems(400, 401, 403, 404, 409, 413, 501, 503),
      },
    });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
      const page = await operations.listOperations({ limit, ...(cursor === undefined ? {} : { cursor }) });
      if (page.next !== null) c.header('Link', `<${OPERATIONS_PATH}?limit=${limit}&cursor=${page.next}>; rel="next"`);
      const meta = { limit, nextCursor: page.next === null ? null : String(page.next) };
      return c.json({ success: true as const, data: page.operations.map(withLinks), meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.getOperation(id)) }, 200);
    })
    .openapi(steer('pause', 'Pause the run: nothing new starts, what is under way ends first'), async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.pauseOperation(id)) }, 202);
    })
    .openapi(steer('resume', 'Let a paused run go on, or try a failed one again under the same id'), async (c) => {
      const { id } = c.req.valid('param');
      const trigger = c.req.header('user-agent')?.startsWith('license-sync-cli') ? 'cli' : 'api';
      return c.json({ success: true as const, data: withLinks(await operations.resumeOperation(id, trigger)) }, 202);
    })
    .openapi(steer('cancel', 'End the run early, with a report of what was done'), async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.cancelOperation(id)) }, 202);
    });
}
