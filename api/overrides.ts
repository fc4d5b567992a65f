/** Match overrides: list, set, remove. */
import { createRoute, z } from '@hono/zod-openapi';
import { acts, reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, numberedParams, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { SAMPLE_ID } from './sample-values.ts';
import { answer, json, problems, READING, SAYS_SOMETHING, WHOLE_TEXT, WRITING, whole } from './schemas.ts';

const OVERRIDES_PATH = '/api/v1/overrides';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const kind = z.enum(['always', 'never']);
const record = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .openapi({
    ...SAYS_SOMETHING,
    description: 'A source key (`c:4785`, `a:vbbp4ca`), a countid or an appid.',
    example: 'c:4785',
  });
const license = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .openapi({ ...SAYS_SOMETHING, description: 'Id or key.' });

const overrideSchema = z
  .object({
    id: z.number().int(),
    kind,
    sourceKey: z.string(),
    recordDba: z.string().nullable(),
    license: z.object({ id: z.string(), key: z.string().nullable(), dba: z.string().nullable() }),
    note: z.string().nullable(),
    createdBy: z.string(),
    createdAt: z.string().openapi({ format: 'date-time' }),
    linkedLicenseId: z.string().nullable(),
    sentence: z.string(),
  })
  .openapi('MatchOverride');

const overrideBody = z.strictObject({
  kind,
  sourceKey: record,
  licenseId: license,
  note: z.string().max(1000).regex(whole, 'expected whole characters').openapi(WHOLE_TEXT).nullable().optional(),
});

const EXAMPLE = { kind: 'never', sourceKey: 'c:4711', licenseId: SAMPLE_ID, note: 'Two shops of one owner.' };

const setAnswer = answer(overrideSchema).extend({
  meta: z.object({
    unlinked: z
      .object({ licenseId: z.string(), promoted: z.string().nullable() })
      .nullable()
      .openapi({ description: 'A link that was removed, and the record that feeds that license from now on.' }),
  }),
});

export function overrideRoutes({ operations, db }: ApiDeps) {
  const { overrides } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: OVERRIDES_PATH,
    operationId: 'listOverrides',
    tags: ['Overrides'],
    summary: 'List match overrides, newest first',
    request: {
      query: z.strictObject({
        kind: kind.optional(),
        sourceKey: record.optional(),
        licenseId: license.optional(),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of overrides',
        headers: linkHeader,
        content: json(answer(z.array(overrideSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING, 'record-not-found', 'license-not-found', 'record-ambiguous'),
    },
  });

  const set = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: OVERRIDES_PATH,
    operationId: 'setOverride',
    tags: ['Overrides'],
    summary: 'Say that a record always belongs to a license, or never',
    description:
      'A link that contradicts it is removed at once; the next sync matches the record anew. The same override again changes nothing.',
    request: { body: { content: json(overrideBody, EXAMPLE), required: true } },
    responses: {
      200: { description: 'It was there already', content: json(setAnswer) },
      201: { description: 'It holds from now on', content: json(setAnswer) },
      ...problems(...WRITING, 'record-not-found', 'license-not-found', 'record-ambiguous', 'override-refused'),
    },
  });

  const remove = createRoute({
    ...acts(db, 'reviewer'),
    method: 'delete',
    path: `${OVERRIDES_PATH}/{id}`,
    operationId: 'removeOverride',
    tags: ['Overrides'],
    summary: 'Remove an override; what was linked because of it stays linked',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The override as it was', content: json(answer(overrideSchema)) },
      ...problems(...WRITING, 'override-not-found'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...asked } = c.req.valid('query');
      const filter = { kind: asked.kind, record: asked.sourceKey, license: asked.licenseId };
      const found = await overrides.list(filter, { limit, cursor });
      const { meta, link } = pageOf(OVERRIDES_PATH, asked, { limit, next: found.next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: found.overrides, meta }, 200);
    })
    .openapi(set, async (c) => {
      const { kind: wanted, sourceKey, licenseId, note = null } = c.req.valid('json');
      const request = { kind: wanted, record: sourceKey, license: licenseId, note };
      const { override, created, unlinked } = await overrides.set(request, c.get('caller').name);
      const body = { success: true as const, data: override, meta: { unlinked } };
      return created ? c.json(body, 201) : c.json(body, 200);
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await overrides.remove(id) }, 200);
    });
}
