const PRESET_MS = 5000;
const MIN_MS = 100;
const MAX_MS = 86_400_000;

/**
 * How long a 429 asks to wait, in milliseconds: at least 100, at most a day, 5 s when it does not say or is not understood.
 * @param retryAfter seconds, or an HTTP date.
 * @param answeredAt the answer's `Date` header: the two are by the same clock, which may not be ours.
 */
export function retryAfterMs(retryAfter: string | undefined, answeredAt: string | undefined, nowMs: number): number {
  const text = retryAfter?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Number(text) * 1000);
  const until = parseHttpDate(text);
  if (until === null) return PRESET_MS;
  return bounded(until - (parseHttpDate(answeredAt ?? '') ?? nowMs));
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, MIN_MS), MAX_MS);
}

/** `Date.parse` reads "-5" as a year; an HTTP date begins with the name of a day. */
function parseHttpDate(text: string): number | null {
  const ms = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
