/** What other weights or thresholds would have made of the pairs that people decided. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { LAB_DECISIONS, settableRules } from '../domain/match-lab.ts';
import { DEFAULT_RULES } from '../domain/matching/rules.ts';
import { DUPLICATES_PATH } from '../http/links.ts';
import { writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { confidence } from './duplicate-schemas.ts';
import { createRouter } from './router.ts';
import { answer, json, problems, WRITING } from './schemas.ts';

const MAX_CHANGES = 200;
const count = z.number().int().min(0);
const decision = z.enum(LAB_DECISIONS);
const verdict = z.enum(['same', 'different']);
const counts = z.object({ auto: count, review: count, observe: count, none: count });
const both = z.object({ before: count, after: count });
const side = z.object({ ref: z.string(), dba: z.string().nullable() });
const flip = z.object({ verdict, from: decision, to: decision });

const labBody = z.strictObject({
  set: z
    .record(z.string().max(100), z.number({ error: 'expected a number' }))
    .refine((set) => Object.keys(set).length <= MAX_CHANGES, `expected at most ${MAX_CHANGES} values`)
    .openapi({
      properties: Object.fromEntries(
        [...settableRules(DEFAULT_RULES)].map(([name, { least, most }]) => [
          name,
          { type: 'number' as const, minimum: least, maximum: most },
        ]),
      ),
      additionalProperties: false,
      description: 'Paths of the rules to other values.',
      example: { 'name.equal': 9, auto: 92 },
    }),
});

const labSchema = z
  .object({
    changed: z.array(z.object({ path: z.string(), before: z.number(), after: z.number() })),
    verdicts: count,
    unreadable: count,
    before: z.object({ same: counts, different: counts }),
    after: z.object({ same: counts, different: counts }),
    falseMerges: both.openapi({ description: 'Different businesses that would be made one without asking.' }),
    missed: both.openapi({ description: 'The same business, and nobody would be asked.' }),
    flips: z.array(flip.extend({ count })),
    flipped: z
      .array(
        flip.extend({
          a: side,
          b: side,
          before: confidence,
          after: confidence,
          decidedBy: z.string(),
          decidedAt: z.string().openapi({ format: 'date-time' }),
        }),
      )
      .openapi({ description: 'Those that do most harm first, two hundred at most.' }),
    more: count,
  })
  .openapi('MatchLab');

export function matchLabRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const lab = createRoute({
    ...writes(db, 'reviewer'),
    method: 'post',
    path: `${DUPLICATES_PATH}/lab`,
    operationId: 'tryRules',
    tags: ['Duplicates'],
    summary: 'Replay what people decided against other weights or thresholds',
    description: 'Changes nothing. With an empty `set` it tells how the rules in force do.',
    request: { body: { required: true, content: json(labBody, { set: { auto: 92, 'name.equal': 9 } }) } },
    responses: {
      200: { description: 'What would flip', content: json(answer(labSchema)) },
      ...problems(...WRITING, 'rules-invalid'),
    },
  });

  return createRouter().openapi(lab, async (c) => {
    const data = await operations.duplicates.lab(c.req.valid('json').set);
    return c.json({ success: true as const, data }, 200);
  });
}
