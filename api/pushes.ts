/** What a run sends upstream, record by record. */
import { createRoute, z } from '@hono/zod-openapi';
import { PUSH_FIELDS } from '../domain/push.ts';
import { PUSH_STATES } from '../domain/push-report.ts';
import { OPERATIONS_PATH, pushesPath } from '../http/links.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { keyCursor, keyCursorParam, keyOfCursor, linkHeader, pageMeta, pageOf } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, json, numberParam, operationParams, problems, pushReportSchema, READING } from './schemas.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

const value = z.union([z.string(), z.number()]).nullable();

const pushSchema = z
  .object({
    sourceKey: z.string().openapi({ example: 'c:4711' }),
    licenseId: z.string(),
    dba: z.string().nullable().openapi({ description: 'By which people know the license.' }),
    licenseVersion: z.number().int().openapi({ description: 'The version of the license that is sent.' }),
    state: z.enum(PUSH_STATES).openapi({
      description: 'As in `PushReport`.',
      example: 'pushed',
    }),
    fields: z
      .array(
        z.object({
          field: z.enum(PUSH_FIELDS).openapi({ description: 'As the License API calls it; `note` is its `Note`.' }),
          before: value.openapi({ description: 'What both sides had agreed on.' }),
          after: value,
        }),
      )
      .openapi({ example: [{ field: 'monthlyFee', before: '20.0000', after: '31.5000' }] }),
    reason: z.string().nullable().openapi({
      description: 'What a person should know; of a refusal the API’s own words.',
      example: 'dba was changed upstream meanwhile: the next run merges it',
    }),
    updatedAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('Push');

export function pushRoutes({ operations, db }: ApiDeps) {
  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: `${OPERATIONS_PATH}/{id}/pushes`,
    operationId: 'listPushes',
    tags: ['Syncs'],
    summary: 'What a run sends to the License API, record by record, and what became of it',
    description:
      'In the order of the records’ keys; of a dry run what it would send, of a run that awaits approval what it will. `meta.counts` counts all states. ' +
      'Empty for a run without `bidirectional=true`. Kept as long as the rows of a run; later 409 `pushes-expired`.',
    request: {
      params: operationParams,
      query: z.strictObject({
        state: z.enum(PUSH_STATES, { error: `expected one of ${PUSH_STATES.join(', ')}` }).optional(),
        limit: numberParam(1, MAX_LIMIT),
        cursor: keyCursorParam,
      }),
    },
    responses: {
      200: {
        description: 'A page of records',
        headers: linkHeader,
        content: json(answer(z.array(pushSchema)).extend({ meta: pageMeta.extend({ counts: pushReportSchema }) })),
      },
      ...problems(...READING, 'operation-not-found', 'pushes-expired'),
    },
  });

  return createRouter().openapi(list, async (c) => {
    const { id } = c.req.valid('param');
    const { limit = DEFAULT_LIMIT, cursor, state } = c.req.valid('query');
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    const { pushes, counts, next } = await operations.pushes.list(id, { state, limit, after });
    const { meta, link } = pageOf(pushesPath(id), { state }, { limit, next: next === null ? null : keyCursor(next) });
    if (link !== null) c.header('Link', link);
    return c.json({ success: true as const, data: pushes, meta: { ...meta, counts } }, 200);
  });
}
