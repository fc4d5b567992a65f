/** Clashes of values: list, look at, settle one or many. */
import { createRoute, z } from '@hono/zod-openapi';
import { MAPPED_FIELDS, type MappedField } from '../domain/mapping.ts';
import { MAX_AT_ONCE } from '../operations/conflicts.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { ifMatchHeaders } from './if-match.ts';
import { linkHeader, numberedParams, operationId, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, json, MAX_ID, problems, READING, WRITING } from './schemas.ts';

const CONFLICTS_PATH = '/api/v1/conflicts';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const field = z.enum(MAPPED_FIELDS as [MappedField, ...MappedField[]], {
  error: `expected one of ${MAPPED_FIELDS.join(', ')}`,
});
const A_LICENSE = 'expected the id or the key of a license';
const licenseId = z
  .string(A_LICENSE)
  .min(1, A_LICENSE)
  .max(64, A_LICENSE)
  .openapi({ description: 'Id or key of a license.' });
const instant = z.string().openapi({ format: 'date-time' });
const value = z
  .unknown()
  .openapi({ description: "In the API's spelling: text, a number, a day or an object, by the field; null is none." });

const conflictSchema = z
  .object({
    id: z.number().int(),
    license: z
      .object({ id: z.string(), key: z.string(), dba: z.string().nullable(), version: z.number().int() })
      .nullable(),
    sourceKey: z.string().openapi({ example: 'c:4785' }),
    operationId: z.string().nullable(),
    field,
    internal: value,
    external: value,
    base: value,
    present: value,
    resolution: z.enum(['took_external', 'kept_internal']),
    held: z.boolean(),
    state: z.enum(['open', 'resolved', 'superseded']),
    choice: z.enum(['keep', 'take', 'value']).nullable(),
    resolvedBy: z.string().nullable(),
    resolvedAt: instant.nullable(),
    createdAt: instant,
    sentence: z.string(),
  })
  .openapi('Conflict');

const resultSchema = z.object({
  id: z.number().int(),
  outcome: z.enum(['resolved', 'skipped']),
  reason: z.string().optional().openapi({ example: 'superseded' }),
  detail: z.string().optional(),
});

const choiceBody = z.discriminatedUnion(
  'choice',
  [
    z.strictObject({ choice: z.literal('keep') }),
    z.strictObject({ choice: z.literal('take') }),
    z.strictObject({ choice: z.literal('value'), value: z.unknown() }).openapi({ required: ['choice', 'value'] }),
  ],
  { error: 'expected {"choice": "keep"}, {"choice": "take"}, or {"choice": "value", "value": …}' },
);
const choice = z.enum(['keep', 'take'], { error: 'expected keep or take' });
const SOME_IDS = `expected 1 to ${MAX_AT_ONCE} numbers of conflicts`;
const bulkBody = z.union(
  [
    z.strictObject({ ids: z.array(z.int().min(1).max(MAX_ID)).min(1, SOME_IDS).max(MAX_AT_ONCE, SOME_IDS), choice }),
    z.strictObject({
      filter: z.strictObject({
        field: field.optional(),
        licenseId: licenseId.optional(),
        operationId: operationId.optional(),
      }),
      cursor: z.int().min(0).max(MAX_ID).optional(),
      choice,
    }),
  ],
  {
    error: `expected {"ids": [1, 2], "choice": "keep"} with numbers of conflicts, or {"filter": {…}, "choice": "keep"} with any of field, licenseId and operationId; choice is keep or take`,
  },
);

export function conflictRoutes({ operations, db }: ApiDeps) {
  const { conflicts } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: CONFLICTS_PATH,
    operationId: 'listConflicts',
    tags: ['Conflicts'],
    summary: 'List conflicts, newest first',
    request: {
      query: z.strictObject({
        state: z
          .enum(['open', 'resolved', 'superseded'], { error: 'expected open, resolved or superseded' })
          .default('open'),
        field: field.optional(),
        licenseId: licenseId.optional(),
        operationId: operationId.optional(),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of conflicts',
        headers: linkHeader,
        content: json(answer(z.array(conflictSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'license-not-found'),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${CONFLICTS_PATH}/{id}`,
    operationId: 'getConflict',
    tags: ['Conflicts'],
    summary: 'One conflict',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The conflict', content: json(answer(conflictSchema)) },
      ...problems(...READING, 'conflict-not-found'),
    },
  });

  const resolve = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${CONFLICTS_PATH}/{id}/resolve`,
    operationId: 'resolveConflict',
    tags: ['Conflicts'],
    summary: 'Settle a conflict: keep the internal value, take the external one, or give another',
    request: {
      params: numberedParams,
      headers: ifMatchHeaders,
      body: { content: json(choiceBody, { choice: 'keep' }), required: true },
    },
    responses: {
      200: { description: 'The conflict as it is settled', content: json(answer(conflictSchema)) },
      ...problems(...WRITING, 'value-invalid', 'conflict-not-found', 'conflict-state', 'license-changed'),
    },
  });

  const resolveMany = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${CONFLICTS_PATH}/resolve`,
    operationId: 'resolveConflicts',
    tags: ['Conflicts'],
    summary: 'Settle many conflicts alike; each is reported by its id',
    description: `At most ${MAX_AT_ONCE} at once. With a filter, what is left is settled by asking again with meta.nextCursor as cursor; an empty filter means every open conflict.`,
    request: { body: { content: json(bulkBody, { ids: [17, 18], choice: 'take' }), required: true } },
    responses: {
      200: {
        description: 'What became of each',
        content: json(
          answer(z.array(resultSchema)).extend({
            meta: z.object({
              resolved: z.number().int(),
              skipped: z.number().int(),
              nextCursor: z.number().int().nullable(),
            }),
          }),
        ),
      },
      ...problems(...WRITING, 'license-not-found'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...filter } = c.req.valid('query');
      const found = await conflicts.list(filter, { limit, cursor });
      const { meta, link } = pageOf(CONFLICTS_PATH, filter, { limit, next: found.next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: found.conflicts, meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await conflicts.get(id) }, 200);
    })
    .openapi(resolveMany, async (c) => {
      const { choice: chosen, ...target } = c.req.valid('json');
      const { results, next } = await conflicts.resolveMany(target, chosen, c.get('caller').name);
      const resolved = results.filter(({ outcome }) => outcome === 'resolved').length;
      const meta = { resolved, skipped: results.length - resolved, nextCursor: next };
      return c.json({ success: true as const, data: results, meta }, 200);
    })
    .openapi(resolve, async (c) => {
      const { id } = c.req.valid('param');
      const expectedVersion = c.req.valid('header')['if-match'] ?? null;
      const { name } = c.get('caller');
      const conflict = await conflicts.resolve(id, c.req.valid('json'), { name, expectedVersion });
      return c.json({ success: true as const, data: conflict }, 200);
    });
}
