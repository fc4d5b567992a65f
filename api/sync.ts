/** Starting a sync. */
import { createRoute, z } from '@hono/zod-openapi';
import { operationLinks, operationPath, SYNC_PATH } from '../http/links.ts';
import { awaitsApproval, hasEnded, type ProgressFeed } from '../http/progress-feed.ts';
import { timeLimited } from '../http/time-limit.ts';
import type { OperationView } from '../operations/view.ts';
import { sleepUnless } from '../sleep.ts';
import { actsAndWaits } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, numberParam, operationSchema, problems, WRITING } from './schemas.ts';
import { triggerOf } from './trigger.ts';

const POLL_MS = 1000;
const PARTIAL_ONLY = ['maxPages', 'status', 'dba'] as const;

const startQuery = z
  .strictObject({
    comprehensive: flagParam,
    detectDuplicates: flagParam,
    bidirectional: flagParam.openapi({
      type: 'boolean',
      description: 'Also send what was edited inside to the License API. 403 while its feature is switched off.',
    }),
    dryRun: flagParam,
    partial: flagParam,
    maxPages: numberParam(1, 1_000_000),
    status: z
      .enum(['0', '1', 'active', 'inactive'], { error: 'expected active, inactive, 1 or 0' })
      .transform((text): 0 | 1 => (text === '1' || text === 'active' ? 1 : 0))
      .optional(),
    dba: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .openapi({ description: 'Only records whose business name holds this text.' }),
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
    ...actsAndWaits(db, 'operator'),
    method: 'post',
    path: SYNC_PATH,
    operationId: 'startSync',
    tags: ['Syncs'],
    summary: 'Start a sync',
    description:
      'Starts the one run there may be. With `partial=true` it reads only what `maxPages`, `status` and `dba` choose, and concludes nothing from what it did not read. Answers 202 at once, or 200 when the run has ended with `wait=true`; when it awaits approval or the API stops meanwhile, 202. A client that goes away stops waiting, not the run.',
    request: { query: startQuery },
    responses: {
      200: { description: 'The run has ended (`wait=true`)', content: json(answer(operationSchema)) },
      202: {
        description: 'The run has begun',
        headers: { Location: { description: 'Address of the operation', schema: { type: 'string' as const } } },
        content: json(answer(operationSchema)),
      },
      ...problems(
        ...WRITING,
        'options-invalid',
        'feature-disabled',
        'sync-already-running',
        'upstream-not-configured',
        'too-many-streams',
      ),
    },
  });

  /** @returns whether the run ended, or waits for somebody's approval; null when the client is gone or the API stops. */
  async function untilSettled(operationId: string, gone: AbortSignal): Promise<'ended' | 'held' | null> {
    while (!gone.aborted) {
      const progress = await timeLimited(feed(operationId));
      if (hasEnded(progress)) return 'ended';
      if (awaitsApproval(progress)) return 'held';
      await sleepUnless(gone, POLL_MS);
    }
    return null;
  }

  return createRouter().openapi(start, async (c) => {
    const { wait, ...options } = c.req.valid('query');
    const place = wait ? waiting.enter() : null;
    try {
      const trigger = triggerOf(c);
      const { name: by } = c.get('caller');
      const operation = await timeLimited(operations.startSync({ options, trigger, by }));
      const { operationId } = operation;
      c.header('Location', operationPath(operationId));
      const settled = place && (await untilSettled(operationId, AbortSignal.any([place.stopped, c.req.raw.signal])));
      if (!settled) return c.json({ success: true as const, data: withLinks(operation) }, 202);
      const data = withLinks(await operations.getOperation(operationId));
      if (settled === 'held') return c.json({ success: true as const, data }, 202);
      return c.json({ success: true as const, data }, 200);
    } finally {
      place?.leave();
    }
  });
}

export function withLinks(operation: OperationView) {
  return { ...operation, links: operationLinks(operation) };
}
