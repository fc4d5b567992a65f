import stringSimilarity from 'string-similarity';

/** Characters of a name that are compared by pairs; the rest of a longer one is not looked at. */
const MAX_COMPACT = 120;

/** Share of the pairs of letters that two texts have in common, 0…1 (Dice, 1945, over bigrams). */
export function bigramDice(a: string, b: string): number {
  return stringSimilarity.compareTwoStrings(a.slice(0, MAX_COMPACT), b.slice(0, MAX_COMPACT));
}

/**
 * Jaro-Winkler similarity, 0…1: letters in common within half the longer length, less transpositions, and more for an equal
 * beginning of up to four letters (Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model",
 * 1990; prefix weight .1).
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Uint8Array(b.length);
  const common: number[] = [];
  for (let i = 0; i < a.length; i += 1) {
    const to = Math.min(b.length, i + reach + 1);
    for (let j = Math.max(0, i - reach); j < to; j += 1) {
      if (taken[j] === 1 || a.charCodeAt(i) !== b.charCodeAt(j)) continue;
      taken[j] = 1;
      common.push(a.charCodeAt(i));
      break;
    }
  }
  if (common.length === 0) return 0;
  let moved = 0;
  let at = 0;
  for (let j = 0; j < b.length; j += 1) {
    if (taken[j] !== 1) continue;
    if (b.charCodeAt(j) !== common[at]) moved += 1;
    at += 1;
  }
  const m = common.length;
  const jaro = (m / a.length + m / b.length + (m - moved / 2) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** Whether one letter more, less or other, or two neighbours swapped make one text the other (Damerau, 1964). */
export function oneEditApart(a: string, b: string): boolean {
  if (a.length > b.length) return oneEditApart(b, a);
  if (b.length - a.length > 1) return false;
  let from = 0;
  while (from < a.length && a.charCodeAt(from) === b.charCodeAt(from)) from += 1;
  let same = 0;
  while (same < a.length - from && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) same += 1;
  const [restA, restB] = [a.length - from - same, b.length - from - same];
  if (restA === 0) return restB <= 1;
  if (restA === 1) return restB === 1;
  return restA === 2 && restB === 2 && a[from] === b[from + 1] && a[from + 1] === b[from];
}
