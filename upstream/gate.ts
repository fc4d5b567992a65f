/**
 * What stands before every call: the circuit, the waits that the API asked for, and the rate budget, all shared by the
 * processes through `upstream_state`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpstreamState, UpstreamStateStore } from '../db/upstream-state.ts';
import { UpstreamError } from './errors.ts';
import type { UpstreamLog } from './log.ts';

/** How long a process may believe what it read of the shared state. */
const CACHE_MS = 250;
/** A wait up to here is waited for within the call; a longer one is the caller's, who can wait durably. */
const MAX_WAIT_MS = 5000;
/** Spreads the calls that all waited for the same moment. */
const MAX_SPREAD_MS = 250;
/** A trial's claim outlives the call by this, so that it expires only when its process is dead. */
const CLAIM_MARGIN_MS = 5000;
const TRIAL_RETRY_MS = 1000;
const SAME_WAIT_MS = 50;

export interface GateOptions {
  state: UpstreamStateStore;
  processId: string;
  requestsPerSecond: number;
  halfOpenAfterMs: number;
  /** Time limit of one call. */
  callMs: number;
  random: () => number;
  log: UpstreamLog;
}

/** One call on its way: how often it may still wait, and how often the API made it wait. */
export interface Visit {
  waitsLeft: number;
  /** By `performance.now()`: the end of the last wait that was counted. */
  waitedUntil: number;
  rateLimited: number;
  signal: AbortSignal;
}

export interface Pass {
  /** This call decides whether an open circuit closes. */
  trial: boolean;
}

export interface Gate {
  /**
   * Returns when the call may be made now.
   * @throws {UpstreamError} `circuit_open` or `rate_limited`, with `retryAt`, when that is not soon.
   */
  enter(visit: Visit): Promise<Pass>;
  succeeded(pass: Pass): Promise<void>;
  /** The API is not well. A failed trial opens the circuit again. */
  failed(pass: Pass, why: string): Promise<void>;
  /** The call ended in a way that says nothing of the API's health. */
  undecided(pass: Pass): Promise<void>;
  /** No process calls before this. */
  rateLimited(retryAt: Date): Promise<void>;
  /** This process has counted enough failures. Holds here at once, and for the others from the next `failed` on. */
  trip(why: string): void;
}

/** The shared state as it is by now; a span that is over is not positive. */
interface Outlook {
  circuit: UpstreamState['circuit'];
  openMs: number;
  trialMs: number;
  blockedMs: number;
  why: string | null;
}

export function createGate(options: GateOptions): Gate {
  const { state, processId, requestsPerSecond, halfOpenAfterMs, log } = options;
  let view: { state: UpstreamState; at: number } | undefined;
  let reading: Promise<void> | undefined;
  let epoch = 0;
  /** By `performance.now()`: holds until the shared row says the same, and if it cannot be written, until it is over. */
  let trippedUntil = 0;
  let tripReason: string | undefined;
  let blockedUntil = 0;
  let toldUntil = 0;

  async function look(): Promise<Outlook> {
    // Again only when the state changed under the read: a handful of times, then it stands.
    while (view === undefined || performance.now() - view.at >= CACHE_MS) {
      reading ??= refresh();
      await reading;
    }
    const now = performance.now();
    const age = now - view.at;
    const trippedMs = trippedUntil - now;
    return {
      circuit: trippedMs > 0 ? 'open' : view.state.circuit,
      openMs: Math.max(view.state.openForMs - age, trippedMs),
      trialMs: view.state.trialForMs - age,
      blockedMs: Math.max(view.state.blockedForMs - age, blockedUntil - now),
      why: tripReason ?? view.state.lastFailure,
    };
  }

  async function refresh(): Promise<void> {
    const begunIn = epoch;
    try {
      const read = await state.read();
      if (begunIn === epoch) view = { state: read, at: performance.now() };
    } finally {
      reading = undefined;
    }
  }

  /** What was read, or is being read, is out of date. */
  function forget(): void {
    epoch += 1;
    view = undefined;
  }

  function trip(why: string): void {
    trippedUntil = performance.now() + halfOpenAfterMs;
    tripReason = why;
    log.warn({ forMs: halfOpenAfterMs, why }, 'the circuit is open: no calls to the External License API for now');
  }

  /** The call's own outcome matters more than telling others of it; a gap in the telling is worth a warning. */
  async function tell(what: string, write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      log.warn({ err: error }, `could not tell other processes that ${what}`);
      return false;
    }
  }

  /** Waits until nothing forbids a call, or throws when that takes long. */
  async function waitForLeave(visit: Visit): Promise<void> {
    for (;;) {
      const { circuit, openMs, blockedMs, why } = await look();
      if (circuit !== 'closed' && openMs > 0) throw circuitOpen(openMs, why);
      if (blockedMs <= 0) return;
      // A timer may fire a little early, and the shared row rounds: the rest of a wait is no wait of its own.
      const until = performance.now() + blockedMs;
      const another = until > visit.waitedUntil + SAME_WAIT_MS;
      if (blockedMs > MAX_WAIT_MS || (another && visit.waitsLeft <= 0)) throw waitLonger(blockedMs);
      if (another) {
        visit.waitsLeft -= 1;
        visit.waitedUntil = until;
      }
      await pause(blockedMs + options.random() * Math.min(blockedMs, MAX_SPREAD_MS), visit.signal);
    }
  }

  return {
    async enter(visit) {
      visit.signal.throwIfAborted();
      await waitForLeave(visit);
      if (requestsPerSecond > 0) {
        const waitMs = await state.acquire(1, requestsPerSecond);
        await pause(waitMs, visit.signal);
        // Much may have happened meanwhile; a permit that is not used after all is lost, which errs on the slow side.
        if (waitMs > 0) await waitForLeave(visit);
      }
      const { circuit, trialMs, why } = await look();
      if (circuit === 'closed') return { trial: false };
      const claimed = trialMs <= 0 && (await state.claimTrial(processId, options.callMs + CLAIM_MARGIN_MS));
      forget();
      if (!claimed) throw circuitOpen(Math.min(TRIAL_RETRY_MS, halfOpenAfterMs), why);
      log.info({}, 'the circuit is half open: one call tries whether the External License API answers again');
      return { trial: true };
    },

    async succeeded({ trial }) {
      await tell('the External License API answered', () => state.recordSuccess());
      if (!trial) return;
      await tell('the circuit is closed', () => state.closed());
      forget();
      log.info({}, 'the circuit is closed: the External License API answers again');
    },

    async failed({ trial }, why) {
      if (trial) trip(why);
      const reason = tripReason;
      if (reason === undefined) return;
      tripReason = undefined;
      const told = await tell('the circuit is open', () => state.opened(halfOpenAfterMs, reason));
      forget();
      if (told) trippedUntil = 0;
    },

    async undecided({ trial }) {
      if (!trial) return;
      await tell('the trial call is over', () => state.releaseTrial(processId));
      forget();
    },

    async rateLimited(retryAt) {
      const waitMs = Math.max(0, retryAt.getTime() - Date.now());
      const until = performance.now() + waitMs;
      blockedUntil = Math.max(blockedUntil, until);
      // Calls in flight together are all told the same; telling it on once is enough.
      if (until <= toldUntil + SAME_WAIT_MS) return;
      toldUntil = until;
      log.info({ waitMs: Math.round(waitMs) }, 'the External License API limits the rate');
      await tell('the API asked to wait', () => state.block(waitMs));
    },

    trip,
  };
}

/** Waits; an abort ends it with the signal's own reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function circuitOpen(forMs: number, why: string | null): UpstreamError {
  const retryAt = new Date(Date.now() + forMs);
  const reason = why === null ? '' : ` (${why})`;
  return new UpstreamError(
    'circuit_open',
    `no call was made: the External License API has failed repeatedly${reason}; it is tried again after ${retryAt.toISOString()}`,
    { retryAt },
  );
}

function waitLonger(forMs: number): UpstreamError {
  const retryAt = new Date(Date.now() + forMs);
  return new UpstreamError(
    'rate_limited',
    `no call was made: the External License API asked to wait until ${retryAt.toISOString()}`,
    { retryAt },
  );
}
