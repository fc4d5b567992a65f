/** When bits alone would say too much: limits of the confidence, each with its reason. */
import type { Comparison } from './evidence.ts';
import type { MatchingRules } from './rules.ts';

export interface AppliedCap {
  /** Stable id such as `numbers_differ`. */
  rule: string;
  /** 0…100; no higher. */
  confidence: number;
  why: string;
}

/** The lowest cap that applies; of several equal ones the first. Null when none does. */
export function findCap(seen: Comparison, rivals: boolean, { guards, thresholds }: MatchingRules): AppliedCap | null {
  const { name, location, phone, email } = seen;
  const contact = phone.bits >= guards.contact || email.bits >= guards.contact;
  const groups = [name, location, phone, email].filter(({ bits }) => bits >= guards.agreement).length;
  // Whatever the thresholds are set to, what is capped stays with a person, or below the cases.
  const person = (rule: string, why: string): AppliedCap => ({
    rule,
    confidence: Math.min(guards.person, thresholds.auto),
    why,
  });
  const below = (rule: string, why: string): AppliedCap => ({
    rule,
    confidence: Math.min(guards.branch, hundredthBelow(thresholds.review)),
    why,
  });

  if (location.place === 'other' && !contact) {
    return below('branch', 'another address, and neither phone nor e-mail agrees: rather another branch');
  }
  if (name.level === 'name_different') {
    return below('other_name', 'the names have nothing in common: rather another business of the same people');
  }
  if (seen.numbers) return person('numbers_differ', 'the numbers in the names differ');
  if (location.place === 'other') return person('other_address', 'the addresses differ');
  if (name.outlet !== null) {
    return person('separate_outlet', `only one name has '${name.outlet}': it may be an outlet of its own`);
  }
  if (name.level === 'name_missing') return person('name_weak', 'there are no two names to compare');
  if (name.bits < guards.agreement) return person('name_weak', 'the names hardly agree');
  if (groups < 2) return person('one_kind', 'fewer than two kinds of evidence agree');
  if (name.similarity < guards.nearlyEqual && name.bothHaveOwn) {
    return person('own_words', 'each name has a word that the other lacks');
  }
  if (name.similarity < guards.nearlyEqual && groups < guards.groups) {
    return person('name_similar_only', 'the names are not nearly equal, and fewer than three kinds of evidence agree');
  }
  if (!contact && isUnsure(seen)) {
    return person('address_unsure', 'the address is not surely the same, and neither phone nor e-mail agrees');
  }
  if (rivals) {
    return person(
      'both_active',
      'both are active under appids of their own, and their dates do not show that one followed the other',
    );
  }
  return null;
}

/** People name the same place by the city or by its part; but a Main Street is in every city. */
function isUnsure({ location, phone, email }: Comparison): boolean {
  if (location.level === 'same_address_other_city') return phone.bits < 0 || email.bits < 0;
  return location.place !== 'same';
}

function hundredthBelow(confidence: number): number {
  return Math.round(confidence * 100 - 1) / 100;
}
