import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLiveSet } from '../../../upstream/simulator/live.ts';

describe('a live set', () => {
  it('counts and finds what is left exactly as a plain list does', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 0, max: 3000 })
          .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.nat({ max: 3100 }), { maxLength: 200 }))),
        ([size, removals]) => {
          const live = createLiveSet(size);
          const left = new Set(Array.from({ length: size }, (_, i) => i));
          for (const index of removals) expect(live.remove(index)).toBe(left.delete(index));
          const list = [...left];
          expect(live.count).toBe(list.length);
          for (let k = 0; k < list.length; k += 37) {
            expect(live.select(k)).toBe(list[k]);
            expect(live.rank(list[k] ?? 0)).toBe(k);
          }
          expect(live.rank(size)).toBe(list.length);
          expect(live.select(list.length)).toBe(size);
        },
      ),
      { numRuns: 60 },
    );
  });
});
