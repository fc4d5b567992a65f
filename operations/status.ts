/** The sync's status as the original API gives it, with machine-readable numbers beside its strings. */
import { type Attention, countAttention } from '../db/attention.ts';
import { isoInstant } from '../db/connect.ts';
import type { OperationRow } from '../db/operations.ts';
import { findLastEnded, findLive } from '../db/run-state.ts';
import { totals } from '../db/statistics.ts';
import { createUpstreamStateStore, type Health } from '../db/upstream-state.ts';
import { livePulses, WORKER_ALIVE_MS } from '../db/worker-processes.ts';
import { buildInName } from '../temporal/build.ts';
import type { RunStatus } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { shared, sharedUnderKey } from './memo.ts';
import { isLive, type Observer } from './observe.ts';
import { type SeedStatus, seedStatus } from './view.ts';

export interface SyncStatus {
  /** Of the run that ended last; nulls and zeros when none has. */
  lastSync: {
    operationId: string | null;
    timestamp: string | null;
    /** ms */
    duration: number | null;
    status: SeedStatus | null;
    state: RunStatus | null;
    totalFetched: number;
    created: number;
    updated: number;
    failed: number;
    /** What went wrong and what to do; null when it succeeded, or when none has ended. */
    sentence: string | null;
  };
  /** What waits for a person. */
  attention: Attention;
  health: {
    externalApi: Health;
    lastHealthCheck: string | null;
    circuitBreaker: 'closed' | 'open' | 'half_open';
    /** ms */
    averageResponseTime: number | null;
  };
  statistics: {
    totalExternalLicenses: number;
    totalInternalLicenses: number;
    matchingRate: string | null;
    matchingRatio: number | null;
    lastSyncAge: string;
    lastSyncAgeSeconds: number | null;
  };
  /** That gave a sign of life lately, by build: more than one while a release is being replaced by the next. */
  workers: { build: string | null; count: number }[];
  running: { operationId: string; status: RunStatus; phase: string; sentence: string; startedAt: string } | null;
}

/** Counting whole tables is not for every call. */
const COUNT_EVERY_MS = 5000;
/** Short, because who has settled something looks at what is left. */
const ATTEND_EVERY_MS = 1000;
/** A check that is older than this many intervals says nothing of now: whoever makes them does not run. */
const STALE_AFTER_CHECKS = 3;

export function createStatusReader({ config, db }: OperationsDeps, observer: Observer): () => Promise<SyncStatus> {
  const upstream = createUpstreamStateStore(db);
  // A run that has just ended changed the numbers.
  const totalsAfter = sharedUnderKey(COUNT_EVERY_MS, () => totals(db));
  const attention = shared(ATTEND_EVERY_MS, () => countAttention(db));

  return async () => {
    const live = await findLive(db);
    const observed = live ? await observer.observe(live) : null;
    const last = await findLastEnded(db);
    const [state, { external, internal, linked }, waiting, pulses] = await Promise.all([
      upstream.read(),
      totalsAfter(stateOf(last)),
      attention(),
      livePulses(db, new Date(Date.now() - WORKER_ALIVE_MS)),
    ]);
    const lastStatus = last ? seedStatus(last) : null;
    const lastSentence = last && lastStatus !== 'success' ? (await observer.observe(last)).sentence : null;
    const now = Date.now();
    const ageSeconds = last?.ended_at
      ? Math.max(0, Math.round((now - Date.parse(isoInstant(last.ended_at))) / 1000))
      : null;
    const checkedAt = state.lastHealthCheck?.getTime() ?? null;
    const current = checkedAt !== null && now - checkedAt <= STALE_AFTER_CHECKS * config.external.probeInterval;
    const ratio = external === 0 ? null : linked / external;
    return {
      lastSync: {
        operationId: last?.operation_id ?? null,
        timestamp: isoInstant(last?.ended_at ?? null),
        duration: last?.duration_ms ?? null,
        status: lastStatus,
        state: last?.status ?? null,
        totalFetched: last?.total_processed ?? 0,
        created: last?.created_count ?? 0,
        updated: last?.updated_count ?? 0,
        failed: last?.failed_count ?? 0,
        sentence: lastSentence,
      },
      attention: waiting,
      health: {
        externalApi: current ? state.health : 'unknown',
        lastHealthCheck: state.lastHealthCheck?.toISOString() ?? null,
        circuitBreaker: state.circuit,
        averageResponseTime: state.averageResponseMs === null ? null : Math.round(state.averageResponseMs),
      },
      statistics: {
        totalExternalLicenses: external,
        totalInternalLicenses: internal,
        matchingRate: ratio === null ? null : percent(ratio),
        matchingRatio: ratio === null ? null : Number(ratio.toFixed(6)),
        lastSyncAge: ageSeconds === null ? 'never' : age(ageSeconds),
        lastSyncAgeSeconds: ageSeconds,
      },
      workers: byBuild(pulses.map((one) => one.process)),
      running:
        observed && isLive(observed.row)
          ? {
              operationId: observed.row.operation_id,
              status: observed.row.status,
              phase: observed.row.phase,
              sentence: observed.sentence,
              startedAt: isoInstant(observed.row.started_at),
            }
          : null,
    };
  };
}

/** How many workers there are of each build. @param names as they call themselves. */
function byBuild(names: readonly string[]): SyncStatus['workers'] {
  const counts = new Map<string | null, number>();
  for (const name of names) counts.set(buildInName(name), (counts.get(buildInName(name)) ?? 0) + 1);
  return [...counts].map(([build, count]) => ({ build, count }));
}

/** Names a run as it stands now; null for none. */
export function stateOf(row: OperationRow | undefined): string | null {
  return row ? `${row.id}:${row.updated_at}` : null;
}

/** Rounded down: 100.0% only when it is all. */
export function percent(ratio: number): string {
  return `${(Math.floor(ratio * 1000 + 1e-9) / 10).toFixed(1)}%`;
}

/** `15 minutes ago`, in the largest whole unit. */
export function age(seconds: number): string {
  const units: [string, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  for (const [unit, size] of units) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
