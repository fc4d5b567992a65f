/** What a pair's fields say, group by group. */
import type { Street } from './addresses.ts';
import type { Prepared } from './business.ts';
import { domainOf, isCompanyDomain } from './contacts.ts';
import { compareNames, type NameSimilarity } from './name-similarity.ts';
import type { NameForm } from './names.ts';
import type { MatchingRules } from './rules.ts';
import { jaroWinkler, oneEditApart } from './similarity.ts';
import { type CountKind, rarity, type Statistics } from './statistics.ts';
import { OUTLET_WORDS } from './vocabulary.ts';

export interface Finding {
  /** Stable id such as `name_similar_90`. */
  level: string;
  bits: number;
  /** Records that share the value, where that limits the bits; else null. */
  sharedBy: number | null;
}

export interface NameFinding extends Finding {
  similarity: number;
  bothHaveOwn: boolean;
  /** What stands in one name only and tells outlets apart (`2`, `truck`); null for nothing. */
  outlet: string | null;
}

/** Whether the two stand at one place: `near` when something about the address differs that may be a slip of the pen. */
export type Place = 'same' | 'near' | 'other' | 'unknown';

export interface LocationFinding extends Finding {
  place: Place;
}

/** A pair as the rules see it. `numbers` is null unless the numbers in the names speak against it. */
export interface Comparison {
  prior: Finding;
  name: NameFinding;
  numbers: Finding | null;
  location: LocationFinding;
  phone: Finding;
  email: Finding;
}

export function compare(a: Prepared, b: Prepared, statistics: Statistics, rules: MatchingRules): Comparison {
  const { name, numbers } = compareAllNames(a, b, statistics, rules);
  return {
    prior: { level: 'candidate', bits: priorBits(statistics.records, rules), sharedBy: null },
    name,
    numbers,
    location: compareLocations(a, b, rules),
    phone: comparePhones(a.phones, b.phones, statistics, rules),
    email: compareEmails(a.emails, b.emails, statistics, rules),
  };
}

/** Twice the records have four times the pairs, but only twice the duplicates: half a bit per doubling. */
function priorBits(records: number, { prior, priorRecords }: MatchingRules): number {
  return exact(records > priorRecords ? prior - Math.log2(records / priorRecords) / 2 : prior);
}

/** Bits in 64ths: sums of them are exact, whatever their order. */
export function exact(bits: number): number {
  return Math.round(bits * 64) / 64;
}

function finding(level: string, bits: number, sharedBy: number | null = null): Finding {
  return { level, bits: exact(bits), sharedBy };
}

function compareAllNames(
  a: Prepared,
  b: Prepared,
  statistics: Statistics,
  rules: MatchingRules,
): { name: NameFinding; numbers: Finding | null } {
  let best: { of: NameForm; to: NameForm; seen: NameSimilarity } | null = null;
  const weight = (word: string) => rarity(statistics, 'word', word);
  for (const of of a.names) {
    for (const to of b.names) {
      const seen = compareNames(of, to, weight);
      if (!best || seen.similarity > best.seen.similarity) best = { of, to, seen };
    }
  }
  if (!best)
    return { name: { ...finding('name_missing', 0), similarity: 0, bothHaveOwn: false, outlet: null }, numbers: null };
  const { of, to, seen } = best;
  const found = seen.equal ? equalName(of, to, statistics, rules) : similarName(seen, rules);
  return {
    name: { ...found, similarity: seen.similarity, bothHaveOwn: seen.bothHaveOwn, outlet: outletIn(of, to, seen.own) },
    numbers: numbersDiffer(of.numbers, to.numbers) ? finding('numbers_differ', rules.numbersDiffer) : null,
  };
}

function equalName(a: NameForm, b: NameForm, statistics: Statistics, { name }: MatchingRules): Finding {
  const bits = Math.min(rarity(statistics, 'name', a.key), rarity(statistics, 'name', b.key));
  const sharedBy = Math.max(statistics.count('name', a.key), statistics.count('name', b.key));
  return finding('name_equal', Math.max(name.equalLeast, Math.min(name.equal, bits)), sharedBy);
}

function similarName({ similarity, contained, shared }: NameSimilarity, { name }: MatchingRules): Finding {
  const rare = name.commonShare + (1 - name.commonShare) * Math.min(1, shared / name.rareBits);
  if (similarity >= 0.9) return finding('name_similar_90', name.similar90 * rare);
  if (similarity >= 0.8) return finding('name_similar_80', name.similar80 * rare);
  if (contained) return finding('name_contained', name.contained * rare);
  if (similarity >= 0.65) return finding('name_similar_65', name.similar65 * rare);
  if (similarity >= 0.45) return finding('name_similar_45', name.similar45);
  return finding('name_different', name.different);
}

/** Each has one that the other lacks: #12 and #14, but not `7-Eleven` and `7-Eleven #12`. */
function numbersDiffer(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one) => !b.includes(one)) && b.some((one) => !a.includes(one));
}

/** Long numbers are a chain's own count of its stores, which one list has and the other has not; short ones count an owner's places. */
function outletIn(a: NameForm, b: NameForm, own: readonly string[]): string | null {
  const word = own.find((each) => OUTLET_WORDS.has(each));
  if (word !== undefined) return word;
  if (a.numbers.length > 0 === b.numbers.length > 0) return null;
  return [...a.numbers, ...b.numbers].find((number) => number.length <= 2) ?? null;
}

function compareLocations(a: Prepared, b: Prepared, { location }: MatchingRules): LocationFinding {
  const at = (place: Place, level: string, bits: number): LocationFinding => ({ ...finding(level, bits), place });
  const zips = alike(a.zip, b.zip);
  const cities = alike(a.city, b.city);
  if (!a.street || !b.street) {
    if (zips !== null) {
      return zips ? at('unknown', 'zip_same', location.zipSame) : at('other', 'zip_differs', location.zipDiffers);
    }
    if (cities === null) return at('unknown', 'location_missing', 0);
    return cities ? at('unknown', 'city_same', location.citySame) : at('other', 'city_differs', location.cityDiffers);
  }
  const [one, other] = [a.street, b.street];
  const sameNumber = one.number !== null && one.number === other.number;
  if (!isSameStreet(one, other)) {
    if (sameNumber && zips !== true) return at('other', 'other_street', location.otherStreet);
    if (sameNumber) return at('other', 'other_street_same_zip', location.otherStreetSameZip);
    return zips === false
      ? at('other', 'other_address_other_zip', location.otherAddressOtherZip)
      : at('other', 'other_address', location.otherAddress);
  }
  if (one.number === null || other.number === null) {
    return zips === true
      ? at('near', 'number_missing_same_zip', location.numberMissingSameZip)
      : at('near', 'number_missing', location.numberMissing);
  }
  if (areOpposite(one.direction, other.direction)) return at('other', 'other_direction', location.otherNumber);
  if (sameNumber) {
    if (zips === false) return at('near', 'same_address_other_zip', location.sameOtherZip);
    if (zips === null && cities === false) return at('same', 'same_address_other_city', location.sameOtherZip);
    const otherType = one.type !== null && other.type !== null && one.type !== other.type;
    return otherType
      ? at('near', 'same_address_other_type', location.sameOtherType)
      : at('same', 'same_address', location.same);
  }
  return oneEditApart(one.number, other.number)
    ? at('near', 'number_typo', location.numberTypo)
    : at('other', 'other_number', location.otherNumber);
}

/** Null when one does not say. */
function alike(a: string | null, b: string | null): boolean | null {
  return a === null || b === null ? null : a === b;
}

function isSameStreet(a: Street, b: Street): boolean {
  const numbered = /\d/.test(a.core) || /\d/.test(b.core);
  // 5th Street and 5th Avenue cross each other.
  if (numbered && a.type !== null && b.type !== null && a.type !== b.type) return false;
  if (a.core === b.core || a.whole === b.whole) return true;
  const [joinedA, joinedB] = [a.core.replaceAll(' ', ''), b.core.replaceAll(' ', '')];
  if (joinedA === joinedB || joinedA === b.whole || a.whole === joinedB) return true;
  if (numbered || Math.min(joinedA.length, joinedB.length) < 4) return false;
  if (a.core.startsWith(`${b.core} `) || b.core.startsWith(`${a.core} `)) return true;
  return (
    oneEditApart(joinedA, joinedB) ||
    (Math.min(joinedA.length, joinedB.length) >= 6 && jaroWinkler(joinedA, joinedB) >= 0.93)
  );
}

/** North and south, east and west, or north and east; but not north and north-east. */
function areOpposite(a: string, b: string): boolean {
  return a !== '' && b !== '' && ![...a].some((letter) => b.includes(letter));
}

function comparePhones(
  a: readonly string[],
  b: readonly string[],
  statistics: Statistics,
  { phone }: MatchingRules,
): Finding {
  return bestOf(a, b, 'phone_missing', (one, other) => {
    if (one === other) return sharedValue('phone_equal', 'phone', one, phone.equal, statistics, phone);
    if (one.slice(-7) === other.slice(-7)) return finding('phone_last_7', phone.lastSeven);
    if (one.length === other.length && oneEditApart(one, other)) return finding('phone_one_digit', phone.oneDigit);
    return finding('phone_differs', phone.different);
  });
}

function compareEmails(
  a: readonly string[],
  b: readonly string[],
  statistics: Statistics,
  { email }: MatchingRules,
): Finding {
  return bestOf(a, b, 'email_missing', (one, other) => {
    if (one === other) return sharedValue('email_equal', 'email', one, email.equal, statistics, email);
    const [domain, otherDomain] = [domainOf(one), domainOf(other)];
    const company = isCompanyDomain(domain);
    if (domain === otherDomain && company) {
      const sharedBy = statistics.count('domain', domain);
      return sharedBy <= email.domainSharedBy
        ? finding('email_domain', email.domain, sharedBy)
        : finding('email_domain_shared', 0, sharedBy);
    }
    const [user, otherUser] = [userOf(one), userOf(other)];
    if (user === otherUser && user.length >= 4 && isTypo(domain, otherDomain)) return finding('email_typo', email.typo);
    if (company && isCompanyDomain(otherDomain)) return finding('email_domains_differ', email.domainsDiffer);
    const similar = user === otherUser || isTypo(user, otherUser) || jaroWinkler(user, otherUser) >= 0.92;
    return similar
      ? finding('email_user_similar', email.userSimilar)
      : finding('email_user_differs', email.userDiffers);
  });
}

/** Another number is another address, not a slip: shop12 and shop13 belong to two shops. */
function isTypo(one: string, other: string): boolean {
  return oneEditApart(one, other) && one.replace(/\D/g, '') === other.replace(/\D/g, '');
}

function userOf(email: string): string {
  return email.slice(0, email.lastIndexOf('@'));
}

/** What many share tells little: at most a bit more than the information of seeing the value once more. */
function sharedValue(
  level: string,
  kind: CountKind,
  value: string,
  bits: number,
  statistics: Statistics,
  { sharedBy, sharedMost }: { sharedBy: number; sharedMost: number },
): Finding {
  const count = statistics.count(kind, value);
  const most = count > sharedBy ? sharedMost : bits;
  return finding(level, Math.min(most, rarity(statistics, kind, value) + 1), count);
}

/** Of several values on either side those that agree best. */
function bestOf(
  a: readonly string[],
  b: readonly string[],
  missing: string,
  of: (one: string, other: string) => Finding,
): Finding {
  let best: Finding | null = null;
  for (const one of a) {
    for (const other of b) {
      const found = of(one, other);
      if (!best || found.bits > best.bits) best = found;
    }
  }
  return best ?? finding(missing, 0);
}
