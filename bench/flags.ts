/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util';

export interface BenchFlags {
  /** Numbers of records, one stand after the other. */
  sizes: number[];
  /** Whether the syncs look for duplicates. */
  duplicates: boolean;
  /** How often each size is measured, each time from nothing. */
  runs: number;
  /** Measure lists of so many licenses and checks for duplicates among them, and no syncs. */
  licenses: number | null;
  /** Measure the pages of the console over so many licenses, and no syncs. */
  console: number | null;
  /** Measure reads beside syncs of so many records, and nothing else. */
  load: number | null;
  /** Worker processes of the syncs. */
  workers: number;
  /** Folder for CPU profiles of the workers. */
  profile: string | null;
  /** Measure first syncs of so many records with one, two and four workers, and nothing else. */
  scale: number | null;
  /** Where the figures are written as JSON as well. */
  json: string | null;
  /** Document into which the tables are written, and beside it the chart. */
  document: string | null;
  help: boolean;
}

/** Flags that cannot be used; the message says why. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export const USAGE = `npm run bench -- [--sizes N,N] [--runs N] [--duplicates] [--workers N] [--profile FOLDER] [--json FILE] [--document FILE]
  --sizes N,N  records to measure with, 100 to 1000000 each (default 10000,100000)
  --runs N     measure each size N times, each time from nothing, 1 to 20 (default 1)
  --duplicates let the syncs look for duplicates
  --workers N  worker processes, 1 to 16 (default 1)
  --profile FOLDER  write CPU profiles of the workers there, for Chrome's developer tools; slows them down
  --json FILE  write all figures to FILE as well
  --document FILE  write tables and a chart into a Markdown file, between its marks for them
npm run bench -- --licenses N measures lists of N licenses and checks for duplicates instead, 1000 to 1000000 (the limits are for 100000).
npm run bench -- --console N measures the console's pages over N licenses instead, 11000 to 1000000 (the limits are for 100000).
npm run bench -- --scale N [--runs N] [--duplicates] measures first syncs of N records with 1, 2 and 4 workers instead, 1000 to 1000000.
npm run bench -- --load N measures 200 reads a second for 60 s while syncs of N records run, 1000 to 100000 (the limits are for 20000).
Exit code 0: every must is met; 1: one is missed, or a measurement failed; 2: these flags cannot be used.`;

/** @throws {FlagError} */
export function parseFlags(args: readonly string[]): BenchFlags {
  const { sizes, runs, duplicates, workers, profile, json, document, licenses, console, load, scale, help } =
    parse(args);
  if (json === '') throw new FlagError('--json needs the name of a file');
  if (document === '') throw new FlagError('--document needs the name of a file');
  if (profile === '') throw new FlagError('--profile needs the name of a folder');
  return {
    sizes: sizes.split(',').map((text) => whole('--sizes', text.trim(), 100, 1_000_000)),
    runs: whole('--runs', runs, 1, 20),
    duplicates,
    licenses: licenses === undefined ? null : whole('--licenses', licenses, 1000, 1_000_000),
    console: console === undefined ? null : whole('--console', console, 11_000, 1_000_000),
    scale: scale === undefined ? null : whole('--scale', scale, 1000, 1_000_000),
    load: load === undefined ? null : whole('--load', load, 1000, 100_000),
    workers: whole('--workers', workers, 1, 16),
    profile: profile ?? null,
    json: json ?? null,
    document: document ?? null,
    help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        sizes: { type: 'string', default: '10000,100000' },
        runs: { type: 'string', default: '1' },
        duplicates: { type: 'boolean', default: false },
        workers: { type: 'string', default: '1' },
        profile: { type: 'string' },
        json: { type: 'string' },
        document: { type: 'string' },
        licenses: { type: 'string' },
        console: { type: 'string' },
        load: { type: 'string' },
        scale: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new FlagError(`${flag}: expected a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
