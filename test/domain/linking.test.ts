import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Barred,
  KEY_KINDS,
  type KeyedLicense,
  type KeyedRecord,
  type KeyKind,
  type MatchResult,
  type Override,
  resolveMatches,
  resolveOverrides,
} from '../../domain/linking.ts';

const rec = (countid: number | null, linked = false): KeyedRecord => ({
  sourceKey: countid === null ? 'a:key' : `c:${countid}`,
  countid,
  linked,
});
const lic = (id: string, linked = false): KeyedLicense => ({ id, linked });

const told = ({ matches, ambiguous }: MatchResult) => ({
  matches: matches.map(
    (m) => `${m.sourceKey}→${m.licenseId} by ${m.matchedBy}${m.role === 'primary' ? '' : ', joins'}`,
  ),
  ambiguous: ambiguous.map((a) => `${a.sourceKey} ${a.reason}`),
});
const resolve = (kind: KeyKind, records: KeyedRecord[], licenses: KeyedLicense[], barred: Barred[] = []) =>
  told(resolveMatches(kind, { key: 'key', records, licenses, barred }));
const never = (countid: number, licenseId: string): Barred => ({ sourceKey: `c:${countid}`, licenseId });
const nothing = { matches: [], ambiguous: [] };

describe.each(KEY_KINDS)('matching by %s', (kind) => {
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

describe('a barred pair', () => {
  it.each(KEY_KINDS)('is neither matched nor ambiguous by %s', (kind) => {
    expect(resolve(kind, [rec(7)], [lic('L')], [never(7, 'L')])).toEqual(nothing);
    expect(resolve(kind, [rec(7)], [lic('L', true)], [never(7, 'L')])).toEqual(nothing);
  });

  it.each(KEY_KINDS)('leaves the license to the other record that carries the key, by %s', (kind) => {
    expect(resolve(kind, [rec(7), rec(9)], [lic('L')], [never(7, 'L')])).toEqual({
      matches: [`c:9→L by ${kind}`],
      ambiguous: [],
    });
  });

  it.each(KEY_KINDS)('leaves the record to the other license that carries the key, by %s', (kind) => {
    expect(resolve(kind, [rec(7)], [lic('L'), lic('M')], [never(7, 'L')])).toEqual({
      matches: [`c:7→M by ${kind}`],
      ambiguous: [],
    });
  });

  it('says nothing of other pairs', () => {
    expect(resolve('email', [rec(7), rec(8), rec(9)], [lic('L')], [never(7, 'L')])).toEqual({
      matches: [],
      ambiguous: ['c:8 several_records', 'c:9 several_records'],
    });
    expect(resolve('appid', [rec(7), rec(9)], [lic('L'), lic('M')], [never(7, 'L')])).toEqual({
      matches: ['c:7→M by appid'],
      ambiguous: ['c:9 several_licenses'],
    });
    expect(resolve('email', [rec(7)], [lic('L')], [never(8, 'L'), never(7, 'M')]).matches).toHaveLength(1);
  });
});

describe('what people said', () => {
  const said = (countid: number | null, licenseId: string, license: Override['license'] = 'free'): Override => ({
    sourceKey: countid === null ? 'a:key' : `c:${countid}`,
    countid,
    licenseId,
    license,
  });

  it.each<[string, Override[], ReturnType<typeof told>]>([
    ['feeds a free license', [said(7, 'L')], { matches: ['c:7→L by override'], ambiguous: [] }],
    ['joins a fed license', [said(7, 'L', 'fed')], { matches: ['c:7→L by override, joins'], ambiguous: [] }],
    [
      'lets the lowest countid feed the license and the others join it',
      [said(null, 'L'), said(10, 'L'), said(9, 'L')],
      { matches: ['c:9→L by override', 'c:10→L by override, joins', 'a:key→L by override, joins'], ambiguous: [] },
    ],
    [
      'is left to a person where the license is not there, or was consolidated',
      [said(7, 'L', 'missing'), said(8, 'M', 'archived')],
      { matches: [], ambiguous: ['c:7 license_missing', 'c:8 license_archived'] },
    ],
    [
      'is left to a person where it names two licenses, and the others feed those',
      [said(7, 'L'), said(7, 'M'), said(8, 'L')],
      { matches: ['c:8→L by override'], ambiguous: ['c:7 several_licenses'] },
    ],
  ])('%s', (_, overrides, expected) => {
    expect(told(resolveOverrides(overrides))).toEqual(expected);
  });

  it('gives each record one answer, and each free license exactly one that feeds it, in any order', () => {
    const states = { L: 'free', M: 'free', N: 'fed', O: 'missing' } as const;
    const one = fc
      .record({ countid: fc.nat(12), licenseId: fc.constantFrom('L', 'M', 'N', 'O') })
      .map(({ countid, licenseId }) => said(countid, licenseId, states[licenseId as keyof typeof states]));
    const all = fc.uniqueArray(one, { selector: (o) => `${o.sourceKey} ${o.licenseId}`, maxLength: 12 });
    fc.assert(
      fc.property(
        all.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const { matches, ambiguous } = resolveOverrides(list);
          expect(resolveOverrides(shuffled)).toEqual({ matches, ambiguous });
          expect([...matches, ...ambiguous].map((m) => m.sourceKey).sort()).toEqual(
            [...new Set(list.map((o) => o.sourceKey))].sort(),
          );
          for (const id of new Set(matches.map((m) => m.licenseId))) {
            const feeding = matches.filter((m) => m.licenseId === id && m.role === 'primary');
            expect(feeding.length).toBe(id === 'N' ? 0 : 1);
          }
        },
      ),
    );
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
    barred: fc.array(
      fc.record({
        sourceKey: fc.oneof(
          fc.nat(20).map((countid) => `c:${countid}`),
          fc.nat(3).map((salt) => `a:${salt}`),
        ),
        licenseId: fc.constantFrom('L', 'M', 'N'),
      }),
      { maxLength: 6 },
    ),
  });
  const shuffledTwice = group.chain(({ records, licenses, barred }) => {
    const all = <T>(list: T[]) => fc.shuffledSubarray(list, { minLength: list.length });
    return fc.record({
      a: fc.record({ records: all(records), licenses: all(licenses), barred: all(barred) }),
      b: fc.record({ records: all(records), licenses: all(licenses), barred: all(barred) }),
    });
  });

  it('is decided the same in any order of the input', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEY_KINDS), shuffledTwice, (kind, { a, b }) => {
        expect(resolveMatches(kind, { key: 'k', ...a })).toEqual(resolveMatches(kind, { key: 'k', ...b }));
      }),
    );
  });

  it('gives each license and each record away at most once, both free before, and calls no record both', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEY_KINDS), group, (kind, { records, licenses, barred }) => {
        const { matches, ambiguous } = resolveMatches(kind, { key: 'k', records, licenses, barred });
        const named = [...matches, ...ambiguous].map((m) => m.sourceKey);
        expect(new Set(named).size).toBe(named.length);
        expect(new Set(matches.map((m) => m.licenseId)).size).toBe(matches.length);
        expect(records.filter((r) => r.linked && named.includes(r.sourceKey))).toEqual([]);
        expect(licenses.filter((l) => l.linked && matches.some((m) => m.licenseId === l.id))).toEqual([]);
      }),
    );
  });

  it('never matches a barred pair, and leaves out of the list whoever may be none of the licenses', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEY_KINDS), group, (kind, { records, licenses, barred }) => {
        const { matches, ambiguous } = resolveMatches(kind, { key: 'k', records, licenses, barred });
        const isBarred = (sourceKey: string, id: string) =>
          barred.some((pair) => pair.sourceKey === sourceKey && pair.licenseId === id);
        expect(matches.filter((m) => isBarred(m.sourceKey, m.licenseId))).toEqual([]);
        expect(ambiguous.filter((a) => licenses.every((l) => isBarred(a.sourceKey, l.id)))).toEqual([]);
      }),
    );
  });

  it('leaves its input as it was', () => {
    const records = [rec(9), rec(7)];
    resolveMatches('appid', { key: 'k', records, licenses: [lic('L')], barred: [] });
    expect(records.map((r) => r.countid)).toEqual([9, 7]);
  });
});
