import { describe, expect, it } from 'vitest';
import { type Situation, wellbeing } from '../../domain/wellbeing.ts';

const FINE: Situation = {
  running: null,
  last: { status: 'completed', sentence: null },
  circuit: 'closed',
  troubles: [],
  openAlerts: 0,
  waiting: { cases: 0, conflicts: 0, quarantine: 0 },
};

describe('whether all is well', () => {
  it.each<[string, Partial<Situation>, string, RegExp]>([
    ['nothing to do', {}, 'good', /nothing waits for you/],
    ['one thing waits', { waiting: { cases: 1, conflicts: 0, quarantine: 0 } }, 'good', /1 duplicate case waits/],
    [
      'several things wait',
      { waiting: { cases: 1200, conflicts: 2, quarantine: 1 } },
      'good',
      /1,200 duplicate cases, 2 conflicts and 1 quarantined row wait/,
    ],
    ['nothing was ever synced', { last: null }, 'info', /first sync/],
    [
      'a run is under way',
      { running: { status: 'running', sentence: 'Reading.' } },
      'good',
      /A sync is running. Reading/,
    ],
    [
      'a run waits for somebody',
      { running: { status: 'awaiting_approval', sentence: 'Approve it.' } },
      'warn',
      /^Approve it/,
    ],
    ['the last run failed', { last: { status: 'failed', sentence: 'No answer.' } }, 'bad', /failed: No answer/],
    ['the last run is incomplete', { last: { status: 'incomplete', sentence: null } }, 'warn', /resume it/],
    ['calls are held back', { circuit: 'open' }, 'warn', /held back/],
    ['an alert is open', { openAlerts: 1 }, 'warn', /1 alert is open/],
    ['a part is away', { troubles: ['workers (none)'], openAlerts: 3 }, 'bad', /workers \(none\)/],
  ])('is told when %s', (_, change, tone, sentence) => {
    const said = wellbeing({ ...FINE, ...change });
    expect(said.tone).toBe(tone);
    expect(said.sentence).toMatch(sentence);
  });

  it('a failed run that goes on again is no trouble any more', () => {
    const running = { status: 'running', sentence: 'Reading.' } as const;
    expect(wellbeing({ ...FINE, last: { status: 'failed', sentence: null }, running }).tone).toBe('good');
  });
});
