/** Is this business known already? By GET as in the original system, and by POST, which keeps personal data out of addresses. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { DUPLICATES_PATH } from '../http/links.ts';
import { CHECK_THRESHOLD, type DuplicateCheck, type DuplicateQuery } from '../operations/duplicate-check.ts';
import { reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { duplicateCheckSchema, potentialDuplicateSchema } from './duplicate-schemas.ts';
import { createRouter } from './router.ts';
import {
  answer,
  flagParam,
  json,
  NUMBER,
  problems,
  READING,
  SAYS_SOMETHING,
  WHOLE_TEXT,
  WRITING,
  whole,
} from './schemas.ts';

const FIELDS = ['dba', 'email', 'phone', 'address', 'city', 'zip', 'key'] as const;
const MAX_CHARS = { dba: 255, email: 254, phone: 50, address: 255, city: 100, zip: 20, key: 64 };
const NOTHING_ASKED = `at least one of ${FIELDS.join(', ')} is needed`;
const AT_MOST_100 = 'expected a number from 0 to 100';

/** What was sent is never repeated in a message: it may be an address. */
const value = (max: number) =>
  z
    .string({ error: 'expected a text' })
    .max(max, `expected at most ${max} characters`)
    .regex(whole, 'expected whole characters')
    .openapi(WHOLE_TEXT);
const fields = (wrap: (schema: z.ZodString) => z.ZodType<string | null | undefined>) =>
  Object.fromEntries(FIELDS.map((name) => [name, wrap(value(MAX_CHARS[name]))])) as Record<
    (typeof FIELDS)[number],
    z.ZodType<string | null | undefined>
  >;

const checkQuery = z
  .strictObject({
    ...fields((schema) => schema.optional()),
    threshold: z
      .string()
      .regex(NUMBER, AT_MOST_100)
      .transform(Number)
      .pipe(z.number().min(0, AT_MOST_100).max(100, AT_MOST_100))
      .optional()
      .openapi({
        type: 'number',
        minimum: 0,
        maximum: 100,
        default: CHECK_THRESHOLD,
        description: 'Told is what lies above.',
      }),
    explain: flagParam.openapi({ type: 'boolean', description: 'Adds what speaks for and against each.' }),
  })
  .superRefine(somethingAsked);

const checkBody = z
  .strictObject({
    ...fields((schema) => schema.nullable().optional()),
    threshold: z.number({ error: AT_MOST_100 }).min(0, AT_MOST_100).max(100, AT_MOST_100).optional(),
    explain: z.boolean({ error: 'expected true or false' }).optional(),
  })
  .superRefine(somethingAsked)
  .openapi('DuplicateQuery', {
    anyOf: FIELDS.map((name) => ({ required: [name], properties: { [name]: { type: 'string', ...SAYS_SOMETHING } } })),
  });

const checkAnswer = answer(duplicateCheckSchema).extend({
  potentialDuplicates: z
    .array(potentialDuplicateSchema)
    .openapi({ description: 'As in data; the original system has it here.' }),
});

export function duplicateCheckRoutes({ operations, db }: ApiDeps): OpenAPIHono {
  const { check } = operations.duplicates;
  const path = `${DUPLICATES_PATH}/check`;
  const about =
    'The confidence is that of the matching everywhere else: above 90 the next run with detectDuplicates would make them one, from 70 a person decides. For the license with the same key it is 100, for one that was consolidated its master is told.';

  const byQuery = createRoute({
    ...reads(db),
    method: 'get',
    path,
    operationId: 'checkDuplicatesByQuery',
    tags: ['Duplicates'],
    summary: 'Licenses that a business may be a duplicate of',
    description: `${about} E-mail addresses and phone numbers do not belong into addresses, which proxies and browsers keep: use POST.`,
    request: { query: checkQuery },
    responses: {
      200: { description: 'Those that resemble it', content: json(checkAnswer) },
      ...problems(...READING),
    },
  });

  const byBody = createRoute({
    ...writes(db, 'viewer'),
    method: 'post',
    path,
    operationId: 'checkDuplicates',
    tags: ['Duplicates'],
    summary: 'The same, asked in a body',
    description: `${about} Changes nothing; it is no GET only to keep personal data out of logs.`,
    request: { body: { required: true, content: json(checkBody, { dba: 'Harbour St. Bakery', zip: '60601' }) } },
    responses: {
      200: { description: 'Those that resemble it', content: json(checkAnswer) },
      ...problems(...WRITING),
    },
  });

  return createRouter()
    .openapi(byQuery, async (c) => c.json(answered(await check(queryOf(c.req.valid('query')))), 200))
    .openapi(byBody, async (c) => c.json(answered(await check(queryOf(c.req.valid('json')))), 200));
}

type Asked = Partial<Record<(typeof FIELDS)[number], string | null | undefined>>;

function queryOf(asked: Asked & { threshold?: number | undefined; explain?: boolean | undefined }): DuplicateQuery {
  const given = (name: (typeof FIELDS)[number]) => asked[name]?.trim() || null;
  const [dba, email, phone, address, city, zip, key] = FIELDS.map(given);
  return {
    business: {
      dba: dba ?? null,
      email: email ?? null,
      phone: phone ?? null,
      address: address ?? null,
      city: city ?? null,
      zip: zip ?? null,
    },
    key: key ?? null,
    threshold: asked.threshold ?? CHECK_THRESHOLD,
    explain: asked.explain ?? false,
  };
}

function answered(data: DuplicateCheck) {
  return { success: true as const, potentialDuplicates: data.potentialDuplicates, data };
}

function somethingAsked(asked: Asked, context: z.RefinementCtx): void {
  if (FIELDS.some((name) => (asked[name] ?? '').trim() !== '')) return;
  context.addIssue({ code: 'custom', message: NOTHING_ASKED });
}
