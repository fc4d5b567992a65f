/** Tokens: who may use the API. For administrators. */
import { createRoute, z } from '@hono/zod-openapi';
import { ROLES, TOKEN_NAME, TOKEN_NAME_RULE } from '../domain/roles.ts';
import { MAX_LIFE_DAYS } from '../domain/token-life.ts';
import { acts, reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, numberedParams, pageMeta, pageOf, pageParams } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, problems, READING, WRITING } from './schemas.ts';

export const TOKENS_PATH = '/api/v1/tokens';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const instant = z.string().openapi({ format: 'date-time' });
const tokenSchema = z
  .object({
    id: z.number().int(),
    name: z.string(),
    role: z.enum(ROLES),
    createdAt: instant,
    createdBy: z.string().openapi({ description: 'Name of the token that made this one.' }),
    lastUsedAt: instant.nullable().openapi({ description: 'To the minute.' }),
    expiresAt: instant.nullable().openapi({ description: 'Null: never.' }),
    revokedAt: instant.nullable(),
    revokedBy: z.string().nullable(),
  })
  .openapi('Token');
export function tokenRoutes({ operations, db }: ApiDeps) {
  const { tokens } = operations;

  const list = createRoute({
    ...reads(db, 'admin'),
    method: 'get',
    path: TOKENS_PATH,
    operationId: 'listTokens',
    tags: ['Tokens'],
    summary: 'List tokens, oldest first, without their values',
    request: {
      query: z.strictObject({
        ...pageParams(MAX_LIMIT),
        revoked: flagParam.openapi({ type: 'boolean', description: 'Also those that were revoked.' }),
      }),
    },
    responses: {
      200: {
        description: 'A page of tokens',
        headers: linkHeader,
        content: json(answer(z.array(tokenSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db, 'admin'),
    method: 'get',
    path: `${TOKENS_PATH}/{id}`,
    operationId: 'getToken',
    tags: ['Tokens'],
    summary: 'One token, without its value',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The token', content: json(answer(tokenSchema)) },
      ...problems(...READING, 'token-not-found'),
    },
  });

  const create = createRoute({
    ...writes(db, 'admin'),
    method: 'post',
    path: TOKENS_PATH,
    operationId: 'createToken',
    tags: ['Tokens'],
    summary: 'Make a token',
    description:
      'The value is in this answer and nowhere else: only its hash is kept. Sent again with the same Idempotency-Key, it answers 409 and names the token.',
    request: {
      body: {
        required: true,
        content: json(
          z.strictObject({
            name: z
              .string()
              .regex(TOKEN_NAME, TOKEN_NAME_RULE)
              .openapi({ description: 'Unique among live tokens; changes made with the token are signed with it.' }),
            role: z.enum(ROLES),
            expiresInDays: z
              .number()
              .int()
              .min(0)
              .max(MAX_LIFE_DAYS)
              .optional()
              .openapi({ description: '0: never. Default: the setting `tokens.lifetimeDays`.' }),
          }),
          { name: 'billing-export', role: 'viewer' },
        ),
      },
    },
    responses: {
      201: {
        description: 'The token, with its value',
        headers: { Location: { description: 'Address of the token', schema: { type: 'string' as const } } },
        content: json(answer(tokenSchema.extend({ value: z.string() }).openapi('NewToken'))),
      },
      ...problems(...WRITING, 'token-name-invalid', 'token-name-taken'),
    },
  });

  const revoke = createRoute({
    ...acts(db, 'admin'),
    method: 'delete',
    path: `${TOKENS_PATH}/{id}`,
    operationId: 'revokeToken',
    tags: ['Tokens'],
    summary: 'Revoke a token, for good and at once',
    description:
      'A token that was revoked before stays as it is. The last one of an administrator cannot be revoked, nor the last that never expires.',
    request: { params: numberedParams },
    responses: {
      200: { description: 'The token, revoked', content: json(answer(tokenSchema)) },
      ...problems(...WRITING, 'token-not-found', 'last-admin-token'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, revoked = false } = c.req.valid('query');
      const page = await tokens.list({ limit, revoked, ...(cursor === undefined ? {} : { after: cursor }) });
      const { meta, link } = pageOf(TOKENS_PATH, { revoked: String(revoked) }, { limit, next: page.next });
      if (link) c.header('Link', link);
      return c.json({ success: true as const, data: page.tokens, meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await tokens.get(id) }, 200);
    })
    .openapi(create, async (c) => {
      const { token, value } = await tokens.create({ ...c.req.valid('json'), by: c.get('caller').name });
      c.set('withheld', `it made token ${token.id}, whose value is shown once`);
      c.header('Location', `${TOKENS_PATH}/${token.id}`);
      c.header('Cache-Control', 'no-store');
      return c.json({ success: true as const, data: { ...token, value } }, 201);
    })
    .openapi(revoke, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: await tokens.revoke(id, c.get('caller').name) }, 200);
    });
}
