/** The shapes of licenses in requests and answers. What may be written is the domain's table; here it becomes documentation and checks. */
import { z } from '@hono/zod-openapi';
import { LICENSE_STATUSES, type LicenseFields } from '../domain/license.ts';
import {
  crossFaults,
  EDITABLE_FIELDS,
  type EditableField,
  FIRST_STATUS,
  FIXED_NAMES,
  isLicenseKey,
  KEY_RULE,
  LICENSE_KEY,
  readValue,
} from '../domain/license-edit.ts';
import { MATCH_REASONS } from '../domain/match-reasons.ts';

const instant = z.string().openapi({ format: 'date-time' });
const day = z.string().openapi({ format: 'date' });
const count = z.number().int().min(0);
const amount = z.number().openapi({ description: 'Up to four decimal places.' });
/** What the document says of texts: how the domain's reader takes them, as far as a pattern can tell. */
const TEXT_ON_ONE_LINE = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$';
const TEXT_IN_LINES = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$';
const MAILBOX = '[^\\s@<>,;:"()\\[\\]\\\\.\\u0000-\\u001f\\u007f-\\u009f]+';
const percent = z.number().min(0).max(100);

export const licenseSchema = z
  .object({
    id: z.uuid(),
    key: z.string(),
    product: z.string().nullable(),
    plan: z.string().nullable(),
    status: z.enum(LICENSE_STATUSES),
    term: z.string().nullable(),
    seatsTotal: count.nullable(),
    seatsUsed: count.nullable(),
    startsAt: instant.nullable(),
    expiresAt: instant.nullable(),
    dba: z.string().nullable().openapi({ description: 'Name of the business.' }),
    zip: z.string().nullable(),
    lastPayment: amount.nullable(),
    smsPurchased: count.nullable(),
    smsSent: count.nullable(),
    smsBalance: amount.nullable(),
    agents: count.nullable(),
    agentsName: z.string().nullable(),
    agentsCost: amount.nullable(),
    notes: z.string().nullable(),
    appid: z.string().nullable(),
    countid: count.nullable(),
    mid: z.string().nullable(),
    license_type: z.string().nullable(),
    package_data: z.record(z.string(), z.unknown()).nullable(),
    sendbat_workspace: z.string().nullable(),
    coming_expired: day.nullable(),
    external_email: z.string().nullable(),
    phone: z.string().nullable(),
    address: z.string().nullable(),
    city: z.string().nullable(),
    last_active: instant.nullable(),
    external_sync_status: z.enum(['synced', 'vanished']).nullable(),
    last_external_sync: instant.nullable(),
    origin: z.enum(['internal', 'external', 'import']),
    version: count.openapi({ description: 'Counts up with every change; the ETag of the license.' }),
    archived_into: z
      .uuid()
      .nullable()
      .openapi({ description: 'The license that this one was consolidated into; null for a live one.' }),
    createdAt: instant,
    updatedAt: instant,
    createdBy: z.string(),
    updatedBy: z.string(),
  })
  .openapi('License');

export const licenseListMeta = z.object({
  pagination: z.object({
    page: count.nullable().openapi({ description: 'Null when the list was asked for by cursor.' }),
    limit: count,
    totalPages: count,
    total: count,
  }),
  nextCursor: z.string().nullable(),
  stats: z
    .object({
      total: count,
      active: count,
      expired: count,
      pending: count,
      cancel: count,
      expiring: count,
      draft: count,
    })
    .openapi({ description: 'Over all licenses that are not archived, whatever the list is filtered by.' }),
  syncInfo: z
    .object({
      lastSyncCompleted: instant.nullable(),
      syncDuration: count.nullable().openapi({ description: 'ms' }),
      recordsAdded: count,
      recordsUpdated: count,
      duplicatesHandled: count.openapi({
        description: 'Records that joined a license which another record feeds already.',
      }),
      externalSource: z.string(),
    })
    .openapi({ description: 'Of the newest run that has ended and changed a license.' }),
  dataQuality: z.object({
    completenessScore: percent.openapi({
      description: 'Share of name, e-mail, zip, phone and address that have a value, over all licenses.',
    }),
    externalDataCoverage: percent.openapi({
      description: 'Share of licenses that an external record feeds, or fed until it vanished.',
    }),
    duplicateFree: z.boolean().openapi({ description: 'No two licenses have the same appid.' }),
  }),
});

/** Values are checked by the domain's own reader, so that API and import have the same rules. */
function valueSchema(field: EditableField) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const read = readValue(field, value);
      if ('fault' in read) context.addIssue({ code: 'custom', message: read.fault });
    })
    .optional()
    .openapi(documented(field));
}

const values = Object.fromEntries(EDITABLE_FIELDS.map((field) => [field.name, valueSchema(field)]));
const fixed = (names: Iterable<string>) =>
  Object.fromEntries(
    [...names].map((name) => [
      name,
      // The generator knows no schema for never: a type has to be named, which `not` then rules out.
      z.never({ error: 'cannot be set' }).openapi({ type: 'null', not: {}, description: 'Cannot be set.' }).optional(),
    ]),
  );

/** What an edit may send; null clears a value. */
export const editSchema = z
  .strictObject({ ...values, ...fixed(FIXED_NAMES) })
  .superRefine(checkTogether)
  .openapi('LicenseEdit', { description: 'Only the given members are written; null clears one.' });

export const newLicenseSchema = z
  .strictObject({
    key: z
      .string()
      .refine(isLicenseKey, KEY_RULE)
      .optional()
      .openapi({ pattern: LICENSE_KEY.source, maxLength: 64, description: 'Unique; one is made when none is given.' }),
    ...values,
    ...fixed([...FIXED_NAMES].filter((name) => name !== 'key')),
  })
  .superRefine(checkTogether)
  .superRefine((body, context) => {
    const { dba, appid, countid } = givenFields(body);
    if (body.key !== undefined || dba != null || appid != null || countid != null) return;
    context.addIssue({ code: 'custom', message: 'at least one of dba, appid, countid, key is needed' });
  })
  .openapi('NewLicense', {
    anyOf: [
      { required: ['dba'], properties: { dba: { type: 'string', pattern: '\\S' } } },
      { required: ['appid'], properties: { appid: { type: 'string', pattern: '\\S' } } },
      { required: ['countid'], properties: { countid: { type: 'integer' } } },
      { required: ['key'] },
    ],
    description: `At least one of dba, appid, countid and key is needed. The status is \`${FIRST_STATUS}\` unless given.`,
  });

/** The values of a body that has passed its schema, as they are kept. */
export function givenFields(body: Readonly<Record<string, unknown>>): Partial<LicenseFields> {
  const given: Record<string, unknown> = {};
  for (const field of EDITABLE_FIELDS) {
    if (body[field.name] === undefined) continue;
    const read = readValue(field, body[field.name]);
    if ('value' in read) given[field.field] = read.value;
  }
  return given as Partial<LicenseFields>;
}

function checkTogether(body: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const { field, message } of crossFaults(givenFields(body))) {
    context.addIssue({ code: 'custom', path: [field], message });
  }
}

function documented({ kind, max, signed, lines }: EditableField) {
  switch (kind) {
    case 'status':
      return { type: 'string' as const, enum: [...LICENSE_STATUSES] };
    case 'whole':
      return { type: ['integer', 'null'] as ['integer', 'null'], minimum: 0, maximum: max };
    case 'amount':
      return {
        type: ['number', 'string', 'null'] as ['number', 'string', 'null'],
        minimum: signed ? -max : 0,
        maximum: max,
        pattern: `^\\s*(${signed ? '[+-]?' : '[+]?'}\\d{1,10}(\\.\\d{1,4})?)?\\s*$`,
        description: `At most ten digits and four decimal places${signed ? '' : ', not below zero'}.`,
      };
    case 'instant':
      return {
        type: ['string', 'null'] as ['string', 'null'],
        pattern:
          '^\\s*([1-9]\\d{3}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2}))?)?\\s*$',
        description: 'ISO 8601 with its zone, or a day as YYYY-MM-DD.',
      };
    case 'day':
      return { type: ['string', 'null'] as ['string', 'null'], format: 'date' };
    case 'document':
      return { type: ['object', 'null'] as ['object', 'null'], additionalProperties: true };
    case 'email':
      return {
        type: ['string', 'null'] as ['string', 'null'],
        maxLength: max,
        pattern: `^\\s*(${MAILBOX}@${MAILBOX}(\\.${MAILBOX})+)?\\s*$`,
        example: 'office@harbor-bakery.example.com',
      };
    default:
      return {
        type: ['string', 'null'] as ['string', 'null'],
        maxLength: max,
        pattern: lines ? TEXT_IN_LINES : TEXT_ON_ONE_LINE,
      };
  }
}

const lookalike = z.object({
  line: count,
  key: z.string(),
  licenseId: z.string().nullable().openapi({ description: 'The license that it resembles most.' }),
  sameAsLine: count.nullable().openapi({ description: 'Or the earlier row.' }),
  confidenceScore: z.number().min(0).max(100),
  matchReasons: z.array(z.enum(MATCH_REASONS)),
  decision: z.enum(['auto', 'review', 'observe', 'none']),
});

export const importResultSchema = z
  .object({
    dryRun: z.boolean(),
    rows: count.openapi({ description: 'The sum of the next five.' }),
    created: count,
    updated: count,
    unchanged: count.openapi({ description: 'The license says all that the row says.' }),
    kept: count.openapi({ description: 'The license says otherwise, and was left as it is.' }),
    keptRows: z
      .array(
        z.object({
          line: count,
          key: z.string(),
          licenseId: z.uuid(),
          reason: z.enum(['differs', 'archived']),
          fields: z.array(z.string()),
        }),
      )
      .openapi({ description: 'The first hundred of those that were kept.' }),
    duplicates: count.openapi({
      description: 'Rows that make no license: one for the same business is there, or an earlier row makes it.',
    }),
    duplicateRows: z.array(lookalike).openapi({ description: 'The first hundred of them.' }),
    alike: count.openapi({ description: 'Rows whose new license resembles another one.' }),
    alikeRows: z.array(lookalike).openapi({ description: 'The first hundred of them.' }),
    comparedWithin: z
      .boolean()
      .openapi({ description: 'False when the file is too long to compare its rows with each other here.' }),
  })
  .openapi('ImportResult');
