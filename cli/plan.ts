/** Plans: list them, look at one change by change, take one as a file, carry one out. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanChangeView, PlanView } from '../operations/plans.ts';
import type { OperationView } from '../operations/view.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { followToReport } from './follow.ts';
import { exportPlan } from './plan-export.ts';
import { changesTable, printPlan } from './plan-text.ts';
import { number, table } from './text.ts';

interface PlanFlags {
  changes?: boolean;
  outcome?: string;
  field?: string;
  drifted?: boolean;
  limit?: number;
  wait?: boolean;
  format?: string;
  out?: string;
  json?: boolean;
}

const PLANS = '/api/v1/plans';
const OUTCOMES = ['created', 'updated', 'unchanged', 'linked', 'vanished'];
const MAX_LIMIT = 500;
const MAX_PLANS = 100;
const FIRST_CHANGES = 10;
const DEFAULT_CHANGES = 50;

export function addPlan(program: Command, context: CliContext, done: (code: number) => void): void {
  const plan = program
    .command('plan')
    .description('what dry runs would change: list plans, look at one, export or apply one')
    .argument(
      '[id]',
      'the plan to show, or with --changes a run that awaits approval; without it the newest are listed',
    )
    .option('--changes', 'the changes, record by record')
    .addOption(new Option('--outcome <outcome>', 'only records that end so').choices(OUTCOMES))
    .option('--field <name>', 'only records of which this field is touched')
    .option('--drifted', 'only what was left alone because it had changed since')
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, parseLimit)
    .option('--json', 'print it as JSON')
    .action(async (id: string | undefined, flags: PlanFlags) => {
      const client = connect(context);
      if (id === undefined) await list(context, client, flags);
      else if (flags.changes || filtersOf(flags).length > 0) await changes(context, client, id, flags);
      else await show(context, client, id, flags);
      done(EXIT.ok);
    });

  const exported = plan
    .command('export')
    .description('the changes of a plan as a file; its last line says how many records it holds')
    .argument('<id>', 'the plan')
    .addOption(new Option('--format <format>', 'the form of the file').choices(['csv', 'jsonl']).default('csv'))
    .option('--out <file>', 'where to write it; standard output without it')
    .option('--json', 'with --out: print what was written as JSON')
    .action(async (id: string) => {
      const flags = exported.optsWithGlobals<PlanFlags>();
      const query = new URLSearchParams([['format', flags.format ?? 'csv'], ...filtersOf(flags)]);
      const body = connect(context).stream(`${pathOf(id)}/export?${query}`, context.interrupted);
      const records = await exportPlan(context.terminal, body, flags.format ?? 'csv', flags.out);
      if (flags.out !== undefined && flags.json) context.terminal.json({ file: flags.out, records });
      else if (flags.out !== undefined) context.terminal.line(`${number(records)} records are in ${flags.out}.`);
      done(EXIT.ok);
    });

  const apply = plan
    .command('apply')
    .description('carry out exactly this plan; records that have changed since are left alone and named')
    .argument('<id>', 'the plan')
    .option('--wait', 'show the progress until the run has ended, then its report')
    .option('--json', 'print the operation as JSON')
    .action(async (id: string) => {
      const { wait, json = false } = apply.optsWithGlobals<PlanFlags>();
      const client = connect(context);
      const { operationId, ...operation } = await client.send<OperationView>('POST', `${pathOf(id)}/apply`);
      if (wait) {
        if (!json) context.terminal.line(`Run ${operationId} applies plan ${id}.`);
        return done(await followToReport(context, client, operationId, json));
      }
      if (json) context.terminal.json({ operationId, ...operation });
      else
        context.terminal.line(
          `Run ${operationId} applies plan ${id}; see: npx license-sync runs ${operationId} --wait`,
        );
      done(EXIT.ok);
    });
}

async function list({ terminal }: CliContext, client: ApiClient, { limit = 20, json }: PlanFlags): Promise<void> {
  const plans = await client.get<PlanView[]>(`${PLANS}?limit=${Math.min(limit, MAX_PLANS)}`);
  if (json) terminal.json(plans);
  else if (plans.length === 0) terminal.line('There are no plans yet; make one with: npx license-sync sync --dry-run');
  else {
    const head = ['PLAN', 'MADE', 'STATE', 'CREATED', 'UPDATED', 'LINKED', 'VANISHED', 'CONFLICTS'];
    const rows = plans.map(({ planId, createdAt, state, summary }) => [
      planId,
      createdAt.slice(0, 19),
      state,
      ...[summary.created, summary.updated, summary.linked, summary.vanished, summary.conflicts].map(number),
    ]);
    for (const line of table([head, ...rows])) terminal.line(line);
  }
}

async function show({ terminal }: CliContext, client: ApiClient, id: string, { json }: PlanFlags): Promise<void> {
  const plan = await client.get<PlanView>(pathOf(id));
  if (json) return terminal.json(plan);
  const { data: first } = plan.changesKept
    ? await client.page<PlanChangeView[]>(`${pathOf(id)}/changes?limit=${FIRST_CHANGES}`)
    : { data: [] };
  printPlan(terminal, plan, first);
}

async function changes({ terminal }: CliContext, client: ApiClient, id: string, flags: PlanFlags): Promise<void> {
  const query = new URLSearchParams([...filtersOf(flags), ['limit', String(flags.limit ?? DEFAULT_CHANGES)]]);
  const { data, meta } = await client.page<PlanChangeView[]>(`${pathOf(id)}/changes?${query}`);
  if (flags.json) return terminal.json(data);
  if (data.length === 0) return terminal.line('No change is like that.');
  for (const line of changesTable(data)) terminal.line(line);
  if (meta.nextCursor !== null) {
    terminal.line(`There are more: raise --limit, or take all of them with: npx license-sync plan export ${id}`);
  }
}

function filtersOf({ outcome, field, drifted }: PlanFlags): [string, string][] {
  return [
    ...(outcome === undefined ? [] : [['outcome', outcome] satisfies [string, string]]),
    ...(field === undefined ? [] : [['field', field] satisfies [string, string]]),
    ...(drifted ? [['drifted', 'true'] satisfies [string, string]] : []),
  ];
}

function pathOf(id: string): string {
  return `${PLANS}/${encodeURIComponent(id)}`;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`expected a whole number from 1 to ${MAX_LIMIT}`);
}
