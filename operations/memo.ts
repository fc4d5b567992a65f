/** A look that takes longer may never end; whoever asks then looks anew. */
const MAX_WAIT_MS = 10_000;

/** A look-up whose answer serves everyone who asks while it is made, and for `forMs` after; a failure is not kept. */
export function shared<T>(forMs: number, look: () => Promise<T>): () => Promise<T> {
  let held: { until: number; answer: Promise<T> } | null = null;
  return () => {
    if (held && performance.now() < held.until) return held.answer;
    const mine = { until: performance.now() + MAX_WAIT_MS, answer: look() };
    held = mine;
    mine.answer.then(
      () => {
        mine.until = performance.now() + forMs;
      },
      () => {
        if (held === mine) held = null;
      },
    );
    return mine.answer;
  };
}

/** As `shared`, and anew as soon as it is asked for under another key: what was looked at has changed. */
export function sharedUnderKey<T>(forMs: number, look: () => Promise<T>): (key: string | null) => Promise<T> {
  let heldKey: string | null = null;
  let held = shared(forMs, look);
  return (key) => {
    if (key !== heldKey) {
      heldKey = key;
      held = shared(forMs, look);
    }
    return held();
  };
}
