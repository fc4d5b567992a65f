/** Who belongs together, given which licenses resemble which. */

/** Two licenses that resemble each other; `a` sorts first. */
export interface Edge {
  a: string;
  b: string;
  confidence: number;
  /** `auto`: done without asking, if nothing else stands against it. */
  decision: 'auto' | 'review';
}

/** More licenses than this are not asked about in one case: nobody could compare them. */
export const LARGEST_CASE = 8;

/** Sets of licenses that edges connect, each sorted, in the order of their first members. */
export function components(edges: readonly Pick<Edge, 'a' | 'b'>[]): string[][] {
  const parent = new Map<string, string>();
  const root = (node: string): string => {
    let at = node;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) {
      // Halving the path keeps long chains cheap (Tarjan and van Leeuwen, 1984).
      const above = parent.get(up) ?? up;
      parent.set(at, above);
      at = above;
    }
    return at;
  };
  for (const { a, b } of edges) {
    for (const node of [a, b]) if (!parent.has(node)) parent.set(node, node);
    const [one, other] = [root(a), root(b)];
    // The lower one is the root, so that the result does not depend on the order of the edges.
    if (one < other) parent.set(other, one);
    else if (other < one) parent.set(one, other);
  }
  const sets = new Map<string, string[]>();
  for (const node of [...parent.keys()].sort()) {
    const key = root(node);
    const set = sets.get(key);
    if (set) set.push(node);
    else sets.set(key, [node]);
  }
  return [...sets.values()];
}

/** Tells of two licenses how far all that is known of them is alike: the lowest confidence among their subjects, 0 when a person said no. */
export type Likeness = (a: string, b: string) => number;

/** Whether every two of the members are at least so much alike. */
export function areAllAlike(members: readonly string[], likeness: Likeness, atLeast: number): boolean {
  return members.every((a, index) => members.slice(index + 1).every((b) => likeness(a, b) >= atLeast));
}

export interface CaseGroup {
  members: string[];
  reason: 'review_band' | 'not_all_alike';
}

/**
 * What people are asked. Licenses that would be joined by themselves, were they all alike, are one case; so are licenses that all resemble
 * each other. Everything else is asked pair by pair, and of a license that resembles very many only the strongest pairs.
 * @param unjoined sets connected by pairs that are sure, of which not all are alike.
 * @param edges pairs that a person has to look at, and those within `unjoined`.
 */
export function casesOf(
  unjoined: readonly string[][],
  edges: readonly Edge[],
  likeness: Likeness,
  atLeast: number,
): CaseGroup[] {
  const cases: CaseGroup[] = unjoined
    .filter((members) => members.length <= LARGEST_CASE)
    .map((members) => ({ members, reason: 'not_all_alike' as const }));
  const covered = new Map<string, number>();
  for (const [index, { members }] of cases.entries()) for (const member of members) covered.set(member, index);
  const open = edges.filter(({ a, b }) => !covered.has(a) || covered.get(a) !== covered.get(b));
  const sets = components(open);
  const setOf = new Map(sets.flatMap((members, index) => members.map((member) => [member, index] as const)));
  const edgesOf = sets.map((): Edge[] => []);
  for (const edge of open) edgesOf[setOf.get(edge.a) ?? -1]?.push(edge);
  for (const [index, members] of sets.entries()) {
    const within = edgesOf[index] ?? [];
    if (members.length <= LARGEST_CASE && areAllAlike(members, likeness, atLeast)) {
      cases.push({ members, reason: 'review_band' });
    } else {
      for (const { a, b, decision } of strongest(within)) {
        cases.push({ members: [a, b], reason: decision === 'auto' ? 'not_all_alike' : 'review_band' });
      }
    }
  }
  return cases;
}

/** At most three pairs for each license, unless the other one has fewer. */
const PAIRS_PER_LICENSE = 3;

function strongest(edges: readonly Edge[]): Edge[] {
  const asked = new Map<string, number>();
  const count = (node: string) => asked.get(node) ?? 0;
  return [...edges]
    .sort((x, y) => y.confidence - x.confidence || (x.a + x.b < y.a + y.b ? -1 : 1))
    .filter(({ a, b }) => {
      if (count(a) >= PAIRS_PER_LICENSE && count(b) >= PAIRS_PER_LICENSE) return false;
      asked.set(a, count(a) + 1);
      asked.set(b, count(b) + 1);
      return true;
    });
}

/** What makes a case matter more: how sure it is, and whether anybody uses the licenses. Higher comes first; 0 to 140. */
export function casePriority({
  confidence,
  active,
  members,
  inUse,
}: {
  confidence: number;
  /** Members in force. */
  active: number;
  members: number;
  /** Members with agents, messages sent or a last payment. */
  inUse: number;
}): number {
  return confidence + 10 * Math.min(2, active) + 5 * Math.min(2, inUse) + Math.min(10, 2 * (members - 2));
}
