import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Business,
  candidateKeys,
  confidenceOf,
  countables,
  countRecords,
  keyHash,
  matchAll,
  prepare,
  scorePair,
} from '../../../domain/matching/index.ts';
import { findAll, readGold } from '../../support/gold.ts';

const odd = fc.constantFrom(
  '',
  ' ',
  '...',
  '#',
  '💈✂️',
  '\u202eGNIK\u202c',
  'مطعم الشام',
  '株式会社 山田',
  '\u0000\ud800',
  "'''",
  'LLC',
  'DBA',
  '__proto__',
  'constructor',
  'A & B & C',
  '(((',
  'x'.repeat(5000),
  'word '.repeat(400),
  '9'.repeat(300),
  '@@@',
  'a@b.c,'.repeat(100),
);
const text = fc.oneof(odd, fc.string(), fc.string({ unit: 'binary', maxLength: 60 }));
const near = fc.constantFrom('SALON 1', 'Salon 2', 'SALON ONE', 'Golden Nails', 'Goldn Nails Inc', "Joe's Pizza");
const field = (...usual: string[]) =>
  fc.oneof(fc.constant(null), fc.constantFrom(...(usual as [string, ...string[]])), text);
const business: fc.Arbitrary<Business> = fc.record({
  dba: fc.oneof(near, field('A Nails', 'B Nails')),
  email: field('a@gmail.com', 'info@nails.com', 'sue@nails.com', 'a@gmial.com'),
  phone: field('212-555-1234', '(212) 555 1234 x5', '555-1234', '212-555-1235', '646-555-1234'),
  address: field('12 Main St', '12 Main Street Ste 4', '21 Main St', '12 Oak Ave', 'Main St', '1 N Elm', '1 S Elm'),
  city: field('Springfield', 'W. Hollywood'),
  zip: field('46001', '46001-1234', '46002'),
});
const day = fc.constantFrom(null, '2024-01-01', '2024-12-31', '2025-01-15', 'nonsense');
const standing = fc.option(
  fc.record({ active: fc.boolean(), appid: fc.constantFrom(null, 'a', 'b'), from: day, until: day }),
);

describe('the score of any two records', () => {
  it('is the same both ways, is explained to the last bit, and agrees with its cheap form', () => {
    fc.assert(
      fc.property(fc.tuple(business, standing), fc.tuple(business, standing), fc.nat(2_000_000), (one, other, more) => {
        const [a, b] = [prepare(...one), prepare(...other)];
        const counted = countRecords([a, b]);
        const statistics = { ...counted, records: counted.records + more };
        const score = scorePair(a, b, statistics);
        const swapped = scorePair(b, a, statistics);
        expect(swapped).toEqual({
          ...score,
          evidence: score.evidence.map((each) => ({ ...each, a: each.b, b: each.a })),
        });
        expect(score.evidence.reduce((sum, { bits }) => sum + bits, 0)).toBe(score.bits);
        expect(score.confidence).toBeGreaterThanOrEqual(0);
        expect(score.confidence).toBeLessThanOrEqual(score.uncapped);
        expect(score.confidence).toBe(Math.round(score.confidence * 100) / 100);
        expect(confidenceOf(a, b, statistics)).toBe(score.confidence);
        expect(score.wouldChange.length).toBeGreaterThan(0);
      }),
      { numRuns: 1500 },
    );
  });

  it('comes from plain data that survives JSON', () => {
    fc.assert(
      fc.property(business, standing, (one, as) => {
        const prepared = prepare(one, as);
        const copy = JSON.parse(JSON.stringify(prepared)) as typeof prepared;
        expect(candidateKeys(copy)).toEqual(candidateKeys(prepared));
        expect(countables(copy)).toEqual(countables(prepared));
      }),
      { numRuns: 200 },
    );
  });
});

describe('candidate keys', () => {
  it('are few, short enough to keep, each once, and hashed to safe integers', () => {
    fc.assert(
      fc.property(business, (one) => {
        const keys = candidateKeys(prepare(one, null));
        expect(keys.length).toBeLessThanOrEqual(24);
        expect(new Set(keys.map(({ kind, value }) => `${kind} ${value}`)).size).toBe(keys.length);
        for (const key of keys) expect(Number.isSafeInteger(keyHash(key))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('matching a list', () => {
  const gold = readGold('synth_10k');
  const some = { ids: gold.ids.slice(0, 1500), businesses: gold.businesses.slice(0, 1500) };

  it('gives the same pairs and confidences in any order of the list', () => {
    const straight = findAll(
      some.ids,
      some.businesses.map((each) => prepare(each, null)),
    );
    const order = some.ids.map((_, at) => (at * 1_103) % some.ids.length);
    const shuffled = findAll(
      order.map((at) => some.ids[at] ?? ''),
      order.map((at) => prepare(some.businesses[at] ?? ({} as Business), null)),
    );
    expect(new Set(order).size).toBe(some.ids.length);
    expect([...shuffled.confidences].sort()).toEqual([...straight.confidences].sort());
    expect(shuffled.summary).toEqual(straight.summary);
  });

  it('finds the pairs that share a key, and no others, whatever the records', () => {
    fc.assert(
      fc.property(fc.array(business, { maxLength: 12 }), (businesses) => {
        const records = businesses.map((each) => prepare(each, null));
        const hashes = records.map((record) => new Set(candidateKeys(record).map(keyHash)));
        const expected: string[] = [];
        hashes.forEach((mine, a) => {
          hashes.forEach((others, b) => {
            if (a < b && [...mine].some((hash) => others.has(hash))) expected.push(`${a} ${b}`);
          });
        });
        const found = [...matchAll(records, { min: 0 })].flatMap(({ pairs }) => pairs.map(({ a, b }) => `${a} ${b}`));
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('counts what it passes over because too many records share it', () => {
    const same: Business = { dba: 'Salon', email: null, phone: null, address: null, city: null, zip: null };
    const steps = matchAll(
      Array.from({ length: 60 }, () => prepare(same, null)),
      { min: 0 },
    );
    let step = steps.next();
    while (!step.done) step = steps.next();
    expect(step.value).toEqual({ records: 60, candidatePairs: 0, blocks: 2, droppedBlocks: 2, droppedPairs: 3540 });
  });
});
