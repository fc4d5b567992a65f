import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { createProgressDisplay } from '../../cli/progress-display.ts';
import { createTerminal } from '../../cli/terminal.ts';
import type { Progress } from '../../operations/progress.ts';

const base: Progress = {
  operationId: 'x',
  status: 'running',
  outcome: null,
  phase: 'fetch',
  attempt: 1,
  pass: 1,
  sentence: 'Reading the records from the License API; nothing to do for you.',
  done: 432,
  total: 864,
  ratePerSecond: 1150,
  etaSeconds: 3,
  elapsedSeconds: 1,
  counts: { read: 432, mirrorCreated: 0, mirrorUpdated: 0, planned: 0, created: 0, updated: 0, pushed: 0 },
  books: null,
  wait: null,
  workersAlive: true,
};
const noWorker = {
  ...base,
  workersAlive: false,
  etaSeconds: null,
  sentence: 'Waiting for a worker: none polls the task queue.',
};

function shown(isTTY: boolean, progresses: Progress[]): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 });
  const terminal = createTerminal(stream as unknown as WriteStream, stream as unknown as WriteStream);
  const display = createProgressDisplay(terminal);
  for (const progress of progresses) display.show(progress);
  return String(stream.read() ?? '');
}

describe('progress elsewhere than on a terminal', () => {
  it('is one line per phase, however often it is looked at', () => {
    const lines = shown(false, [
      base,
      { ...base, done: 500 },
      { ...base, done: 864 },
      { ...base, phase: 'plan', done: 1 },
    ]);
    expect(lines.trimEnd().split('\n')).toEqual([
      'fetch   432 of 864 records, 1,150/s, 3.0 s left',
      'plan    1 of 864 records, 1,150/s, 3.0 s left',
    ]);
  });

  it('says at once that a worker is missing', () => {
    expect(shown(false, [base, noWorker])).toContain('fetch   Waiting for a worker');
  });

  it('has no control characters', () => {
    expect(shown(false, [{ ...noWorker, sentence: 'Waiting for \u001b[2J' }])).not.toContain('\u001b');
  });
});

describe('progress on a terminal', () => {
  it('rewrites one line with a bar, and keeps a line of each phase that is over', () => {
    const text = shown(true, [
      base,
      { ...base, done: 864, etaSeconds: 0 },
      { ...base, phase: 'plan', done: 0, total: null },
    ]);
    expect(text).toContain('\r\u001b[2Kfetch   [############------------] 432 of 864 records, 1,150/s, 3.0 s left');
    expect(text).toContain('\r\u001b[2Kfetch   864 records\n');
  });

  it('never writes more than fits, and shows the sentence while the run is held up', () => {
    const text = shown(true, [{ ...noWorker, sentence: `Waiting for a worker ${'x'.repeat(300)}` }]);
    const live = text.split('\r\u001b[2K')[1] ?? '';
    expect(live).toContain('Waiting for a worker');
    expect(live.length).toBeLessThan(100);
  });
});
