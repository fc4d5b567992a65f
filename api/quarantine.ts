/** Quarantine: list, look at one, have entries read again. */
import { createRoute, z } from '@hono/zod-openapi';
import { operationPath } from '../http/links.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, numberedParams, operationId, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { OPERATION_ID } from './sample-values.ts';
import { answer, json, MAX_ID, operationSchema, problems, READING, WRITING } from './schemas.ts';
import { withLinks } from './sync.ts';
import { triggerOf } from './trigger.ts';

const QUARANTINE_PATH = '/api/v1/quarantine';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_IDS = 1000;

const word = z.string().regex(/^[A-Za-z_]{1,40}$/, 'expected a word such as FIELD_INVALID');

const entrySchema = z
  .object({
    id: z.number().int(),
    operationId: z.string().nullable(),
    phase: z.enum(['fetch', 'push']).openapi({
      description:
        '`fetch`: the record could not be taken over. `push`: it was, and what was edited inside could not be written to it; the message has the API’s words.',
    }),
    pass: z.number().int().openapi({ description: '0 for `push`: page and position say where the record stood.' }),
    page: z.number().int(),
    position: z.number().int().openapi({ description: 'Index on the page, from 0.' }),
    positions: z.number().int().openapi({ description: 'Positions from there on that the entry speaks for.' }),
    state: z.enum(['open', 'superseded', 'resolved']),
    sourceKey: z.string().nullable(),
    type: z.string(),
    code: z.string(),
    severity: z.string(),
    retryable: z.boolean(),
    message: z.string(),
    replaying: z.boolean(),
    resolvedOperationId: z.string().nullable(),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('QuarantineEntry');
const detailSchema = entrySchema
  .extend({
    rawContent: z
      .string()
      .nullable()
      .openapi({ description: 'What the API sent, as JSON, without secrets, e-mail address and phone number.' }),
  })
  .openapi('QuarantineDetail');

const SOME_IDS = `expected 1 to ${MAX_IDS} numbers of entries`;
const replayBody = z.union(
  [
    z.strictObject({ ids: z.array(z.int().min(1).max(MAX_ID)).min(1, SOME_IDS).max(MAX_IDS, SOME_IDS) }),
    z.strictObject({ operationId }),
    z.strictObject({ all: z.literal(true) }),
  ],
  {
    error:
      'expected one of {"ids": [1, 2]} with numbers of entries, {"operationId": "…"} with the id of an operation, and {"all": true}',
  },
);

export function quarantineRoutes({ operations, db }: ApiDeps) {
  const { quarantine } = operations;

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: QUARANTINE_PATH,
    operationId: 'listQuarantine',
    tags: ['Quarantine'],
    summary: 'List what could not be taken over, or not be written upstream, newest first',
    request: {
      query: z.strictObject({
        state: z
          .enum(['open', 'superseded', 'resolved'], { error: 'expected open, superseded or resolved' })
          .default('open'),
        phase: z.enum(['fetch', 'push'], { error: 'expected fetch or push' }).optional(),
        operationId: operationId.optional(),
        code: word.optional(),
        type: word.optional(),
        ...pageParams(MAX_LIMIT),
      }),
    },
    responses: {
      200: {
        description: 'A page of entries',
        headers: linkHeader,
        content: json(answer(z.array(entrySchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: `${QUARANTINE_PATH}/{id}`,
    operationId: 'getQuarantined',
    tags: ['Quarantine'],
    summary: 'One entry, with what the API sent',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The entry', content: json(answer(detailSchema)) },
      ...problems(...READING, 'quarantine-not-found'),
    },
  });

  const replay = createRoute({
    ...writes(db, 'operator'),
    method: 'post',
    path: `${QUARANTINE_PATH}/replay`,
    operationId: 'replayQuarantine',
    tags: ['Quarantine'],
    summary: 'Start a run that reads only these entries again',
    request: { body: { content: json(replayBody, { operationId: OPERATION_ID }), required: true } },
    responses: {
      202: {
        description: 'The run has begun',
        headers: { Location: { description: 'Address of the operation', schema: { type: 'string' as const } } },
        content: json(
          answer(operationSchema).extend({
            meta: z.object({
              entries: z.number().int().openapi({ description: 'Entries that the run reads again.' }),
              skipped: z.array(
                z.object({ id: z.number().int(), reason: z.enum(['unknown', 'not_open', 'other_part']) }),
              ),
              otherParts: z
                .number()
                .int()
                .openapi({ description: 'Entries of partial runs over another part of the feed: replay those next.' }),
            }),
          }),
        ),
      },
      ...problems(
        ...WRITING,
        'operation-not-found',
        'feature-disabled',
        'nothing-to-replay',
        'replay-under-way',
        'sync-already-running',
        'upstream-not-configured',
      ),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, ...filter } = c.req.valid('query');
      const found = await quarantine.list(filter, { limit, cursor });
      const { meta, link } = pageOf(QUARANTINE_PATH, filter, { limit, next: found.next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: found.entries, meta }, 200);
    })
    .openapi(replay, async (c) => {
      const by = { trigger: triggerOf(c), name: c.get('caller').name };
      const { operation, ...meta } = await quarantine.replay(c.req.valid('json'), by);
      c.header('Location', operationPath(operation.operationId));
      return c.json({ success: true as const, data: withLinks(operation), meta }, 202);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await quarantine.get(id) }, 200);
    });
}
