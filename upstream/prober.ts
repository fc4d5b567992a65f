import type { Health, ProbeResult, UpstreamStateStore } from '../db/upstream-state.ts';
import type { UpstreamClient } from './client.ts';
import { UpstreamError } from './errors.ts';
import type { UpstreamLog } from './log.ts';

/** A slower answer is worth telling: one record usually takes some tens of milliseconds. */
const SLOW_MS = 2000;
/** Timers drift and checks take time: without slack, a process would skip every other turn of its own. */
const INTERVAL_SLACK = 0.9;

export interface ProberOptions {
  client: Pick<UpstreamClient, 'probe'>;
  state: Pick<UpstreamStateStore, 'claimProbe' | 'recordProbe'>;
  /** Between checks, over all processes. */
  intervalMs: number;
  log: UpstreamLog;
}

export interface Prober {
  /** Ends a check under way, and resolves when nothing of the prober runs any more. */
  stop(): Promise<void>;
}

/**
 * Asks the External License API for one record now and then and keeps its health in `upstream_state`: the first time at once.
 * Goes through the circuit like any call, so a check may also be the trial that closes it. Never throws; what fails is logged.
 */
export function startProber({ client, state, intervalMs, log }: ProberOptions): Prober {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let last: Health = 'unknown';
  let running = run();

  async function run(): Promise<void> {
    try {
      if (await state.claimProbe(intervalMs * INTERVAL_SLACK)) await check();
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'the health check of the External License API failed');
    }
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = run();
    }, intervalMs);
  }

  async function check(): Promise<void> {
    const result = await probe();
    await state.recordProbe(result);
    if (result.health !== last) {
      const fields = { health: result.health, latencyMs: result.latencyMs, why: result.failure };
      if (result.health === 'healthy') log.info(fields, 'the External License API is healthy');
      else log.warn(fields, `the External License API is ${result.health}`);
    }
    last = result.health;
  }

  async function probe(): Promise<ProbeResult> {
    try {
      const { latencyMs } = await client.probe(stopping.signal);
      const slow = latencyMs > SLOW_MS;
      return { health: slow ? 'degraded' : 'healthy', latencyMs, failure: slow ? `slow: over ${SLOW_MS} ms` : null };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      // It answers, if not as one would like.
      const answers = error.code === 'rate_limited' || error.code === 'poisoned';
      return { health: answers ? 'degraded' : 'unhealthy', latencyMs: null, failure: error.message };
    }
  }

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
