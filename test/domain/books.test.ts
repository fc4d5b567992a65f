import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Books, concludeRun, imbalance, type RunEnd } from '../../domain/books.ts';
import { PUSH_STATES, type PushReport } from '../../domain/push-report.ts';

const EMPTY: Books = {
  fetched: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  linked: 0,
  repeated: 0,
  quarantined: 0,
  pending: 0,
};

const NO_PUSHES = Object.fromEntries(['written', ...PUSH_STATES].map((name) => [name, 0])) as unknown as PushReport;

function end(books: Partial<Books>, overrides: Partial<RunEnd> = {}): RunEnd {
  return {
    outcome: 'finished',
    books: { ...EMPTY, ...books },
    proven: true,
    proofNeeded: true,
    planOnly: false,
    drifted: 0,
    driftedVanishings: 0,
    conflicts: 0,
    ambiguous: 0,
    cases: 0,
    pushes: null,
    ...overrides,
  };
}

const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
const parts = fc.record({
  created: count,
  updated: count,
  unchanged: count,
  linked: count,
  repeated: count,
  quarantined: count,
  pending: count,
});
/** Balanced half of the time, so that both sides of every rule are met. */
const anyBooks = fc
  .tuple(parts, fc.oneof(fc.constant(0), fc.integer({ min: -50, max: 50 })))
  .map(([sides, off]): Books => ({ fetched: Object.values(sides).reduce((sum, n) => sum + n, off), ...sides }));
const anyEnd: fc.Arbitrary<RunEnd> = fc.record({
  outcome: fc.constantFrom('finished', 'failed', 'cancelled', 'expired'),
  books: anyBooks,
  proven: fc.boolean(),
  proofNeeded: fc.boolean(),
  planOnly: fc.boolean(),
  drifted: fc.constantFrom(0, 1, 7),
  driftedVanishings: fc.constantFrom(0, 1, 7),
  conflicts: count,
  ambiguous: count,
  cases: count,
  pushes: fc.constantFrom<(PushReport | null)[]>(
    null,
    NO_PUSHES,
    { ...NO_PUSHES, pushed: 3, written: 3 },
    { ...NO_PUSHES, planned: 2 },
    { ...NO_PUSHES, rejected: 1 },
  ),
});

describe('imbalance', () => {
  it('is what is left of the fetched ones when all that became of them is taken away', () => {
    expect(imbalance({ ...EMPTY, fetched: 28, created: 7, updated: 6, unchanged: 5, linked: 4, repeated: 3 })).toBe(3);
    expect(imbalance({ ...EMPTY, fetched: 3, quarantined: 2, pending: 1 })).toBe(0);
    expect(imbalance({ ...EMPTY, created: 1 })).toBe(-1);
  });
});

describe('concludeRun', () => {
  it('never says completed unless the books balance, nothing is pending, the feed is proven and nothing was found', () => {
    fc.assert(
      fc.property(anyEnd, (run) => {
        const { status, balanced, reason } = concludeRun(run);
        const sound =
          run.outcome === 'finished' &&
          imbalance(run.books) === 0 &&
          run.books.pending <= run.drifted &&
          (run.planOnly || !run.pushes?.planned) &&
          (run.proven || !run.proofNeeded);
        const { drifted, driftedVanishings, conflicts, ambiguous, cases } = run;
        const left = (run.pushes?.rejected ?? 0) + drifted + driftedVanishings;
        const found = run.books.quarantined + conflicts + ambiguous + cases + left > 0;
        expect(status === 'completed').toBe(sound && !found);
        expect(status === 'completed_with_findings').toBe(sound && found);
        expect(balanced).toBe(imbalance(run.books) === 0);
        // A failure or a cancellation brings its own reason along.
        if (run.outcome === 'finished') expect(reason === null).toBe(status === 'completed');
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves a failed or cancelled run what it is, and one that nobody approved incomplete', () => {
    fc.assert(
      fc.property(anyEnd, (run) => {
        if (run.outcome === 'finished') return;
        expect(concludeRun(run).status).toBe(run.outcome === 'expired' ? 'incomplete' : run.outcome);
      }),
    );
  });

  it('fails a run whose counts do not add up, and says by how much', () => {
    expect(concludeRun(end({ fetched: 10, created: 7 }))).toEqual({
      status: 'failed',
      balanced: false,
      reason: 'the counts do not add up: 3 of 10 records are unaccounted for',
    });
  });

  it('fails a run that left records behind', () => {
    const { status, reason } = concludeRun(end({ fetched: 10, created: 8, pending: 2 }));
    expect(status).toBe('failed');
    expect(reason).toContain('2 of 10');
  });

  it('fails a run that did not come to all that was to be sent, unless it only planned it', () => {
    const pushes = { ...NO_PUSHES, planned: 2, pushed: 1, written: 1 };
    const { status, reason } = concludeRun(end({ fetched: 3, unchanged: 3 }, { pushes }));
    expect([status, reason]).toEqual(['failed', expect.stringContaining('2 records were not reached')]);
    expect(concludeRun(end({ fetched: 3, unchanged: 3 }, { pushes, planOnly: true })).status).toBe('completed');
  });

  it('is incomplete when the feed was not proven, unless the run promises nothing of the whole feed', () => {
    expect(concludeRun(end({ fetched: 1, created: 1 }, { proven: false })).status).toBe('incomplete');
    expect(concludeRun(end({ fetched: 1, created: 1 }, { proven: false, proofNeeded: false })).status).toBe(
      'completed',
    );
  });

  it('names what was found, in the singular where it is one', () => {
    const books = { fetched: 9, created: 8, quarantined: 1 };
    expect(concludeRun(end(books, { conflicts: 2, ambiguous: 1 }))).toEqual({
      status: 'completed_with_findings',
      balanced: true,
      reason: '1 quarantined record, 2 clashes of values, 1 ambiguous match',
    });
  });
});
