import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../drill/catalogue.ts';
import { dataSeed, drawFault, drawSchedule, scheduleSeeds } from '../../drill/schedule.ts';

const FEED = { records: 5000, pages: 50 };
const drawn = (seed: number) => drawSchedule(FAULTS, seed, FEED, true);
const told = ({ faults, blows, twoWay }: ReturnType<typeof drawn>) => ({
  faults,
  twoWay,
  what: blows.map(({ what }) => what),
});

describe('the faults', () => {
  it('have names of their own, in kebab case, and a line that fits', () => {
    const names = FAULTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, about } of FAULTS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(about).not.toBe('');
    }
  });

  it('are drawn the same whenever the seed is the same, and otherwise for another seed', () => {
    const all = (seed: number) => FAULTS.map((fault) => drawFault(fault, seed, FEED).blows[0]?.what);
    expect(all(5)).toEqual(all(5));
    expect(all(5)).not.toEqual(all(6));
  });

  it('can be drawn for the smallest feed', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      for (const fault of FAULTS) expect(drawFault(fault, seed, { records: 200, pages: 2 }).blows).toHaveLength(1);
    }
  });
});

describe('random schedules', () => {
  it('are the same for the same seed', () => {
    expect(told(drawn(123))).toEqual(told(drawn(123)));
  });

  it('hold one to three different faults that may be combined, and push faults only in runs that push', () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 300; seed += 1) {
      const { faults, twoWay } = drawn(seed);
      sizes.add(faults.length);
      expect(new Set(faults).size).toBe(faults.length);
      for (const fault of FAULTS.filter(({ name }) => faults.includes(name))) {
        expect(fault.combines).toBe(true);
        if (fault.twoWay) expect(twoWay).toBe(true);
      }
    }
    expect([...sizes].toSorted()).toEqual([1, 2, 3]);
  });

  it('come to every fault that may be combined', () => {
    const met = new Set(Array.from({ length: 600 }, (_, seed) => drawn(seed).faults).flat());
    expect(FAULTS.filter(({ combines, name }) => combines && !met.has(name))).toEqual([]);
  });

  it('begin with the given seed, and all go with the same data, so that one of them can be repeated alone', () => {
    const seeds = scheduleSeeds(12_007, 50);
    expect(seeds[0]).toBe(12_007);
    expect(new Set(seeds).size).toBe(50);
    expect(new Set(seeds.map(dataSeed))).toEqual(new Set([7]));
    for (const seed of seeds) expect(scheduleSeeds(seed, 1)).toEqual([seed]);
  });
});
