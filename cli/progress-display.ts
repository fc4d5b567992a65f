/** A run's progress: one line that is rewritten on a terminal, and now and then a line of its own elsewhere. */
import type { Progress } from '../operations/progress.ts';
import type { Terminal } from './terminal.ts';
import { number, span } from './text.ts';

export interface ProgressDisplay {
  show(progress: Progress): void;
}

const PLAIN_EVERY_MS = 10_000;
const BAR_WIDTH = 24;

export function createProgressDisplay(terminal: Terminal): ProgressDisplay {
  return terminal.live ? liveDisplay(terminal) : plainDisplay(terminal);
}

function liveDisplay(terminal: Terminal): ProgressDisplay {
  let before: Progress | null = null;
  return {
    show(progress) {
      // A phase that was left is done, whatever the last look at it showed.
      if (before && before.phase !== progress.phase && before.total !== null) {
        terminal.line(`${before.phase.padEnd(7)} ${number(before.total)} records`);
      }
      before = progress;
      const held = heldUp(progress) ? `  ${progress.sentence}` : '';
      terminal.rewrite(`${progress.phase.padEnd(7)} ${bar(progress)}${amounts(progress)}${held}`);
    },
  };
}

function plainDisplay(terminal: Terminal): ProgressDisplay {
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = '';
  return {
    show(progress) {
      const held = heldUp(progress);
      const state = `${progress.phase} ${held}`;
      if (state === shown && performance.now() - shownAt < PLAIN_EVERY_MS) return;
      shown = state;
      shownAt = performance.now();
      const what = held ? progress.sentence : amounts(progress) || progress.sentence;
      terminal.line(`${progress.phase.padEnd(7)} ${what}`);
    },
  };
}

/** Whether the run waits for someone or something, which its sentence names. */
function heldUp({ status, wait, workersAlive, sentence }: Progress): boolean {
  return status !== 'running' || wait !== null || workersAlive === false || sentence.startsWith('Waiting for');
}

function bar({ done, total }: Progress): string {
  if (total === null || total === 0) return '';
  const filled = Math.round((BAR_WIDTH * Math.min(done, total)) / total);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] `;
}

function amounts({ done, total, ratePerSecond, etaSeconds }: Progress): string {
  if (total === null) return '';
  const parts = [`${number(done)} of ${number(total)} records`];
  if (ratePerSecond !== null) parts.push(`${number(Math.round(ratePerSecond))}/s`);
  if (etaSeconds !== null && done < total) parts.push(`${span(Math.max(1, etaSeconds) * 1000)} left`);
  return parts.join(', ');
}
