/** What a worker counts: gathered in memory, added to the database every few seconds, with a sign of life. */
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { addCounts, type CountsToAdd } from '../db/metric-counts.ts';
import { recordPulse, removePulse } from '../db/worker-processes.ts';
import type { MetricName, StepPhase, UpstreamCallKind } from '../domain/metrics.ts';

const FLUSH_EVERY_MS = 5000;
/** While the database is away, what was counted waits; beyond this the oldest is let go. */
const MOST_KEPT = 50_000;

export interface Recorder {
  /** One try of a call to the License API. */
  upstreamCall(call: UpstreamCallKind, ms: number, ok: boolean): void;
  upstreamError(code: string): void;
  upstreamRetry(): void;
  /** Counts a step as at work until the returned function is called with whether it did well. */
  stepBegins(phase: StepPhase): (ok: boolean) => void;
  /** Writes what is left, and says that this worker is gone. Never throws. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  db: Db;
  log: Logger;
  /** Names the process among all workers. */
  process: string;
  /** Calls to the License API under way. */
  calls: () => number;
}

/**
 * Begins to write. A worker that is killed loses what it counted in its last seconds; counts are for graphs, and the books are kept elsewhere.
 */
export function startRecorder({ db, log, process: name, calls }: RecorderOptions): Recorder {
  let counts: CountsToAdd = [];
  let steps = 0;
  let failing = false;
  let writing = Promise.resolve();

  function push(count: CountsToAdd[number]): void {
    if (counts.length >= MOST_KEPT) counts = counts.slice(MOST_KEPT / 2);
    counts.push(count);
  }

  async function write(): Promise<void> {
    const taken = counts;
    counts = [];
    try {
      await addCounts(db, taken);
      await recordPulse(db, {
        process: name,
        residentBytes: process.memoryUsage.rss(),
        steps,
        calls: calls(),
      });
      failing = false;
    } catch (error) {
      // Whether they were written is not known when the answer was lost: counted twice is no better than not at all.
      if (!failing) log.warn({ err: error, lost: taken.length }, 'metrics were not written');
      failing = true;
    }
  }

  const timer = setInterval(() => {
    writing = writing.then(write);
  }, FLUSH_EVERY_MS);
  timer.unref();
  writing = write();

  return {
    upstreamCall(call, ms, ok) {
      push({
        name: 'license_sync_upstream_request_duration_seconds' satisfies MetricName,
        labels: { call, result: ok ? 'ok' : 'error' },
        observed: ms / 1000,
      });
    },
    upstreamError(code) {
      push({ name: 'license_sync_upstream_errors_total' satisfies MetricName, labels: { code }, by: 1 });
    },
    upstreamRetry() {
      push({ name: 'license_sync_upstream_retries_total' satisfies MetricName, labels: {}, by: 1 });
    },
    stepBegins(phase) {
      const since = performance.now();
      steps += 1;
      return (ok) => {
        steps -= 1;
        push({
          name: 'license_sync_step_duration_seconds' satisfies MetricName,
          labels: { phase },
          observed: (performance.now() - since) / 1000,
        });
        if (!ok) push({ name: 'license_sync_step_failures_total' satisfies MetricName, labels: { phase }, by: 1 });
      };
    },
    async close() {
      clearInterval(timer);
      await writing;
      await write();
      try {
        await removePulse(db, name);
      } catch (error) {
        log.warn({ err: error }, 'the sign of life of this worker was not taken back');
      }
    },
  };
}
