/** The shapes of schedules. */
import { z } from '@hono/zod-openapi';
import { isTimeZone } from '../config.ts';
import { cronProblem } from '../domain/cron.ts';
import { RUN_STATUSES } from '../workflows/names.ts';

const DAY_MS = 86_400_000;
const instant = z.string().openapi({ format: 'date-time' });
const count = z.number().int().min(0);
/** Temporal's own lower bound. */
const MIN_CATCHUP_MS = 10_000;
const DEFAULT_CATCHUP_MS = 3_600_000;

export const NAME_RULE = 'expected 1 to 50 of a–z, 0–9 and -, beginning and ending with a letter or digit';
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/, NAME_RULE);

const cron = z
  .string()
  .superRefine((text, context) => {
    const message = cronProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .openapi({
    example: '0 3 * * *',
    description:
      'Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), with lists, ranges, steps and English three-letter names. Nothing else: no seconds, no years, no @every, no CRON_TZ=. Day of month and day of week cannot both be chosen.',
  });
const timezone = z.string().max(100).refine(isTimeZone, 'expected an IANA time zone such as America/Chicago').openapi({
  example: 'America/Chicago',
  description: 'An hour that a change of the clocks skips or repeats is skipped or repeated.',
});

/** Shape only: what may be combined, and what is switched off, is one rule for all starts. */
const options = z.strictObject({
  comprehensive: z.boolean().optional(),
  detectDuplicates: z.boolean().optional(),
  bidirectional: z.boolean().optional().openapi({ description: 'Also send what was edited inside.' }),
  dryRun: z.boolean().optional(),
  partial: z.boolean().optional(),
  maxPages: z.int().min(1).max(1_000_000).optional(),
  status: z
    .union([z.literal(0), z.literal(1)])
    .optional()
    .openapi({ description: '1: active records only; 0: the others only.' }),
  dba: z.string().min(1).max(200).optional(),
});
const settings = {
  cron,
  timezone,
  jitterMs: z
    .int()
    .min(0)
    .max(DAY_MS)
    .openapi({ description: 'A run begins up to this much later than it is due, never past the next due time.' }),
  catchupWindowMs: z
    .int()
    .min(MIN_CATCHUP_MS)
    .max(30 * DAY_MS)
    .openapi({ description: 'When Temporal was away: due times that are not older are made up for, by one run.' }),
  pauseOnFailure: z.boolean().openapi({ description: 'Pause after a run that failed or was incomplete.' }),
  options: options.openapi({ description: 'Flags of the runs; what is absent takes its default when a run begins.' }),
  note: z.string().min(1).max(1000).nullable(),
};

export const createScheduleBody = z
  .strictObject({
    name,
    cron,
    timezone: timezone.default('UTC'),
    jitterMs: settings.jitterMs.default(0),
    catchupWindowMs: settings.catchupWindowMs.default(DEFAULT_CATCHUP_MS),
    pauseOnFailure: settings.pauseOnFailure.default(false),
    options: settings.options.default({}),
    note: settings.note.default(null),
    paused: z.boolean().default(false),
  })
  .openapi('NewSchedule');

export const changeScheduleBody = z
  .strictObject(settings)
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'expected at least one setting to change')
  .openapi('ScheduleChange', { minProperties: 1 });

export const backfillBody = z
  .strictObject({
    from: z.iso.datetime({ offset: true, error: 'expected an instant such as 2026-11-23T03:00:00Z' }),
    to: z.iso.datetime({ offset: true, error: 'expected an instant such as 2026-11-23T03:00:00Z' }),
  })
  .refine(({ from, to }) => Date.parse(from) <= Date.parse(to), {
    path: ['to'],
    error: 'expected no earlier than from',
  })
  .openapi('Backfill');

export const scheduleParams = z.object({ id: name.openapi({ param: { name: 'id', in: 'path' }, example: 'nightly' }) });

export const scheduleCursor = name
  .optional()
  .openapi({ description: 'From meta.nextCursor, or follow the Link header.' });

const scheduleFields = z.object({
  name: z.string(),
  scheduleId: z.string().openapi({ description: 'As Temporal knows it.' }),
  cron: z.string(),
  timezone: z.string(),
  jitterMs: count,
  catchupWindowMs: count,
  pauseOnFailure: z.boolean(),
  overlap: z.literal('skip').openapi({
    description: 'A due time that comes while another run is under way starts none.',
  }),
  options,
  note: z.string().nullable(),
  paused: z.boolean(),
  stateNote: z.string().openapi({ description: 'Who paused or resumed it, or why it paused itself.' }),
  nextTimes: z.array(instant).openapi({ description: 'Empty while it is paused.' }),
  recentActions: z.array(z.object({ dueAt: instant, startedAt: instant, workflowId: z.string() })),
  running: z.object({ workflowId: z.string(), operationId: z.string().nullable() }).nullable(),
  counts: z.object({
    started: count,
    skippedOverlap: count.openapi({ description: 'Due times at which its own last run was still under way.' }),
    missedCatchup: count.openapi({ description: 'Due times that were older than the catch-up window.' }),
  }),
  createdAt: instant,
  createdBy: z.string(),
  updatedAt: instant.nullable(),
  updatedBy: z.string(),
  links: z.object({ self: z.string() }),
});

export const scheduleSchema = scheduleFields.openapi('Schedule');
export const scheduleDetailsSchema = scheduleFields
  .extend({
    recentOperations: z
      .array(
        z.object({
          operationId: z.string(),
          status: z.enum(RUN_STATUSES),
          startedAt: instant,
          endedAt: instant.nullable(),
        }),
      )
      .openapi({ description: 'Newest first; `skipped` where another run was under way.' }),
  })
  .openapi('ScheduleDetails');
