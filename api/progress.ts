/** Progress of one operation: once, or as a stream of events. */
import { createRoute, z } from '@hono/zod-openapi';
import { isTokenLive } from '../db/tokens.ts';
import { OPERATIONS_PATH } from '../http/links.ts';
import type { ProgressFeed } from '../http/progress-feed.ts';
import { streamProgress } from '../http/progress-stream.ts';
import { reads } from './access.ts';
import { tokenInvalid } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, json, operationParams, problems, progressSchema } from './schemas.ts';

export function progressRoutes({ operations, db, log, waiting }: ApiDeps, feed: ProgressFeed) {
  const progress = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/progress`,
    operationId: 'getProgress',
    tags: ['Syncs'],
    summary: 'How far the operation is, and what it waits for',
    request: { params: operationParams },
    responses: {
      200: { description: 'Progress', content: json(answer(progressSchema)) },
      ...problems(400, 401, 403, 404, 503),
    },
  });

  const events = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/events`,
    operationId: 'streamProgress',
    tags: ['Syncs'],
    summary: 'Progress as server-sent events',
    description:
      'Event `progress` whenever something changed, `problem` when the API cannot look, `end` when the run has ended; then the stream closes. With Last-Event-ID nothing is sent again that has not changed since, and 204 after `end`.',
    request: {
      params: operationParams,
      headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
    },
    responses: {
      200: { description: 'A stream of events', content: { 'text/event-stream': { schema: z.string() } } },
      204: { description: 'The stream had ended' },
      ...problems(400, 401, 403, 404, 503),
    },
  });

  return createRouter()
    .openapi(progress, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await operations.getProgress(id) }, 200);
    })
    .openapi(events, async (c) => {
      const { id } = c.req.valid('param');
      const { tokenId } = c.get('caller');
      return await streamProgress(c, {
        log,
        waiting,
        instance: `${OPERATIONS_PATH}/${id}/events`,
        lastEventId: c.req.valid('header')['last-event-id'],
        // A token that was revoked meanwhile sees nothing more.
        async read() {
          if (!(await isTokenLive(db, tokenId))) throw tokenInvalid();
          return await feed(id);
        },
        render: async (progress) => JSON.stringify(progress),
      });
    });
}
