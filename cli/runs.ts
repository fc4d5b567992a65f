import { type Command, InvalidArgumentError } from 'commander';
import type { OperationView } from '../operations/view.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { followToReport } from './follow.ts';
import { printReport } from './report.ts';
import { number, span, table } from './text.ts';

interface RunsFlags {
  limit: number;
  wait?: boolean;
  json?: boolean;
}

const MAX_LIMIT = 100;

export function addRuns(program: Command, context: CliContext, done: (code: number) => void): void {
  const runs = program
    .command('runs')
    .description('list runs, look at one, pause, resume or cancel one')
    .argument('[id]', 'the run to show; without it the newest ones are listed')
    .option('--limit <n>', `how many to list, at most ${MAX_LIMIT}`, parseLimit, 20)
    .option('--wait', 'with an id: show the progress until the run has ended')
    .option('--json', 'print it as JSON')
    .action(async (id: string | undefined, flags: RunsFlags) => {
      const client = connect(context);
      done(id === undefined ? await list(context, client, flags) : await show(context, client, id, flags));
    });

  const steering: ['pause' | 'resume' | 'cancel', string][] = [
    ['pause', 'start nothing new; what is under way ends first'],
    ['resume', 'let a paused run go on, or try a failed one again'],
    ['cancel', 'end a run early, with a report'],
  ];
  for (const [action, description] of steering) {
    const command = runs.command(action).description(description).argument('<id>', 'the run');
    if (action === 'resume') command.option('--wait', 'show the progress until the run has ended');
    command.option('--json', 'print the operation as JSON').action(async (id: string) => {
      // The parent has the same options, and takes them wherever they stand.
      const { wait, json = false } = command.optsWithGlobals<RunsFlags>();
      const client = connect(context);
      const operation = await client.steer(id, action);
      if (wait) return done(await followToReport(context, client, id, json));
      if (json) context.terminal.json(operation);
      else context.terminal.line(`${TOLD[action]} ${operation.sentence}`);
      done(EXIT.ok);
    });
  }
}

const TOLD = {
  pause: 'The run was told to pause.',
  resume: 'The run was told to go on.',
  cancel: 'The run was told to end.',
};

async function list({ terminal }: CliContext, client: ApiClient, { limit, json }: RunsFlags): Promise<number> {
  const operations = await client.operations(limit);
  if (json) terminal.json(operations);
  else if (operations.length === 0) terminal.line('There are no runs yet; start one with: npx license-sync sync');
  else {
    const head = ['RUN', 'STARTED', 'STATUS', 'FETCHED', 'CREATED', 'UPDATED', 'QUARANTINED', 'TOOK'];
    for (const line of table([head, ...operations.map(rowOf)])) terminal.line(line);
  }
  return EXIT.ok;
}

function rowOf({ operationId, startedAt, status, books, durationMs }: OperationView): string[] {
  const counts = books
    ? [books.fetched, books.created, books.updated, books.quarantined].map(number)
    : ['', '', '', ''];
  return [operationId, startedAt.slice(0, 19), status, ...counts, durationMs === null ? '' : span(durationMs)];
}

async function show(
  context: CliContext,
  client: ApiClient,
  id: string,
  { wait, json = false }: RunsFlags,
): Promise<number> {
  if (wait) return await followToReport(context, client, id, json);
  const operation = await client.operation(id);
  if (json) context.terminal.json(operation);
  else printReport(context.terminal, operation);
  return EXIT.ok;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new InvalidArgumentError(`expected a whole number from 1 to ${MAX_LIMIT}`);
  }
  return limit;
}
