/** How many records share a value: what makes an agreement telling. */
import type { Prepared } from './business.ts';
import { GENERIC_WORDS } from './vocabulary.ts';

export type CountKind = 'word' | 'name' | 'phone' | 'email' | 'domain';

/** Counts only; values are written as `countables` gives them. */
export interface Statistics {
  readonly records: number;
  count(kind: CountKind, value: string): number;
}

export interface Countable {
  kind: CountKind;
  value: string;
}

/** What a record adds one to, each once. */
export function countables({ names, phones, emails, domains }: Prepared): Countable[] {
  const found: Countable[] = [];
  const words = new Set<string>();
  for (const name of names) {
    found.push({ kind: 'name', value: name.key });
    for (const word of name.words) words.add(word);
  }
  for (const value of words) found.push({ kind: 'word', value });
  for (const value of phones) found.push({ kind: 'phone', value });
  for (const value of emails) found.push({ kind: 'email', value });
  for (const value of domains) found.push({ kind: 'domain', value });
  return found;
}

/** Counts records in memory. */
export function countRecords(records: Iterable<Prepared>): Statistics {
  const counts = {
    word: new Map<string, number>(),
    name: new Map<string, number>(),
    phone: new Map<string, number>(),
    email: new Map<string, number>(),
    domain: new Map<string, number>(),
  };
  let total = 0;
  for (const record of records) {
    total += 1;
    for (const { kind, value } of countables(record)) counts[kind].set(value, (counts[kind].get(value) ?? 0) + 1);
  }
  return { records: total, count: (kind, value) => counts[kind].get(value) ?? 0 };
}

/** Among fewer records nothing would look rare, and two that are alike in everything would seem to be so by chance. */
const LEAST_RECORDS = 1000;
/** One record in so many has a generic word, whatever the counts of a small stock say. */
const GENERIC_ONE_IN = 100;

/**
 * Information in bits of seeing a value: log2(N / n) for n of N records (self-information; Sparck Jones, "A statistical
 * interpretation of term specificity", 1972, for words). At least 0.
 */
export function rarity(statistics: Statistics, kind: CountKind, value: string): number {
  const all = Math.max(statistics.records, LEAST_RECORDS);
  const counted = Math.max(1, statistics.count(kind, value));
  const sharing = kind === 'word' && GENERIC_WORDS.has(value) ? Math.max(counted, all / GENERIC_ONE_IN) : counted;
  return Math.max(0, Math.log2(all / sharing));
}
