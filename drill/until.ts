import { setTimeout as sleep } from 'node:timers/promises';

/** What was waited for did not come about. */
export class WaitedInVain extends Error {
  override readonly name = 'WaitedInVain';
}

/**
 * Asks again and again until the answer is neither null nor false.
 * @param what half a sentence, such as `the run has ended`.
 * @throws {WaitedInVain} after `withinMs`; the signal's reason when it fires.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false>,
  { withinMs, everyMs = 100, signal }: { withinMs: number; everyMs?: number; signal: AbortSignal },
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new WaitedInVain(`waited ${withinMs / 1000} s in vain until ${what}`);
    await sleep(everyMs);
  }
}
