import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../drill/catalogue.ts';
import { beginLine, closingLines, listLines, resultLines, tableLines } from '../../drill/print.ts';
import type { DrillResult } from '../../drill/result.ts';

const HELD: DrillResult = {
  name: 'server-error',
  faults: ['server-error'],
  what: ['2 after 17 calls'],
  twoWay: false,
  status: 'completed_with_findings',
  healing: 0,
  judgements: [{ invariant: 'equality', held: true, expected: '', seen: '' }],
  error: null,
  ms: 17_000,
};
const BROKEN: DrillResult = {
  ...HELD,
  name: 'random 12007',
  faults: ['push-lost-answer', 'kill-worker', 'reset-mid-body'],
  healing: 1,
  judgements: [
    { invariant: 'pushes', held: false, expected: 'no record to be changed upstream twice', seen: '7 2 times' },
  ],
};

describe('what a drill says', () => {
  it('names what was drawn, where something was', () => {
    expect(beginLine('timeout', ['page 22 × 4', ''])).toBe('timeout: page 22 × 4');
    expect(beginLine('undisturbed', [])).toBe('undisturbed');
  });

  it('is one line for a fault that was borne, and names what broke', () => {
    expect(resultLines(HELD)).toEqual(['held  server-error (completed_with_findings, 17.0 s)']);
    expect(resultLines(BROKEN)).toEqual([
      'BROKE random 12007 (completed_with_findings, then 1 more, 17.0 s)',
      '  pushes: expected no record to be changed upstream twice',
      '    seen: 7 2 times',
    ]);
    expect(resultLines({ ...HELD, status: null, judgements: [], error: 'it did not end' })).toEqual([
      'BROKE server-error (no end, 17.0 s)',
      '  it did not end',
    ]);
  });

  it('ends with a table and a list that fit a terminal', () => {
    const lines = [...tableLines([HELD, BROKEN]), ...listLines(FAULTS)];
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/^server-error .*17\.0 s {2}held$/);
    expect(lines[2]).toMatch(/^random 12007: push-lost.*BROKE$/);
  });

  it('gives the command that repeats a schedule that broke', () => {
    expect(closingLines([HELD, BROKEN], 5000, 34_000)).toEqual([
      'To repeat what broke:',
      '  npx license-sync drill --random 1 --seed 12007 --records 5000  (push-lost-answer, kill-worker, reset-mid-body)',
      '1 of 2 held, 34.0 s',
    ]);
    expect(closingLines([HELD], 5000, 34_000)).toEqual(['1 of 1 held, 34.0 s']);
  });
});
