import * as wf from '@temporalio/workflow';
import { narrower, type Window } from '../domain/pages.ts';
import type { BatchOutcome, Grid, RangeInput, RunRef, RunSettings, Wait } from './messages.ts';
import { type Steps, stepsOf } from './steps.ts';

export interface BatchInput extends RangeInput {
  settings: RunSettings;
}

/** Reads a range of pages into staging. Returns early, with what remains, when the API asks to wait or does not answer. */
export async function fetchBatch({ ref, settings, grid, range }: BatchInput): Promise<BatchOutcome> {
  const steps = stepsOf(settings);
  let pushedBack = false;
  let latencyMs: number | null = null;
  let from = range.from;
  while (from <= range.to) {
    const step = await steps.fetchPages({ ref, grid, range: { ...range, from } });
    pushedBack ||= step.pushedBack;
    latencyMs = step.latencyMs ?? latencyMs;
    for (const page of step.troubled) {
      const wait = await rescuePage(steps, ref, grid, page);
      // Pages that are held are not read again, so the whole range is a safe remainder.
      if (wait) return { remaining: range, wait, pushedBack: true, latencyMs };
      // Reading in parts takes many steps: the rest of the range gets a history of its own.
      if (wf.workflowInfo().historyLength > settings.continueAsNewAfter) {
        return { remaining: range, wait: null, pushedBack, latencyMs };
      }
    }
    from = step.nextPage;
    if (step.wait) return { remaining: { ...range, from }, wait: step.wait, pushedBack: true, latencyMs };
  }
  return { remaining: null, wait: null, pushedBack, latencyMs };
}

/** Scores the pairs of a range of subjects. */
export async function analyseBatch({ ref, settings, range }: Omit<BatchInput, 'grid'>): Promise<void> {
  await stepsOf(settings).scoreSubjects({ ref, range });
}

/** Sends what is planned for a range of pages. Returns early when the API asks to wait or does not answer. */
export async function pushBatch({ ref, settings, grid, range }: BatchInput): Promise<BatchOutcome> {
  const steps = stepsOf(settings);
  let pushedBack = false;
  for (;;) {
    const step = await steps.pushPages({ ref, grid, range });
    pushedBack ||= step.pushedBack;
    const { latencyMs } = step;
    if (step.done) return { remaining: null, wait: null, pushedBack, latencyMs };
    // What was sent is not planned any more, so the whole range is a safe remainder.
    if (step.wait) return { remaining: range, wait: step.wait, pushedBack: true, latencyMs };
    if (wf.workflowInfo().historyLength > settings.continueAsNewAfter) {
      return { remaining: range, wait: null, pushedBack, latencyMs };
    }
  }
}

/** Carries out the plan for a range of pages. */
export async function applyBatch({ ref, settings, grid, range }: BatchInput): Promise<void> {
  await stepsOf(settings).applyPages({ ref, grid, range });
}

/**
 * Reads a page that cannot be read as a whole in ever smaller windows, down to single positions, so that one broken
 * record costs one record. What stays unreadable is given up by name.
 */
async function rescuePage(steps: Steps, ref: RunRef, grid: Grid, page: number): Promise<Wait | null> {
  const windows: Window[] = narrower({ offset: 0, size: grid.pageSize });
  const emptyEnds = new Set<number>();
  let answered = 0;
  let givenUp = 0;
  let total = grid.total;

  const giveUp = async (window: Window, code: string) => {
    await steps.giveUp({ ref, grid, page, window, code });
    givenUp += window.size;
  };

  while (windows.length > 0) {
    const window = windows.shift() as Window;
    const result = await steps.fetchWindow({ ref, grid, page, window });
    if (result.outcome === 'wait') return result.wait;
    if (result.outcome !== 'failed') total = result.total;
    if (result.outcome === 'stored') {
      answered += result.answered;
      continue;
    }
    const code = result.outcome === 'short' ? 'not_given' : result.code;
    if (window.size === 1) {
      await giveUp(window, code);
      continue;
    }
    if (result.outcome === 'short' && result.answered === 0 && !emptyEnds.has(window.offset)) {
      // A long empty stretch: when both ends are empty too, walking every position would only repeat the answer.
      const ends = await bothEnds(steps, ref, grid, page, window);
      if (ends.wait) return ends.wait;
      if (ends.empty) {
        await giveUp(window, code);
        continue;
      }
      emptyEnds.add(window.offset);
    }
    windows.unshift(...narrower(window));
  }
  await steps.closePage({ ref, grid, page, answered, givenUp, total });
  return null;
}

async function bothEnds(
  steps: Steps,
  ref: RunRef,
  grid: Grid,
  page: number,
  { offset, size }: Window,
): Promise<{ empty: boolean; wait: Wait | null }> {
  for (const end of [offset, offset + size - 1]) {
    const result = await steps.fetchWindow({ ref, grid, page, window: { offset: end, size: 1 } });
    if (result.outcome === 'wait') return { empty: false, wait: result.wait };
    if (result.outcome !== 'short') return { empty: false, wait: null };
  }
  return { empty: true, wait: null };
}
