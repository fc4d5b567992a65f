/** What other weights or thresholds would have made of pairs that people decided. */
import type { MatchingRules } from './matching/index.ts';

/** Paths of the rules to other values, such as `name.equal` to 9. */
export type RuleChanges = Readonly<Record<string, number>>;

export interface ChangedRule {
  path: string;
  before: number;
  after: number;
}

const MAX_BITS = 1000;
/** Thresholds are named often. */
const SHORT: Readonly<Record<string, string>> = {
  auto: 'thresholds.auto',
  review: 'thresholds.review',
  observe: 'thresholds.observe',
};

/** Every path of the rules with its value, in the order of the rules. */
export function rulePaths(rules: MatchingRules): Map<string, number> {
  const paths = new Map<string, number>();
  const walk = (node: object, prefix: string) => {
    for (const [name, value] of Object.entries(node)) {
      if (typeof value === 'number') paths.set(`${prefix}${name}`, value);
      else if (typeof value === 'object' && value !== null) walk(value, `${prefix}${name}.`);
    }
  };
  walk(rules, '');
  return paths;
}

/** Every name by which `changeRules` knows a rule, with what it may be set to. */
export function settableRules(rules: MatchingRules): Map<string, { least: number; most: number }> {
  const named = [...Object.entries(SHORT), ...[...rulePaths(rules).keys()].map((path) => [path, path] as const)];
  return new Map(
    named.map(([name, path]) => {
      const [least, most] = boundsOf(path);
      return [name, { least, most }];
    }),
  );
}

/** The rules with other values, of a rule that is named twice the last one; faults name paths that there are not, and values that make no sense. */
export function changeRules(
  rules: MatchingRules,
  changes: RuleChanges,
): { rules: MatchingRules; changed: ChangedRule[] } | { faults: { path: string; message: string }[] } {
  const known = rulePaths(rules);
  const faults: { path: string; message: string }[] = [];
  const next = structuredClone(rules);
  for (const [named, after] of Object.entries(changes)) {
    const path = Object.hasOwn(SHORT, named) ? (SHORT[named] ?? named) : named;
    const before = known.get(path);
    const [least, most] = boundsOf(path);
    if (before === undefined) faults.push({ path: named, message: 'no such rule' });
    else if (!Number.isFinite(after) || after < least || after > most) {
      faults.push({ path: named, message: `expected a number from ${least} to ${most}` });
    } else put(next, path.split('.'), after);
  }
  const { auto, review, observe } = next.thresholds;
  if (faults.length === 0 && !(observe <= review && review <= auto)) {
    faults.push({
      path: 'thresholds',
      message: `expected observe ≤ review ≤ auto, not ${observe}, ${review}, ${auto}`,
    });
  }
  if (faults.length > 0) return { faults };
  const changed = [...rulePaths(next)].flatMap(([path, after]) => {
    const before = known.get(path);
    return before === undefined || before === after ? [] : [{ path, before, after }];
  });
  return { rules: next, changed };
}

function boundsOf(path: string): [number, number] {
  if (path.startsWith('thresholds.') || path === 'guards.person' || path === 'guards.branch') return [0, 100];
  if (path === 'priorRecords') return [1, 1_000_000_000];
  if (path === 'blockCap') return [2, MAX_BITS];
  return [-MAX_BITS, MAX_BITS];
}

function put(target: object, [head, ...rest]: string[], value: number): void {
  if (head === undefined) return;
  const node = target as Record<string, unknown>;
  if (rest.length === 0) node[head] = value;
  else put(node[head] as object, rest, value);
}

export const LAB_DECISIONS = ['auto', 'review', 'observe', 'none'] as const;
export type LabDecision = (typeof LAB_DECISIONS)[number];
type Verdict = 'same' | 'different';

/** A decided pair under both sets of rules. */
export interface ReplayedPair {
  verdict: Verdict;
  from: LabDecision;
  to: LabDecision;
}

export type DecisionCounts = Record<LabDecision, number>;

export interface LabCounts {
  /** How the rules in force decide the pairs, by what people decided; and how the other rules would. */
  before: Record<Verdict, DecisionCounts>;
  after: Record<Verdict, DecisionCounts>;
  /** Different businesses that would be made one without asking. */
  falseMerges: { before: number; after: number };
  /** The same business, and nobody would be asked. */
  missed: { before: number; after: number };
  flips: (ReplayedPair & { count: number })[];
}

export function countReplayed(pairs: Iterable<ReplayedPair>): LabCounts {
  const none = (): DecisionCounts => ({ auto: 0, review: 0, observe: 0, none: 0 });
  const before = { same: none(), different: none() };
  const after = { same: none(), different: none() };
  const flips = new Map<string, ReplayedPair & { count: number }>();
  for (const { verdict, from, to } of pairs) {
    before[verdict][from] += 1;
    after[verdict][to] += 1;
    if (from === to) continue;
    const name = `${verdict} ${from} ${to}`;
    const flip = flips.get(name) ?? { verdict, from, to, count: 0 };
    flip.count += 1;
    flips.set(name, flip);
  }
  const missed = ({ observe, none: left }: DecisionCounts) => observe + left;
  return {
    before,
    after,
    falseMerges: { before: before.different.auto, after: after.different.auto },
    missed: { before: missed(before.same), after: missed(after.same) },
    flips: [...flips.values()].sort((a, b) => harm(b) - harm(a) || b.count - a.count),
  };
}

/** Higher for what does more harm: a false merge before a missed pair, and both before anything that got better. */
export function harm({ verdict, from, to }: ReplayedPair): number {
  const [was, is] = [LAB_DECISIONS.indexOf(from), LAB_DECISIONS.indexOf(to)];
  const worse = verdict === 'different' ? was - is : is - was;
  if (worse <= 0) return worse;
  if (verdict === 'different') return to === 'auto' ? 100 : 10 + worse;
  return to === 'observe' || to === 'none' ? 50 + worse : 10 + worse;
}
