/** `npm run bench`: measures the product against what it must do, on servers of its own, and says whether it does. */
import { writeFileSync } from 'node:fs';
import { StackError } from '../stack/errors.ts';
import { makeScratchHome, removeScratchHome } from '../stack/scratch-home.ts';
import { benchConsole } from './console.ts';
import { requireMarks, writeDocument } from './document.ts';
import { type BenchFlags, FlagError, parseFlags, USAGE } from './flags.ts';
import { listenForSignals } from './interrupt.ts';
import { benchLicenses } from './licenses.ts';
import { benchLoad } from './load.ts';
import { measure } from './measure.ts';
import { describeMachine, judgementLines, machineLine, measurementLines } from './print.ts';
import { benchScale } from './scale.ts';

const MISSED = 1;
const USED_WRONGLY = 2;
const INTERRUPTED = 130;
/** Once everything is killed, its end is a matter of moments. */
const LEAVE_AFTER_MS = 3000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { stop, kill } = listenForSignals();
  const leave = () => setTimeout(() => process.exit(INTERRUPTED), LEAVE_AFTER_MS).unref();
  kill.addEventListener('abort', leave, { once: true });
  try {
    const flags = parseFlags(args);
    if (flags.help) {
      console.log(USAGE);
      return 0;
    }
    if (flags.licenses !== null) return await benchRequests(benchLicenses, flags.licenses, stop);
    if (flags.console !== null) return await benchRequests(benchConsole, flags.console, stop);
    if (flags.load !== null) return await benchBeside(flags.load, stop, kill);
    if (flags.scale !== null) return await benchWorkers(flags, flags.scale, stop, kill);
    return await bench(flags, stop, kill);
  } catch (error) {
    if (stop.aborted) {
      console.error('bench: interrupted; everything is stopped');
      return INTERRUPTED;
    }
    if (error instanceof FlagError) {
      console.error(`bench: ${error.message}\n${USAGE}`);
      return USED_WRONGLY;
    }
    console.error(error instanceof StackError ? `bench: ${error.message}` : error);
    return MISSED;
  }
}

async function benchRequests(
  measureRequests: typeof benchLicenses,
  licenses: number,
  signal: AbortSignal,
): Promise<number> {
  const home = makeScratchHome('bench');
  try {
    const missed = await measureRequests({ licenses, home, log: (line) => console.error(line), signal });
    return missed === 0 ? 0 : MISSED;
  } finally {
    removeScratchHome(home);
  }
}

async function benchBeside(records: number, signal: AbortSignal, kill: AbortSignal): Promise<number> {
  const home = makeScratchHome('bench');
  try {
    const missed = await benchLoad({ records, home, log: (line) => console.error(line), signal, kill });
    return missed === 0 ? 0 : MISSED;
  } finally {
    removeScratchHome(home);
  }
}

async function benchWorkers(
  { runs, duplicates }: BenchFlags,
  records: number,
  signal: AbortSignal,
  kill: AbortSignal,
): Promise<number> {
  const home = makeScratchHome('bench');
  try {
    const log = (line: string) => console.error(line);
    return (await benchScale({ records, runs, duplicates, home, log, signal, kill })) === 0 ? 0 : MISSED;
  } finally {
    removeScratchHome(home);
  }
}

async function bench(
  { sizes, runs, duplicates, workers, profile, json, document }: BenchFlags,
  signal: AbortSignal,
  kill: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  const log = (line: string) => {
    console.error(`[${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s] ${line}`);
  };
  if (document !== null) requireMarks(document);
  const machine = describeMachine();
  console.log(machineLine(machine));
  const home = makeScratchHome('bench');
  const report = { date: new Date().toISOString(), machine, results: [] as Awaited<ReturnType<typeof measure>>[] };
  const write = () => {
    if (json !== null) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  };
  try {
    // Before anything else, and after each measurement: an hour's figures must not go with the last of them.
    write();
    for (const records of sizes) {
      for (let run = 1; run <= runs; run += 1) {
        log(`${records.toLocaleString('en-US')} records${runs > 1 ? `, ${run} of ${runs}` : ''}`);
        const result = await measure({ records, duplicates, workers, profile, home, log, signal, kill });
        report.results.push(result);
        console.log(['', ...measurementLines(result), '', ...judgementLines(result.judgements)].join('\n'));
        write();
      }
    }
  } finally {
    removeScratchHome(home);
  }
  if (document !== null) writeDocument(document, report);
  const judgements = report.results.flatMap((result) => result.judgements);
  const missed = judgements.filter(({ met }) => met === false).length;
  const open = judgements.filter(({ met }) => met === null).length;
  const notJudged = open === 0 ? '' : `, ${open} not judged (too few records)`;
  console.log(
    `\nbench: ${judgements.length - missed - open} of ${judgements.length} met, ${missed} missed${notJudged}`,
  );
  return missed === 0 ? 0 : MISSED;
}
