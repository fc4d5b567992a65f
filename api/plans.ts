/** Plans of dry runs: list, look at, export, carry out. */
import { createRoute, z } from '@hono/zod-openapi';
import { operationPath, PLANS_PATH, planLinks, planPath } from '../http/links.ts';
import { timeLimited } from '../http/time-limit.ts';
import type { PlanView } from '../operations/plans.ts';
import { acts, reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { keyCursor, keyCursorParam, keyOfCursor, linkHeader, pageMeta, pageOf, pageParams } from './paging.ts';
import { EXPORT_TYPES, exportPlan } from './plan-export.ts';
import { changeFilters, planChangeSchema, planSchema } from './plan-schemas.ts';
import { createRouter } from './router.ts';
import { answer, json, numberParam, operationParams, operationSchema, problems, READING, WRITING } from './schemas.ts';
import { withLinks } from './sync.ts';
import { triggerOf } from './trigger.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const DEFAULT_CHANGES = 100;
const MAX_CHANGES = 500;

export function planRoutes({ operations, db, log, waiting }: ApiDeps) {
  const { plans } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: PLANS_PATH,
    operationId: 'listPlans',
    tags: ['Plans'],
    summary: 'List plans that dry runs have made, newest first',
    request: {
      query: z.strictObject(pageParams(MAX_LIMIT)),
    },
    responses: {
      200: {
        description: 'A page of plans',
        headers: linkHeader,
        content: json(answer(z.array(planSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${PLANS_PATH}/{id}`,
    operationId: 'getPlan',
    tags: ['Plans'],
    summary: 'One plan, counted',
    request: { params: operationParams },
    responses: {
      200: { description: 'The plan', content: json(answer(planSchema)) },
      ...problems(...READING, 'plan-not-found'),
    },
  });

  const changes = createRoute({
    ...reads(db),
    method: 'get',
    path: `${PLANS_PATH}/{id}/changes`,
    operationId: 'listPlanChanges',
    tags: ['Plans'],
    summary: 'The changes of a plan, record by record',
    description:
      'In the order of the records’ keys. With the id of an operation that is no dry run: what that run has planned, such as one that awaits approval.',
    request: {
      params: operationParams,
      query: z.strictObject({
        ...changeFilters,
        limit: numberParam(1, MAX_CHANGES),
        cursor: keyCursorParam,
      }),
    },
    responses: {
      200: {
        description: 'A page of changes',
        headers: linkHeader,
        content: json(answer(z.array(planChangeSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'plan-not-found', 'plan-expired'),
    },
  });

  const exported = createRoute({
    ...reads(db),
    method: 'get',
    path: `${PLANS_PATH}/{id}/export`,
    operationId: 'exportPlan',
    tags: ['Plans'],
    summary: 'The changes of a plan as a file',
    description:
      'JSON lines: a change a line. CSV: a row for each changed field. The last line says how many records came before it ' +
      '(`{"end":true,"records":7}`, or `# end,7 records`); a file without it was cut off. ' +
      'In CSV, text that a spreadsheet could take for a formula has an apostrophe in front.',
    request: {
      params: operationParams,
      query: z.strictObject({
        ...changeFilters,
        format: z.enum(['csv', 'jsonl'], { error: 'expected csv or jsonl' }),
      }),
    },
    responses: {
      200: {
        description: 'The file',
        content: {
          'text/csv': { schema: z.string() },
          'application/jsonl': { schema: z.string() },
        },
      },
      ...problems(...READING, 'plan-not-found', 'plan-expired', 'too-many-streams'),
    },
  });

  const apply = createRoute({
    ...acts(db, 'operator'),
    method: 'post',
    path: `${PLANS_PATH}/{id}/apply`,
    operationId: 'applyPlan',
    tags: ['Plans'],
    summary: 'Carry out exactly this plan',
    description:
      'Starts a run that does what the plan says, without reading the License API. Records that have changed since are left alone and named: see the changes with `drifted=true`.',
    request: { params: operationParams },
    responses: {
      202: {
        description: 'The run has begun',
        headers: { Location: { description: 'Address of the operation', schema: { type: 'string' as const } } },
        content: json(answer(operationSchema)),
      },
      ...problems(
        ...WRITING,
        'plan-not-found',
        'feature-disabled',
        'plan-already-applied',
        'plan-expired',
        'plan-outdated',
        'sync-already-running',
        'upstream-not-configured',
      ),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
      const page = await plans.list({ limit, cursor });
      const { meta, link } = pageOf(PLANS_PATH, {}, { limit, next: page.next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: page.plans.map(withPlanLinks), meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withPlanLinks(await plans.get(id)) }, 200);
    })
    .openapi(changes, async (c) => {
      const { id } = c.req.valid('param');
      const { limit = DEFAULT_CHANGES, cursor, ...filters } = c.req.valid('query');
      const page = await plans.changes(id, { ...filters, limit, after: cursor && keyOfCursor(cursor) });
      const query = { ...filters, drifted: filters.drifted?.toString() };
      const next = page.next === null ? null : keyCursor(page.next);
      const { meta, link } = pageOf(`${planPath(id)}/changes`, query, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: page.changes, meta }, 200);
    })
    .openapi(exported, async (c) => {
      const { id } = c.req.valid('param');
      const { format, ...filters } = c.req.valid('query');
      const place = waiting.enter();
      try {
        const body = await exportPlan({
          format,
          read: (after) => timeLimited(plans.changes(id, { ...filters, limit: MAX_CHANGES, after })),
          stopped: place.stopped,
          done(error) {
            place.leave();
            if (error) log.warn({ err: error, planId: id }, 'the export of a plan broke off');
          },
        });
        return c.body(body, 200, {
          'content-type': EXPORT_TYPES[format],
          'content-disposition': `attachment; filename="plan-${id}.${format}"`,
        });
      } catch (error) {
        place.leave();
        throw error;
      }
    })
    .openapi(apply, async (c) => {
      const { id } = c.req.valid('param');
      const operation = await plans.apply(id, triggerOf(c));
      c.header('Location', operationPath(operation.operationId));
      return c.json({ success: true as const, data: withLinks(operation) }, 202);
    });
}

function withPlanLinks(plan: PlanView) {
  return { ...plan, links: planLinks(plan.planId) };
}
