/** The shapes of duplicate cases, verdicts and bulk verdicts. */
import { z } from '@hono/zod-openapi';
import { EDITABLE_FIELDS } from '../domain/license-edit.ts';
import { CASE_KINDS, CASE_STATES, MAX_NOTE_CHARS, VERDICTS } from '../domain/reviews.ts';
import { businessSchema, confidence, pairScoreSchema } from './duplicate-schemas.ts';
import { licenseSchema } from './license-schemas.ts';
import { pageParams } from './paging.ts';
import { SAMPLE_ID } from './sample-values.ts';
import { MAX_ID, NUMBER, numberParam, orNull, SAYS_SOMETHING, WHOLE_TEXT, whole } from './schemas.ts';

const MAX_LIMIT = 200;
const MAX_BULK_IDS = 10_000;

const count = z.number().int().min(0);
const instant = z.string().openapi({ format: 'date-time' });
const text = z.string().nullable();
const caseId = z.number().int().min(1).max(MAX_ID);
const licenseId = z.string().min(1).max(64);
const version = count.max(4_294_967_295).openapi({ description: 'The version of the case that was looked at.' });

export const note = z
  .string()
  .max(MAX_NOTE_CHARS)
  .regex(whole, 'expected whole characters')
  .openapi(WHOLE_TEXT)
  .transform((typed) => typed.trim() || null)
  .nullable()
  .optional();
export const reviewer = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(whole, 'expected whole characters')
  .openapi(SAYS_SOMETHING);
const state = z.enum(CASE_STATES);
const kind = z.enum(CASE_KINDS);
const decision = z.enum(VERDICTS);

const summary = {
  id: caseId,
  state,
  kind,
  reason: z.enum(['review_band', 'not_all_alike', 'returned']),
  confidence,
  priority: z.number(),
  version: count,
  assignedTo: text,
  heldUntil: instant.nullable(),
  flaggedUntil: instant.nullable(),
  remindedAt: instant.nullable(),
  escalatedAt: instant.nullable(),
  decidedBy: text,
  decidedAt: instant.nullable(),
  closedReason: text,
  createdAt: instant,
  updatedAt: instant,
  sentence: z.string().openapi({ description: 'Who is waited for and what to do next, or how it ended.' }),
};

export const reviewSchema = z
  .object({
    ...summary,
    members: z.array(z.object({ ref: z.string(), licenseId: z.string(), dba: text, city: text })),
  })
  .openapi('Review');

export const recordSchema = z
  .object({
    sourceKey: z.string(),
    countid: z.number().int().nullable(),
    appid: text,
    licenseType: text,
    dba: text,
    status: z.number().int().nullable(),
    activateDate: text,
    comingExpired: text,
    monthlyFee: z.number().nullable(),
    smsBalance: z.number().nullable(),
    email: text,
    phone: text,
    address: text,
    city: text,
    zip: text,
    mid: text,
    lastActive: instant.nullable(),
    vanishedAt: instant.nullable(),
  })
  .openapi('ExternalRecord');

const unknownMap = z.record(z.string(), z.unknown());

export const reviewDetailSchema = z
  .object({
    ...summary,
    members: z.array(
      z.object({
        ref: z.string(),
        licenseId: z.string(),
        business: businessSchema.openapi({ description: 'What it said when the case was opened: this was scored.' }),
        license: orNull(licenseSchema).openapi({ description: 'The license that it belongs to now.' }),
        record: orNull(recordSchema),
        trouble: z
          .object({
            kind: z.enum(['gone', 'merged', 'relinked', 'changed']),
            fields: z.array(z.string()),
            sentence: z.string(),
          })
          .nullable()
          .openapi({ description: 'What happened to it since; while it is not null, the case cannot be decided.' }),
      }),
    ),
    differences: z
      .array(z.object({ field: z.string(), values: unknownMap }))
      .openapi({ description: 'Fields in which the licenses differ, with the value of each by its id.' }),
    explanation: z.object({
      pairs: z.array(z.object({ a: z.string(), b: z.string(), score: pairScoreSchema })),
      returned: z
        .array(
          z.object({
            ref: z.string(),
            field: z.string(),
            before: z.string().nullable(),
            after: z.string().nullable(),
            decidedBy: z.string(),
            decidedAt: z.string(),
            caseId: z.number().int().nullable(),
          }),
        )
        .nullable()
        .openapi({ description: 'What changed since somebody said that these are different.' }),
    }),
    suggestedMaster: z
      .object({
        masterId: z.string(),
        ranking: z.array(
          z.object({
            licenseId: z.string(),
            score: z.number(),
            status: z.number(),
            freshness: z.number(),
            completeness: z.number(),
            activity: z.number(),
          }),
        ),
      })
      .nullable(),
    history: z.array(
      z.object({
        at: instant,
        what: z.string(),
        by: z.string(),
        note: text,
        version: count.nullable(),
        masterId: text,
        duplicateId: text,
        mergeId: z.number().int().nullable(),
        details: unknownMap.nullable(),
      }),
    ),
  })
  .openapi('ReviewDetail');

export const reviewFilterQuery = z.strictObject({
  state: z.enum([...CASE_STATES, 'all'], { error: `expected ${CASE_STATES.join(', ')} or all` }).default('open'),
  kind: kind.optional(),
  assignedTo: reviewer
    .optional()
    .openapi({ description: '`me` for the caller, `none` for cases that are nobody’s, or a name.' }),
  minConfidence: z
    .string()
    .regex(NUMBER, 'expected a number from 0 to 100')
    .transform(Number)
    .pipe(z.number().min(0, 'expected at least 0').max(100, 'expected at most 100'))
    .optional()
    .openapi({ type: 'number', minimum: 0, maximum: 100 }),
  heldBack: z
    .enum(['only', 'exclude', 'include'], { error: 'expected only, exclude or include' })
    .default('exclude')
    .openapi({ description: 'Whether cases that somebody holds back are listed.' }),
});

export const reviewListQuery = reviewFilterQuery.extend({
  limit: numberParam(1, MAX_LIMIT),
  cursor: z
    .string()
    .regex(/^-?\d{1,6}(\.\d{1,3})?_\d{1,15}$/, 'expected meta.nextCursor of the page before')
    .optional()
    .openapi({ description: 'From meta.nextCursor, or follow the Link header.' }),
});

export const reviewListMeta = z.object({
  limit: z.number().int(),
  nextCursor: z.string().nullable(),
  counts: z.object({
    byState: z.object(Object.fromEntries(CASE_STATES.map((name) => [name, count])) as Record<string, typeof count>),
    openByBand: z
      .array(z.object({ from: z.number(), cases: count }))
      .openapi({ description: 'Open cases by confidence, from this one on.' }),
  }),
});

export const besideSchema = z.object({ previous: caseId.nullable(), next: caseId.nullable() });

export const decideBody = z.strictObject({
  decision,
  masterId: licenseId
    .nullable()
    .optional()
    .openapi({ description: 'Of an approval: the license that stays; without it the one that ranks best.' }),
  fields: z
    .record(z.string().max(40), licenseId)
    .nullable()
    .optional()
    .openapi({
      properties: Object.fromEntries(
        EDITABLE_FIELDS.map(({ name }) => [name, { type: 'string' as const, minLength: 1, maxLength: 64 }]),
      ),
      additionalProperties: false,
      description: 'Of an approval: field → id of the license whose value wins.',
      example: { phone: SAMPLE_ID },
    }),
  note,
  version: version.optional(),
});

export const foreseeBody = decideBody.pick({ masterId: true, fields: true });
export const foreseenSchema = z.object({
  masterId: licenseId.openapi({ description: 'The license that would stay.' }),
  taken: z
    .array(z.object({ field: z.string(), licenseId, rule: z.enum(['chosen', 'consolidated']) }))
    .openapi({ description: 'Where it would get another value than its own, and from which license.' }),
});

export const assignBody = z.strictObject({
  to: reviewer.nullable().openapi({ description: 'A name; `me` for the caller, null for nobody.' }),
});
export const holdBody = z.strictObject({
  until: z.iso
    .datetime({ offset: true, error: 'expected a time such as 2026-12-24T09:00:00Z' })
    .nullable()
    .openapi({ description: 'Null lets it go on.' }),
  note,
});
export const commentBody = z.strictObject({
  note: z.string().trim().min(1).max(MAX_NOTE_CHARS).regex(whole, 'expected whole characters').openapi(SAYS_SOMETHING),
});
export const undoBody = z.strictObject({ note, version: version.optional() });

const bulkFilter = z.strictObject({
  state: z.enum(['open', 'flagged']).default('open'),
  kind: kind.optional(),
  assignedTo: reviewer.optional(),
  minConfidence: confidence.optional(),
  heldBack: z.enum(['only', 'exclude', 'include']).default('exclude'),
});

export const bulkBody = z
  .strictObject({
    filter: bulkFilter.optional(),
    cases: z
      .array(z.strictObject({ id: caseId, version: version.optional() }))
      .min(1)
      .max(MAX_BULK_IDS)
      .optional(),
    decision,
    note,
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'expected the fingerprint of a preview')
      .optional()
      .openapi({ description: 'Of a preview: then exactly those cases are decided, or 409 `bulk-refused`.' }),
    preview: z.boolean().optional().openapi({ description: 'Only say how many cases it would be about.' }),
  })
  .refine(({ filter, cases }) => (filter === undefined) !== (cases === undefined), 'expected either filter or cases')
  .openapi({ oneOf: [{ required: ['filter'] }, { required: ['cases'] }] });

export const bulkSchema = z
  .object({
    id: z.string(),
    decision,
    reviewer: z.string(),
    note: text,
    state: z.enum(['running', 'completed', 'failed']),
    total: count,
    pending: count,
    done: count,
    refused: count,
    createdAt: instant,
    endedAt: instant.nullable(),
    sentence: z.string(),
  })
  .openapi('BulkReview');

export const bulkPreviewSchema = z.object({
  cases: count,
  first: z.array(caseId),
  byBand: z
    .array(z.object({ from: z.number(), cases: count }))
    .openapi({ description: 'How many there are by confidence, from this one on.' }),
  sample: z.array(reviewSchema),
  fingerprint: z.string().openapi({ description: 'Stands for these cases in these versions; send it with the start.' }),
});

const outcome = z.enum(['pending', 'done', 'refused']);
export const bulkItemSchema = z.object({ caseId, version: count, outcome, reason: text });
export const bulkQuery = z.strictObject({ outcome: outcome.default('refused'), ...pageParams(1000) });
export const bulkParams = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected the id of a bulk verdict')
    .openapi({ param: { name: 'id', in: 'path' }, format: 'uuid' }),
});
