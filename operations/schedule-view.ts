/** A schedule as API and CLI show it. */
import { type Db, isoInstant } from '../db/connect.ts';
import { findLive } from '../db/run-state.ts';
import { operationsOf } from '../db/scheduled.ts';
import { findTokenById } from '../db/tokens.ts';
import { findTypedValue } from '../db/typed-values.ts';
import type { AskedOptions } from '../domain/sync-options.ts';
import { type StoredSchedule, scheduleId } from '../temporal/schedules.ts';
import type { SyncOptions } from '../workflows/messages.ts';
import { type RunStatus, scheduleTrigger } from '../workflows/names.ts';
import { STATE_NOTES } from './schedule-store.ts';

/** The options of a schedule's runs as people give them: with a business name instead of its id. */
export type ScheduleOptions = Omit<AskedOptions, 'dbaId' | 'maxPages' | 'status'> & {
  maxPages?: number | undefined;
  status?: 0 | 1 | undefined;
  dba?: string | undefined;
};

/** What people give for a schedule; spans in ms. */
export interface ScheduleSettings {
  cron: string;
  timezone: string;
  jitterMs: number;
  catchupWindowMs: number;
  pauseOnFailure: boolean;
  options: ScheduleOptions;
  note: string | null;
}

/** What is absent stays as it is. */
export type ScheduleChange = { [K in keyof ScheduleSettings]?: ScheduleSettings[K] | undefined };

export interface ScheduleView extends ScheduleSettings {
  name: string;
  /** As Temporal knows it. */
  scheduleId: string;
  /** Due times that come while a run of this schedule is under way start nothing. */
  overlap: 'skip';
  paused: boolean;
  /** Who paused or resumed it, or why it paused itself. */
  stateNote: string;
  /** Empty while it is paused. */
  nextTimes: string[];
  /** The executions it started last, newest first. */
  recentActions: { dueAt: string; startedAt: string; workflowId: string }[];
  /** Its run under way; null when there is none. */
  running: { workflowId: string; operationId: string | null } | null;
  counts: {
    started: number;
    /** Due times at which its own last run was still under way. */
    skippedOverlap: number;
    /** Due times that nobody could answer within the catch-up window. */
    missedCatchup: number;
  };
  createdAt: string;
  createdBy: string;
  updatedAt: string | null;
  updatedBy: string;
}

export interface ScheduleDetails extends ScheduleView {
  /** Newest first, the skipped ones among them. */
  recentOperations: { operationId: string; status: RunStatus; startedAt: string; endedAt: string | null }[];
}

export interface ScheduleViews {
  view(stored: StoredSchedule): Promise<ScheduleView>;
  details(stored: StoredSchedule): Promise<ScheduleDetails>;
}

const RECENT = 10;

export function createScheduleViews(db: Db): ScheduleViews {
  async function view(stored: StoredSchedule): Promise<ScheduleView> {
    const { name, definition, description, paused, stateNote } = stored;
    const { options, noteId, expectedFromMs: _, createdBy, updatedBy, stateBy, ...rest } = definition;
    const { info } = description;
    const [running] = info.runningActions;
    const live = running ? await findLive(db) : undefined;
    return {
      name,
      scheduleId: scheduleId(name),
      ...rest,
      overlap: 'skip',
      options: await shownOptions(options),
      note: noteId === null ? null : await findTypedValue(db, noteId),
      paused,
      stateNote: stateBy === null ? stateNote : await signed(stateNote, stateBy),
      nextTimes: paused ? [] : info.nextActionTimes.map(iso),
      recentActions: info.recentActions
        .map(({ scheduledAt, takenAt, action }) => ({
          dueAt: iso(scheduledAt),
          startedAt: iso(takenAt),
          workflowId: action.workflow.workflowId,
        }))
        .reverse(),
      running: running
        ? {
            workflowId: running.workflow.workflowId,
            operationId: live?.triggered_by === scheduleTrigger(name) ? live.operation_id : null,
          }
        : null,
      counts: {
        started: info.numActionsTaken,
        skippedOverlap: info.numActionsSkippedOverlap,
        missedCatchup: info.numActionsMissedCatchupWindow,
      },
      createdAt: iso(info.createdAt),
      createdBy: await nameOf(createdBy),
      updatedAt: info.lastUpdatedAt ? iso(info.lastUpdatedAt) : null,
      updatedBy: await nameOf(updatedBy),
    };
  }

  /** A note that someone else left, such as Temporal's own, stays as it is. */
  async function signed(stateNote: string, by: number): Promise<string> {
    if (stateNote === STATE_NOTES.paused) return `paused by ${await nameOf(by)}`;
    return stateNote === STATE_NOTES.resumed ? `resumed by ${await nameOf(by)}` : stateNote;
  }

  async function nameOf(token: number): Promise<string> {
    return (await findTokenById(db, token))?.name ?? `token ${token}`;
  }

  async function shownOptions({ dbaId, maxPages, status, ...flags }: Partial<SyncOptions>): Promise<ScheduleOptions> {
    const dba = dbaId ? await findTypedValue(db, dbaId) : null;
    return {
      ...flags,
      ...withoutUndefined({ maxPages: maxPages ?? undefined, status: status ?? undefined, dba: dba ?? undefined }),
    };
  }

  async function details(stored: StoredSchedule): Promise<ScheduleDetails> {
    const rows = await operationsOf(db, scheduleTrigger(stored.name), RECENT);
    return {
      ...(await view(stored)),
      recentOperations: rows.map((row) => ({
        operationId: row.operation_id,
        status: row.status,
        startedAt: isoInstant(row.started_at),
        endedAt: isoInstant(row.ended_at),
      })),
    };
  }

  return { view, details };
}

/** Without the members that are there only to say that nothing was given. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined)) as never;
}

function iso(time: Date): string {
  return time.toISOString();
}
