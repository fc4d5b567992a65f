/**
 * How many batches are under way at once: the original system's starting rule, then additive increase and multiplicative
 * decrease (Chiu and Jain, 1989), as TCP does it.
 */

export interface ConcurrencyState {
  limit: number;
  max: number;
  /** Latency of a call when all is well, in ms; null until something was measured. */
  baselineMs: number | null;
}

/** What one finished batch tells. */
export interface BatchObservation {
  /** The API answered 429, or its circuit is open. */
  pushedBack: boolean;
  /** Mean latency of its upstream calls in ms; null when it made none. */
  latencyMs: number | null;
}

/** ≤ 3 batches: at most 2 at once; > 50: may rise to 8, or to `base` where that is more; else `base`. */
export function initialConcurrency(batches: number, base: number): ConcurrencyState {
  if (batches <= 3) return { limit: Math.min(base, 2), max: Math.min(base, 2), baselineMs: null };
  return { limit: base, max: batches > 50 ? Math.max(base, 8) : base, baselineMs: null };
}

/** Halves when the API pushed back or its latency doubled, else adds one, within 1…max. */
export function adaptConcurrency(state: ConcurrencyState, seen: BatchObservation): ConcurrencyState {
  const { latencyMs } = seen;
  const baselineMs = latencyMs === null ? state.baselineMs : Math.min(state.baselineMs ?? latencyMs, latencyMs);
  const slow =
    latencyMs !== null && state.baselineMs !== null && latencyMs > Math.max(2 * state.baselineMs, MEANINGFUL_MS);
  if (seen.pushedBack || slow) return { ...state, baselineMs, limit: Math.max(1, Math.floor(state.limit / 2)) };
  return { ...state, baselineMs, limit: Math.min(state.max, state.limit + 1) };
}

/** Below this, a doubling is noise of a machine, not strain on the API. */
const MEANINGFUL_MS = 250;
