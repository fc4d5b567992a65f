/** How likely two records are one business: evidence in bits, summed, limited by guards. */
import { isSwapped, type Prepared } from './business.ts';
import { type Comparison, compare } from './evidence.ts';
import { describe, type Evidence } from './explain.ts';
import { type AppliedCap, findCap } from './guards.ts';
import { areRivals } from './relicensing.ts';
import { DEFAULT_RULES, type MatchingRules } from './rules.ts';
import type { Statistics } from './statistics.ts';
import { type Change, whatWouldChange } from './would-change.ts';

export type Decision = 'auto' | 'review' | 'observe' | 'none';

export interface Verdict {
  /** 0…100 with two decimals, after caps. */
  confidence: number;
  uncapped: number;
  bits: number;
  decision: Decision;
  cap: AppliedCap | null;
}

export interface PairScore extends Verdict {
  /** In a fixed order; their bits add up to `bits` exactly. */
  evidence: Evidence[];
  /** What would bring it over or under the next threshold. */
  wouldChange: Change[];
}

/** The score of a pair with its explanation; swapping the records swaps the values in the evidence and nothing else. */
export function scorePair(
  a: Prepared,
  b: Prepared,
  statistics: Statistics,
  rules: MatchingRules = DEFAULT_RULES,
): PairScore {
  const swapped = isSwapped(a, b);
  const seen = swapped ? compare(b, a, statistics, rules) : compare(a, b, statistics, rules);
  const rivals = areRivals(a.standing, b.standing, rules.guards.relicensingDays);
  const verdict = conclude(seen, rivals, rules);
  return {
    ...verdict,
    evidence: describe(seen, a, b, statistics.records),
    wouldChange: whatWouldChange(seen, verdict, rules, (changed, stillRivals = rivals) =>
      conclude(changed, stillRivals, rules),
    ),
  };
}

/** The same confidence without the explanation, for millions of pairs. */
export function confidenceOf(
  a: Prepared,
  b: Prepared,
  statistics: Statistics,
  rules: MatchingRules = DEFAULT_RULES,
): number {
  const seen = isSwapped(a, b) ? compare(b, a, statistics, rules) : compare(a, b, statistics, rules);
  const uncapped = confidenceFrom(bitsOf(seen));
  if (uncapped <= Math.min(rules.guards.branch, rules.guards.person)) return uncapped;
  const cap = findCap(seen, areRivals(a.standing, b.standing, rules.guards.relicensingDays), rules);
  return cap ? Math.min(uncapped, cap.confidence) : uncapped;
}

export function decisionOf(confidence: number, { thresholds }: MatchingRules = DEFAULT_RULES): Decision {
  if (confidence > thresholds.auto) return 'auto';
  if (confidence >= thresholds.review) return 'review';
  return confidence >= thresholds.observe ? 'observe' : 'none';
}

function conclude(seen: Comparison, rivals: boolean, rules: MatchingRules): Verdict {
  const bits = bitsOf(seen);
  const uncapped = confidenceFrom(bits);
  const limit = findCap(seen, rivals, rules);
  const cap = limit && limit.confidence < uncapped ? limit : null;
  const confidence = cap ? cap.confidence : uncapped;
  return { confidence, uncapped, bits, decision: decisionOf(confidence, rules), cap };
}

function bitsOf({ prior, name, numbers, location, phone, email }: Comparison): number {
  return prior.bits + name.bits + (numbers?.bits ?? 0) + location.bits + phone.bits + email.bits;
}

/** Bits are log2 of the odds: p = 1 / (1 + 2^-bits); in percent, two decimals. */
function confidenceFrom(bits: number): number {
  return Math.round(10_000 / (1 + 2 ** -bits)) / 100;
}
