import { describe, expect, it } from 'vitest';
import { waterfall } from '../../cli/waterfall.ts';
import { type Business, prepare, scorePair } from '../../domain/matching/index.ts';

const NAILS: Business = {
  dba: 'Golden Lotus Nails',
  email: null,
  phone: '212-555-1234',
  address: '55 Main St',
  city: 'Springfield',
  zip: '46001',
};
const scoreOf = (change: Partial<Business>) =>
  scorePair(prepare(NAILS, null), prepare({ ...NAILS, ...change }, null), { records: 1000, count: () => 2 });

describe('the waterfall', () => {
  it('begins each bar where the one above ended', () => {
    const lines = waterfall(scoreOf({ address: '9 Oak St' }), 80);
    const bars = ['prior', 'name', 'location', 'phone'].map(
      (group) => lines.find((line) => line.startsWith(group)) ?? '',
    );
    const spans = bars.map((line) => {
      const bar = line.match(/[+-]+$/);
      return { from: bar?.index ?? -1, to: (bar?.index ?? -1) + (bar?.[0].length ?? 0), up: bar?.[0].startsWith('+') };
    });
    expect(spans.map(({ up }) => up)).toEqual([false, true, false, true]);
    expect(spans[1]?.from).toBe(spans[0]?.from);
    expect(spans[2]?.to).toBe(spans[1]?.to);
    expect(spans[3]?.from).toBe(spans[2]?.from);
    expect(lines.join('\n')).toContain('Confidence 89.9: a person decides');
    expect(lines.join('\n')).toContain('the addresses differ');
  });

  it('keeps to the width, and nothing in the data reaches the terminal as it is', () => {
    const score = scoreOf({ dba: `\u001b[31m${'Golden '.repeat(60)}\u202e`, address: 'x'.repeat(900), phone: '\r\n' });
    for (const width of [0, 60, 80, 132]) {
      const lines = waterfall(score, width);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(Math.max(60, width));
      expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });
});
