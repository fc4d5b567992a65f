/** Text as it is compared: one spelling for what people type in many. */

/** Longer values are no names or addresses; what stands behind is not looked at, so that no input takes long. */
const MAX_CHARACTERS = 400;
const PLAIN = /^[\x20-\x7e]*$/;
/** Letters that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Compatibility forms decomposed, Latin accents and apostrophes dropped, lower case, every other space a blank. */
export function fold(text: string | null): string {
  if (text === null) return '';
  const cut = text.length > MAX_CHARACTERS ? text.slice(0, MAX_CHARACTERS) : text;
  if (PLAIN.test(cut)) return cut.toLowerCase().replace(/['`]/g, '');
  return cut
    .replace(/[\u2018\u2019\u201b\u02bc\u00b4\u2032]/g, "'")
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/['`]/g, '')
    .replace(/\s+/g, ' ');
}

/** Runs of letters and digits with their marks. */
export function wordsIn(folded: string): string[] {
  return folded.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
}

const NOTHING =
  /^(?:n ?[/.]? ?a\.?|none|null|nil|unknown|various(?: (?:locations?|addresses))?|tbd|tba|same|mobile|withheld|confidential|not (?:available|applicable|provided|listed)|no (?:address|name)|home ?based|[x.\-*?]+)$/;

/** Typed where a form wanted something: `N/A`, `UNKNOWN`, `VARIOUS`. */
export function saysNothing(folded: string): boolean {
  return NOTHING.test(folded.trim());
}

const ORDINALS: Readonly<Record<string, string>> = {
  first: '1st',
  second: '2nd',
  third: '3rd',
  fourth: '4th',
  fifth: '5th',
  sixth: '6th',
  seventh: '7th',
  eighth: '8th',
  ninth: '9th',
  tenth: '10th',
  eleventh: '11th',
  twelfth: '12th',
  thirteenth: '13th',
  fourteenth: '14th',
  fifteenth: '15th',
  sixteenth: '16th',
  seventeenth: '17th',
  eighteenth: '18th',
  nineteenth: '19th',
  twentieth: '20th',
};

/** `fifth` and `5th` are one word. */
export function ordinal(word: string): string {
  return Object.hasOwn(ORDINALS, word) ? (ORDINALS[word] ?? word) : word;
}
