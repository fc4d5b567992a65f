/** What is said to change a decision does change it, when the records really are changed like that. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Business, type PairScore, prepare, type Statistics, scorePair } from '../../../domain/matching/index.ts';

type Pair = [Business, Business];

/** Values that nobody else has, so that they tell as much as such a value can. */
const NAMED: readonly (readonly [RegExp, (pair: Pair) => Pair])[] = [
  [/^An equal phone number/, both({ phone: '737-208-4461' })],
  [/^An equal e-mail address/, both({ email: 'desk@quillonmarrow.example' })],
  [/^The same address/, both({ address: '41 Willow Street', city: 'Austin', zip: '78701' })],
  [/^An equal name/, both({ dba: 'Quillon Marrow Bakery' })],
  [/^Another phone number/, each({ phone: '737-208-4461' }, { phone: '512-943-0087' })],
  [/^Another e-mail address/, each({ email: 'quillon@gmail.com' }, { email: 'zephyr@gmail.com' })],
  [/^Another address/, each({ address: '41 Willow Street' }, { address: '977 Harbor Road' })],
  [/^A different name/, each({ dba: 'Quillon Bakery' }, { dba: 'Zephyr Tyres' })],
  [
    /^Different numbers in the names/,
    ([a, b]) => [
      { ...a, dba: `${a.dba} #12` },
      { ...b, dba: `${b.dba} #14` },
    ],
  ],
];
const STAGES: Readonly<Record<PairScore['decision'], 'auto' | 'review' | 'below'>> = {
  auto: 'auto',
  review: 'review',
  observe: 'below',
  none: 'below',
};
const ORDER = ['below', 'review', 'auto'];

/** Every value is rare among many. */
const RARE: Statistics = { records: 20_000, count: () => 2 };

const oneOf = (...values: string[]) => fc.constantFrom(null, ...values);
const business: fc.Arbitrary<Business> = fc.record({
  dba: fc.constantFrom('Golden Lotus', 'Golden Lotus Inc', 'Goldn Lotus', 'Golden Lotus Spa', "Joe's Pizza"),
  email: oneOf('info@lotus.example', 'sue@lotus.example', 'a@gmail.com', 'b@gmail.com'),
  phone: oneOf('212-555-1234', '212-555-1235', '646-555-9876'),
  address: oneOf('12 Main St', '12 Main Street Ste 4', '21 Main St', '90 Oak Ave'),
  city: fc.constant('Austin'),
  zip: fc.constantFrom('78701', '78702'),
});

describe('what would change a decision', () => {
  it('does so once the records are changed like that', () => {
    const tried = new Set<string>();
    fc.assert(
      fc.property(business, business, (a, b) => {
        const before = score([a, b]);
        const from = ORDER.indexOf(STAGES[before.decision]);
        for (const { what, to } of before.wouldChange) {
          const named = NAMED.find(([pattern]) => pattern.test(what));
          if (named === undefined) {
            expect(what).toMatch(/^No single value lifts it/);
            continue;
          }
          tried.add(`${named[0].source} ${to}`);
          const then = ORDER.indexOf(STAGES[score(named[1]([a, b])).decision]);
          if (ORDER.indexOf(to) > from) expect(then, `${what} (${to})`).toBeGreaterThan(from);
          else expect(then, `${what} (${to})`).toBeLessThan(from);
        }
      }),
      { numRuns: 2000 },
    );
    expect(tried.size).toBeGreaterThan(8);
  });
});

function score([a, b]: Pair): PairScore {
  return scorePair(prepare(a, null), prepare(b, null), RARE);
}

function both(fields: Partial<Business>): (pair: Pair) => Pair {
  return each(fields, fields);
}

function each(first: Partial<Business>, second: Partial<Business>): (pair: Pair) => Pair {
  return ([a, b]) => [
    { ...a, ...first },
    { ...b, ...second },
  ];
}
