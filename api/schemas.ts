/** The shapes of requests and answers; the OpenAPI document is made of them. */
import { z } from '@hono/zod-openapi';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { RISK_LEVELS } from '../domain/duplicate-report.ts';
import { GUARD_KINDS } from '../domain/guard.ts';
import type { PushReport } from '../domain/push-report.ts';
import { RUN_KINDS } from '../domain/run-filter.ts';
import { PROBLEMS, type ProblemCode, problemSchema, type StatusOf } from '../http/problem.ts';
import { OPERATION_TYPES, PHASES, RUN_STATUSES } from '../workflows/names.ts';
import { exampleProblem } from './example-problems.ts';

/**
 * A schema or null. For schemas with a name: what the document would say of `nullable()` on one is that it is the named
 * schema and null at once, or that null has that name.
 */
export function orNull<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.null()]);
}

/** Text that can be kept as it is: no NUL, no half of a surrogate pair. For `regex`; `WHOLE_TEXT` for the document, which knows no flags. */
export const whole = /^[^\0\p{Surrogate}]*$/u;
export const WHOLE_TEXT = { pattern: '^[^\\u0000]*$' };
/** As `WHOLE_TEXT`, and not blank. */
export const SAYS_SOMETHING = { pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$' };
/** As JSON writes numbers. */
export const NUMBER = /^-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?$/i;
/** Ids beyond it would have lost digits in JSON. */
export const MAX_ID = 999_999_999_999_999;

const instant = z.string().openapi({ format: 'date-time' });
const count = z.number().int().min(0);
const sentence = z.string().openapi({
  description: 'What happens now, who is waited for, and what to do next.',
  example: 'Reading the records from the License API; nothing to do for you.',
});
const outcome = z.enum(['success', 'partial', 'failed']).nullable();
const wait = z.object({ kind: z.string(), until: instant }).nullable();
const optionsSchema = z.object({
  comprehensive: z.boolean(),
  detectDuplicates: z.boolean(),
  bidirectional: z.boolean(),
  dryRun: z.boolean(),
  partial: z.boolean(),
  maxPages: count.nullable(),
  status: z.union([z.literal(0), z.literal(1)]).nullable(),
  dba: z.string().nullable(),
});

const booksSchema = z
  .object({
    fetched: count,
    created: count,
    updated: count,
    unchanged: count,
    linked: count,
    repeated: count,
    quarantined: count,
    pending: count,
  })
  .openapi('Books', { description: 'fetched is the sum of all the others; each position of the feed counts once.' });

/** Records by what became of what was to be sent to them. */
export const pushReportSchema = z
  .object({
    planned: count.openapi({
      description: 'Not sent: not reached yet, or not at all; of a dry run, what it would send.',
    }),
    pushed: count.openapi({ description: 'Sent, and the record shows it.' }),
    agreed: count.openapi({ description: 'The record said so already.' }),
    conflict: count.openapi({ description: 'The record said something else, or does so although it was accepted.' }),
    unaddressable: count.openapi({ description: 'Neither appid nor e-mail tells the record from others.' }),
    gone: count.openapi({ description: 'The API has no such record.' }),
    rejected: count.openapi({ description: 'Refused by the API.' }),
    unconfirmed: count.openapi({ description: 'Whether it was written could not be found out.' }),
    skipped: count.openapi({ description: 'Nothing was left to be sent, or it was not as planned any more.' }),
    written: count.openapi({ description: 'Records that the operation has changed upstream.' }),
  } satisfies Record<keyof PushReport, z.ZodType>)
  .openapi('PushReport', { description: 'In records; each has one state. `written` is none: it may cut across them.' });

export const operationSchema = z
  .object({
    operationId: z.string(),
    operationType: z.enum(OPERATION_TYPES),
    kind: z
      .enum(RUN_KINDS)
      .openapi({ description: '`plan` carries out a plan, `replay` reads again what could not be read.' }),
    status: z.enum(RUN_STATUSES),
    planId: z
      .string()
      .nullable()
      .openapi({ description: 'The plan that the operation carries out, or that it made (a dry run).' }),
    outcome,
    phase: z.enum(PHASES),
    sentence,
    trigger: z.string(),
    options: optionsSchema,
    attempt: count,
    pass: count,
    totalExpected: count.nullable(),
    books: orNull(booksSchema.extend({ balanced: z.boolean() })),
    mirror: z.object({ created: count, updated: count, live: count }).nullable(),
    proof: z.enum(['proven', 'proven_by_two_passes', 'unproven']).nullable(),
    missing: count.nullable(),
    vanished: count,
    drifted: count,
    conflicts: count,
    ambiguous: count,
    errors: z.array(z.object({ type: z.string(), code: z.string(), positions: count, example: z.string() })),
    unknownKeys: z.array(z.string()),
    duplicates: z
      .object({
        subjects: count,
        scored: count,
        auto: count,
        review: count,
        observed: count,
        cappedBlocks: count,
        cappedSubjects: count,
        linked: count,
        consolidated: count,
        refused: count,
        casesOpened: count,
        casesReturned: count,
        kinds: z.object({ external: count, internal: count, crossSystem: count }),
        detectionMs: count,
        consolidationMs: count,
        recommendations: z.array(z.string()),
        risk: z.object({ level: z.enum(RISK_LEVELS), reasons: z.array(z.string()) }),
      })
      .nullable()
      .openapi({ description: 'What was found and done about duplicates; null when they were not looked for.' }),
    pushes: orNull(pushReportSchema).openapi({
      description:
        'What was sent to the License API, counted in records; null without `bidirectional=true` and while the run lives. Record by record: `links.pushes`.',
    }),
    reason: z.string().nullable(),
    errorType: z.string().nullable(),
    wait,
    approvals: z
      .object({
        needs: z.array(z.object({ kind: z.enum(GUARD_KINDS), due: count, approved: count })),
        expiresAt: instant.nullable(),
      })
      .nullable()
      .openapi({ description: 'What the mass-change guard asks people about, or asked.' }),
    createdAt: instant,
    startedAt: instant,
    endedAt: instant.nullable(),
    durationMs: count.nullable(),
    temporalUiUrl: z.string().nullable(),
    links: z.object({
      self: z.string(),
      progress: z.string(),
      events: z.string(),
      pause: z.string(),
      resume: z.string(),
      cancel: z.string(),
      approve: z.string(),
      pushes: z.string(),
      batches: z.string(),
      plan: z.string().nullable(),
    }),
  })
  .openapi('Operation');

export const progressSchema = z
  .object({
    operationId: z.string(),
    status: z.enum(RUN_STATUSES),
    outcome,
    phase: z.enum(PHASES),
    attempt: count,
    pass: count,
    sentence,
    done: count,
    total: count.nullable(),
    ratePerSecond: z.number().nullable(),
    etaSeconds: z.number().nullable(),
    elapsedSeconds: z.number(),
    counts: z.object({
      read: count,
      mirrorCreated: count,
      mirrorUpdated: count,
      planned: count,
      created: count,
      updated: count,
      pushed: count.openapi({ description: 'Records changed upstream.' }),
    }),
    books: orNull(booksSchema),
    wait,
    workersAlive: z.boolean().nullable(),
  })
  .openapi('Progress');

export const statusSchema = z
  .object({
    lastSync: z.object({
      operationId: z.string().nullable(),
      timestamp: instant.nullable(),
      duration: z.number().nullable().openapi({ description: 'ms' }),
      status: outcome,
      state: z.enum(RUN_STATUSES).nullable(),
      totalFetched: count,
      created: count,
      updated: count,
      failed: count,
      sentence: z
        .string()
        .nullable()
        .openapi({ description: 'What went wrong and what to do; null when it succeeded.' }),
    }),
    attention: z
      .object({
        openConflicts: count,
        openQuarantine: count,
        vanishedRecords: count,
        compensationsDue: count.openapi({
          description: 'Records of which something that undone merges had sent is to be taken back upstream.',
        }),
        openAlerts: count,
      })
      .openapi({ description: 'What waits for a person.' }),
    health: z.object({
      externalApi: z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']),
      lastHealthCheck: instant.nullable(),
      circuitBreaker: z.enum(['closed', 'open', 'half_open']),
      averageResponseTime: z.number().nullable().openapi({ description: 'ms' }),
    }),
    statistics: z.object({
      totalExternalLicenses: count,
      totalInternalLicenses: count,
      matchingRate: z.string().nullable().openapi({ example: '98.7%' }),
      matchingRatio: z.number().nullable().openapi({ example: 0.987 }),
      lastSyncAge: z.string().openapi({ example: '15 minutes ago' }),
      lastSyncAgeSeconds: z.number().nullable(),
    }),
    workers: z
      .array(z.object({ build: z.string().nullable(), count: z.number().int() }))
      .openapi({ description: 'Workers that gave a sign of life lately, by build.' }),
    running: z
      .object({
        operationId: z.string(),
        status: z.enum(RUN_STATUSES),
        phase: z.string(),
        sentence,
        startedAt: instant,
      })
      .nullable(),
  })
  .openapi('SyncStatus');

const check = z.object({ ok: z.boolean(), reason: z.string().nullable() });
const readyChecks = z.object({ database: check, migrations: check, temporal: check });
export const readinessSchema = z
  .object({ ready: z.boolean(), reason: z.string().nullable(), checks: readyChecks })
  .openapi('Readiness');
export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    checks: readyChecks.extend({ workers: check, externalApi: check }),
  })
  .openapi('Health');

/** The original API's envelope. */
export function answer<T extends z.ZodType>(data: T) {
  return z.object({ success: z.literal(true), data });
}

/** `content` in JSON: of an answer, or of a request with an example of one. */
export function json<T extends z.ZodType>(schema: T, example?: unknown) {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } };
}

const TOO_MANY = {
  headers: {
    'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } },
    'RateLimit-Policy': { description: 'Quota `q` in a window of `w` seconds', schema: { type: 'string' as const } },
    RateLimit: { description: 'What remains, `r`, and for how many seconds, `t`', schema: { type: 'string' as const } },
  },
};

/** What may be wrong with every request of its kind; a status names them all. */
const COMMON: Readonly<Record<number, readonly ProblemCode[]>> = {
  400: ['invalid-request'],
  401: ['unauthenticated'],
  403: ['forbidden'],
  409: ['idempotency-key-in-use', 'answer-not-kept'],
  413: ['body-too-large'],
  422: ['idempotency-key-reused'],
  429: ['too-many-requests'],
  503: ['database-unavailable', 'database-not-migrated', 'temporal-unavailable', 'timed-out', 'shutting-down'],
};

/** The statuses that every route with parameters which only reads has, and every one that changes something. */
export const READING = [400, 401, 403, 503] as const;
export const WRITING = [400, 401, 403, 409, 413, 422, 503] as const;

/**
 * The problems a route may answer with: a status for those that every route of its kind has, and the codes of its own.
 * What a route answers with and does not name here is a fault of the route. Where a token is asked for, it may also come too often: 429 is added.
 */
export function problems<const A extends readonly (ContentfulStatusCode | ProblemCode)[]>(...named: A) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const one of named) {
    const [status, codes] = typeof one === 'number' ? [one, COMMON[one] ?? []] : [PROBLEMS[one].status, [one]];
    byStatus.set(status, [...(byStatus.get(status) ?? []), ...codes]);
  }
  if (byStatus.has(401)) byStatus.set(429, [...(COMMON[429] ?? [])]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { ...problemResponse(codes), ...(status === 429 ? TOO_MANY : {}) },
    ]),
  ) as Record<StatusIn<A[number]>, ReturnType<typeof problemResponse>>;
}

type StatusIn<N> = N extends ProblemCode ? StatusOf<N> : N extends ContentfulStatusCode ? N : never;

function problemResponse(codes: readonly ProblemCode[]) {
  const types = codes.map((code) => `/problems/${code}`);
  const schema = problemSchema.extend({ type: z.enum(types) });
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }]));
  const description = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' ');
  return { description, content: { 'application/problem+json': { schema, examples } } };
}

/** A flag in a query string. Only plain spellings: a mistyped `dryRun` must not start a real run. */
export const flagParam = z
  .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
  .transform((text) => text === 'true' || text === '1')
  .optional()
  .openapi({ type: 'boolean' });

/** A whole number in a query string. */
export function numberParam(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `expected at least ${min}`).max(max, `expected at most ${max}`))
    .optional()
    .openapi({ type: 'integer', minimum: min, maximum: max });
}

export const operationParams = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected the id of an operation, such as 0195f0c4-…')
    .openapi({ param: { name: 'id', in: 'path' }, format: 'uuid' }),
});
