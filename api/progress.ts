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
import { answer, json, operationParams, problems, progressSchema, READING } from './schemas.ts';

/** Of one event: what OpenAPI calls the schema of an item, and has no place for before 3.2. */
const eventSchema = z.object({
  event: z.enum(['progress', 'problem', 'end']),
  id: z.string().openapi({ description: 'For Last-Event-ID.' }),
  retry: z.number().int().openapi({ description: 'Milliseconds after which to connect again.' }),
  data: z.string().openapi({ description: 'JSON: a Progress; in the event `problem` a Problem.' }),
});

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
      ...problems(...READING, 'operation-not-found'),
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
      200: { description: 'A stream of events', content: { 'text/event-stream': { schema: eventSchema } } },
      204: { description: 'The stream had ended' },
      ...problems(...READING, 'operation-not-found', 'too-many-streams'),
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
        // A token that was revoked or has expired meanwhile sees nothing more.
        async read() {
          if (!(await isTokenLive(db, tokenId))) throw tokenInvalid();
          return await feed(id);
        },
        render: async (progress) => JSON.stringify(progress),
      });
    });
}
