/** Schedules: made, changed, steered, read. Temporal keeps them and starts the runs. */
import { forgetTypedValue, keepTypedValue } from '../db/typed-values.ts';
import { resolveOptions, SyncOptionsError } from '../domain/sync-options.ts';
import {
  createSchedule,
  dueTimes,
  type ScheduleDefinition,
  type StoredSchedule,
  scheduleId,
} from '../temporal/schedules.ts';
import type { SyncOptions } from '../workflows/messages.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';
import { pausedItself, type ScheduleStore, STATE_NOTES } from './schedule-store.ts';
import {
  createScheduleViews,
  type ScheduleChange,
  type ScheduleDetails,
  type ScheduleOptions,
  type ScheduleSettings,
  type ScheduleView,
  withoutUndefined,
} from './schedule-view.ts';

/** The token that asks; its name stays in MySQL. */
export interface Signer {
  tokenId: number;
  name: string;
}

/** All of it rejects with a `Refusal` for reasons that can be told. */
export interface Schedules {
  list(page: { limit: number; after?: string }): Promise<{ schedules: ScheduleView[]; next: string | null }>;
  get(name: string): Promise<ScheduleDetails>;
  create(name: string, settings: ScheduleSettings, state: { paused: boolean; by: Signer }): Promise<ScheduleDetails>;
  /** Resolves when Temporal shows the schedule as it was changed. */
  update(name: string, change: ScheduleChange, by: Signer): Promise<ScheduleDetails>;
  pause(name: string, by: Signer): Promise<ScheduleDetails>;
  resume(name: string, by: Signer): Promise<ScheduleDetails>;
  /** Starts what the schedule starts, now. */
  trigger(name: string): Promise<ScheduleDetails>;
  /** Makes up for the due times of a span: one run for all of them. @returns how many there are. */
  backfill(name: string, span: { fromMs: number; toMs: number }): Promise<{ schedule: ScheduleDetails; times: number }>;
  remove(name: string): Promise<void>;
}

const MAX_BACKFILL = 100;
/** As many as Temporal counts. */
const MAX_COUNTED = 1000;
/** Refusals after which nothing has changed for certain. */
const UNCHANGED: ReadonlySet<string> = new Set(['schedule-exists', 'schedule-invalid', 'schedule-conflict']);

export function createSchedules(deps: OperationsDeps, store: ScheduleStore): Schedules {
  const { config, db, temporal, log } = deps;
  const { view, details } = createScheduleViews(db);

  /** A business name is typed text: the schedule carries its id. Runs of the past refer to it, so it is never forgotten. */
  async function keepOptions({ dba, ...asked }: ScheduleOptions, by: Signer): Promise<Partial<SyncOptions>> {
    const given = withoutUndefined(asked);
    // A schedule that could start nothing is refused now, not at night.
    allowed(config, { ...given, ...(dba === undefined ? {} : { dbaId: 1 }) });
    return dba === undefined ? given : { ...given, dbaId: await keepTypedValue(db, dba, by.name) };
  }

  /** Keeps a note for the time of a change; forgets it when the change was refused. */
  async function withNote<T>(
    note: string | null | undefined,
    by: Signer,
    work: (noteId: number | null | undefined) => Promise<T>,
  ): Promise<T> {
    const noteId = typeof note === 'string' ? await keepTypedValue(db, note, by.name) : note;
    try {
      return await work(noteId);
    } catch (error) {
      // After anything else the schedule may refer to it.
      if (error instanceof Refusal && UNCHANGED.has(error.code) && noteId) await forgetTypedValue(db, noteId);
      throw error;
    }
  }

  async function forgetNote({ definition }: StoredSchedule): Promise<void> {
    if (definition.noteId !== null) await forgetTypedValue(db, definition.noteId);
  }

  /** Temporal would drop the start without a word. */
  async function startable(name: string): Promise<StoredSchedule> {
    const stored = await store.find(name);
    const [running] = stored.description.info.runningActions;
    if (!running) return stored;
    throw new Refusal(
      'schedule-running',
      `the last run of schedule ${name} has not ended (${running.workflow.workflowId}); nothing was started`,
    );
  }

  return {
    async list({ limit, after }) {
      const names = await store.names();
      const rest = after === undefined ? names : names.filter((name) => name > after);
      const page = rest.slice(0, limit);
      const found = await Promise.all(page.map(store.findOrNull));
      const schedules = await Promise.all(found.filter((stored) => stored !== null).map(view));
      return { schedules, next: rest.length > limit ? (page.at(-1) ?? null) : null };
    },

    get: async (name) => await details(await store.find(name)),

    async create(name, { options, note, ...rest }, { paused, by }) {
      const kept = await keepOptions(options, by);
      const made = { expectedFromMs: Date.now(), createdBy: by.tokenId, updatedBy: by.tokenId };
      const state = paused ? { note: STATE_NOTES.paused } : null;
      await withNote(note, by, async (noteId = null) => {
        const definition: ScheduleDefinition = {
          ...rest,
          ...made,
          options: kept,
          noteId,
          stateBy: paused ? by.tokenId : null,
        };
        await store.call(name, async () => {
          try {
            await createSchedule(temporal, config.temporal.taskQueue, name, definition, state);
          } catch (error) {
            // What the client makes of a cron expression or zone that Temporal refuses.
            if (error instanceof TypeError) throw invalid(`Temporal cannot use this schedule: ${error.message}`, error);
            throw error;
          }
        });
      });
      log.info({ schedule: name, tokenId: by.tokenId }, 'schedule created');
      return await details(await store.find(name));
    },

    async update(name, { options, note, ...rest }, by) {
      const before = await store.find(name);
      const kept = options === undefined ? undefined : await keepOptions(options, by);
      const moved = rest.cron !== undefined || rest.timezone !== undefined;
      const stored = await withNote(note, by, async (noteId) => {
        const given = withoutUndefined({ ...rest, options: kept, noteId });
        return await store.change(name, ({ definition, paused, stateNote }) => ({
          definition: {
            ...definition,
            ...given,
            updatedBy: by.tokenId,
            ...(moved ? { expectedFromMs: Date.now() } : {}),
          },
          paused,
          note: stateNote,
        }));
      });
      if (note !== undefined) await forgetNote(before);
      log.info({ schedule: name, tokenId: by.tokenId }, 'schedule changed');
      return await details(stored);
    },

    async pause(name, by) {
      const stored = await store.change(name, ({ definition, paused, stateNote }) =>
        // A schedule that paused itself is then one that a person wants paused.
        paused && !pausedItself(stateNote)
          ? null
          : { definition: { ...definition, stateBy: by.tokenId }, paused: true, note: STATE_NOTES.paused },
      );
      log.info({ schedule: name, tokenId: by.tokenId }, 'schedule paused');
      return await details(stored);
    },

    async resume(name, by) {
      const resumed = { stateBy: by.tokenId, expectedFromMs: Date.now() };
      const stored = await store.change(name, ({ definition, paused }) =>
        paused ? { definition: { ...definition, ...resumed }, paused: false, note: STATE_NOTES.resumed } : null,
      );
      log.info({ schedule: name, tokenId: by.tokenId }, 'schedule resumed');
      return await details(stored);
    },

    async trigger(name) {
      await startable(name);
      // Not beside a start of its own: Temporal would not watch it, and so not pause on its failure.
      await store.call(name, () => temporal.schedule.getHandle(scheduleId(name)).trigger('SKIP'));
      log.info({ schedule: name }, 'schedule triggered');
      return await details(await store.find(name));
    },

    async backfill(name, { fromMs, toMs }) {
      await startable(name);
      // Temporal counts from after the first instant, and backfills from it on.
      const times = (await store.call(name, () => dueTimes(temporal, name, fromMs - 1, toMs))).length;
      if (times === 0) throw invalid(`schedule ${name} was not due at any time in this span`);
      if (times > MAX_BACKFILL) {
        throw invalid(
          `schedule ${name} was due ${times >= MAX_COUNTED ? `at least ${MAX_COUNTED}` : times} times in this span, at most ${MAX_BACKFILL} are made up for; choose a shorter one`,
        );
      }
      await store.call(name, () =>
        temporal.schedule
          .getHandle(scheduleId(name))
          .backfill({ start: new Date(fromMs), end: new Date(toMs), overlap: 'SKIP' }),
      );
      log.info({ schedule: name, times }, 'schedule backfilled');
      return { schedule: await details(await store.find(name)), times };
    },

    async remove(name) {
      const stored = await store.find(name);
      await store.call(name, () => temporal.schedule.getHandle(scheduleId(name)).delete());
      await forgetNote(stored);
      log.info({ schedule: name }, 'schedule deleted');
    },
  };
}

function invalid(message: string, cause?: unknown): Refusal {
  return new Refusal('schedule-invalid', message, { cause });
}

function allowed(config: OperationsDeps['config'], options: Partial<SyncOptions>): void {
  try {
    resolveOptions(config, options);
  } catch (error) {
    if (error instanceof SyncOptionsError) throw new Refusal(error.code, error.message);
    throw error;
  }
}
