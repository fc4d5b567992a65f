/** `license-sync drill`: faults against a stack of its own, and whether what is promised held. Needs no server and touches none. */
import type { Command } from 'commander';
import { beginLine, closingLines, listLines, resultLines, tableLines } from '../drill/print.ts';
import { type DrillResult, passed } from '../drill/result.ts';
import { StackError } from '../stack/errors.ts';
import type { CliContext } from './context.ts';
import { CliError, EXIT } from './exit.ts';

interface DrillFlags {
  list?: boolean;
  seed: string;
  records: string;
  random?: string;
  json?: boolean;
  keep?: boolean;
}

const MAX_SEED = 2 ** 32 - 1;

export function addDrill(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('drill')
    .description('put faults in on purpose, on a stack of its own, and see whether every promise holds')
    .argument('[fault...]', 'names of faults; all when none is given')
    .option('--list', 'the faults there are')
    .option('--seed <n>', 'decides data, places and moments', '1')
    .option('--records <n>', 'records of the simulated License API', '5000')
    .option('--random <n>', 'draw so many schedules of one to three faults instead')
    .option('--json', 'print the results as JSON')
    .option('--keep', 'leave data and logs in their place')
    .action(async (names: string[], flags: DrillFlags) => done(await drill(context, names, flags)));
}

async function drill({ terminal, interrupted }: CliContext, names: string[], flags: DrillFlags): Promise<number> {
  // Only here: it loads Temporal's native parts, which no other command should wait for.
  const [{ FAULTS }, { runDrill }] = await Promise.all([import('../drill/catalogue.ts'), import('../drill/drill.ts')]);
  if (flags.list) {
    if (flags.json)
      terminal.json(FAULTS.map(({ name, group, about, twoWay = false }) => ({ name, group, about, twoWay })));
    else for (const line of listLines(FAULTS)) terminal.line(line);
    return EXIT.ok;
  }
  const unknown = names.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) {
    throw new CliError(EXIT.usage, `there is no fault "${unknown}"; see: npx license-sync drill --list`);
  }
  const random = flags.random === undefined ? null : whole('--random', flags.random, 1, 10_000);
  if (random !== null && names.length > 0)
    throw new CliError(EXIT.usage, 'name faults, or have schedules drawn with --random');
  const options = {
    faults: names,
    seed: whole('--seed', flags.seed, 0, MAX_SEED),
    records: whole('--records', flags.records, 200, 200_000),
    random,
    keep: flags.keep ?? false,
  };
  const tell = (line: string) => (flags.json ? terminal.note(line) : terminal.line(line));
  const startedAt = performance.now();
  let results: DrillResult[];
  try {
    results = await runDrill(
      options,
      {
        log: (line) => terminal.note(line),
        begin: (name, what) => terminal.note(`       ${beginLine(name, what)}`),
        result: (result) => resultLines(result).forEach(tell),
      },
      interrupted,
    );
  } catch (error) {
    if (interrupted.aborted) throw new CliError(EXIT.interrupted, 'interrupted; everything is stopped and removed');
    if (error instanceof StackError) throw new CliError(EXIT.failed, error.message);
    throw error;
  }
  const { seed, records } = options;
  if (flags.json)
    terminal.json({ seed, records, results: results.map((result) => ({ ...result, held: passed(result) })) });
  else {
    terminal.line();
    for (const line of tableLines(results)) terminal.line(line);
    terminal.line();
    for (const line of closingLines(results, records, performance.now() - startedAt)) terminal.line(line);
  }
  return results.every(passed) ? EXIT.ok : EXIT.failed;
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new CliError(EXIT.usage, `${flag}: expected a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
