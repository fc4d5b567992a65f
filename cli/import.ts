import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportFault } from '../domain/license-import.ts';
import type { ImportResult } from '../operations/import.ts';
import { Refused } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { number } from './text.ts';

interface ImportFlags {
  dryRun?: boolean;
  update?: boolean;
  json?: boolean;
}

/** The API takes no larger file. */
const MAX_BYTES = 50 * 1024 * 1024;
const DONE_WITHIN_MS = 900_000;
const PATH = '/api/v1/licenses/import';

export function addImport(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('import')
    .description('import licenses from a CSV file: all of it, or nothing when a row is wrong')
    .argument('<file>', 'CSV in UTF-8; the first line names the columns as the API names its fields')
    .option('--dry-run', 'only tell what would be done')
    .option('--update', 'write over what licenses hold already; otherwise those that differ are kept and named')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: ImportFlags) => done(await importFile(context, file, flags)));
}

async function importFile(context: CliContext, file: string, flags: ImportFlags): Promise<number> {
  const { terminal, interrupted } = context;
  const client = connect(context);
  const content = await read(file);
  const query = new URLSearchParams();
  if (flags.dryRun) query.set('dryRun', 'true');
  if (flags.update) query.set('update', 'true');
  try {
    const result = await client.send<ImportResult>('POST', `${PATH}?${query}`, {
      file: { content, type: 'text/csv' },
      withinMs: DONE_WITHIN_MS,
      interrupted,
    });
    if (flags.json) terminal.json(result);
    else printResult(terminal, result);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Refused && error.code === 'import-refused') {
      const { errors, errorCount } = error.problem as { errors: ImportFault[]; errorCount: number };
      if (flags.json) terminal.json({ errorCount, errors });
      else printFaults(terminal, file, errors, errorCount);
      return EXIT.failed;
    }
    if (!(error instanceof CliError) || error instanceof Refused) throw error;
    // The connection broke, or nobody waited: the file may be in or not, never half.
    throw new CliError(
      error.exitCode,
      `${error.message}; whether the file was imported is not known: import it again, nothing is done twice`,
      { cause: error },
    );
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      throw new CliError(
        EXIT.usage,
        `${file} has ${number(size)} bytes, at most ${number(MAX_BYTES)} are taken: split it`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error && 'code' in error)) throw error;
    throw new CliError(EXIT.usage, `${file} cannot be read (${error.code})`, { cause: error });
  }
}

function printResult(
  terminal: Terminal,
  { dryRun, rows, created, updated, unchanged, kept, keptRows }: ImportResult,
): void {
  const counts = `${number(created)} created, ${number(updated)} updated, ${number(unchanged)} unchanged, ${number(kept)} kept`;
  terminal.line(`${number(rows)} rows: ${counts}${dryRun ? ' (dry run: nothing was written)' : ''}`);
  for (const { line, key, reason, fields } of keptRows) {
    const why = reason === 'archived' ? 'was consolidated into another license' : `differs in ${fields.join(', ')}`;
    terminal.line(`  line ${line}: ${key} ${why}`);
  }
  if (kept > keptRows.length) terminal.line(`  and ${number(kept - keptRows.length)} more`);
  if (keptRows.some(({ reason }) => reason === 'differs')) {
    terminal.line('Those that differ were left as they are; --update writes the values of the file over them.');
  }
}

function printFaults(terminal: Terminal, file: string, errors: readonly ImportFault[], count: number): void {
  for (const { line, column, message } of errors) {
    terminal.note(`${file}:${line}: ${column === null ? '' : `${column}: `}${message}`);
  }
  if (count > errors.length) terminal.note(`and ${number(count - errors.length)} more`);
  terminal.note(`license-sync: nothing was imported: ${number(count)} ${count === 1 ? 'fault' : 'faults'}`);
}
