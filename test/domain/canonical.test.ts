import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, MAX_NESTING, NestingError } from '../../domain/canonical.ts';
import { rowHash, sha256 } from '../../domain/hash.ts';

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: { d: [2, { z: 1, y: null }], c: 'x' } }, '{"a":{"c":"x","d":[2,{"y":null,"z":1}]},"b":1}'],
    [{ a: undefined, b: [undefined], c: Number.NaN, d: -0 }, '{"b":[null],"c":null,"d":0}'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [undefined, 'null'],
    [{}, '{}'],
    ['é\u2028"', JSON.stringify('é\u2028"')],
  ])('writes %o', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"b":1,"a":2}}'))).toBe('{"__proto__":{"a":2,"b":1}}');
  });

  it('refuses a value that is nested too deeply, and takes one at the limit', () => {
    expect(() => canonicalJson(nested(50_000))).toThrow(NestingError);
    expect(canonicalJson(nested(MAX_NESTING))).toBe(JSON.stringify(nested(MAX_NESTING)));
  });

  it('gives the same text and hash whatever the order of keys, and says the same as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(rowHash(canonicalJson(shuffled(value)))).toBe(rowHash(text));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('rowHash', () => {
  it('is the first half of the SHA-256', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(rowHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223');
  });
});
