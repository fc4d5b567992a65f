import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBatches, expectedOnPage, narrower, pageCount, pageOfWindow, type Window } from '../../domain/pages.ts';

const pageSize = fc.integer({ min: 1, max: 100 });
const total = fc.integer({ min: 0, max: 1_000_000 });

describe('pageCount and expectedOnPage', () => {
  it('place every record of the feed on exactly one page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), pageSize, (records, size) => {
        const pages = pageCount(records, size);
        const sizes = Array.from({ length: pages }, (_, index) => expectedOnPage(records, index + 1, size));
        expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(records);
        expect(sizes.slice(0, -1).every((count) => count === size)).toBe(true);
        expect(expectedOnPage(records, pages + 1, size)).toBe(0);
      }),
    );
  });
});

describe('cutBatches', () => {
  const input = fc.record({
    records: total,
    size: pageSize,
    rowsPerBatch: fc.integer({ min: 1, max: 100_000 }),
    skipped: fc.integer({ min: 0, max: 50 }),
  });

  it('covers every page once, in order, in at most 200 batches', () => {
    fc.assert(
      fc.property(input, ({ records, size, rowsPerBatch, skipped }) => {
        const to = pageCount(records, size);
        const from = 1 + skipped;
        const batches = cutBatches({ from, to }, { pageSize: size, rowsPerBatch });
        expect(batches.length).toBeLessThanOrEqual(200);
        let next = from;
        for (const batch of batches) {
          expect(batch.from).toBe(next);
          expect(batch.to).toBeGreaterThanOrEqual(batch.from);
          next = batch.to + 1;
        }
        expect(next).toBe(Math.max(from, to + 1));
        expect(new Set(batches.map(({ batch }) => batch)).size).toBe(batches.length);
      }),
    );
  });

  it('keeps to the wanted size while there are few enough', () => {
    expect(cutBatches({ from: 1, to: 29 }, { pageSize: 100, rowsPerBatch: 2000 })).toEqual([
      { batch: 1, from: 1, to: 20 },
      { batch: 21, from: 21, to: 29 },
    ]);
  });

  it('makes larger batches of a large feed, and never more than 200', () => {
    const cut = (pages: number) => cutBatches({ from: 1, to: pages }, { pageSize: 100, rowsPerBatch: 2000 });
    expect(cut(1000)).toHaveLength(16);
    expect(cut(10_000)).toHaveLength(100);
    expect(cut(50_000)).toHaveLength(200);
  });

  it('never cuts a page, however few rows a batch should have', () => {
    expect(cutBatches({ from: 1, to: 2 }, { pageSize: 100, rowsPerBatch: 1 })).toEqual([
      { batch: 1, from: 1, to: 1 },
      { batch: 2, from: 2, to: 2 },
    ]);
  });

  it('gives none for an empty range', () => {
    expect(cutBatches({ from: 5, to: 4 }, { pageSize: 100, rowsPerBatch: 2000 })).toEqual([]);
  });
});

describe('narrower', () => {
  it('goes down the ladder 100, 50, 25, 5, 1', () => {
    const sizes = (size: number) => narrower({ offset: 0, size })[0]?.size;
    expect([100, 50, 25, 5].map(sizes)).toEqual([50, 25, 5, 1]);
    expect(narrower({ offset: 7, size: 1 })).toEqual([]);
  });

  it('cuts a window of any size into equal smaller ones that cover it exactly', () => {
    fc.assert(
      fc.property(pageSize, fc.integer({ min: 0, max: 99 }), (size, offset) => {
        const parts = narrower({ offset, size });
        expectCovered({ offset, size }, size > 1 ? parts : [{ offset, size }]);
        expect(parts.every((part) => part.size < size && size % part.size === 0)).toBe(true);
      }),
    );
  });

  it('ends at single positions that together are the page, whatever its size', () => {
    fc.assert(
      fc.property(pageSize, (size) => {
        const leaves: Window[] = [];
        const open: Window[] = [{ offset: 0, size }];
        for (let window = open.pop(); window; window = open.pop()) {
          const parts = narrower(window);
          if (parts.length === 0) leaves.push(window);
          open.push(...parts);
        }
        expect(leaves.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(
          Array.from({ length: size }, (_, index) => index),
        );
      }),
    );
  });
});

describe('pageOfWindow', () => {
  it('asks for exactly the positions of the window, at every step of the ladder', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), pageSize, (page, size) => {
        const open: Window[] = [{ offset: 0, size }];
        for (let window = open.pop(); window; window = open.pop()) {
          const asked = pageOfWindow(page, size, window);
          expect(Number.isInteger(asked)).toBe(true);
          // The API gives positions (asked − 1) · limit and following.
          expect((asked - 1) * window.size).toBe((page - 1) * size + window.offset);
          const [first] = narrower(window);
          if (first) open.push(first, ...narrower(window).slice(-1));
        }
      }),
    );
  });
});

function expectCovered({ offset, size }: Window, parts: Window[]): void {
  let next = offset;
  for (const part of parts) {
    expect(part.offset).toBe(next);
    next += part.size;
  }
  expect(next).toBe(offset + size);
}
