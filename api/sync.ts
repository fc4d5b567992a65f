/** Starting a sync. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRoute, z } from '@hono/zod-openapi';
import type { OperationView } from '../operations/view.ts';
import { requireRole } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { operationLinks, operationPath, SYNC_PATH } from './links.ts';
import { hasEnded, type ProgressFeed } from './progress-feed.ts';
import { createRouter, timeLimited, withoutBody } from './router.ts';
import { answer, flagParam, json, numberParam, operationSchema, problems } from './schemas.ts';

const POLL_MS = 1000;
const PARTIAL_ONLY = ['maxPages', 'status', 'dba'] as const;

const startQuery = z
  .strictObject({
    comprehensive: flagParam,
    detectDuplicates: flagParam,
    bidirectional: flagParam,
    dryRun: flagParam,
    partial: flagParam,
    maxPages: numberParam(1, 1_000_000),
    status: z.enum(['0', '1', 'active', 'inactive'], { error: 'expected active, inactive, 1 or 0' }).optional(),
    dba: z.string().min(1).max(200).optional(),
    wait: flagParam.openapi({ type: 'boolean', description: 'Answer when the run has ended, with status 200.' }),
  })
  .superRefine((query, context) => {
    if (query.partial) return;
    for (const name of PARTIAL_ONLY) {
      if (query[name] !== undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'only together with partial=true' });
      }
    }
  });

export function syncRoutes({ operations, db, waiting }: ApiDeps, feed: ProgressFeed) {
  const start = createRoute({
    method: 'post',
    path: SYNC_PATH,
    summary: 'Start a sync',
    description:
      'Starts the one run there may be. Answers 202 at once, or 200 when the run has ended with `wait=true`; when the API stops meanwhile, 202. A client that goes away stops waiting, not the run.',
    security: [{ bearer: [] }],
    middleware: [requireRole(db, 'operator'), withoutBody] as const,
    request: { query: startQuery },
    responses: {
      200: { description: 'The run has ended (`wait=true`)', content: json(answer(operationSchema)) },
      202: {
        description: 'The run has begun',
        headers: { Location: { description: 'Address of the operation', schema: { type: 'string' as const } } },
        content: json(answer(operationSchema)),
      },
      ...problems(400, 401, 403, 409, 413, 501, 503),
    },
  });

  /** @returns whether the run ended; false when the client is gone or the API stops. */
  async function untilEnded(operationId: string, gone: AbortSignal): Promise<boolean> {
    while (!gone.aborted) {
      if (hasEnded(await timeLimited(feed(operationId)))) return true;
      // An aborted sleep rejects; the loop's condition says the same without an exception.
      await sleep(POLL_MS, undefined, { signal: gone }).catch(() => undefined);
    }
    return false;
  }

  return createRouter().openapi(start, async (c) => {
    const { wait, comprehensive, detectDuplicates, bidirectional, dryRun, partial } = c.req.valid('query');
    const place = wait ? waiting.enter() : null;
    try {
      const trigger = c.req.header('user-agent')?.startsWith('license-sync-cli') ? 'cli' : 'api';
      const options = { comprehensive, detectDuplicates, bidirectional, dryRun, partial };
      const operation = await timeLimited(operations.startSync({ options, trigger }));
      const { operationId } = operation;
      c.header('Location', operationPath(operationId));
      if (place && (await untilEnded(operationId, AbortSignal.any([place.stopped, c.req.raw.signal])))) {
        return c.json({ success: true as const, data: withLinks(await operations.getOperation(operationId)) }, 200);
      }
      return c.json({ success: true as const, data: withLinks(operation) }, 202);
    } finally {
      place?.leave();
    }
  });
}

export function withLinks(operation: OperationView) {
  return { ...operation, links: operationLinks(operation.operationId) };
}
