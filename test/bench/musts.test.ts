import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../bench/measure.ts';
import { judge } from '../../bench/musts.ts';
import type { RunFigures } from '../../bench/run.ts';

const MB = 1024 * 1024;
const PEAKS = { worker: 250 * MB, simulator: 100 * MB, mysql: 200 * MB, temporal: 180 * MB };
const NOTHING = { licenses: 0, license_links: 0, external_licenses: 0, license_changes: 0 };
const NO_BOOKS = { created: 0, updated: 0, unchanged: 0, linked: 0, repeated: 0, quarantined: 0, pending: 0 };

function run(figures: Partial<RunFigures> & Pick<RunFigures, 'name' | 'wallMs'>): RunFigures {
  return {
    recordsPerSecond: 1000,
    written: NOTHING,
    status: 'completed',
    reason: null,
    books: null,
    duplicates: null,
    phases: [],
    events: 300,
    executions: 11,
    longest: 190,
    steps: 40,
    serverBytes: 20 * MB,
    peaks: PEAKS,
    ...figures,
  };
}

function measurement(changes: Partial<Measurement> = {}): Measurement {
  const records = changes.records ?? 10_000;
  const edits = records / 20;
  const books = { ...NO_BOOKS, fetched: records, balanced: true };
  return {
    records,
    duplicates: false,
    workers: 1,
    checks: null,
    databaseVersion: '8.4',
    floors: [],
    floorMs: 1000,
    first: run({ name: 'first', wallMs: 6000, books: { ...books, created: records } }),
    unchanged: run({ name: 'unchanged', wallMs: 1500, books: { ...books, unchanged: records } }),
    untouched: true,
    edited: run({
      name: 'edited',
      wallMs: 2000,
      written: { ...NOTHING, external_licenses: edits },
      books: { ...books, updated: edits, unchanged: records - edits },
    }),
    edits,
    peaks: PEAKS,
    restarted: [],
    ...changes,
  };
}

const missed = (changes: Partial<Measurement>) =>
  judge(measurement(changes))
    .filter(({ met }) => met === false)
    .map(({ what }) => what);

describe('judge', () => {
  it('finds nothing missed in figures within every limit', () => {
    expect(missed({})).toEqual([]);
    expect(judge(measurement()).every(({ met }) => met === true)).toBe(true);
  });

  it('misses a first sync that takes too long, by the limit of its size', () => {
    const { first } = measurement();
    expect(missed({ first: { ...first, wallMs: 20_001 }, floorMs: 9000, records: 10_000 })).toContain('first sync');
    expect(missed({ first: { ...first, wallMs: 90_000 }, records: 100_000 })).not.toContain('first sync');
    expect(missed({ first: { ...first, wallMs: 90_001 }, records: 100_000 })).toContain('first sync');
  });

  it('misses a single row that an unchanged sync writes', () => {
    const { unchanged } = measurement();
    const written = { ...NOTHING, license_links: 1 };
    expect(missed({ unchanged: { ...unchanged, written } })).toEqual(['unchanged sync, business rows written']);
  });

  it('misses a change that no counted row explains', () => {
    expect(missed({ untouched: false })).toEqual(['unchanged sync, business rows written']);
  });

  it('misses ratios, unless there are too few records for them to say anything', () => {
    const { unchanged } = measurement();
    const slow = { unchanged: { ...unchanged, wallMs: 2500 }, floorMs: 500 };
    expect(missed(slow)).toEqual(['unchanged sync ÷ first sync', 'first sync ÷ floor']);
    const few = judge(measurement({ floorMs: 500, records: 2000 }));
    expect(few.filter(({ met }) => met === null).map(({ what }) => what)).toEqual([
      'unchanged sync ÷ first sync',
      'first sync ÷ floor',
    ]);
  });

  it('misses too much memory, and memory that could not be read', () => {
    expect(missed({ peaks: { ...PEAKS, worker: 513 * MB } })).toEqual(['worker memory, peak']);
    expect(missed({ peaks: { ...PEAKS, worker: null } })).toEqual(['worker memory, peak']);
  });

  it('misses a fast run that lost a record, or did not complete', () => {
    const { first } = measurement();
    const books = { ...NO_BOOKS, fetched: 9999, created: 9999, balanced: true };
    expect(missed({ first: { ...first, books } })).toEqual(['first sync, books']);
    expect(missed({ first: { ...first, status: 'incomplete' } })).toEqual(['first sync, books']);
    expect(missed({ first: { ...first, books: null } })).toEqual(['first sync, books']);
  });

  it('misses a process that died on the way', () => {
    expect(missed({ restarted: ['worker-1'] })).toEqual(['processes that died']);
  });
});
