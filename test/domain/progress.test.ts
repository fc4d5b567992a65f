import { describe, expect, it } from 'vitest';
import { describeRun, type RunFacts } from '../../domain/progress.ts';
import type { WaitKind } from '../../workflows/messages.ts';
import { PHASES, RUN_STATUSES } from '../../workflows/names.ts';

const UNTIL = Date.UTC(2026, 1, 14, 15, 30, 5);
const WAITS: (RunFacts['wait'] | null)[] = [
  null,
  ...(['circuit_open', 'rate_limited', 'upstream_down'] satisfies WaitKind[]).map((kind) => ({ kind, untilMs: UNTIL })),
];

function facts(overrides: Partial<RunFacts> = {}): RunFacts {
  return { status: 'running', phase: 'fetch', wait: null, workersAlive: true, error: null, ...overrides };
}

describe('describeRun', () => {
  const everything = RUN_STATUSES.flatMap((status) =>
    PHASES.flatMap((phase) =>
      WAITS.flatMap((wait) =>
        [true, false, null].flatMap((workersAlive) =>
          [null, 'the key was refused'].map((error): RunFacts => ({ status, phase, wait, workersAlive, error })),
        ),
      ),
    ),
  );

  it('gives one sentence for every state, phase and wait', () => {
    for (const run of everything) {
      const sentence = describeRun(run);
      expect(sentence).not.toMatch(/undefined|null|NaN|Invalid|\n/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(sentence.slice(0, -1)).not.toMatch(/\. [A-Z]/);
    }
  });

  it('says that a step waits for the database, and of a run that has ended it does not', () => {
    const databaseTrouble = 'the database is not available (ER_RECORD_FILE_FULL)';
    for (const run of everything) {
      const sentence = describeRun({ ...run, databaseTrouble });
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(sentence.includes(databaseTrouble)).toBe(
        ['running', 'awaiting_approval'].includes(run.status) && run.workersAlive !== false,
      );
    }
  });

  it('never calls a run that has ended waiting, whatever it waited for last', () => {
    for (const run of everything) {
      if (['running', 'paused', 'awaiting_approval'].includes(run.status)) continue;
      expect(describeRun(run)).not.toContain('Waiting');
    }
  });

  it.each([
    [facts(), 'Reading the records'],
    [facts({ phase: 'apply' }), 'Writing the planned changes'],
    [facts({ phase: 'push' }), 'Sending what was edited inside to the License API'],
    [facts({ workersAlive: false }), 'Waiting for a worker'],
    [facts({ status: 'paused', workersAlive: false }), 'Waiting for a worker'],
    [facts({ status: 'paused', phase: 'mirror' }), 'Paused in phase mirror'],
    [facts({ phase: 'guard', wait: { kind: 'approval', untilMs: UNTIL } }), 'nothing is written before'],
    [facts({ phase: 'push', wait: { kind: 'approval', untilMs: UNTIL } }), 'nothing is sent to the License API before'],
    [facts({ wait: { kind: 'rate_limited', untilMs: UNTIL } }), 'until 15:30:05 UTC, as the License API asked (429)'],
    [facts({ wait: { kind: 'circuit_open', untilMs: UNTIL } }), 'failed several times in a row'],
    [facts({ wait: { kind: 'upstream_down', untilMs: UNTIL } }), 'does not answer'],
    [facts({ status: 'failed', phase: 'plan', error: 'the disk is full' }), 'Failed in phase plan: the disk is full'],
    [facts({ status: 'failed' }), 'no reason was recorded'],
    [facts({ status: 'incomplete' }), 'could not be proven complete'],
    [facts({ status: 'cancelled' }), 'can be resumed'],
    [facts({ status: 'completed' }), 'every record the API gave is accounted for'],
    [facts({ status: 'completed_with_findings' }), 'see the report'],
  ])('%o', (run, part) => {
    expect(describeRun(run)).toContain(part);
  });
});
