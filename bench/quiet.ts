/** What a run leaves to be done behind it: opening the reviews of its cases. The next run is measured when that is over. */
import type { Client } from '@temporalio/client';
import { sleepUnless } from '../sleep.ts';

const WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 500;
const QUEUE = "WorkflowType = 'reviewQueue' AND ExecutionStatus = 'Running'";

/** @returns ms that it took. @throws when the queue does not end in time: what is measured beside it would be wrong. */
export async function waitForQuiet(temporal: Client, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    // The list lags behind: a queue that was poked by the run's end may not be in it yet.
    await sleepUnless(signal, LOOK_EVERY_MS);
    signal.throwIfAborted();
    const { count } = await temporal.workflow.count(QUEUE);
    const ms = performance.now() - startedAt;
    if (count === 0) return ms;
    if (ms > WITHIN_MS) throw new Error('the queue of reviews does not come to its end');
  }
}
