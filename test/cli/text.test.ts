import { describe, expect, it } from 'vitest';
import { clean, counted, number, safeJson, span, table } from '../../cli/text.ts';

describe('text for terminals', () => {
  it('cannot move the cursor, change colours, ring or turn the direction of writing', () => {
    expect(clean('a\u001b[31mb\u0007\r\n\u009b2Jc\u202ed\u2066e\u0000')).toBe('a�[31mb����2Jc�d�e�');
    expect(clean('NAILS & SPA «Ñandú» 株式会社 🙂')).toBe('NAILS & SPA «Ñandú» 株式会社 🙂');
  });

  it('is JSON that says the same when parsed', () => {
    const value = { 'k\u001b': 'a\u009b31m\u202e\u007f\n"b"', list: [1, null, 'é'] };
    const text = safeJson(value);
    expect(text).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('tells numbers and times for people', () => {
    expect([0, 999, 1234567].map(number)).toEqual(['0', '999', '1,234,567']);
    expect([0, 999, 1000, 59_900, 125_000, 3_780_000].map(span)).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.9 s',
      '2 min 5 s',
      '1 h 3 min',
    ]);
  });

  it('counts in the singular and the plural', () => {
    expect([0, 1, 1200].map((count) => counted(count, 'record'))).toEqual(['0 records', '1 record', '1,200 records']);
    expect(counted(1, 'row makes', 'rows make')).toBe('1 row makes');
  });

  it('lines columns up', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
  });
});
