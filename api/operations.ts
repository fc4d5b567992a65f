/** Operations: list, look at, steer. */
import { createRoute, z } from '@hono/zod-openapi';
import { GUARD_KINDS } from '../domain/guard.ts';
import { RUN_KINDS, RUN_TRIGGERS } from '../domain/run-filter.ts';
import { batchesPath, OPERATIONS_PATH } from '../http/links.ts';
import type { ProblemCode } from '../http/problem.ts';
import { BATCH_CURSOR } from '../operations/batches.ts';
import { PHASES, RUN_STATUSES } from '../workflows/names.ts';
import { acts, reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, pageMeta, pageOf } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, json, numberParam, operationParams, operationSchema, problems, READING, WRITING } from './schemas.ts';
import { withLinks } from './sync.ts';
import { triggerOf } from './trigger.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_CEILING = 4_294_967_295;
const A_CEILING = `expected a whole number from 1 to ${MAX_CEILING}`;

const approvedSchema = operationSchema
  .extend({ stillDue: z.array(z.object({ kind: z.enum(GUARD_KINDS), due: z.number().int() })) })
  .openapi('ApprovedOperation');

const count = z.number().int().min(0);
const instant = z.string().openapi({ format: 'date-time' });
const batchSchema = z
  .object({
    attempt: count,
    phase: z.enum(PHASES),
    pass: count.openapi({
      description: 'Of the feed; in the phase `analyse` 0 counts what was compared, and 255 what was settled.',
    }),
    batch: count,
    pageFrom: count,
    pageTo: count,
    nextPage: count.openapi({ description: 'Where it goes on; `pageTo + 1` when it is done.' }),
    done: z.boolean().nullable().openapi({ description: 'Null where the work is not told in pages.' }),
    rows: count,
    created: count,
    updated: count,
    startedAt: instant.openapi({ description: 'When its first slice was done.' }),
    updatedAt: instant,
  })
  .openapi('Batch');

const phaseSchema = z
  .object({
    phase: z.enum(PHASES),
    attempt: count,
    batches: count.openapi({ description: 'Of the phase fetch: pages.' }),
    rows: count,
    created: count,
    updated: count,
    firstAt: instant.openapi({ description: 'When its first slice was done.' }),
    lastAt: instant.openapi({ description: 'When its last slice so far was done.' }),
  })
  .openapi('Phase');

export function operationRoutes({ operations, db }: ApiDeps) {
  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: OPERATIONS_PATH,
    operationId: 'listOperations',
    tags: ['Syncs'],
    summary: 'List operations, newest first',
    request: {
      query: z.strictObject({
        limit: numberParam(1, MAX_LIMIT),
        cursor: numberParam(1, 4_294_967_295).openapi({
          description: 'From meta.nextCursor, or follow the Link header.',
        }),
        status: z.enum(RUN_STATUSES).optional(),
        kind: z.enum(RUN_KINDS).optional(),
        trigger: z.enum(RUN_TRIGGERS).optional().openapi({ description: 'Who started it; `schedule` is any of them.' }),
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
      ...problems(...READING),
    },
  });

  const batches = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/batches`,
    operationId: 'listBatches',
    tags: ['Syncs'],
    summary: 'How far each batch of the operation is',
    description: 'By attempt, phase, pass and number. A batch is a range of pages; counts are its records.',
    request: {
      params: operationParams,
      query: z.strictObject({
        limit: numberParam(1, MAX_LIMIT),
        cursor: z
          .string()
          .regex(BATCH_CURSOR, 'expected what an earlier answer gave as meta.nextCursor')
          .optional()
          .openapi({ description: 'From meta.nextCursor, or follow the Link header.' }),
        phase: z.enum(PHASES).optional(),
      }),
    },
    responses: {
      200: {
        description: 'A page of batches',
        headers: linkHeader,
        content: json(answer(z.array(batchSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'operation-not-found'),
    },
  });

  const phases = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/phases`,
    operationId: 'listPhases',
    tags: ['Syncs'],
    summary: 'How long each phase of the operation took, and what it did',
    description: 'In the order of the phases; one without any batch is absent. Of the attempt that came last to each.',
    request: { params: operationParams },
    responses: {
      200: { description: 'The phases', content: json(answer(z.array(phaseSchema))) },
      ...problems(...READING, 'operation-not-found'),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}`,
    operationId: 'getOperation',
    tags: ['Syncs'],
    summary: 'One operation, with its report when it has ended',
    request: { params: operationParams },
    responses: {
      200: { description: 'The operation', content: json(answer(operationSchema)) },
      ...problems(...READING, 'operation-not-found'),
    },
  });

  /** A request to a run, which follows it in its own time. */
  const steer = <C extends ProblemCode>(action: 'pause' | 'resume' | 'cancel', summary: string, ...own: C[]) =>
    createRoute({
      ...acts(db, 'operator'),
      method: 'post',
      path: `${OPERATIONS_PATH}/{id}/${action}`,
      operationId: `${action}Operation`,
      tags: ['Syncs'],
      summary,
      request: { params: operationParams },
      responses: {
        202: { description: 'Asked for; the progress shows when it is so', content: json(answer(operationSchema)) },
        ...problems(...WRITING, 'operation-not-found', 'operation-state', ...own),
      },
    });

  const resume = steer(
    'resume',
    'Let a paused run go on, or try a failed one again under the same id',
    'plan-expired',
    'plan-outdated',
    'sync-already-running',
    'upstream-not-configured',
  );

  const approve = createRoute({
    ...writes(db, 'operator'),
    method: 'post',
    path: `${OPERATIONS_PATH}/{id}/approve`,
    operationId: 'approveOperation',
    tags: ['Syncs'],
    summary: 'Let a run go on that would change unusually much',
    description:
      'Allows as many changes of one kind as `ceiling` says, and no more. `stillDue` names what has to be approved beside it; with nothing left the run goes on. See `approvals.needs` of the operation, and what it plans at `/api/v1/plans/{id}/changes`.',
    request: {
      params: operationParams,
      body: {
        required: true,
        content: json(
          z.strictObject(
            {
              kind: z.enum(GUARD_KINDS, { error: `expected one of ${GUARD_KINDS.join(', ')}` }),
              ceiling: z.number(A_CEILING).int(A_CEILING).min(1, A_CEILING).max(MAX_CEILING, A_CEILING),
            },
            { error: 'expected {"kind": "vanish", "ceiling": 20}' },
          ),
          { kind: 'vanish', ceiling: 40 },
        ),
      },
    },
    responses: {
      200: { description: 'Approved; the run has said so', content: json(answer(approvedSchema)) },
      ...problems(...WRITING, 'operation-not-found', 'operation-state', 'approval-refused', 'approval-unconfirmed'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...filter } = c.req.valid('query');
      const page = await operations.listOperations({ ...filter, limit, cursor });
      const { meta, link } = pageOf(OPERATIONS_PATH, filter, { limit, next: page.next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: page.operations.map(withLinks), meta }, 200);
    })
    .openapi(batches, async (c) => {
      const { id } = c.req.valid('param');
      const { limit = DEFAULT_LIMIT, cursor, phase } = c.req.valid('query');
      const { batches: data, next } = await operations.batches.list(id, { limit, cursor, phase });
      const { meta, link } = pageOf(batchesPath(id), { phase }, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data, meta }, 200);
    })
    .openapi(phases, async (c) => {
      const data = await operations.batches.phases(c.req.valid('param').id);
      return c.json({ success: true as const, data }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.getOperation(id)) }, 200);
    })
    .openapi(steer('pause', 'Pause the run: nothing new starts, what is under way ends first'), async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.pauseOperation(id)) }, 202);
    })
    .openapi(resume, async (c) => {
      const { id } = c.req.valid('param');
      const trigger = triggerOf(c);
      return c.json({ success: true as const, data: withLinks(await operations.resumeOperation(id, trigger)) }, 202);
    })
    .openapi(approve, async (c) => {
      const { id } = c.req.valid('param');
      const approval = { ...c.req.valid('json'), by: c.get('caller').name };
      const { operation, stillDue } = await operations.approveOperation(id, approval);
      return c.json({ success: true as const, data: { ...withLinks(operation), stillDue } }, 200);
    })
    .openapi(steer('cancel', 'End the run early, with a report of what was done'), async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await operations.cancelOperation(id)) }, 202);
    });
}
