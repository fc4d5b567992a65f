import { fold, ordinal, saysNothing, wordsIn } from './fold.ts';
import { ABBREVIATIONS, GENERIC_WORDS, LEGAL_ENDINGS, LEGAL_WORDS, TRADING_AS } from './vocabulary.ts';

/** One name as it is compared. */
export interface NameForm {
  /** In their order, without numbers; never empty unless the name consists of numbers. */
  words: readonly string[];
  /** `#12` is 12; sorted, each once. */
  numbers: readonly string[];
  /** Words and numbers, sorted: two names with equal keys are equal. */
  key: string;
  /** Words and numbers in their order without blanks: `Art's Deli` and `ARTSDELI` are equal in it. */
  compact: string;
}

const MAX_WORDS = 16;
const MAX_WORD = 40;
const ROMAN: Readonly<Record<string, string>> = { ii: '2', iii: '3', iv: '4', vi: '6', vii: '7', viii: '8' };

/** The names a business goes by: the one it trades under, then the one before `DBA` when there are two; none when nothing is left. */
export function nameForms(dba: string | null, city: string | null): NameForm[] {
  const folded = fold(dba);
  if (folded === '' || saysNothing(folded)) return [];
  const marker = folded.match(TRADING_AS);
  // At the beginning it is a word of the name, as in `AKA Sushi`.
  if (!marker?.index || wordsIn(folded.slice(0, marker.index)).length === 0) return toForms([folded], city);
  const before = folded.slice(0, marker.index);
  const after = folded.slice(marker.index + marker[0].length);
  return toForms([after, before], city);
}

function toForms(texts: readonly string[], city: string | null): NameForm[] {
  const forms: NameForm[] = [];
  for (const text of texts) {
    const form = nameForm(text, cityWords(city));
    if (form && !forms.some(({ key }) => key === form.key)) forms.push(form);
  }
  return forms;
}

function nameForm(folded: string, city: readonly string[]): NameForm | null {
  const all = tokens(folded);
  const telling = withoutCity(tellingOf(all), tellingOf(city));
  // A name of such words alone (The Company) is still that name.
  const kept = (telling.length > 0 ? telling : joinLetters(all)).slice(0, MAX_WORDS);
  if (kept.length === 0) return null;
  const words: string[] = [];
  const numbers = new Set<string>();
  kept.forEach((word, at) => {
    const number = numberIn(word, at);
    if (number === null) words.push(word);
    else numbers.add(number);
  });
  const sortedNumbers = [...numbers].sort();
  return {
    words,
    numbers: sortedNumbers,
    key: [...words, ...sortedNumbers].sort().join(' '),
    compact: [...words, ...sortedNumbers].join(''),
  };
}

/** `A` is an article only where no other letter stands beside it. */
function tellingOf(words: readonly string[]): string[] {
  const kept = joinLetters(words.filter((word) => !LEGAL_WORDS.has(word))).filter((word) => word !== 'a');
  return kept.length > 1 && LEGAL_ENDINGS.has(kept.at(-1) ?? '') ? kept.slice(0, -1) : kept;
}

function cityWords(city: string | null): string[] {
  const found = tokens(fold(city));
  return found.length > 1 && found.at(-1) === 'city' ? found.slice(0, -1) : found;
}

/** `Spago (Los Angeles)` in Los Angeles is `Spago`; but `Cafe Langley` in Langley stays. */
function withoutCity(words: string[], city: readonly string[]): string[] {
  const end = city.length > 0 && words.at(-1) === 'city' && city.at(-1) !== 'city' ? words.length - 1 : words.length;
  const from = end - city.length;
  if (city.length === 0 || from <= 0 || !city.every((word, at) => words[from + at] === word)) return words;
  const rest = words.slice(0, from);
  return rest.some((word) => !GENERIC_WORDS.has(word) && !LEGAL_WORDS.has(word)) ? rest : words;
}

function tokens(folded: string): string[] {
  const spelt = folded
    // L.L.C., N.V., U.S.A.
    .replace(/(?<![\p{L}\p{N}])(?:\p{L}\.){2,}\p{L}?(?![\p{L}\p{N}])/gu, (dotted) => `${dotted.replaceAll('.', '')} `)
    .replace(/(?<![\p{L}\p{N}])l ?\.? ?l ?\.? ?([cp])(?![\p{L}\p{N}])/gu, 'll$1')
    .replace(/[&+]/g, ' and ')
    .replace(/\b(?:no|num|number|nr)\b\.? ?#?(?=\d)/g, ' ');
  const found: string[] = [];
  for (const word of wordsIn(spelt)) {
    const expanded = ABBREVIATIONS.get(word);
    if (expanded === undefined) found.push(...divided(ordinal(word.slice(0, MAX_WORD))));
    else found.push(...expanded.split(' '));
  }
  return found;
}

/** `salon12` is `salon 12`: otherwise one digit more or less would look like a slip of the pen. */
function divided(word: string): string[] {
  const parts = word.match(/^(\p{L}{3,})(\d+)$/u);
  return parts?.[1] && parts[2] ? [parts[1], parts[2]] : [word];
}

/** `J C Nails`, `J. C. Nails` and `J & C Nails` are `jc nails`. */
function joinLetters(words: readonly string[]): string[] {
  const joined: string[] = [];
  let letters = '';
  for (const word of words) {
    if (word.length === 1 && !/\p{N}/u.test(word)) {
      letters += word;
      continue;
    }
    if (letters !== '') joined.push(letters);
    letters = '';
    joined.push(word);
  }
  if (letters !== '') joined.push(letters);
  return joined;
}

function numberIn(word: string, at: number): string | null {
  if (/^\p{Nd}+$/u.test(word)) return word.replace(/^0+(?=.)/, '');
  // At the beginning, II would be initials.
  return at > 0 && Object.hasOwn(ROMAN, word) ? (ROMAN[word] ?? null) : null;
}
