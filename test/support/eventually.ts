import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until `good` holds. @throws when it does not within the time, with what was seen last. */
export async function eventually<T>(
  look: () => Promise<T>,
  good: (seen: T) => boolean,
  withinMs = 40_000,
  everyMs = 100,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`it never came to be; last seen: ${JSON.stringify(seen)}`);
    await sleep(everyMs);
  }
}
