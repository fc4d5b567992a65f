/** One run shared by more and more worker processes, on one machine: what another worker costs, and what it brings. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeScratchHome } from '../stack/scratch-home.ts';
import { percentile } from './api-stand.ts';
import { watchMemory } from './memory.ts';
import { describeMachine, machineLine } from './print.ts';
import { measureRun, type RunFigures } from './run.ts';
import { openStand } from './stand.ts';

/** With two cores a second worker has nothing to win, and must cost next to nothing. */
const TWO_WORKERS_RATIO = 1.1;
const WORKERS = [1, 2, 4];

export interface ScaleOptions {
  records: number;
  duplicates: boolean;
  /** How often each number of workers is measured; the middle one counts. */
  runs: number;
  /** Folder of this invocation. */
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
  kill: AbortSignal;
}

/** Each round measures all numbers of workers, so that a machine that grows slower is slower for all. @returns how many limits were missed. */
export async function benchScale(options: ScaleOptions): Promise<number> {
  const { records, runs, log } = options;
  console.log(machineLine(describeMachine()));
  const measured = new Map<number, RunFigures[]>(WORKERS.map((workers) => [workers, []]));
  for (let round = 1; round <= runs; round += 1) {
    for (const workers of WORKERS) {
      const run = await firstSync(workers, options);
      log(`round ${round}, ${workers} workers: ${(run.wallMs / 1000).toFixed(2)} s, ${run.status}`);
      measured.get(workers)?.push(run);
    }
  }
  const median = (workers: number) =>
    percentile(
      (measured.get(workers) ?? []).map(({ wallMs }) => wallMs),
      50,
    );
  console.log(`\n${records.toLocaleString('en-US')} records, first sync, median of ${runs}\n`);
  console.log('  workers    median    all runs                        ÷ one   steps   unbalanced');
  let missed = 0;
  for (const [workers, all] of measured) {
    const ratio = median(workers) / median(1);
    const unbalanced = all.filter(({ books }) => books?.balanced !== true || books.created !== records).length;
    const seconds = all.map(({ wallMs }) => (wallMs / 1000).toFixed(1)).join(', ');
    console.log(
      `  ${String(workers).padEnd(9)} ${(median(workers) / 1000).toFixed(2).padStart(6)} s  ${seconds.padEnd(30)} ${ratio.toFixed(2).padStart(6)} ${String(all[0]?.steps ?? 0).padStart(7)} ${String(unbalanced).padStart(12)}`,
    );
    if (unbalanced > 0 || (workers === 2 && ratio > TWO_WORKERS_RATIO)) missed += 1;
  }
  console.log(
    `\nbench: two workers ÷ one ≤ ${TWO_WORKERS_RATIO}, all books balanced: ${missed === 0 ? 'met' : 'missed'}`,
  );
  return missed;
}

async function firstSync(workers: number, options: ScaleOptions): Promise<RunFigures> {
  const { records, duplicates, log, signal } = options;
  const home = join(options.home, `scale-${workers}`);
  mkdirSync(home, { mode: 0o700 });
  try {
    const stand = await openStand({ ...options, workers, home, shared: options.home, log: () => undefined });
    const memory = watchMemory(stand.processes);
    try {
      const progress = (line: string) => log(`${workers} workers, ${line}`);
      return await measureRun(stand, { name: 'first', records, duplicates, memory, progress, signal });
    } finally {
      memory.stop();
      await stand.close();
    }
  } finally {
    removeScratchHome(home);
  }
}
