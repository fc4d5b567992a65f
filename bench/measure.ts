/** All measurements with one number of records, on a stand of their own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeScratchHome } from '../stack/scratch-home.ts';
import { type CheckLatency, measureChecks } from './checks.ts';
import { type Floor, measureFloor } from './floor.ts';
import { waitWithin } from './interrupt.ts';
import { type MemoryWatch, type Peaks, watchMemory } from './memory.ts';
import { type Judgement, judge } from './musts.ts';
import { waitForQuiet } from './quiet.ts';
import { measureRun, type RunFigures } from './run.ts';
import { openStand, type Stand, type Upstream } from './stand.ts';
import { fingerprint } from './written.ts';

const EDITED_RATIO = 0.05;
const EDIT_TIMEOUT_MS = 120_000;
/** Far beyond what three runs and two floors may take: only a server that hangs needs it. */
const TIMEOUT_MS = 1_200_000;
const TIMEOUT_PER_RECORD_MS = 12;

export interface Measurement {
  records: number;
  /** Whether the syncs looked for duplicates. */
  duplicates: boolean;
  databaseVersion: string;
  workers: number;
  /** Before the runs and after them: the same work, on the same servers. The faster one is the floor. */
  floors: Floor[];
  floorMs: number;
  first: RunFigures;
  unchanged: RunFigures;
  /** Whether the second run, with nothing new upstream, left the business tables as they were. */
  untouched: boolean;
  edited: RunFigures;
  /** Records that were edited upstream before the last run. */
  edits: number;
  /** Asked after all runs; null where the runs did not look for duplicates. */
  checks: CheckLatency[] | null;
  peaks: Peaks;
  /** Processes that died meanwhile. */
  restarted: string[];
}

export interface MeasureOptions {
  records: number;
  duplicates: boolean;
  /** Worker processes. */
  workers: number;
  /** Folder for CPU profiles of the workers; none when null. */
  profile: string | null;
  /** Folder of this invocation. */
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
  kill: AbortSignal;
}

/** @throws when a measurement cannot be made; everything is stopped and removed in any case. */
export async function measure(options: MeasureOptions): Promise<Measurement & { judgements: Judgement[] }> {
  const home = join(options.home, `stand-${options.records}`);
  mkdirSync(home, { mode: 0o700 });
  try {
    const stand = await openStand({ ...options, home, shared: options.home });
    const memory = watchMemory(stand.processes);
    const over = new AbortController();
    const signal = AbortSignal.any([options.signal, over.signal]);
    try {
      const work = stand.temporal.withAbortSignal(signal, () => measureOn(stand, memory, { ...options, signal }));
      const withinMs = TIMEOUT_MS + options.records * TIMEOUT_PER_RECORD_MS;
      const measurement = await waitWithin(work, 'measuring', withinMs, options.signal);
      return { ...measurement, judgements: judge(measurement) };
    } finally {
      over.abort();
      memory.stop();
      await stand.close();
    }
  } finally {
    removeScratchHome(home);
  }
}

async function measureOn(stand: Stand, memory: MemoryWatch, options: MeasureOptions): Promise<Measurement> {
  const { records, duplicates, workers, log, signal } = options;
  const run = async (name: string) => {
    const figures = await measureRun(stand, { name, records, duplicates, memory, progress: log, signal });
    log(`${name}: ${(figures.wallMs / 1000).toFixed(2)} s, ${figures.status}`);
    const quietMs = await waitForQuiet(stand.temporal, signal);
    log(`${name}: its reviews were opened ${(quietMs / 1000).toFixed(1)} s later`);
    return figures;
  };
  const floor = async () => {
    const figures = await measureFloor(stand, records, signal);
    log(`floor: ${(figures.totalMs / 1000).toFixed(2)} s`);
    return figures;
  };
  const floors = [await floor()];
  const first = await run('first');
  const before = await fingerprint(stand.db);
  const unchanged = await run('unchanged');
  const untouched = (await fingerprint(stand.db)) === before;
  const edits = await editUpstream(stand.upstream, signal);
  log(`${edits.toLocaleString('en-US')} records edited upstream`);
  const edited = await run('edited');
  floors.push(await floor());
  const checks = duplicates ? await measureChecks(stand, signal) : null;
  return {
    records,
    duplicates,
    workers,
    databaseVersion: stand.databaseVersion,
    floors,
    floorMs: Math.min(...floors.map(({ totalMs }) => totalMs)),
    first,
    unchanged,
    untouched,
    edited,
    edits,
    checks,
    peaks: await memory.peaks(),
    restarted: memory.restarted(),
  };
}

/** @returns how many records are other than before. */
async function editUpstream({ url }: Upstream, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${url}/__control/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ratio: EDITED_RATIO }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(EDIT_TIMEOUT_MS)]),
  });
  if (!response.ok) throw new Error(`the simulator refused to edit its records (HTTP ${response.status})`);
  const { countids } = (await response.json()) as { countids: number[] };
  return countids.length;
}
