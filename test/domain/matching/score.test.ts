import { describe, expect, it } from 'vitest';
import {
  type Business,
  DEFAULT_RULES,
  type MatchingRules,
  type PairScore,
  prepare,
  type Standing,
  type Statistics,
  scorePair,
} from '../../../domain/matching/index.ts';

const NAILS: Business = {
  dba: 'Golden Lotus Nails',
  email: 'info@goldenlotus.com',
  phone: '212-555-1234',
  address: '55 Main St',
  city: 'Springfield',
  zip: '46001',
};
/** As if two records share whatever two of them share. */
const TWO_EACH: Statistics = { records: 10_000, count: () => 2 };

function score(
  change: Partial<Business>,
  {
    of = {},
    statistics = TWO_EACH,
    rules = DEFAULT_RULES,
  }: { of?: Partial<Business>; statistics?: Statistics; rules?: MatchingRules } = {},
): PairScore {
  return scorePair(prepare({ ...NAILS, ...of }, null), prepare({ ...NAILS, ...change }, null), statistics, rules);
}

const bitsOf = (of: PairScore, group: string) => of.evidence.find((each) => each.group === group)?.bits;
const levelOf = (of: PairScore, group: string) => of.evidence.find((each) => each.group === group)?.level;

describe('evidence', () => {
  it('counts a missing field neither way', () => {
    for (const [field, group] of [
      ['phone', 'phone'],
      ['email', 'email'],
      ['dba', 'name'],
    ] as const) {
      expect(bitsOf(score({ [field]: null }), group)).toBe(0);
    }
    expect(bitsOf(score({ address: null, city: null, zip: null }), 'location')).toBe(0);
    expect(score({}).decision).toBe('auto');
  });

  it('is less the more records share a value', () => {
    const many: Statistics = { records: 10_000, count: (kind) => (kind === 'word' ? 2 : 1500) };
    const seen = score({}, { statistics: many });
    expect([bitsOf(seen, 'name'), bitsOf(seen, 'phone'), bitsOf(seen, 'email')]).toEqual([3, 3, 3]);
    expect(seen.evidence.find(({ group }) => group === 'phone')?.note).toBe('1500 records share it');
  });

  it('begins lower in a larger stock: a bit per factor of four above 300,000', () => {
    const prior = (records: number) => bitsOf(score({}, { statistics: { ...TWO_EACH, records } }), 'prior');
    expect([100, 300_000, 1_200_000].map(prior)).toEqual([-7, -7, -8]);
  });

  it.each([
    [{ dba: 'GOLDEN LOTUS NAILS INC' }, 'name', 'name_equal'],
    [{ dba: 'Goldn Lotus Nails' }, 'name', 'name_similar_90'],
    [{ dba: 'GLN' }, 'name', 'name_contained'],
    [{ dba: 'Bob Towing' }, 'name', 'name_different'],
    [{ address: '55 Main Street Ste 4' }, 'location', 'same_address'],
    [{ zip: '46999' }, 'location', 'same_address_other_zip'],
    [{ address: '55 Main Ave' }, 'location', 'same_address_other_type'],
    [{ address: '56 Main St' }, 'location', 'number_typo'],
    [{ address: '9 Main St' }, 'location', 'other_number'],
    [{ address: 'Main St' }, 'location', 'number_missing_same_zip'],
    [{ address: '55 Oak St' }, 'location', 'other_street_same_zip'],
    [{ address: '9 Oak St' }, 'location', 'other_address'],
    [{ address: '9 Oak St', zip: '46002' }, 'location', 'other_address_other_zip'],
    [{ address: 'PO Box 5' }, 'location', 'zip_same'],
    [{ phone: '555-1234' }, 'phone', 'phone_last_7'],
    [{ phone: '2125551235' }, 'phone', 'phone_one_digit'],
    [{ phone: '6465559876' }, 'phone', 'phone_differs'],
    [{ email: 'sue@goldenlotus.com' }, 'email', 'email_domain'],
    [{ email: 'sue@gmail.com' }, 'email', 'email_user_differs'],
    [{ email: 'info@silvermoon.com' }, 'email', 'email_domains_differ'],
    [{ email: 'info@goldenlotu.com' }, 'email', 'email_typo'],
  ] as const)('%j is %s %s', (change, group, level) => {
    expect(levelOf(score(change), group)).toBe(level);
  });

  it('takes 5th Street and 5th Avenue, and North and South Main, for other places', () => {
    expect(levelOf(score({ address: '55 5th Ave' }, { of: { address: '55 5th St' } }), 'location')).toBe(
      'other_street_same_zip',
    );
    expect(levelOf(score({ address: '55 N Main St' }, { of: { address: '55 S Main St' } }), 'location')).toBe(
      'other_direction',
    );
  });
});

describe('guards', () => {
  it.each([
    ['numbers_differ', { dba: 'Golden Lotus Nails #12' }, { dba: 'Golden Lotus Nails #14' }],
    ['separate_outlet', { dba: 'Golden Lotus Nails 2' }, {}],
    ['separate_outlet', { dba: 'Golden Lotus Nails Truck' }, {}],
    ['other_address', { address: '9 Oak St' }, {}],
    ['own_words', { dba: 'Golden Lotus Spa' }, {}],
    ['name_weak', { dba: null }, {}],
    ['address_unsure', { address: null, phone: null, email: null }, {}],
  ] as const)('%s leaves the pair to a person', (rule, change, of) => {
    const seen = score(change, { of });
    expect(seen.cap).toMatchObject({ rule, confidence: 89.9 });
    expect(seen.decision).toBe('review');
    expect(seen.uncapped).toBeGreaterThan(89.9);
  });

  it('keeps branches, and different businesses of one owner, from the cases', () => {
    const branch = score(
      { address: '60 Main Ave', zip: null, phone: null, email: null },
      { of: { address: '9 Main Ave' } },
    );
    expect([branch.decision, branch.cap?.rule, branch.confidence]).toEqual(['observe', 'branch', 69.9]);
    const owner = score({ dba: 'Bob Towing' });
    expect([owner.decision, owner.cap?.rule, owner.confidence]).toEqual(['observe', 'other_name', 69.9]);
  });

  it('ask for two kinds of evidence, whatever the weights', () => {
    const nothing = { address: null, city: null, zip: null, phone: null, email: null };
    const seen = score(nothing, { rules: { ...DEFAULT_RULES, prior: 0 } });
    expect(seen.cap).toMatchObject({ rule: 'one_kind', confidence: 89.9 });
  });

  it('hold whatever the thresholds are set to', () => {
    const rules = { ...DEFAULT_RULES, thresholds: { auto: 80, review: 60, observe: 50 } };
    expect(score({ address: '9 Oak St' }, { rules })).toMatchObject({ confidence: 80, decision: 'review' });
    expect(score({ dba: 'Bob Towing' }, { rules })).toMatchObject({ confidence: 59.99, decision: 'observe' });
  });
});

describe('two active licenses with appids of their own', () => {
  const license = (appid: string | null, from: string | null, until: string | null, active = true): Standing => ({
    active,
    appid,
    from,
    until,
  });
  const decide = (a: Standing, b: Standing) => {
    const seen = scorePair(prepare(NAILS, a), prepare(NAILS, b), TWO_EACH);
    return seen.cap?.rule ?? seen.decision;
  };

  it('are left to a person', () => {
    expect(decide(license('a', null, null), license('b', null, null))).toBe('both_active');
    expect(decide(license('a', '2024-01-01', '2024-12-31'), license('b', '2024-06-01', '2025-05-31'))).toBe(
      'both_active',
    );
    expect(decide(license('a', '2024-01-01', null), license('b', '2024-01-01', null))).toBe('both_active');
    expect(decide(license('a', '2024-01-01', '2024-01-10'), license('b', '2024-01-01', '2024-01-10'))).toBe(
      'both_active',
    );
  });

  it('are one when their dates show that one followed the other', () => {
    const first = license('a', '2024-01-01', '2024-12-31');
    for (const from of ['2025-01-01', '2024-12-05', '2026-03-01']) {
      expect(decide(first, license('b', from, '2027-01-01'))).toBe('auto');
      expect(decide(license('b', from, '2027-01-01'), first)).toBe('auto');
    }
  });

  it('are one when they are not both active, or have one appid, or one has none', () => {
    expect(decide(license('a', null, null), license('b', null, null, false))).toBe('auto');
    expect(decide(license('A1', null, null), license(' a1', null, null))).toBe('auto');
    expect(decide(license('a', null, null), license(null, null, null))).toBe('auto');
  });

  it('would be one if dates showed it', () => {
    const seen = scorePair(
      prepare(NAILS, license('a', null, null)),
      prepare(NAILS, license('b', null, null)),
      TWO_EACH,
    );
    expect(seen.wouldChange[0]).toEqual({
      to: 'auto',
      what: 'Dates that show one license following the other would make it 100.0',
    });
  });
});

describe('the explanation', () => {
  it('has both values of each group as they were given', () => {
    const seen = score({ dba: 'GOLDEN LOTUS NAILS, INC.', zip: null });
    expect(seen.evidence.map(({ group }) => group)).toEqual(['prior', 'name', 'location', 'phone', 'email']);
    expect(seen.evidence[1]).toMatchObject({ a: 'Golden Lotus Nails', b: 'GOLDEN LOTUS NAILS, INC.' });
    expect(seen.evidence[2]).toMatchObject({ a: '55 Main St, Springfield, 46001', b: '55 Main St, Springfield' });
  });

  it('says what would bring it over a threshold', () => {
    const seen = score({ dba: 'Golden Lotus', phone: null, email: null }, { of: { phone: null, email: null } });
    expect(seen.decision).toBe('review');
    expect(seen.wouldChange).toContainEqual({
      to: 'auto',
      what: expect.stringMatching(/^An equal phone number would make it 9\d\.\d$/),
    });
  });

  it('says what would bring it under a threshold', () => {
    const seen = score({});
    expect(seen.wouldChange).toContainEqual({ to: 'review', what: 'Another address would make it 89.9' });
  });

  it('says so when no single value lifts it', () => {
    const seen = score({ dba: 'Golden Lotus #1', address: '9 Oak St' }, { of: { dba: 'Golden Lotus #2' } });
    expect(seen.wouldChange[0]).toEqual({
      to: 'auto',
      what: 'No single value lifts it while the numbers in the names differ',
    });
  });
});
