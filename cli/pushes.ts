/** `runs pushes`: what a run sends to the License API, record by record. */
import { type Command, Option } from 'commander';
import { PUSH_STATES, type PushReport, pushTotal } from '../domain/push-report.ts';
import type { PushView } from '../operations/pushes.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { pushesTable, pushRows } from './push-text.ts';
import { table } from './text.ts';
import { queryText } from './values.ts';

interface PushesFlags {
  state?: string;
  all?: boolean;
  /** Those of `runs`. */
  limit: number;
  json?: boolean;
}

interface PushesMeta {
  nextCursor: string | null;
  counts: PushReport;
}

const MAX_LIMIT = 100;
const PAGE = 500;

export function addPushes(runs: Command, context: CliContext, done: (code: number) => void): void {
  const command = runs
    .command('pushes')
    .description('what a run sent to the License API, and what not, record by record; of a dry run: what it would send')
    .argument('<id>', 'the run, or the plan of a dry run')
    .addOption(new Option('--state <state>', 'only records in this state').choices(PUSH_STATES))
    .option('--all', 'every record, not the first ones')
    .option('--json', 'print every record as JSON')
    .addHelpText('after', `\n--limit <n> of runs says how many, at most ${MAX_LIMIT} (default: 20).`)
    .action(async (id: string) => {
      // The parent has some of the options too, and takes them wherever they stand.
      await show(context, connect(context), id, command.optsWithGlobals<PushesFlags>());
      done(EXIT.ok);
    });
}

async function show({ terminal }: CliContext, client: ApiClient, id: string, flags: PushesFlags): Promise<void> {
  const { state, limit, json = false } = flags;
  // A script would take the first ones for all.
  const all = flags.all === true || json;
  const path = `/api/v1/external-licenses/sync/operations/${encodeURIComponent(id)}/pushes`;
  const pushes: PushView[] = [];
  let counts: PushReport | null = null;
  let cursor: string | null = null;
  do {
    const query = queryText({ state, limit: all ? PAGE : limit, cursor: cursor ?? undefined });
    const { data, meta }: { data: PushView[]; meta: PushesMeta } = await client.page<PushView[], PushesMeta>(
      `${path}${query}`,
    );
    pushes.push(...data);
    counts = meta.counts;
    cursor = meta.nextCursor;
  } while (all && cursor !== null);
  if (json) return terminal.json(pushes);
  if (pushTotal(counts) === 0) {
    return terminal.line(
      'This run has nothing to send: nothing was edited inside, or it is one without --bidirectional.',
    );
  }
  if (pushes.length === 0) terminal.line('No record is in that state.');
  else for (const line of pushesTable(pushes)) terminal.line(line);
  const { operationType, endedAt } = await client.operation(id);
  const kind = { dryRun: operationType === 'external_sync_dry_run', ended: endedAt !== null };
  terminal.line();
  for (const line of table(pushRows(counts, kind))) terminal.line(line);
  if (cursor !== null) {
    terminal.note(`There are more: --limit shows up to ${MAX_LIMIT}, and --all every record.`);
  }
}
