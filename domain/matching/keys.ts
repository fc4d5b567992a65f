/** Which pairs are looked at at all: those that share a key. */
import type { Prepared } from './business.ts';
import type { NameForm } from './names.ts';
import { GENERIC_WORDS } from './vocabulary.ts';

export type KeyKind = 'phone' | 'email' | 'domain' | 'name' | 'place_word' | 'street';

export interface CandidateKey {
  kind: KeyKind;
  value: string;
}

const WORDS = 3;
const LETTERS = 4;

/**
 * The keys of a record, each once: a function of the record alone, so that they are kept and only made anew when it changes. Which
 * words of a name tell most is therefore not counted: those that say what a business is come last, and longer ones are rarer
 * (Zipf's law of abbreviation).
 */
export function candidateKeys({ names, phones, emails, domains, street, city, zip }: Prepared): CandidateKey[] {
  const found: CandidateKey[] = [];
  for (const phone of phones) found.push({ kind: 'phone', value: phone.slice(-7) });
  for (const value of emails) found.push({ kind: 'email', value });
  for (const value of domains) found.push({ kind: 'domain', value });
  const place = zip ?? city ?? '';
  const words = new Set<string>();
  for (const name of names) {
    found.push({ kind: 'name', value: name.compact });
    // Of a chain's many places those in one.
    if (place !== '') found.push({ kind: 'name', value: `${name.key}|${place}` });
    const telling = tellingWords(name).map((word) => word.slice(0, LETTERS));
    for (const word of zip === null ? pairsOf(telling) : telling) words.add(word);
  }
  for (const word of words) found.push({ kind: 'place_word', value: `${place}|${word}` });
  if (street?.number) found.push({ kind: 'street', value: `${street.number}|${street.core.slice(0, LETTERS)}` });
  return found;
}

/** Within a city, a larger place than the area of a ZIP code, one word is not enough, unless the name has no other. */
function pairsOf(words: readonly string[]): string[] {
  if (words.length < 2) return [...words];
  return words.flatMap((word, at) => words.slice(at + 1).map((other) => [word, other].sort().join('|')));
}

function tellingWords({ words, numbers }: NameForm): string[] {
  if (words.length === 0) return [...numbers].slice(0, WORDS);
  return [...new Set(words)]
    .sort(
      (one, other) =>
        Number(GENERIC_WORDS.has(one)) - Number(GENERIC_WORDS.has(other)) ||
        other.length - one.length ||
        (one < other ? -1 : 1),
    )
    .slice(0, WORDS);
}

/** 53 bits of kind and value, a safe integer: cyrb53 by bryc (public domain), https://github.com/bryc/code. */
export function keyHash({ kind, value }: CandidateKey): number {
  const text = `${kind}:${value}`;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
