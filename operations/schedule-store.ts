/** Schedules in Temporal: found, and changed so that the change is known to hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import {
  listScheduleNames,
  readSchedule,
  type ScheduleDefinition,
  type StoredSchedule,
  scheduleId,
  sendChange,
} from '../temporal/schedules.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal, TemporalUnavailable } from './errors.ts';
import { callTemporal } from './temporal.ts';

/** What a schedule should become; null when it is as it should be. */
export type WantedChange = { definition: ScheduleDefinition; paused: boolean; note: string } | null;

export interface ScheduleStore {
  /** Calls Temporal about a schedule. @throws {Refusal} for what can be told. */
  call<T>(name: string, work: () => Promise<T>): Promise<T>;
  names(): Promise<string[]>;
  /** @throws {Refusal} `schedule-not-found` */
  find(name: string): Promise<StoredSchedule>;
  /** Null for one that was deleted since it was listed, or that is not this product's. */
  findOrNull(name: string): Promise<StoredSchedule | null>;
  /**
   * Changes what is stored, whoever changes it at the same time, and resolves when Temporal shows it so.
   * @throws {Refusal} `schedule-conflict` when others were quicker each time.
   */
  change(name: string, work: (seen: StoredSchedule) => WantedChange): Promise<StoredSchedule>;
}

const CALL_WITHIN_MS = 6000;
const SHOWN_WITHIN_MS = 5000;
const SHOWN_POLL_MS = 100;
const MAX_TRIES = 4;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;

export function createScheduleStore({ temporal }: Pick<OperationsDeps, 'temporal'>): ScheduleStore {
  async function call<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await callTemporal(temporal, CALL_WITHIN_MS, work);
    } catch (error) {
      throw explain(name, error);
    }
  }

  async function find(name: string): Promise<StoredSchedule> {
    const stored = await call(name, () => readSchedule(temporal, name));
    if (!stored) throw notFound(name);
    return stored;
  }

  /** @returns the schedule as it was changed; null when another change was taken in the place of this one. */
  async function send(seen: StoredSchedule, wanted: NonNullable<WantedChange>): Promise<StoredSchedule | null> {
    const { name } = seen;
    const revision = await call(name, () => sendChange(temporal, seen, wanted.definition, wanted));
    const deadline = performance.now() + SHOWN_WITHIN_MS;
    for (;;) {
      const shown = await find(name);
      if (shown.revision === revision) return shown;
      if (tokenOf(shown) !== tokenOf(seen)) return null;
      if (performance.now() > deadline) {
        throw new TemporalUnavailable(`it does not show the change of schedule ${name}; read it before trying again`);
      }
      await sleep(SHOWN_POLL_MS);
    }
  }

  return {
    call,
    find,
    names: () => call('', () => listScheduleNames(temporal)),

    async findOrNull(name) {
      try {
        return await find(name);
      } catch (error) {
        if (error instanceof Refusal && error.code === 'schedule-not-found') return null;
        throw error;
      }
    },

    async change(name, work) {
      for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
        const seen = await find(name);
        const wanted = work(seen);
        if (wanted === null) return seen;
        const shown = await send(seen, wanted);
        if (shown) return shown;
      }
      throw new Refusal(
        'schedule-conflict',
        `schedule ${name} is being changed by others; nothing was changed, try again`,
      );
    },
  };
}

/** What stands in Temporal of a schedule that someone paused or resumed here; who it was stands in its definition. */
export const STATE_NOTES = { paused: 'paused in license-sync', resumed: 'resumed in license-sync' } as const;

/** What Temporal notes when a run failed and the schedule pauses on failure. */
export function pausedItself(stateNote: string): boolean {
  return stateNote.startsWith('paused due to workflow ');
}

function tokenOf({ description }: StoredSchedule): string {
  return Buffer.from(description.raw.conflictToken ?? []).toString('hex');
}

function notFound(name: string): Refusal {
  return new Refusal('schedule-not-found', `there is no schedule ${name}`);
}

function explain(name: string, error: unknown): unknown {
  if (error instanceof ScheduleNotFoundError) return notFound(name);
  if (error instanceof ScheduleAlreadyRunning) {
    return new Refusal('schedule-exists', `there is a schedule ${name} already (${scheduleId(name)} in Temporal)`);
  }
  for (const candidate of [error, error instanceof Error ? error.cause : null]) {
    if (!isGrpcServiceError(candidate)) continue;
    if (candidate.code === INVALID_ARGUMENT) {
      const why = candidate.details.replace(/^Invalid schedule spec: /, '');
      return new Refusal('schedule-invalid', `Temporal cannot use this schedule: ${why}`, { cause: error });
    }
    if (candidate.code === NOT_FOUND) return notFound(name);
  }
  return error;
}
