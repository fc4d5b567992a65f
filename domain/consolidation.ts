/**
 * Which of several licenses of one business stays, and how far each would have been the right one.
 *
 * The four criteria of the original system, each from 0 to 100, in one score:
 *
 *     score = 0.85 · status + 0.05 · freshness + 0.05 · completeness + 0.05 · activity
 *
 * - status: active 100, expiring 80, expired 60, pending 40, cancel 20, draft 10;
 * - freshness: 100 when written just now, one less for each day since;
 * - completeness: the share of name, e-mail, zip, phone and address that have a value;
 * - activity: (last active 20 + SMS sent 15 + agents 15 + a payment 25) / 75 · 100.
 *
 * The three lesser ones together weigh 15, two neighbouring states (but cancel and draft) differ by 17: so no license in force is ever
 * archived into one that is not, because the master keeps its status. Scores are rounded to two decimals, which makes licenses that one run
 * wrote within minutes equal. Equal ones are told apart by: fed by a record that lives, the lower countid (none last), the older one, the id.
 */
import type { Decimal, Instant } from './external.ts';
import type { LicenseStatus } from './license.ts';

/** How the fields of a master are put together. `keep_master` takes nothing from the others. */
export const STRATEGIES = ['merge_keep_newer', 'keep_master', 'fill_empty'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What the score is made of. */
export interface MasterCandidate {
  licenseId: string;
  status: LicenseStatus;
  createdAt: Instant;
  updatedAt: Instant;
  /** Whether a record that lives feeds it. */
  fed: boolean;
  countid: number | null;
  dba: string | null;
  email: string | null;
  zip: string | null;
  phone: string | null;
  address: string | null;
  lastActive: Instant | null;
  smsSent: number | null;
  agents: number | null;
  lastPayment: Decimal | null;
}

/** A candidate with its score and the four parts of it, 0 to 100 each. */
export interface RankedCandidate {
  licenseId: string;
  score: number;
  status: number;
  freshness: number;
  completeness: number;
  activity: number;
}

export const STATUS_PRIORITY: Readonly<Record<LicenseStatus, number>> = {
  active: 100,
  expiring: 80,
  expired: 60,
  pending: 40,
  cancel: 20,
  draft: 10,
};
export const WEIGHTS = { status: 0.85, freshness: 0.05, completeness: 0.05, activity: 0.05 } as const;

const DAY_MS = 86_400_000;
const MAX_ACTIVITY = 75;

/**
 * The license that the others are to be consolidated into, and all of them, best first. The order of the candidates does not matter.
 * @param nowMs Unix time in ms, for the freshness.
 * @throws {RangeError} without candidates.
 */
export function chooseMaster(
  candidates: readonly MasterCandidate[],
  nowMs: number,
): { masterId: string; ranking: RankedCandidate[] } {
  const ranked = candidates.map((candidate) => ({ candidate, rank: rankOf(candidate, nowMs) }));
  ranked.sort((a, b) => b.rank.score - a.rank.score || byPrecedence(a.candidate, b.candidate));
  const [best] = ranked;
  if (best === undefined) throw new RangeError('a master is chosen among at least one license');
  return { masterId: best.candidate.licenseId, ranking: ranked.map(({ rank }) => rank) };
}

function rankOf(candidate: MasterCandidate, nowMs: number): RankedCandidate {
  const { dba, email, zip, phone, address, lastActive, smsSent, agents, lastPayment } = candidate;
  const status = STATUS_PRIORITY[candidate.status];
  const age = Math.max(0, nowMs - Date.parse(candidate.updatedAt)) / DAY_MS;
  const freshness = Math.max(0, 100 - age);
  const filled = [dba, email, zip, phone, address];
  const completeness = (filled.filter((value) => value !== null && value !== '').length / filled.length) * 100;
  const active =
    (lastActive === null ? 0 : 20) +
    ((smsSent ?? 0) > 0 ? 15 : 0) +
    ((agents ?? 0) > 0 ? 15 : 0) +
    (Number(lastPayment ?? 0) === 0 ? 0 : 25);
  const activity = (active / MAX_ACTIVITY) * 100;
  const score =
    WEIGHTS.status * status +
    WEIGHTS.freshness * freshness +
    WEIGHTS.completeness * completeness +
    WEIGHTS.activity * activity;
  return {
    licenseId: candidate.licenseId,
    score: rounded(score),
    status,
    freshness: rounded(freshness),
    completeness: rounded(completeness),
    activity: rounded(activity),
  };
}

function byPrecedence(a: MasterCandidate, b: MasterCandidate): number {
  return (
    Number(b.fed) - Number(a.fed) ||
    compare(a.countid ?? Number.POSITIVE_INFINITY, b.countid ?? Number.POSITIVE_INFINITY) ||
    compare(a.createdAt, b.createdAt) ||
    compare(a.licenseId, b.licenseId)
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
