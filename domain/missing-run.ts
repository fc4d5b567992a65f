/** Whether a run is missing, and how that is said: pure, so that clock, Temporal and database stay outside. Times in ms since 1970. */

export interface Lateness {
  /** When a run was due, or the last success that is too long ago. */
  sinceMs: number;
  /** Due times that passed without a success; null when no schedule is meant. */
  times: number | null;
}

/**
 * Which due times nobody has answered: the ones after the last success that are older than the grace.
 * @param dueMs due times, ascending.
 * @param countFromMs due times before are not expected: the schedule was made, changed or resumed then.
 */
export function lateFor(
  dueMs: readonly number[],
  { lastSuccessMs, countFromMs, graceMs, nowMs }: LatenessFacts,
): Lateness | null {
  const open = dueMs.filter((due) => due > (lastSuccessMs ?? 0) && due >= countFromMs && due <= nowMs - graceMs);
  return open[0] === undefined ? null : { sinceMs: open[0], times: open.length };
}

export interface LatenessFacts {
  /** Null: there has never been one. */
  lastSuccessMs: number | null;
  countFromMs: number;
  graceMs: number;
  nowMs: number;
}

/** Whether the last success is older than it may be, whatever the schedules say. `afterMs` 0 switches this off. */
export function tooOld(
  lastSuccessMs: number | null,
  watchedSinceMs: number,
  afterMs: number,
  nowMs: number,
): Lateness | null {
  const sinceMs = lastSuccessMs ?? watchedSinceMs;
  return afterMs > 0 && nowMs - sinceMs > afterMs ? { sinceMs, times: null } : null;
}

export interface MissingRunFacts {
  lateness: Lateness;
  /** Name of the schedule; null when the last success is simply too old. */
  schedule: string | null;
  /** What Temporal noted when the schedule paused itself; null when it is not paused. */
  pausedItself: string | null;
  /** Workers on the task queue; null when that is not known. */
  workers: number | null;
  /** The newest run that was not skipped; null when there has never been one. */
  newest: { operationId: string; sentence: string; live: boolean; startedMs: number } | null;
}

/** Since when, which schedule, how things stand and what to do, for a person who was woken up by it. */
export function describeMissingRun({ lateness, schedule, pausedItself, workers, newest }: MissingRunFacts): string {
  const since = `${new Date(lateness.sinceMs).toISOString().slice(0, 19)}Z`;
  const times = lateness.times !== null && lateness.times > 1 ? ` (${lateness.times} due times have passed)` : '';
  const what =
    schedule === null
      ? `No run has succeeded since ${since}, which is longer than LICENSE_SYNC_ALERTS_MISSING_RUN_AFTER allows.`
      : `No run has succeeded since schedule ${schedule} was due at ${since}${times}.`;
  const paused =
    pausedItself === null
      ? ''
      : ` The schedule has paused itself after a failed run; when the cause is mended: npx license-sync schedule resume ${schedule}.`;
  return `${what}${paused} ${stateOf(lateness, schedule, workers, newest)}`;
}

function stateOf(
  { sinceMs }: Lateness,
  schedule: string | null,
  workers: number | null,
  newest: MissingRunFacts['newest'],
): string {
  if (newest?.live) return `Operation ${newest.operationId} is under way. ${newest.sentence}`;
  if (workers === 0) return 'No worker polls the task queue: start one with `npm start` or `node worker.ts`.';
  if (newest && newest.startedMs >= sinceMs)
    return `The newest run is operation ${newest.operationId}. ${newest.sentence}`;
  const look = schedule === null ? 'npx license-sync schedule list' : `npx license-sync schedule show ${schedule}`;
  return `No run has begun since; see: ${look}, or start one with: npx license-sync sync.`;
}
