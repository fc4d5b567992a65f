/** Notices that no run succeeds any more. Runs in the API process: a worker that is gone cannot say so itself. */
import { openSubjects, raiseAlert, resolveAlert } from '../db/alerts.ts';
import { isoInstant } from '../db/connect.ts';
import { firstOperationAt, lastSuccess, newestRun } from '../db/scheduled.ts';
import { describeMissingRun, type Lateness, lateFor, tooOld } from '../domain/missing-run.ts';
import { dueTimes, type StoredSchedule } from '../temporal/schedules.ts';
import { scheduleTrigger } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import type { Observer } from './observe.ts';
import { isLive } from './observe.ts';
import { pausedItself, type ScheduleStore } from './schedule-store.ts';

export const MISSING_RUN = 'missing_run';
/** Subject of the alert that is about no schedule. */
const ANY = 'any';
/** A success longer ago is as good as none. */
const LOOK_BACK_MS = 366 * 86_400_000;

/** What has no successful run: a schedule, or (null) the whole installation. */
interface Missing {
  schedule: StoredSchedule | null;
  lateness: Lateness;
}

/**
 * Raises an alert for each schedule whose runs are missing, and resolves those of schedules that are well again, paused by a person or gone.
 * @param nowMs Unix time.
 * @throws when Temporal or the database cannot be asked; what could be told before is told.
 */
export function createRunWatch(
  deps: OperationsDeps,
  store: ScheduleStore,
  observer: Observer,
): (nowMs: number) => Promise<void> {
  const { config, db, temporal, log } = deps;
  const { missingRunGrace: graceMs, missingRunAfter: afterMs } = config.alerts;
  const watchedSinceMs = Date.now();

  async function ofSchedule(schedule: StoredSchedule, nowMs: number): Promise<Lateness | null> {
    const { name, definition, paused, stateNote } = schedule;
    if (paused && !pausedItself(stateNote)) return null;
    // What a dry run leaves is no substitute for a sync, nor the other way round.
    const others = definition.options.dryRun !== true;
    const succeeded = msOf(await lastSuccess(db, { own: scheduleTrigger(name), others }));
    const countFromMs = Math.max(definition.expectedFromMs, nowMs - LOOK_BACK_MS);
    const due = await store.call(name, () =>
      dueTimes(temporal, name, Math.max(countFromMs, succeeded ?? 0), nowMs - graceMs),
    );
    return lateFor(due, { lastSuccessMs: succeeded, countFromMs, graceMs, nowMs });
  }

  async function ofAll(nowMs: number): Promise<Missing[]> {
    if (afterMs === 0) return [];
    const succeeded = msOf(await lastSuccess(db, { own: null, others: true }));
    const first = msOf(await firstOperationAt(db)) ?? watchedSinceMs;
    const lateness = tooOld(succeeded, Math.min(first, watchedSinceMs), afterMs, nowMs);
    return lateness === null ? [] : [{ schedule: null, lateness }];
  }

  async function tell(missing: Missing[]): Promise<void> {
    if (missing.length === 0) return;
    const row = await newestRun(db);
    const seen = row ? await observer.observe(row) : null;
    const workers = await observer.workers();
    for (const { schedule, lateness } of missing) {
      const message = describeMissingRun({
        lateness,
        schedule: schedule?.name ?? null,
        pausedItself: schedule?.paused ? schedule.stateNote : null,
        workers,
        newest: seen && {
          operationId: seen.row.operation_id,
          sentence: seen.sentence,
          live: isLive(seen.row),
          startedMs: Date.parse(isoInstant(seen.row.started_at)),
        },
      });
      const raised = await raiseAlert(db, {
        kind: MISSING_RUN,
        subject: subjectOf(schedule),
        severity: 'critical',
        message,
        details: { schedule: schedule?.name ?? null, since: new Date(lateness.sinceMs).toISOString() },
        ...(seen ? { operationId: seen.row.operation_id } : {}),
      });
      if (raised) log.warn({ subject: subjectOf(schedule) }, message);
    }
  }

  async function settle(missing: Missing[], judged: (subject: string) => boolean): Promise<void> {
    const still = new Set(missing.map(({ schedule }) => subjectOf(schedule)));
    for (const subject of await openSubjects(db, MISSING_RUN)) {
      if (still.has(subject) || !judged(subject)) continue;
      if (await resolveAlert(db, MISSING_RUN, subject)) log.info({ subject }, 'missing-run alert resolved');
    }
  }

  return async (nowMs) => {
    const general = await ofAll(nowMs);
    await tell(general);
    await settle(general, (subject) => subject === ANY);
    const missing: Missing[] = [];
    for (const name of await store.names()) {
      const schedule = await store.findOrNull(name);
      const lateness = schedule && (await ofSchedule(schedule, nowMs));
      if (schedule && lateness) missing.push({ schedule, lateness });
    }
    await tell(missing);
    await settle(missing, (subject) => subject !== ANY);
  };
}

function subjectOf(schedule: StoredSchedule | null): string {
  return schedule === null ? ANY : `schedule:${schedule.name}`;
}

function msOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(isoInstant(instant));
}
