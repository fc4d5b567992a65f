import type { Day } from '../external.ts';
import { appidKey } from '../identity.ts';
import type { Standing } from './business.ts';

const DAY_MS = 86_400_000;

/**
 * Whether the two would be one business holding two licenses at once: both active, each with an appid of its own, and their dates
 * do not show that one followed the other.
 */
export function areRivals(a: Standing | null, b: Standing | null, relicensingDays: number): boolean {
  if (!a?.active || !b?.active) return false;
  const [one, other] = [appidKey(a.appid), appidKey(b.appid)];
  if (one === null || other === null || one === other) return false;
  return !follows(a, b, relicensingDays) && !follows(b, a, relicensingDays);
}

/**
 * One license follows another when it begins after the other's end, or at most `days` before it: renewals are written ahead of the
 * expiry, and the old license then stays active until its day. It must not have begun before the one it follows. Dates that are not
 * known show nothing.
 */
function follows(later: Standing, earlier: Standing, days: number): boolean {
  const begins = dayNumber(later.from);
  const ended = dayNumber(earlier.until);
  if (begins === null || ended === null || begins < ended - days) return false;
  const began = dayNumber(earlier.from);
  return began === null || began < begins;
}

function dayNumber(day: Day | null): number | null {
  const at = day === null ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? null : at / DAY_MS;
}
