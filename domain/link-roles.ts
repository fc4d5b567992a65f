/** Which of the records that are linked to a license feeds it. */
import type { Instant } from './external.ts';
import type { LinkRole } from './plan.ts';

/** A link, and what the mirror knows of its record. */
export interface LinkedRecord {
  sourceKey: string;
  role: LinkRole;
  /** Whether the record is in the feed. */
  live: boolean;
  status: 0 | 1 | null;
  lastActive: Instant | null;
  countid: number | null;
}

/**
 * The link that should become primary: null when the primary's record lives, or when no other one is any better.
 * Where a license has lost its primary link and no record lives, the best of those that vanished takes the place: should it
 * return, it feeds the license again.
 */
export function choosePrimary(links: readonly LinkedRecord[]): LinkedRecord | null {
  const primary = links.find(({ role }) => role === 'primary');
  if (primary?.live) return null;
  const secondaries = links.filter(({ role }) => role === 'secondary');
  const live = secondaries.filter((link) => link.live);
  if (primary && live.length === 0) return null;
  return best(live.length > 0 ? live : secondaries);
}

/** Active records first, then those that were in use last, then the lowest countid (none last); the source key settles the rest. */
function best(links: readonly LinkedRecord[]): LinkedRecord | null {
  return [...links].sort(byMerit)[0] ?? null;
}

function byMerit(a: LinkedRecord, b: LinkedRecord): number {
  return (
    Number(b.status === 1) - Number(a.status === 1) ||
    compare(b.lastActive ?? '', a.lastActive ?? '') ||
    compare(a.countid ?? Number.POSITIVE_INFINITY, b.countid ?? Number.POSITIVE_INFINITY) ||
    compare(a.sourceKey, b.sourceKey)
  );
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
