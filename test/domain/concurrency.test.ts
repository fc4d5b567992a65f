import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptConcurrency, type ConcurrencyState, initialConcurrency } from '../../domain/concurrency.ts';

const calm = { pushedBack: false, latencyMs: null };
const pushedBack = { pushedBack: true, latencyMs: null };

describe('initialConcurrency', () => {
  it.each([
    [1, 5, 2, 2],
    [3, 5, 2, 2],
    [4, 5, 5, 5],
    [50, 5, 5, 5],
    [51, 5, 5, 8],
    [51, 12, 12, 12],
    [3, 1, 1, 1],
    [60, 1, 1, 8],
  ])('%d batches with a base of %d begin at %d and may rise to %d', (batches, base, limit, max) => {
    expect(initialConcurrency(batches, base)).toEqual({ limit, max, baselineMs: null });
  });
});

describe('adaptConcurrency', () => {
  const state: ConcurrencyState = { limit: 5, max: 8, baselineMs: null };

  it('adds one for a batch that went well, up to the most that is allowed', () => {
    expect(adaptConcurrency(state, calm).limit).toBe(6);
    expect(adaptConcurrency({ ...state, limit: 8 }, calm).limit).toBe(8);
  });

  it('halves when the API pushed back, and never goes below one', () => {
    expect(adaptConcurrency({ ...state, limit: 8 }, pushedBack).limit).toBe(4);
    expect(adaptConcurrency({ ...state, limit: 1 }, pushedBack).limit).toBe(1);
  });

  it('halves when a meaningful latency more than doubles', () => {
    const measured = adaptConcurrency(state, { pushedBack: false, latencyMs: 200 });
    expect(measured).toEqual({ limit: 6, max: 8, baselineMs: 200 });
    expect(adaptConcurrency(measured, { pushedBack: false, latencyMs: 401 }).limit).toBe(3);
    expect(adaptConcurrency(measured, { pushedBack: false, latencyMs: 400 }).limit).toBe(7);
  });

  it('takes a doubling of a few milliseconds for noise', () => {
    const measured = adaptConcurrency(state, { pushedBack: false, latencyMs: 10 });
    expect(adaptConcurrency(measured, { pushedBack: false, latencyMs: 100 }).limit).toBe(7);
  });

  it('measures against the best latency seen, and batches without calls change nothing of it', () => {
    const fast = adaptConcurrency({ ...state, baselineMs: 500 }, { pushedBack: false, latencyMs: 300 });
    expect(fast.baselineMs).toBe(300);
    expect(adaptConcurrency(fast, { pushedBack: false, latencyMs: 450 }).baselineMs).toBe(300);
    expect(adaptConcurrency(fast, calm).baselineMs).toBe(300);
  });

  it('stays between one and its maximum, whatever happens', () => {
    const observation = fc.record({
      pushedBack: fc.boolean(),
      latencyMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 64 }),
        fc.array(observation, { maxLength: 100 }),
        (batches, base, seen) => {
          let now = initialConcurrency(batches, base);
          for (const one of seen) {
            now = adaptConcurrency(now, one);
            expect(now.limit).toBeGreaterThanOrEqual(1);
            expect(now.limit).toBeLessThanOrEqual(now.max);
          }
        },
      ),
    );
  });
});
