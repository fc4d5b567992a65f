import { describe, expect, it } from 'vitest';
import { FlagError, parseFlags } from '../../bench/flags.ts';

describe('the flags of the bench', () => {
  it('are those of the contract when none is given', () => {
    expect(parseFlags([])).toEqual({
      sizes: [10_000, 100_000],
      duplicates: false,
      runs: 1,
      licenses: null,
      console: null,
      load: null,
      scale: null,
      json: null,
      document: null,
      workers: 1,
      profile: null,
      help: false,
    });
  });

  it('are read as given', () => {
    const more = ['--document', 'performance.md', '--workers', '2', '--profile', 'profiles'];
    expect(parseFlags(['--sizes', '2000, 1000000', '--runs=3', '--duplicates', '--json', 'out.json', ...more])).toEqual(
      {
        sizes: [2000, 1_000_000],
        duplicates: true,
        runs: 3,
        licenses: null,
        console: null,
        load: null,
        scale: null,
        json: 'out.json',
        document: 'performance.md',
        workers: 2,
        profile: 'profiles',
        help: false,
      },
    );
  });

  it('may ask for lists of licenses instead', () => {
    expect(parseFlags(['--licenses', '100000']).licenses).toBe(100_000);
  });

  it.each([
    [['--sizes', '10000,']],
    [['--sizes', '99']],
    [['--sizes', '1e4']],
    [['--runs', '0']],
    [['--json', '']],
    [['--document', '']],
    [['--profile', '']],
    [['--workers', '0']],
    [['--licenses', '10']],
    [['--load', '10']],
    [['--scale', '10']],
    [['x']],
  ])('are refused when they make no sense: %j', (args) => {
    expect(() => parseFlags(args)).toThrow(FlagError);
  });
});
