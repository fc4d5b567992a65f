/** Schedules: list, look at, make, change, steer. */
import { createRoute, z } from '@hono/zod-openapi';
import { ApiProblem } from '../http/problem.ts';
import { acts, reads, writes } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { linkHeader, pageMeta, pageOf } from './paging.ts';
import { createRouter } from './router.ts';
import {
  backfillBody,
  changeScheduleBody,
  createScheduleBody,
  scheduleCursor,
  scheduleDetailsSchema,
  scheduleParams,
  scheduleSchema,
} from './schedule-schemas.ts';
import { answer, json, numberParam, problems, READING, WRITING } from './schemas.ts';

const SCHEDULES_PATH = '/api/v1/schedules';
const ONE_PATH = `${SCHEDULES_PATH}/{id}`;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 50;

const EXAMPLES = {
  create: {
    name: 'nightly',
    cron: '0 3 * * *',
    timezone: 'America/Chicago',
    jitterMs: 60_000,
    pauseOnFailure: true,
    options: { bidirectional: true },
    note: 'After the shops have closed.',
  },
  change: { cron: '30 3 * * *', note: 'Half an hour later.' },
  backfill: { from: '2026-02-12T00:00:00Z', to: '2026-02-13T00:00:00Z' },
};

export function scheduleRoutes({ operations, db }: ApiDeps) {
  const { schedules } = operations;
  const one = { description: 'The schedule', content: json(answer(scheduleDetailsSchema)) };

  const list = createRoute({
    ...reads(db),
    method: 'get',
    path: SCHEDULES_PATH,
    operationId: 'listSchedules',
    tags: ['Schedules'],
    summary: 'List schedules by name',
    description: 'A schedule appears here a moment after it was made.',
    request: { query: z.strictObject({ limit: numberParam(1, MAX_LIMIT), cursor: scheduleCursor }) },
    responses: {
      200: {
        description: 'A page of schedules',
        headers: linkHeader,
        content: json(answer(z.array(scheduleSchema)).extend({ meta: pageMeta })),
      },
      ...problems(...READING),
    },
  });

  const get = createRoute({
    ...reads(db),
    method: 'get',
    path: ONE_PATH,
    operationId: 'getSchedule',
    tags: ['Schedules'],
    summary: 'One schedule: next times, recent actions and operations, the run under way',
    request: { params: scheduleParams },
    responses: { 200: one, ...problems(...READING, 'schedule-not-found') },
  });

  const create = createRoute({
    ...writes(db, 'operator'),
    method: 'post',
    path: SCHEDULES_PATH,
    operationId: 'createSchedule',
    tags: ['Schedules'],
    summary: 'Make a schedule',
    request: { body: { required: true, content: json(createScheduleBody, EXAMPLES.create) } },
    responses: {
      201: {
        description: 'The schedule',
        headers: { Location: { description: 'Address of the schedule', schema: { type: 'string' as const } } },
        content: json(answer(scheduleDetailsSchema)),
      },
      ...problems(
        ...WRITING,
        'schedule-invalid',
        'options-invalid',
        'feature-disabled',
        'schedule-exists',
        'schedule-conflict',
      ),
    },
  });

  const change = createRoute({
    ...writes(db, 'operator'),
    method: 'patch',
    path: ONE_PATH,
    operationId: 'changeSchedule',
    tags: ['Schedules'],
    summary: 'Change a schedule; what is absent stays as it is',
    description: 'Answers when Temporal shows the schedule as it was changed. `options` is replaced as a whole.',
    request: { params: scheduleParams, body: { required: true, content: json(changeScheduleBody, EXAMPLES.change) } },
    responses: {
      200: one,
      ...problems(
        ...WRITING,
        'schedule-invalid',
        'options-invalid',
        'feature-disabled',
        'schedule-not-found',
        'schedule-conflict',
      ),
    },
  });

  const remove = createRoute({
    ...acts(db, 'operator'),
    method: 'delete',
    path: ONE_PATH,
    operationId: 'deleteSchedule',
    tags: ['Schedules'],
    summary: 'Delete a schedule; a run of it that is under way goes on',
    request: { params: scheduleParams },
    responses: {
      200: { description: 'Deleted', content: json(answer(z.object({ name: z.string(), deleted: z.literal(true) }))) },
      ...problems(...WRITING, 'schedule-not-found', 'schedule-conflict'),
    },
  });

  const steer = (action: 'pause' | 'resume', summary: string, description: string) =>
    createRoute({
      ...acts(db, 'operator'),
      method: 'post',
      path: `${ONE_PATH}/${action}`,
      operationId: `${action}Schedule`,
      tags: ['Schedules'],
      summary,
      description,
      request: { params: scheduleParams },
      responses: { 200: one, ...problems(...WRITING, 'schedule-not-found', 'schedule-conflict') },
    });

  const trigger = createRoute({
    ...acts(db, 'operator'),
    method: 'post',
    path: `${ONE_PATH}/trigger`,
    operationId: 'triggerSchedule',
    tags: ['Schedules'],
    summary: 'Start what the schedule starts, now',
    description:
      'Also while it is paused. When another run is under way, an operation with status `skipped` says so; when its own last run is, the answer is 409.',
    request: { params: scheduleParams },
    responses: {
      202: {
        description: 'Asked for; the schedule shows the run when it has begun',
        content: json(answer(scheduleDetailsSchema)),
      },
      ...problems(...WRITING, 'schedule-not-found', 'schedule-running', 'schedule-conflict'),
    },
  });

  const backfill = createRoute({
    ...writes(db, 'operator'),
    method: 'post',
    path: `${ONE_PATH}/backfill`,
    operationId: 'backfillSchedule',
    tags: ['Schedules'],
    summary: 'Make up for the due times of a span: one run for all of them',
    description: 'At most 100 due times, and none in the future. A run reads the feed as it is now.',
    request: { params: scheduleParams, body: { required: true, content: json(backfillBody, EXAMPLES.backfill) } },
    responses: {
      202: {
        description: 'Asked for; the schedule shows the run when it has begun',
        content: json(answer(scheduleDetailsSchema.extend({ times: z.number().int() }))),
      },
      ...problems(...WRITING, 'schedule-invalid', 'schedule-not-found', 'schedule-running', 'schedule-conflict'),
    },
  });

  return createRouter()
    .openapi(list, async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid('query');
      const page = await schedules.list({ limit, ...(cursor === undefined ? {} : { after: cursor }) });
      const { meta, link } = pageOf(SCHEDULES_PATH, {}, { limit, next: page.next });
      if (link) c.header('Link', link);
      return c.json({ success: true as const, data: page.schedules.map(withLinks), meta }, 200);
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await schedules.get(id)) }, 200);
    })
    .openapi(create, async (c) => {
      const { name, paused, ...settings } = c.req.valid('json');
      const schedule = await schedules.create(name, settings, { paused, by: c.get('caller') });
      c.header('Location', pathOf(name));
      return c.json({ success: true as const, data: withLinks(schedule) }, 201);
    })
    .openapi(change, async (c) => {
      const { id } = c.req.valid('param');
      const schedule = await schedules.update(id, c.req.valid('json'), c.get('caller'));
      return c.json({ success: true as const, data: withLinks(schedule) }, 200);
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param');
      await schedules.remove(id);
      return c.json({ success: true as const, data: { name: id, deleted: true as const } }, 200);
    })
    .openapi(
      steer('pause', 'Pause a schedule', 'It starts nothing until it is resumed; a run under way goes on.'),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ success: true as const, data: withLinks(await schedules.pause(id, c.get('caller'))) }, 200);
      },
    )
    .openapi(
      steer('resume', 'Resume a schedule', 'Due times that came while it was paused are not made up for.'),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ success: true as const, data: withLinks(await schedules.resume(id, c.get('caller'))) }, 200);
      },
    )
    .openapi(trigger, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ success: true as const, data: withLinks(await schedules.trigger(id)) }, 202);
    })
    .openapi(backfill, async (c) => {
      const { id } = c.req.valid('param');
      const { from, to } = c.req.valid('json');
      const span = { fromMs: Date.parse(from), toMs: Date.parse(to) };
      if (span.toMs > Date.now()) throw new ApiProblem('invalid-request', 'to: expected no time in the future');
      const { schedule, times } = await schedules.backfill(id, span);
      return c.json({ success: true as const, data: { ...withLinks(schedule), times } }, 202);
    });
}

function pathOf(name: string): string {
  return `${SCHEDULES_PATH}/${name}`;
}

function withLinks<T extends { name: string }>(schedule: T): T & { links: { self: string } } {
  return { ...schedule, links: { self: pathOf(schedule.name) } };
}
