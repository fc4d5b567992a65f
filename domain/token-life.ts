/** How long tokens live, and what follows from it. Times are Unix time in ms; null stands for ever. */
const DAY_MS = 86_400_000;

export const MAX_LIFE_DAYS = 3650;
/** So long before its end, somebody should replace a token. */
export const EXPIRY_NOTICE_MS = 7 * DAY_MS;

/** @param days 0: for ever. */
export function expiryAfter(days: number, nowMs: number): number | null {
  return days === 0 ? null : nowMs + days * DAY_MS;
}

/** Whether the token ends so soon that somebody should replace it; also when it has ended. */
export function endsSoon(expiresMs: number | null, nowMs: number): boolean {
  return expiresMs !== null && expiresMs <= nowMs + EXPIRY_NOTICE_MS;
}

/**
 * Whether one of the `others`, which may all do the same, can stand in for a token that goes: for one that lives for ever only another
 * that does, so that nobody is locked out by time alone; else one that does not end soon itself.
 */
export function canBeReplaced(expiresMs: number | null, others: readonly (number | null)[], nowMs: number): boolean {
  return others.some((other) => other === null || (expiresMs !== null && !endsSoon(other, nowMs)));
}
