import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../api/json-fault.ts';

describe('where a text is no JSON', () => {
  it.each([
    ['', 1, 1, 'expected a value, but the body ends here'],
    ['{', 1, 2, 'expected a name in double quotes, but the body ends here'],
    ['{"a": 1,\n  "b": yes}', 2, 8, 'expected a value'],
    ["{'a': 1}", 1, 2, 'expected a name in double quotes'],
    ['{"a" 1}', 1, 6, 'expected :'],
    ['[1, 2', 1, 6, 'expected a comma or ], but the body ends here'],
    ['[1,]', 1, 4, 'expected a value'],
    ['{"a": 01}', 1, 8, 'expected a comma or }'],
    ['"abc', 1, 1, 'a string that does not end'],
    ['"a\\x"', 1, 4, 'expected an escape'],
    ['"a\tb"', 1, 3, 'a control character in a string'],
    ['{} {}', 1, 4, 'expected the end of the body'],
    ['{"a": 1, "b": {"c": 1, "c": 2}}', 1, 24, 'the member "c" stands here a second time'],
    ['{"a": 1, "\\u0061": 2}', 1, 10, 'the member "a" stands here a second time'],
    ['['.repeat(200), 1, 102, 'more than 100 levels of nesting'],
  ])('is named: %.30s', (text, line, column, reason) => {
    expect(findJsonFault(text)).toEqual({ line, column, reason: expect.stringContaining(reason) });
  });

  it('is nowhere in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(findJsonFault(JSON.stringify(value, null, indent))).toBeNull();
      }),
    );
  });

  it('is found exactly where JSON.parse refuses, in damaged texts', () => {
    const damaged = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', ':', '\\', 'e', '0', '-', '\u0001'))
      .map(([value, at, put]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const fault = findJsonFault(text);
        // Of a member that stands there twice `JSON.parse` says nothing, and what follows may be damaged or not.
        if (!/second time/.test(fault?.reason ?? '')) expect(fault === null).toBe(parses(text));
      }),
      { numRuns: 1000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
