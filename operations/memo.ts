/** A look-up whose answer serves everyone who asks within `forMs`; a failure is not kept. */
export function shared<T>(forMs: number, look: () => Promise<T>): () => Promise<T> {
  let held: { until: number; answer: Promise<T> } | null = null;
  return () => {
    if (held && performance.now() < held.until) return held.answer;
    const answer = look();
    const mine = { until: performance.now() + forMs, answer };
    held = mine;
    answer.catch(() => {
      if (held === mine) held = null;
    });
    return answer;
  };
}
