/** The sync's status in the original API's shape. */
import { createRoute } from '@hono/zod-openapi';
import { SYNC_PATH } from '../http/links.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, json, problems, statusSchema } from './schemas.ts';

export function syncStatusRoutes({ operations, db }: ApiDeps) {
  const status = createRoute({
    ...reads(db),
    method: 'get',
    path: `${SYNC_PATH}/status`,
    operationId: 'getSyncStatus',
    tags: ['Syncs'],
    summary: 'The last sync, the health of the License API, and the numbers',
    responses: {
      200: { description: 'Status', content: json(answer(statusSchema)) },
      ...problems(401, 403, 503),
    },
  });
  return createRouter().openapi(status, async (c) =>
    c.json({ success: true as const, data: await operations.getSyncStatus() }, 200),
  );
}
