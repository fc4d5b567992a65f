/** How far a run is, read from MySQL: a query to the workflow would hang when no worker runs. */
import { isoInstant } from '../db/connect.ts';
import type { OperationRow } from '../db/operations.ts';
import { countPushes } from '../db/push-report.ts';
import { fetchedSoFar, type PhaseCounts, phaseCounts, plannedChanges } from '../db/run-state.ts';
import type { Books } from '../domain/books.ts';
import { type PushReport, pushTotal } from '../domain/push-report.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { Phase, RunStatus } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { isLive, type Observation } from './observe.ts';
import { booksOf, type SeedStatus, seedStatus } from './view.ts';

export interface Progress {
  operationId: string;
  status: RunStatus;
  /** Null while the run lives. */
  outcome: SeedStatus | null;
  phase: Phase;
  attempt: number;
  pass: number;
  /** What happens, who is waited for, what to do next. */
  sentence: string;
  /** Records this phase is through with, and how many it has to do; null when that is not known. */
  done: number;
  total: number | null;
  /** Records per second in this phase, without the time it was held up. */
  ratePerSecond: number | null;
  /** Until the end of this phase; null when it is held up, or nothing can be said. */
  etaSeconds: number | null;
  /** Of this attempt. */
  elapsedSeconds: number;
  /** What the run has done so far. */
  counts: ProgressCounts;
  /** The final counts; null while the run lives. */
  books: Books | null;
  wait: { kind: string; until: string } | null;
  /** False when nobody works on the task queue; null when that does not matter or is not known. */
  workersAlive: boolean | null;
}

export interface ProgressCounts {
  /** Records read from the API in the current pass. */
  read: number;
  mirrorCreated: number;
  mirrorUpdated: number;
  planned: number;
  created: number;
  updated: number;
  /** Records changed upstream. */
  pushed: number;
}

/** Below this a rate says more of the clock than of the run. */
const RATE_FROM_MS = 500;
const NOTHING: PhaseCounts = { rows: 0, created: 0, updated: 0 };
const MAX_REMEMBERED = 100;

/** Reads progress; remembers what a plan holds, for that does not change while it is carried out. */
export function createProgressReader({ db }: OperationsDeps): (observation: Observation) => Promise<Progress> {
  const plans = new Map<string, number>();

  async function planSize({ id, attempt }: OperationRow): Promise<number> {
    const key = `${id}:${attempt}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const size = await plannedChanges(db, id);
    if (plans.size >= MAX_REMEMBERED) plans.clear();
    plans.set(key, size);
    return size;
  }

  return async ({ row, sentence, workersAlive }) => {
    const now = Date.now();
    const live = isLive(row);
    const [fetched, phases] = await Promise.all([fetchedSoFar(db, row), phaseCounts(db, row)]);
    const pushes = row.phase === 'push' && isTwoWay(row) ? await countPushes(db, row.id) : null;
    const { done, total, since } = pushes
      ? pushExtent(pushes, phases.push ?? NOTHING)
      : await extent(row, fetched, phases, planSize);
    const workedMs = now - Date.parse(isoInstant(row.phase_started_at)) - heldMs(row, now);
    const rate = live && since > 0 && workedMs >= RATE_FROM_MS ? (since * 1000) / workedMs : null;
    const heldUp = row.status !== 'running' || row.wait_kind !== null || workersAlive === false;
    return {
      operationId: row.operation_id,
      status: row.status,
      outcome: seedStatus(row),
      phase: row.phase,
      attempt: row.attempt,
      pass: row.pass,
      sentence,
      done,
      total,
      ratePerSecond: rate === null ? null : Number(rate.toPrecision(3)),
      etaSeconds: rate === null || total === null || heldUp ? null : Math.ceil((total - done) / rate),
      elapsedSeconds: Math.round(
        Math.max(0, (live ? now : endOf(row)) - Date.parse(isoInstant(row.started_at))) / 1000,
      ),
      counts: {
        read: fetched.positions,
        mirrorCreated: phases.mirror?.created ?? 0,
        mirrorUpdated: phases.mirror?.updated ?? 0,
        planned: phases.plan?.rows ?? 0,
        created: phases.apply?.created ?? 0,
        updated: phases.apply?.updated ?? 0,
        pushed: pushes?.written ?? row.pushed_count,
      },
      books: live ? null : booksOf(row),
      wait: row.wait_kind && row.wait_until ? { kind: row.wait_kind, until: isoInstant(row.wait_until) } : null,
      workersAlive,
    };
  };
}

/** What the phase has to do, what it did, and what it did since it began. */
async function extent(
  row: OperationRow,
  fetched: { positions: number; sincePhaseStart: number },
  phases: Partial<Record<Phase, PhaseCounts>>,
  planSize: (row: OperationRow) => Promise<number>,
): Promise<{ done: number; total: number | null; since: number }> {
  const { rows } = phases[row.phase] ?? NOTHING;
  switch (row.phase) {
    case 'begin':
    case 'guard':
    case 'push':
      return { done: 0, total: null, since: 0 };
    case 'fetch': {
      // A replay reads single pages of the feed; how many is seen when it is through.
      const known = row.replay_id === null ? row.total_expected : null;
      const total = known === null ? null : Math.max(known, fetched.positions);
      return { done: fetched.positions, total, since: fetched.sincePhaseStart };
    }
    case 'mirror':
    case 'plan':
      return { done: rows, total: Math.max(fetched.positions, rows), since: rows };
    case 'analyse':
      // What is new to the index, then what is scored: how much that is shows when it is done.
      return { done: rows, total: null, since: rows };
    case 'apply':
      return { done: rows, total: Math.max(await planSize(row), rows), since: rows };
    case 'report':
      return { done: row.total_processed, total: isLive(row) ? null : row.total_processed, since: 0 };
  }
}

/** What was skipped is nothing to be sent; what an earlier attempt has sent is done. */
function pushExtent(pushes: PushReport, { rows }: PhaseCounts): { done: number; total: number; since: number } {
  const total = pushTotal(pushes) - pushes.skipped;
  return { done: total - pushes.planned, total, since: rows };
}

function isTwoWay({ options }: OperationRow): boolean {
  return storedOptions(options).bidirectional;
}

/** Waiting says nothing of how fast the phase goes on afterwards. */
function heldMs({ held_ms: before, held_since: since }: OperationRow, now: number): number {
  return before + (since === null ? 0 : Math.max(0, now - Date.parse(isoInstant(since))));
}

function endOf(row: OperationRow): number {
  return Date.parse(isoInstant(row.ended_at ?? row.updated_at));
}
