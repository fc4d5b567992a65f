/**
 * Schedules as Temporal keeps them. It compiles a cron expression away, so the definition as it was given travels in the memo of the
 * schedule's action, which is replaced in the same update as the rest.
 */
import { randomUUID } from 'node:crypto';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import type { ScheduledSyncInput, SyncOptions } from '../workflows/messages.ts';
import { SCHEDULE_ID_PREFIX } from '../workflows/names.ts';

/** What people decide about a schedule. Typed texts and names stay in MySQL and are referred to by id. */
export interface ScheduleDefinition {
  cron: string;
  /** IANA name. */
  timezone: string;
  /** Runs begin up to this much later than they are due. */
  jitterMs: number;
  /** Due times that Temporal missed are made up for when they are not older than this. */
  catchupWindowMs: number;
  pauseOnFailure: boolean;
  /** What was asked for; the rest takes the defaults that hold when a run begins. */
  options: Partial<SyncOptions>;
  noteId: number | null;
  /** Due times before this (Unix time in ms) are not expected: it was made, changed or resumed then. */
  expectedFromMs: number;
  /** Ids of tokens; their names could be people's addresses. */
  createdBy: number;
  updatedBy: number;
  /** Who paused or resumed it last through this product. */
  stateBy: number | null;
}

export interface StoredSchedule {
  name: string;
  definition: ScheduleDefinition;
  paused: boolean;
  /** What Temporal or whoever paused or resumed it noted. */
  stateNote: string;
  description: ScheduleDescription;
  revision: string;
}

const WORKFLOW = 'scheduledSync';
const definitionSchema = z.object({
  cron: z.string(),
  timezone: z.string(),
  jitterMs: z.number(),
  catchupWindowMs: z.number(),
  pauseOnFailure: z.boolean(),
  options: z.record(z.string(), z.unknown()),
  noteId: z.number().nullable(),
  expectedFromMs: z.number(),
  createdBy: z.number(),
  updatedBy: z.number(),
  stateBy: z.number().nullable(),
});
const memoSchema = z.object({ revision: z.string(), definition: definitionSchema });
/** A page of Temporal's list. */
const PAGE = 500;

export function scheduleId(name: string): string {
  return `${SCHEDULE_ID_PREFIX}${name}`;
}

/** @throws {ScheduleAlreadyRunning} when the name is taken; {TypeError} when Temporal cannot use cron or zone. */
export async function createSchedule(
  temporal: Client,
  taskQueue: string,
  name: string,
  definition: ScheduleDefinition,
  paused: { note: string } | null,
): Promise<void> {
  await temporal.schedule.create({
    scheduleId: scheduleId(name),
    spec: {
      cronExpressions: [definition.cron],
      timezone: definition.timezone,
      jitter: definition.jitterMs,
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW,
      workflowId: scheduleId(name),
      taskQueue,
      args: [inputOf(name, definition)],
      memo: { revision: randomUUID(), definition },
    },
    policies: {
      overlap: 'SKIP',
      catchupWindow: definition.catchupWindowMs,
      pauseOnFailure: definition.pauseOnFailure,
    },
    ...(paused === null ? {} : { state: { paused: true, note: paused.note } }),
  });
}

/** Null when it was not made by this product. @throws {ScheduleNotFoundError} */
export async function readSchedule(temporal: Client, name: string): Promise<StoredSchedule | null> {
  const description = await temporal.schedule.getHandle(scheduleId(name)).describe();
  const memo = memoSchema.safeParse(description.action.memo);
  if (description.action.workflowType !== WORKFLOW || !memo.success) return null;
  const { paused, note = '' } = description.state;
  const { revision, definition } = memo.data;
  return {
    name,
    // The options are checked again by every run that begins.
    definition: definition as ScheduleDefinition,
    paused,
    stateNote: note,
    description,
    revision,
  };
}

/** Names of the schedules that may be this product's, in order. Temporal's list lags behind a change for a moment. */
export async function listScheduleNames(temporal: Client): Promise<string[]> {
  const names: string[] = [];
  for await (const { scheduleId: id, action } of temporal.schedule.list({ pageSize: PAGE })) {
    if (!id.startsWith(SCHEDULE_ID_PREFIX)) continue;
    // Not listed at once for a schedule that is new.
    if (action && action.workflowType !== WORKFLOW) continue;
    names.push(id.slice(SCHEDULE_ID_PREFIX.length));
  }
  return names.sort();
}

/**
 * Sends a changed definition and state, valid only for the schedule as it was seen: Temporal drops it without a word when someone or
 * something, such as pause on failure, was quicker. Read it back to know.
 * @returns the revision by which the change is known.
 * @throws an INVALID_ARGUMENT of gRPC when Temporal cannot use cron or zone.
 */
export async function sendChange(
  temporal: Client,
  seen: StoredSchedule,
  definition: ScheduleDefinition,
  state: { paused: boolean; note: string },
): Promise<string> {
  const { schedule, conflictToken } = seen.description.raw;
  const revision = randomUUID();
  const toPayload = (value: unknown) => defaultPayloadConverter.toPayload(value);
  await temporal.workflowService.updateSchedule({
    namespace: temporal.options.namespace,
    scheduleId: scheduleId(seen.name),
    identity: temporal.options.identity,
    requestId: randomUUID(),
    ...(conflictToken ? { conflictToken } : {}),
    schedule: {
      ...schedule,
      spec: {
        cronString: [definition.cron],
        timezoneName: definition.timezone,
        jitter: duration(definition.jitterMs),
      },
      policies: {
        ...schedule?.policies,
        catchupWindow: duration(definition.catchupWindowMs),
        pauseOnFailure: definition.pauseOnFailure,
      },
      state: { ...schedule?.state, paused: state.paused, notes: state.note },
      action: {
        startWorkflow: {
          ...schedule?.action?.startWorkflow,
          input: { payloads: [toPayload(inputOf(seen.name, definition))] },
          memo: { fields: { revision: toPayload(revision), definition: toPayload(definition) } },
        },
      },
    },
  });
  return revision;
}

/** When the schedule is due after an instant and up to another, at most 1,000 times, in order. */
export async function dueTimes(temporal: Client, name: string, afterMs: number, toMs: number): Promise<number[]> {
  if (toMs <= afterMs) return [];
  const { startTime } = await temporal.workflowService.listScheduleMatchingTimes({
    namespace: temporal.options.namespace,
    scheduleId: scheduleId(name),
    startTime: duration(afterMs),
    endTime: duration(toMs),
  });
  return (startTime ?? []).map(({ seconds, nanos }) => Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6));
}

function inputOf(name: string, { options }: ScheduleDefinition): ScheduledSyncInput {
  return { schedule: name, options };
}

/** A span, or an instant since 1970, as Temporal's API takes it; its 64-bit numbers also come as plain ones. */
function duration(ms: number): { seconds: never; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: seconds as never, nanos: Math.round(ms - seconds * 1000) * 1_000_000 };
}
