import type { NameForm } from './names.ts';
import { bigramDice, jaroWinkler, oneEditApart } from './similarity.ts';

export interface NameSimilarity {
  /** 0…1. */
  similarity: number;
  equal: boolean;
  /** All words of one are in the other, and they are more than what a business is. */
  contained: boolean;
  /** Each has a word that the other lacks. */
  bothHaveOwn: boolean;
  /** Information of the words in common, in bits. */
  shared: number;
  /** Words of either that the other lacks. */
  own: readonly string[];
}

/** How well two words agree, 0…1; 0 when they do not. */
const FUZZY = 0.93;
const PREFIX = 0.85;
const INITIAL = 0.6;
/** How similar an abbreviation by initials counts to the name in full. */
const INITIALS = 0.7;
/** So that words which everybody uses still count a little. */
const LEAST_WEIGHT = 0.5;
const MOST_UNEQUAL = 0.999;
const MOST_WITH_OWN = 0.89;

/**
 * The larger of two views: Dice over words weighted by their rarity, where words may differ by a slip of the pen or an
 * abbreviation (soft token matching after Cohen, Ravikumar and Fienberg, 2003), and Dice over pairs of letters.
 * @param weight rarity of a word in bits
 */
export function compareNames(a: NameForm, b: NameForm, weight: (word: string) => number): NameSimilarity {
  if (a.key === b.key || a.compact === b.compact) return equalNames(a, b, weight);
  const weightsA = a.words.map((word) => weight(word) + LEAST_WEIGHT);
  const weightsB = b.words.map((word) => weight(word) + LEAST_WEIGHT);
  const partner = assign(a.words, b.words);
  let shared = 0;
  let common = 0;
  let all = 0;
  const ownA: string[] = [];
  const paired = new Set<number>();
  a.words.forEach((word, i) => {
    const found = partner[i];
    const mine = weightsA[i] ?? 0;
    if (!found) {
      all += mine;
      ownA.push(word);
      return;
    }
    paired.add(found.to);
    // A misspelt word looks rarer than it is.
    const both = Math.min(mine, weightsB[found.to] ?? 0);
    common += 2 * both * found.agreement;
    all += 2 * both;
    shared += (both - LEAST_WEIGHT) * found.agreement;
  });
  const ownB = b.words.filter((_, j) => !paired.has(j));
  weightsB.forEach((weightOf, j) => {
    if (!paired.has(j)) all += weightOf;
  });
  const soft = all === 0 ? 0 : common / all;
  const bothHaveOwn = ownA.length > 0 && ownB.length > 0;
  // Two long names with one other word each (… North Campus, … South Campus) have most of their letters in common.
  const most = bothHaveOwn ? MOST_WITH_OWN : MOST_UNEQUAL;
  const similarity = Math.min(most, Math.max(soft, bigramDice(a.compact, b.compact)));
  const some = a.words.length > 0 && b.words.length > 0;
  const contained = some && (ownA.length === 0 || ownB.length === 0) && shared > 0;
  const initials = initialsOf(a, b) ?? initialsOf(b, a);
  if (initials !== null) {
    const least = Math.max(INITIALS, similarity);
    return { similarity: least, equal: false, contained: true, bothHaveOwn: false, shared: weight(initials), own: [] };
  }
  return { similarity, equal: false, contained, bothHaveOwn, shared, own: [...ownA, ...ownB] };
}

function equalNames(a: NameForm, b: NameForm, weight: (word: string) => number): NameSimilarity {
  const sum = ({ words }: NameForm) => words.reduce((bits, word) => bits + weight(word), 0);
  return { similarity: 1, equal: true, contained: true, bothHaveOwn: false, shared: Math.min(sum(a), sum(b)), own: [] };
}

interface Partner {
  to: number;
  agreement: number;
}

/** The best partner of each word, equal words first, each taken once. */
function assign(a: readonly string[], b: readonly string[]): (Partner | undefined)[] {
  const partner: (Partner | undefined)[] = new Array(a.length);
  const taken = new Set<number>();
  a.forEach((word, i) => {
    const to = b.findIndex((other, j) => other === word && !taken.has(j));
    if (to === -1) return;
    taken.add(to);
    partner[i] = { to, agreement: 1 };
  });
  a.forEach((word, i) => {
    if (partner[i]) return;
    let best: Partner | undefined;
    b.forEach((other, j) => {
      if (taken.has(j)) return;
      const agreement = wordAgreement(word, other);
      if (agreement > (best?.agreement ?? 0)) best = { to: j, agreement };
    });
    if (!best) return;
    taken.add(best.to);
    partner[i] = best;
  });
  return partner;
}

const HAS_DIGIT = /\p{N}/u;

/** 1 for equal words, less for a slip of the pen, an abbreviation or an initial, else 0. Words with digits agree only exactly. */
export function wordAgreement(a: string, b: string): number {
  if (a === b) return 1;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  // An initial, or plural and possessive, before anything slower.
  if (short.length === 1) return long.startsWith(short) && long.length > 2 ? INITIAL : 0;
  if (HAS_DIGIT.test(a) || HAS_DIGIT.test(b)) return 0;
  if (short.length >= 3 && long === `${short}s`) return FUZZY;
  if (short.length >= 4 && oneEditApart(short, long)) return FUZZY;
  if (short.length >= 3 && long.startsWith(short)) return PREFIX;
  if (short.length >= 5 && jaroWinkler(a, b) >= 0.9) return FUZZY;
  return 0;
}

/** `TSS` when the other is `Total Safety Services`; else null. */
function initialsOf(a: NameForm, b: NameForm): string | null {
  const [word = ''] = a.words;
  if (a.words.length !== 1 || word.length < 3 || b.words.length !== word.length) return null;
  return b.words.every((one, at) => one[0] === word[at]) ? word : null;
}
