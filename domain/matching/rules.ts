/**
 * What the matching weighs and where it draws its lines, as one plain object: verdicts can be replayed against another one.
 * Weights are bits, that is log2 of how much likelier a finding is among duplicates than among other candidate pairs
 * (Fellegi and Sunter, 1969).
 */
export interface MatchingRules {
  /** A candidate pair before anything is compared. */
  prior: number;
  /** Above so many records one bit less per factor of four. */
  priorRecords: number;
  name: {
    equal: number;
    /** However common the name. */
    equalLeast: number;
    similar90: number;
    similar80: number;
    contained: number;
    similar65: number;
    similar45: number;
    different: number;
    /** What is left of a similar name's bits when the words in common are everybody's. */
    commonShare: number;
    /** Bits of information in the words in common that count in full. */
    rareBits: number;
  };
  numbersDiffer: number;
  location: {
    same: number;
    sameOtherType: number;
    sameOtherZip: number;
    numberTypo: number;
    numberMissing: number;
    numberMissingSameZip: number;
    otherNumber: number;
    otherStreet: number;
    otherStreetSameZip: number;
    otherAddress: number;
    otherAddressOtherZip: number;
    zipSame: number;
    zipDiffers: number;
    citySame: number;
    cityDiffers: number;
  };
  phone: {
    equal: number;
    lastSeven: number;
    oneDigit: number;
    different: number;
    sharedBy: number;
    sharedMost: number;
  };
  email: {
    equal: number;
    typo: number;
    domain: number;
    domainSharedBy: number;
    userSimilar: number;
    userDiffers: number;
    domainsDiffer: number;
    sharedBy: number;
    sharedMost: number;
  };
  guards: {
    /** For whatever a person has to decide. */
    person: number;
    /** For what is rather another branch. */
    branch: number;
    /** Bits from which a group of evidence counts as agreeing. */
    agreement: number;
    /** The same for phone and e-mail when they have to stand up for an address: one digit off is not enough. */
    contact: number;
    nearlyEqual: number;
    groups: number;
    /** Days that two licenses of one business may overlap when one follows the other. */
    relicensingDays: number;
  };
  /** `auto` above the first, `review` and `observe` from theirs. */
  thresholds: { auto: number; review: number; observe: number };
  /** Records that share a key; a larger block says nothing and is passed over. */
  blockCap: number;
}

export const DEFAULT_RULES: MatchingRules = {
  prior: -7,
  priorRecords: 300_000,
  name: {
    equal: 8,
    equalLeast: 3,
    similar90: 6.5,
    similar80: 4.5,
    contained: 3,
    similar65: 2,
    similar45: -1,
    different: -5,
    commonShare: 0.5,
    rareBits: 8,
  },
  numbersDiffer: -4,
  location: {
    same: 6,
    sameOtherType: 4,
    sameOtherZip: 5,
    numberTypo: 2.5,
    numberMissing: 1.5,
    numberMissingSameZip: 2.5,
    otherNumber: 0.5,
    otherStreet: -1,
    otherStreetSameZip: 0.5,
    otherAddress: -3,
    otherAddressOtherZip: -4.5,
    zipSame: 3,
    zipDiffers: -2.5,
    citySame: 1,
    cityDiffers: -2,
  },
  phone: { equal: 7, lastSeven: 6, oneDigit: 2.5, different: -2, sharedBy: 6, sharedMost: 3 },
  email: {
    equal: 6.5,
    typo: 4,
    domain: 4.5,
    domainSharedBy: 6,
    userSimilar: 1,
    userDiffers: -1,
    domainsDiffer: -2,
    sharedBy: 6,
    sharedMost: 3,
  },
  guards: { person: 89.9, branch: 69.9, agreement: 2, contact: 3, nearlyEqual: 0.9, groups: 3, relicensingDays: 31 },
  thresholds: { auto: 90, review: 70, observe: 50 },
  blockCap: 50,
};
