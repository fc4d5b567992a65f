/** What an operator looks at first, and what a start may ask for here. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { SYNC_PATH } from '../http/links.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { createRouter } from './router.ts';
import { answer, healthSchema, json, operationSchema, problems, progressSchema, statusSchema } from './schemas.ts';
import { withLinks } from './sync.ts';

const count = z.number().int().min(0);

const overviewSchema = z
  .object({
    wellbeing: z.object({ tone: z.enum(['good', 'info', 'warn', 'bad']), sentence: z.string() }).openapi({
      description:
        '`good`: nothing to do; `info`: nothing is wrong, something may be done; `warn`: somebody has to act; `bad`: it does not work.',
      example: { tone: 'good', sentence: 'All is well.' },
    }),
    status: statusSchema,
    health: healthSchema,
    running: z
      .object({ operation: operationSchema, progress: progressSchema })
      .nullable()
      .openapi({ description: 'The run under way.' }),
    waiting: z
      .object({ reviews: count, conflicts: count, quarantine: count, alerts: count })
      .openapi({ description: 'What waits for people.' }),
    next: z
      .object({ schedule: z.string(), at: z.string().openapi({ format: 'date-time' }) })
      .nullable()
      .openapi({
        description: 'The schedule that starts the next run; null when none will, or when it is not known.',
        example: { schedule: 'nightly', at: '2026-02-15T09:00:00Z' },
      }),
    nextIsKnown: z.boolean().openapi({ description: 'False when Temporal, which has the schedules, cannot be asked.' }),
  })
  .openapi('Overview');

const flags = z.object({
  comprehensive: z.boolean(),
  detectDuplicates: z.boolean(),
  bidirectional: z.boolean(),
  dryRun: z.boolean(),
  partial: z.boolean(),
});
const choicesSchema = z
  .object({
    allowed: flags.openapi({ description: 'Whether the flag may be asked for; 403 `feature-disabled` otherwise.' }),
    defaults: flags.openapi({ description: 'What a start without flags does.' }),
  })
  .openapi('SyncChoices');

export function overviewRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const overview = createRoute({
    ...reads(db),
    method: 'get',
    path: '/api/v1/overview',
    operationId: 'getOverview',
    tags: ['About'],
    summary: 'Whether all is well, what runs, what comes next, what waits for people',
    description: 'As the first page of the console has it. Runs and alerts have lists of their own.',
    responses: {
      200: { description: 'The overview', content: json(answer(overviewSchema)) },
      ...problems(401, 403, 503),
    },
  });

  const choices = createRoute({
    ...reads(db),
    method: 'get',
    path: `${SYNC_PATH}/choices`,
    operationId: 'getSyncChoices',
    tags: ['Syncs'],
    summary: 'Which flags a start may ask for here, and what it does without any',
    responses: {
      200: { description: 'Flags and defaults', content: json(answer(choicesSchema)) },
      ...problems(401, 403, 503),
    },
  });

  return createRouter()
    .openapi(overview, async (c) => {
      const { running, next, runs: _, alerts: __, ...seen } = await operations.getOverview();
      const data = {
        ...seen,
        running: running && { operation: withLinks(running.operation), progress: running.progress },
        next: next ?? null,
        nextIsKnown: next !== undefined,
      };
      return c.json({ success: true as const, data }, 200);
    })
    .openapi(choices, (c) => {
      const { allowed, defaults } = operations.syncChoices();
      return c.json({ success: true as const, data: { allowed, defaults: flags.parse(defaults) } }, 200);
    });
}
