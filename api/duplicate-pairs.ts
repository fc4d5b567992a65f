/** Pairs that nobody is asked about, and why any two licenses match or do not. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ObservedPair } from '../db/duplicate-pairs.ts';
import { DUPLICATES_PATH } from '../http/links.ts';
import { reads } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { explanationSchema, observationSchema } from './duplicate-schemas.ts';
import { linkHeader, pageMeta, pageOf } from './paging.ts';
import { createRouter } from './router.ts';
import { answer, flagParam, json, numberParam, problems, READING } from './schemas.ts';

const OBSERVATIONS_PATH = `${DUPLICATES_PATH}/observations`;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const place = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?-\d{1,10}-\d{1,10}$/, 'expected what meta.nextCursor gave')
  .transform((text): ObservedPair => {
    const [confidence = '', a, b] = text.split('-');
    return { confidence, a: Number(a), b: Number(b) };
  })
  .optional()
  .openapi({ type: 'string', description: 'From meta.nextCursor, or follow the Link header.' });
const side = z
  .string()
  .trim()
  .min(1)
  .max(202, 'expected at most 202 characters')
  .openapi({ description: 'Id or key of a license, or the source key of a record.' });

export function duplicatePairRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const { duplicates } = operations;

  const observations = createRoute({
    ...reads(db),
    method: 'get',
    path: OBSERVATIONS_PATH,
    operationId: 'listObservations',
    tags: ['Duplicates'],
    summary: 'Pairs that resemble each other too little to ask anybody, the most alike first',
    description:
      'Kept by runs with detectDuplicates. A page may hold fewer than `limit`: pairs that are one license by now are left out.',
    request: {
      query: z.strictObject({ limit: numberParam(1, MAX_LIMIT), cursor: place, explain: flagParam }),
    },
    responses: {
      200: {
        description: 'A page of pairs',
        headers: linkHeader,
        content: json(answer(z.array(observationSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const explain = createRoute({
    ...reads(db),
    method: 'get',
    path: `${DUPLICATES_PATH}/explain`,
    operationId: 'explainPair',
    tags: ['Duplicates'],
    summary: 'Why two licenses match, or do not',
    description:
      'For any two, also such that no run compared: what speaks for and against, which cap applied, what would bring them over or under a threshold.',
    request: { query: z.strictObject({ a: side, b: side }) },
    responses: {
      200: { description: 'The comparison', content: json(answer(explanationSchema)) },
      ...problems(...READING, 'pair-invalid', 'license-not-found'),
    },
  });

  return createRouter()
    .openapi(observations, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor, explain: explained = false } = c.req.valid('query');
      const found = await duplicates.observations({ limit, after: cursor, explain: explained });
      const next = found.next && `${found.next.confidence}-${found.next.a}-${found.next.b}`;
      const asked = explained ? { explain: 'true' } : {};
      const { meta, link } = pageOf(OBSERVATIONS_PATH, asked, { limit, next });
      if (link !== null) c.header('Link', link);
      return c.json({ success: true as const, data: found.observations, meta }, 200);
    })
    .openapi(explain, async (c) => {
      const { a, b } = c.req.valid('query');
      return c.json({ success: true as const, data: await duplicates.explain(a, b) }, 200);
    });
}
