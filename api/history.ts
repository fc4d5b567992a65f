/** What happened to a license, and who put the present values there. */
import { createRoute, z } from '@hono/zod-openapi';
import { EDITABLE_FIELDS } from '../domain/license-edit.ts';
import { CHANGE_KINDS, LINEAGE_FIELDS, type LineageField } from '../domain/lineage.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, orNull, problems, READING } from './schemas.ts';

const HISTORY_PATH = '/api/v1/licenses/{id}/history';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const field = z.enum(LINEAGE_FIELDS);
/** Under the names by which licenses are edited as well, such as `license_type`. */
const FIELD_NAMES: ReadonlyMap<string, LineageField> = new Map<string, LineageField>([
  ...EDITABLE_FIELDS.map(({ name, field: named }) => [name, named] as const),
  ...LINEAGE_FIELDS.map((name) => [name, name] as const),
]);
const fieldName = z
  .enum([...FIELD_NAMES.keys()] as [string, ...string[]], { error: 'expected the name of a field of a license' })
  .transform((name) => FIELD_NAMES.get(name));
const instant = z.string().openapi({ format: 'date-time' });
const value = z.unknown().openapi({ description: "In the license's spelling; null is none." });
const origin = {
  at: instant,
  version: z.number().int(),
  by: z.string().openapi({ example: 'sync:12' }),
  operationId: z.string().nullable(),
  sourceKey: z.string().nullable(),
  page: z.number().int().nullable(),
};

const entrySchema = z
  .object({
    id: z.number().int(),
    kind: z.enum(CHANGE_KINDS),
    ...origin,
    changes: z.array(z.object({ field, before: value, after: value, rule: z.string() })),
    sentence: z.string(),
  })
  .openapi('HistoryEntry');

const blameSchema = z
  .object({
    field,
    value,
    origin: z.object(origin).nullable(),
    rule: z.string().nullable(),
    replaced: value,
    sentence: z.string(),
  })
  .openapi('Blame');

const lastPushSchema = z
  .object({
    sourceKey: z.string(),
    version: z.number().int().openapi({ description: 'The version of the license that was sent.' }),
    kind: z.enum(['push', 'compensation']).openapi({
      description: '`compensation`: what an undone merge had sent is taken back.',
    }),
    state: z.enum(['due', 'sent', 'done', 'rejected', 'retry', 'void']).openapi({
      description:
        '`due`: to be sent. `sent`: on its way, or its answer was lost. `rejected`: refused; `retry`: and to be tried again. `void`: there was nothing to be done.',
    }),
    reason: z.string().nullable(),
    at: instant,
    operationId: z.string().nullable(),
  })
  .openapi('LastPush', { description: 'What was sent to the License API last for the license; null: nothing.' });

export function historyRoutes({ operations, db }: ApiDeps) {
  const { lineage } = operations;

  const history = createRoute({
    ...reads(db),
    method: 'get',
    path: HISTORY_PATH,
    operationId: 'getLicenseHistory',
    tags: ['Licenses'],
    summary: 'Every recorded change of a license, newest first; with a field, who put its present value there',
    request: {
      params: z.object({
        id: z
          .string()
          .min(1)
          .max(64)
          .openapi({ param: { name: 'id', in: 'path' }, description: 'Id or key.' }),
      }),
      query: z.strictObject({
        field: fieldName.optional().openapi({
          type: 'string',
          enum: [...FIELD_NAMES.keys()],
          description: 'Only changes of this field, and its blame.',
        }),
        blame: flagParam.openapi({
          type: 'boolean',
          description: 'Also who put the present value of each field there.',
        }),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of the history',
        headers: linkHeader,
        content: json(
          answer(z.array(entrySchema)).extend({
            meta: pageMeta.extend({
              license: z.object({
                id: z.string(),
                key: z.string(),
                version: z.number().int(),
                archivedInto: z
                  .string()
                  .nullable()
                  .openapi({ description: 'Where it was consolidated: the license that it leads to.' }),
                lastPush: orNull(lastPushSchema),
              }),
              blame: z.array(blameSchema).optional(),
            }),
          }),
        ),
      },
      ...problems(...READING, 'license-not-found'),
    },
  });

  return createRouter().openapi(history, async (c) => {
    const { id } = c.req.valid('param');
    const { limit = DEFAULT_LIMIT, cursor, field: one, blame } = c.req.valid('query');
    const { license, entries, next } = await lineage.history(id, { limit, cursor, field: one });
    const blamed = one !== undefined || blame ? { blame: await lineage.blame(license.id, one) } : {};
    const path = HISTORY_PATH.replace('{id}', encodeURIComponent(license.id));
    const { meta, link } = pageOf(path, { field: one }, { limit, next });
    if (link !== null) c.header('Link', link);
    return c.json({ success: true as const, data: entries, meta: { ...meta, license, ...blamed } }, 200);
  });
}
