import { setTimeout as sleep } from 'node:timers/promises';

/** Waits `ms`, or until the signal fires; whoever loops asks the signal which it was. */
export async function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
