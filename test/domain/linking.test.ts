import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyedLicense, type KeyedRecord, MATCH_KINDS, resolveMatches } from '../../domain/linking.ts';

const rec = (countid: number | null, linked = false): KeyedRecord => ({
  sourceKey: countid === null ? 'a:key' : `c:${countid}`,
  countid,
  linked,
});
const lic = (id: string, linked = false): KeyedLicense => ({ id, linked });

const resolve = (kind: 'appid' | 'email' | 'countid', records: KeyedRecord[], licenses: KeyedLicense[]) => {
  const { matches, ambiguous } = resolveMatches(kind, { key: 'key', records, licenses });
  return {
    matches: matches.map((m) => `${m.sourceKey}→${m.licenseId} by ${m.matchedBy}`),
    ambiguous: ambiguous.map((a) => `${a.sourceKey} ${a.reason}`),
  };
};
const nothing = { matches: [], ambiguous: [] };

describe.each(MATCH_KINDS)('matching by %s', (kind) => {
  it('links one free record with one free license', () => {
    expect(resolve(kind, [rec(7)], [lic('L')])).toEqual({ matches: [`c:7→L by ${kind}`], ambiguous: [] });
  });

  it('finds nothing where no license carries the key', () => {
    expect(resolve(kind, [rec(7), rec(8)], [])).toEqual(nothing);
  });

  it('never matches a linked record again', () => {
    expect(resolve(kind, [rec(7, true)], [lic('L')])).toEqual(nothing);
    expect(resolve(kind, [rec(7, true)], [lic('L', true)])).toEqual(nothing);
    expect(resolve(kind, [rec(7, true)], [lic('L'), lic('M')])).toEqual(nothing);
  });

  it('matches nobody where several licenses carry the key, linked or not', () => {
    const ambiguous = ['c:7 several_licenses', 'c:9 several_licenses'];
    expect(resolve(kind, [rec(9), rec(7), rec(8, true)], [lic('L'), lic('M')])).toEqual({ matches: [], ambiguous });
    expect(resolve(kind, [rec(9), rec(7)], [lic('L', true), lic('M')])).toEqual({ matches: [], ambiguous });
  });

  it('does not give away a license that another record feeds', () => {
    expect(resolve(kind, [rec(7)], [lic('L', true)])).toEqual({ matches: [], ambiguous: ['c:7 license_linked'] });
  });
});

describe('several records with one key', () => {
  it('leaves an appid to the lowest countid, a record without one coming last', () => {
    expect(resolve('appid', [rec(null), rec(10), rec(9)], [lic('L')])).toEqual({
      matches: ['c:9→L by appid'],
      ambiguous: ['c:10 lower_countid_matched', 'a:key lower_countid_matched'],
    });
  });

  it('passes over a linked record, even one with a lower countid', () => {
    expect(resolve('appid', [rec(3, true), rec(9)], [lic('L')])).toEqual({
      matches: ['c:9→L by appid'],
      ambiguous: [],
    });
  });

  it.each(['email', 'countid'] as const)('matches nobody by %s, linked ones counting', (kind) => {
    expect(resolve(kind, [rec(9), rec(7)], [lic('L')])).toEqual({
      matches: [],
      ambiguous: ['c:7 several_records', 'c:9 several_records'],
    });
    expect(resolve(kind, [rec(9), rec(7, true)], [lic('L')])).toEqual({
      matches: [],
      ambiguous: ['c:9 several_records'],
    });
  });
});

describe('any group', () => {
  const group = fc.record({
    records: fc.uniqueArray(
      fc.record({ countid: fc.option(fc.nat(20), { nil: null }), salt: fc.nat(3), linked: fc.boolean() }).map((r) => ({
        sourceKey: r.countid === null ? `a:${r.salt}` : `c:${r.countid}`,
        countid: r.countid,
        linked: r.linked,
      })),
      { selector: (r) => r.sourceKey, maxLength: 6 },
    ),
    licenses: fc.uniqueArray(fc.record({ id: fc.constantFrom('L', 'M', 'N'), linked: fc.boolean() }), {
      selector: (l) => l.id,
      maxLength: 3,
    }),
  });
  const shuffledTwice = group.chain(({ records, licenses }) => {
    const all = <T>(list: T[]) => fc.shuffledSubarray(list, { minLength: list.length });
    return fc.record({
      a: fc.record({ records: all(records), licenses: all(licenses) }),
      b: fc.record({ records: all(records), licenses: all(licenses) }),
    });
  });

  it('is decided the same in any order of the input', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MATCH_KINDS), shuffledTwice, (kind, { a, b }) => {
        expect(resolveMatches(kind, { key: 'k', ...a })).toEqual(resolveMatches(kind, { key: 'k', ...b }));
      }),
    );
  });

  it('gives each license and each record away at most once, both free before, and calls no record both', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MATCH_KINDS), group, (kind, { records, licenses }) => {
        const { matches, ambiguous } = resolveMatches(kind, { key: 'k', records, licenses });
        const named = [...matches, ...ambiguous].map((m) => m.sourceKey);
        expect(new Set(named).size).toBe(named.length);
        expect(new Set(matches.map((m) => m.licenseId)).size).toBe(matches.length);
        expect(records.filter((r) => r.linked && named.includes(r.sourceKey))).toEqual([]);
        expect(licenses.filter((l) => l.linked && matches.some((m) => m.licenseId === l.id))).toEqual([]);
      }),
    );
  });

  it('leaves its input as it was', () => {
    const records = [rec(9), rec(7)];
    resolveMatches('appid', { key: 'k', records, licenses: [lic('L')] });
    expect(records.map((r) => r.countid)).toEqual([9, 7]);
  });
});
