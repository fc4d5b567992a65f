import { fold, ordinal, saysNothing, wordsIn } from './fold.ts';

/** An address as it is compared. */
export interface Street {
  /** House number; null when there is none. Of a range the first, of `UNIT-NUMBER` the number. */
  number: string | null;
  /** Name of the street without direction and type; never empty. */
  core: string;
  /** Direction and name without blanks: `804 North Point` and `804 Northpoint` are equal in it. */
  whole: string;
  /** `n`, `ne` …; empty when not said. */
  direction: string;
  /** `st`, `ave` …; null when not said. */
  type: string | null;
}

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aly: 'alley alley',
    ave: 'ave av aven avenue',
    blvd: 'blvd blv boul boulevard',
    cir: 'cir circ circle',
    cres: 'cres crescent',
    ct: 'ct court crt',
    dr: 'dr drv drive',
    expy: 'expy expressway',
    hwy: 'hwy highway',
    ln: 'ln la lane',
    loop: 'loop',
    pkwy: 'pkwy pky parkway',
    pl: 'pl place',
    plz: 'plz plaza',
    rd: 'rd road',
    sq: 'sq square',
    st: 'st str street',
    ter: 'ter terr terrace',
    tpke: 'tpke turnpike',
    trl: 'trl trail',
    way: 'way wy',
    conc: 'concourse',
  }).flatMap(([type, spellings]) => spellings.split(' ').map((spelling): [string, string] => [spelling, type])),
);
const DIRECTIONS: ReadonlyMap<string, string> = new Map([
  ...['n', 's', 'e', 'w', 'ne', 'nw', 'se', 'sw'].map((short): [string, string] => [short, short]),
  ['north', 'n'],
  ['south', 's'],
  ['east', 'e'],
  ['west', 'w'],
  ['northeast', 'ne'],
  ['northwest', 'nw'],
  ['southeast', 'se'],
  ['southwest', 'sw'],
]);
const SPELT: Readonly<Record<string, string>> = { n: 'north', s: 'south', e: 'east', w: 'west' };
const HIGHWAY = /^(?:hwy|highway|route|rte|rt|us|sr|cr|sh|interstate|i)$/;
const BEFORE_HIGHWAY = /^(?:us|state|county|old|interstate|i)$/;
const UNIT =
  /^(?:suite|suites|ste|unit|units|apt|apartment|rm|room|fl|flr|floor|bldg|building|lot|space|spc|stall|level|lvl|kiosk|booth|bsmt|basement|rear|front|upper|lower|penthouse|ph|store|shop|no|number|num|trlr|trailer|dept|lobby|mezz|mezzanine|box)$/;
/** Behind them stands where the place is, not what it is called. */
const RELATION = /^(?:near|between|btwn|bet|at|off|corner|cor|opposite|opp|behind|across|inside|in|c)$/;
const POST_OFFICE_BOX = /^(?:p ?\.? ?o ?\.? ?|post office )box\b/;

/** The street of an address; null when it names none. A post-office box is no place, so it is none. */
export function streetIn(address: string | null, city: string | null): Street | null {
  const folded = fold(address).trim();
  if (folded === '' || saysNothing(folded) || POST_OFFICE_BOX.test(folded)) return null;
  const { number, rest } = houseNumber(withoutLeadingUnit(folded));
  return street(number, streetWords(rest, city));
}

/** `#200 - 20353 64 Ave`, `Suite 5, 100 Main St`: what stands before the house number goes. */
function withoutLeadingUnit(folded: string): string {
  return (
    folded
      .replace(LEADING_UNIT, '')
      // 3rd Floor, 20 Wall St
      .replace(/^\d{1,3}(?:st|nd|rd|th) (?:floor|flr|fl)\b[\s,.–-]+(?=\d)/, '')
  );
}

const LEADING_UNIT =
  /^(?:#|(?:suite|ste|unit|apt|room|rm|bldg|building|floor|fl)\b\.?\s*#?)\s*[\p{L}\p{N}]{1,5}[\s,–-]+(?=\d)/u;

const SPELT_NUMBERS: Readonly<Record<string, string>> = {
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
};

function houseNumber(spelt: string): { number: string | null; rest: string } {
  // One Main Street
  const text = spelt.replace(/^(?:one|two|three|four|five|six)(?= )/, (word) => SPELT_NUMBERS[word] ?? word);
  // 123, 123A, 45-12 (Queens), 100-104 (a range), 104-20611 (a unit in front, as in Canada), 12 1/2
  const found = text.match(/^(\d{1,6})(?:\s?[-–]\s?(\d{1,6}))?(?:\s?1\/2|-?[a-z](?![a-z\d]))?(?=[\s,#-]|$)/);
  if (!found?.[1]) return { number: null, rest: text };
  return { number: oneNumber(found[1], found[2]).replace(/^0+(?=.)/, ''), rest: text.slice(found[0].length) };
}

function oneNumber(first: string, second: string | undefined): string {
  if (second === undefined) return first;
  const range = Number(second) - Number(first);
  if (range > 0 && range <= 60 && second.length - first.length <= 1) return first;
  return second.length > first.length ? second : first + second;
}

/** The words that can belong to the street's name: up to a comma, a unit, or where it says what is nearby. */
function streetWords(rest: string, city: string | null): string[] {
  const segments = rest.split(/[,#;(@]|\s-\s|\s{2,}/).filter((segment) => wordsIn(segment).length > 0);
  const found: string[] = [];
  for (const word of wordsIn(segments[0] ?? '')) {
    if (found.length > 0 && (UNIT.test(word) || RELATION.test(word))) break;
    found.push(word);
  }
  return withoutCity(found, city);
}

function withoutCity(words: string[], city: string | null): string[] {
  const tail = wordsIn(fold(city));
  if (tail.length === 0 || words.length <= tail.length) return words;
  return tail.every((word, at) => words[words.length - tail.length + at] === word)
    ? words.slice(0, -tail.length)
    : words;
}

function street(number: string | null, words: readonly string[]): Street | null {
  const core: string[] = [];
  let direction = '';
  let type: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (core.length === 0 && isHighway(word, next)) {
      const name = HIGHWAY.test(next ?? '') || /^(?:rd|road)$/.test(next ?? '') ? words[at + 2] : next;
      if (name !== undefined) {
        core.push('hwy', name);
        type = 'hwy';
        break;
      }
    }
    const ahead = DIRECTIONS.get(word);
    if (ahead !== undefined && !isOwnName(core, next, words[at + 2])) {
      direction ||= ahead;
    } else if (core.length > 0 && endsStreet(word, next)) {
      type = TYPES.get(word) ?? null;
      direction ||= DIRECTIONS.get(next ?? '') ?? '';
      break;
    } else {
      core.push(plain(word));
    }
  }
  if (core.length === 0) return null;
  const name = core.slice(0, 6).join(' ');
  return { number, core: name, whole: (SPELT[direction] ?? direction) + name.replaceAll(' ', ''), direction, type };
}

/** `North Ave`: what looks like a direction is what the street is called. */
function isOwnName(core: readonly string[], next: string | undefined, afterNext: string | undefined): boolean {
  if (core.length > 0) return false;
  return next === undefined || endsStreet(next, afterNext);
}

/** Whether the street's name ends with this type: not in `Park Place Drive`, nor `De La Cruz`. */
function endsStreet(word: string, next: string | undefined): boolean {
  if (!TYPES.has(word) || TYPES.has(next ?? '')) return false;
  return word !== 'la' || next === undefined || DIRECTIONS.has(next);
}

function isHighway(word: string, next: string | undefined): boolean {
  if (next === undefined) return false;
  if (BEFORE_HIGHWAY.test(word) && (HIGHWAY.test(next) || /^(?:rd|road)$/.test(next))) return true;
  return HIGHWAY.test(word) && /^\d+[a-z]?$/.test(next);
}

const SHORT: Readonly<Record<string, string>> = { saint: 'st', fort: 'ft', mount: 'mt' };

/** `64th Ave` and `64 Ave` are one street, and so are `Avenue D` and `Ave D`. */
function plain(word: string): string {
  const spelt = ordinal(word);
  if (/^\d+(?:st|nd|rd|th)$/.test(spelt)) return spelt.slice(0, -2);
  if (spelt === 'la') return spelt;
  return TYPES.get(spelt) ?? (Object.hasOwn(SHORT, spelt) ? (SHORT[spelt] ?? spelt) : spelt);
}
