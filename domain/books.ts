/** Conservation: what was fetched equals what became of it, and the status a run may end with. */
import { type PushReport, pushFindings } from './push-report.ts';

export interface Books {
  /** Positions of the feed that were answered or given up, each counted once. */
  fetched: number;
  created: number;
  updated: number;
  unchanged: number;
  /** Joined a license that another record feeds. */
  linked: number;
  /** The same key and content again. */
  repeated: number;
  quarantined: number;
  /** Not reached; 0 when completed. */
  pending: number;
}

export interface RunEnd {
  outcome: 'finished' | 'failed' | 'cancelled' | 'expired';
  books: Books;
  /** Whether the whole feed was proven to be read. */
  proven: boolean;
  /** A partial run promises nothing of the whole feed. */
  proofNeeded: boolean;
  /** A dry run: nothing was to be applied. */
  planOnly: boolean;
  /** Pending records that were skipped on purpose, because they are not as planned any more. */
  drifted: number;
  /** Planned vanishings that were skipped for the same reason. */
  driftedVanishings: number;
  conflicts: number;
  ambiguous: number;
  /** Duplicate cases that people have to decide. */
  cases: number;
  /** What was sent upstream; null when nothing was to be. */
  pushes: PushReport | null;
}

export interface Conclusion {
  status: 'completed' | 'completed_with_findings' | 'incomplete' | 'failed' | 'cancelled';
  balanced: boolean;
  /** Why the status is not `completed`; null when it is. */
  reason: string | null;
}

/** Fetched minus everything that is accounted for; 0 when the books balance. */
export function imbalance(books: Books): number {
  const { created, updated, unchanged, linked, repeated, quarantined, pending } = books;
  return books.fetched - (created + updated + unchanged + linked + repeated + quarantined + pending);
}

/** The status a run ends with. Books that do not balance, or records not reached, are never a success. */
export function concludeRun(end: RunEnd): Conclusion {
  const { books, outcome } = end;
  const off = imbalance(books);
  const balanced = off === 0;
  if (outcome === 'failed') return { status: 'failed', balanced, reason: null };
  if (outcome === 'cancelled') return { status: 'cancelled', balanced, reason: null };
  if (outcome === 'expired') return { status: 'incomplete', balanced, reason: null };
  const negative = Object.values(books).some((number) => number < 0);
  if (!balanced || negative) {
    return {
      status: 'failed',
      balanced,
      reason: negative
        ? 'the counts do not add up: more was done to the records than there are'
        : `the counts do not add up: ${off} of ${books.fetched} records are unaccounted for`,
    };
  }
  const left = books.pending - end.drifted;
  if (left > 0) {
    return { status: 'failed', balanced, reason: `${left} of ${books.fetched} records were not applied` };
  }
  if (end.proofNeeded && !end.proven) {
    return {
      status: 'incomplete',
      balanced,
      reason: `two readings of the feed did not agree with its total or with each other; ${end.planOnly ? 'no plan was kept' : 'what was read was applied, nothing was treated as removed'}`,
    };
  }
  const unsent = end.planOnly ? 0 : (end.pushes?.planned ?? 0);
  if (unsent > 0) {
    return { status: 'failed', balanced, reason: `${unsent} records were not reached when edits were sent upstream` };
  }
  const findings = [
    count(books.quarantined, 'quarantined record', 'quarantined records'),
    count(end.conflicts, 'clash of values', 'clashes of values'),
    count(end.ambiguous, 'ambiguous match', 'ambiguous matches'),
    count(end.cases, 'possible duplicate to decide', 'possible duplicates to decide'),
    count(
      end.drifted + end.driftedVanishings,
      'planned change skipped because something was edited since',
      'planned changes skipped because something was edited since',
    ),
    ...(end.pushes ? pushFindings(end.pushes) : []),
  ].filter((text) => text !== null);
  if (findings.length > 0) return { status: 'completed_with_findings', balanced, reason: findings.join(', ') };
  return { status: 'completed', balanced, reason: null };
}

function count(number: number, one: string, many: string): string | null {
  return number === 0 ? null : `${number} ${number === 1 ? one : many}`;
}
