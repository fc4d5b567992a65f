import type { Command } from 'commander';
import { AlreadyRunning } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { followToReport } from './follow.ts';

interface SyncFlags {
  wait?: boolean;
  followRunning?: boolean;
  comprehensive?: boolean;
  detectDuplicates?: boolean;
  bidirectional?: boolean;
  dryRun?: boolean;
  partial?: boolean;
  maxPages?: string;
  status?: string;
  dba?: string;
  json?: boolean;
}

export function addSync(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('sync')
    .description('start a sync')
    .option('--wait', 'show the progress until the run has ended, then its report')
    .option('--follow-running', 'when a sync is under way already, follow that one')
    .option('--comprehensive', 'every record of the API (default)')
    .option('--no-comprehensive', 'only follow what the API lists')
    .option('--detect-duplicates', 'look for businesses that are recorded twice (default)')
    .option('--no-detect-duplicates', 'do not look for duplicates')
    .option('--bidirectional', 'also send what was edited inside to the License API')
    .option('--no-bidirectional', 'send nothing (default)')
    .option('--dry-run', 'only plan what would be done')
    .option('--partial', 'fetch only what the next three options choose')
    .option('--max-pages <n>', 'with --partial: at most this many pages')
    .option('--status <status>', 'with --partial: active or inactive')
    .option('--dba <name>', 'with --partial: only this business name')
    .option('--json', 'print the operation as JSON')
    .action(async (flags: SyncFlags) => done(await sync(context, flags)));
}

async function sync(context: CliContext, flags: SyncFlags): Promise<number> {
  const { terminal } = context;
  const client = connect(context);
  const json = flags.json ?? false;
  try {
    const operation = await client.startSync(queryOf(flags));
    if (flags.wait) {
      if (!json) terminal.line(`Run ${operation.operationId} has begun.`);
      return await followToReport(context, client, operation.operationId, json);
    }
    if (json) terminal.json(operation);
    else terminal.line(`Run ${operation.operationId} has begun; see: npx license-sync runs ${operation.operationId}`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AlreadyRunning) || !flags.followRunning) throw error;
    if (!json) terminal.line(`Run ${error.operationId} is under way already; following it.`);
    return await followToReport(context, client, error.operationId, json);
  }
}

function queryOf(flags: SyncFlags): Record<string, string> {
  const { comprehensive, detectDuplicates, bidirectional, dryRun, partial, maxPages, status, dba } = flags;
  const asked = { comprehensive, detectDuplicates, bidirectional, dryRun, partial, maxPages, status, dba };
  return Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
