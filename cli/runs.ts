import { type Command, InvalidArgumentError, Option } from 'commander';
import { GUARD_KINDS, type GuardKind, type GuardNeed } from '../domain/guard.ts';
import { RUN_KINDS, RUN_TRIGGERS, type RunKind, type RunTrigger } from '../domain/run-filter.ts';
import type { OperationView } from '../operations/view.ts';
import { RUN_STATUSES, type RunStatus } from '../workflows/names.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { followToReport } from './follow.ts';
import { addPushes } from './pushes.ts';
import { approvalSteps, printReport } from './report.ts';
import { number, span, table } from './text.ts';

interface RunsFlags {
  limit: number;
  status?: RunStatus;
  type?: RunKind;
  trigger?: RunTrigger;
  wait?: boolean;
  json?: boolean;
}

interface ApproveFlags {
  kind: GuardKind;
  ceiling: number;
  wait?: boolean;
  json?: boolean;
}

const MAX_LIMIT = 100;

export function addRuns(program: Command, context: CliContext, done: (code: number) => void): void {
  const runs = program
    .command('runs')
    .description('list runs, look at one and at what it sent, pause, resume, cancel or approve one')
    .argument('[id]', 'the run to show; without it the newest ones are listed')
    .option('--limit <n>', `how many to list, at most ${MAX_LIMIT}`, parseLimit, 20)
    .addOption(new Option('--status <status>', 'list only runs that are so').choices(RUN_STATUSES))
    .addOption(new Option('--type <type>', 'list only runs of this type').choices(RUN_KINDS))
    .addOption(new Option('--trigger <who>', 'list only runs started from there').choices(RUN_TRIGGERS))
    .option('--wait', 'with an id: show the progress until the run has ended')
    .option('--json', 'print it as JSON')
    .action(async (id: string | undefined, flags: RunsFlags) => {
      const client = connect(context);
      done(id === undefined ? await list(context, client, flags) : await show(context, client, id, flags));
    });

  addPushes(runs, context, done);
  addApprove(runs, context, done);
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
      const waits = action === 'resume' && operation.status === 'awaiting_approval';
      if (json) context.terminal.json(operation);
      else if (waits) tellOfApproval(context, operation);
      // The run follows in its own time: its state now is still that from before.
      else context.terminal.line(`${TOLD[action]} See: npx license-sync runs ${id}`);
      done(waits ? EXIT.awaitsApproval : EXIT.ok);
    });
  }
}

function addApprove(runs: Command, context: CliContext, done: (code: number) => void): void {
  const command = runs
    .command('approve')
    .description('let a run go on that would change unusually much; `runs <id>` says what it waits for')
    .argument('<id>', 'the run')
    .addOption(
      new Option(
        '--kind <kind>',
        'what is allowed: records that vanish, licenses that end, values that are replaced, records changed upstream',
      )
        .choices(GUARD_KINDS)
        .makeOptionMandatory(),
    )
    .requiredOption('--ceiling <n>', 'up to how many; more than that waits again', parseCeiling)
    .option('--wait', 'show the progress until the run has ended')
    .option('--json', 'print the operation as JSON')
    .action(async (id: string) => {
      const { kind, ceiling, wait, json = false } = command.optsWithGlobals<ApproveFlags>();
      const client = connect(context);
      const { stillDue, ...operation } = await client.approve(id, { kind, ceiling });
      if (wait) return done(await followToReport(context, client, id, json));
      const waits = stillDue.length > 0;
      if (json) context.terminal.json({ ...operation, stillDue });
      else if (waits) context.terminal.line(stillWaiting({ kind, ceiling }, stillDue));
      else context.terminal.line('Approved: the run goes on.');
      done(waits ? EXIT.awaitsApproval : EXIT.ok);
    });
}

/** `resume` lets a paused run go on; what the guard asks about is a question of its own. */
function tellOfApproval({ terminal }: CliContext, operation: OperationView): void {
  terminal.line('The run waits for an approval, which resume does not give.');
  for (const line of table(approvalSteps(operation))) terminal.line(line);
}

function stillWaiting({ kind, ceiling }: { kind: GuardKind; ceiling: number }, stillDue: readonly GuardNeed[]): string {
  const short = stillDue.find((need) => need.kind === kind);
  const others = stillDue.filter((need) => need.kind !== kind).map((need) => `${need.kind} ${number(need.due)}`);
  const own = short
    ? `Approved up to ${number(ceiling)}; ${number(short.due)} are due, so it goes on waiting.`
    : `Approved up to ${number(ceiling)}.`;
  return others.length === 0 ? own : `${own} It still waits for the approval of: ${others.join(', ')}.`;
}

function parseCeiling(text: string): number {
  const ceiling = Number(text);
  if (/^\d{1,10}$/.test(text) && ceiling >= 1) return ceiling;
  throw new InvalidArgumentError('expected a whole number of at least 1');
}

const TOLD = {
  pause: 'The run was told to pause.',
  resume: 'The run was told to go on.',
  cancel: 'The run was told to end.',
};

async function list(
  { terminal }: CliContext,
  client: ApiClient,
  { limit, json, ...flags }: RunsFlags,
): Promise<number> {
  const filter = filterOf(flags);
  const operations = await client.operations(limit, filter);
  if (json) terminal.json(operations);
  else if (operations.length === 0 && Object.keys(filter).length > 0) terminal.line('No run is like that.');
  else if (operations.length === 0) terminal.line('There are no runs yet; start one with: npx license-sync sync');
  else {
    const head = [
      'RUN',
      'STARTED',
      'KIND',
      'STATUS',
      'FETCHED',
      'CREATED',
      'UPDATED',
      'VANISHED',
      'QUARANTINED',
      'TOOK',
    ];
    for (const line of table([head, ...operations.map(rowOf)])) terminal.line(line);
  }
  return EXIT.ok;
}

function filterOf({ status, type, trigger }: Omit<RunsFlags, 'limit'>): Record<string, string> {
  return {
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { kind: type }),
    ...(trigger === undefined ? {} : { trigger }),
  };
}

const KINDS: Record<OperationView['operationType'], string> = {
  external_sync: 'sync',
  external_sync_dry_run: 'dry run',
  plan_apply: 'plan',
};

function rowOf({
  operationId,
  operationType,
  startedAt,
  status,
  books,
  vanished,
  durationMs,
}: OperationView): string[] {
  const counts = books
    ? [books.fetched, books.created, books.updated, vanished, books.quarantined].map(number)
    : ['', '', '', '', ''];
  const took = durationMs === null ? '' : span(durationMs);
  return [operationId, startedAt.slice(0, 19), KINDS[operationType], status, ...counts, took];
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
