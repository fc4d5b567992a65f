import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportFault } from '../domain/license-import.ts';
import type { ImportResult } from '../operations/import.ts';
import { Refused } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { counted, number } from './text.ts';

interface ImportFlags {
  dryRun?: boolean;
  update?: boolean;
  allowDuplicates?: boolean;
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
    .option('--allow-duplicates', 'make licenses also for rows that are taken for a business that is there')
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
  if (flags.allowDuplicates) query.set('allowDuplicates', 'true');
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
  { dryRun, rows, created, updated, unchanged, kept, keptRows, ...found }: ImportResult,
): void {
  const { duplicates, duplicateRows, alike, alikeRows, comparedWithin } = found;
  const doubled = duplicates === 0 ? '' : `, ${counted(duplicates, 'duplicate')}`;
  const counts = `${number(created)} created, ${number(updated)} updated, ${number(unchanged)} unchanged, ${number(kept)} kept${doubled}`;
  terminal.line(`${counted(rows, 'row')}: ${counts}${dryRun ? ' (dry run: nothing was written)' : ''}`);
  for (const { line, key, reason, fields } of keptRows) {
    const why = reason === 'archived' ? 'was consolidated into another license' : `differs in ${fields.join(', ')}`;
    terminal.line(`  line ${line}: ${key} ${why}`);
  }
  if (kept > keptRows.length) terminal.line(`  and ${number(kept - keptRows.length)} more`);
  if (keptRows.some(({ reason }) => reason === 'differs')) {
    terminal.line('Those that differ were left as they are; --update writes the values of the file over them.');
  }
  if (duplicates > 0) {
    terminal.line(`${counted(duplicates, 'row makes', 'rows make')} no license, because it is there already:`);
    printLookalikes(terminal, duplicateRows, duplicates);
    terminal.line('See why: npx license-sync duplicates explain; --allow-duplicates makes licenses for them too.');
  }
  if (alike > 0) {
    terminal.line(
      `${counted(alike, 'new license resembles', 'new licenses resemble')} another one; the next sync asks people about that:`,
    );
    printLookalikes(terminal, alikeRows, alike);
  }
  if (!comparedWithin) {
    terminal.line('The file is too long to compare its rows with each other here; the next sync does.');
  }
}

function printLookalikes(terminal: Terminal, rows: ImportResult['duplicateRows'], total: number): void {
  for (const { line, licenseId, sameAsLine, confidenceScore, matchReasons } of rows) {
    const what = licenseId === null ? `line ${sameAsLine}` : `license ${licenseId}`;
    terminal.line(`  line ${line}: ${what}, ${confidenceScore.toFixed(1)} (${matchReasons.join(', ')})`);
  }
  if (total > rows.length) terminal.line(`  and ${number(total - rows.length)} more`);
}

function printFaults(terminal: Terminal, file: string, errors: readonly ImportFault[], count: number): void {
  for (const { line, column, message } of errors) {
    terminal.note(`${file}:${line}: ${column === null ? '' : `${column}: `}${message}`);
  }
  if (count > errors.length) terminal.note(`and ${number(count - errors.length)} more`);
  terminal.note(`license-sync: nothing was imported: ${number(count)} ${count === 1 ? 'fault' : 'faults'}`);
}
