/** Clashes of values: list them, look at one, settle one or many. */
import { type Command, Option } from 'commander';
import type { BulkResult, ConflictView } from '../operations/conflicts.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { number, table } from './text.ts';
import { brief, limitParser, minute, parseId, parseIds, queryText, shown, thereAreMore } from './values.ts';

const PATH = '/api/v1/conflicts';
const MAX_LIMIT = 200;
const IDS_AT_ONCE = 1000;

interface FilterFlags {
  field?: string;
  license?: string;
  run?: string;
}

interface ListFlags extends FilterFlags {
  state: string;
  limit: number;
  json?: boolean;
}

interface ResolveFlags extends FilterFlags {
  keep?: boolean;
  take?: boolean;
  value?: string;
  all?: boolean;
  json?: boolean;
}

export function addConflicts(program: Command, context: CliContext, done: (code: number) => void): void {
  const conflicts = program
    .command('conflicts')
    .description('fields that both sides changed: list them, look at one, settle them');
  const filtered = (command: Command) =>
    command
      .option('--field <name>', "only this field, by the API's name")
      .option('--license <id>', 'only of this license, by id or key')
      .option('--run <id>', 'only those that arose in this run');
  const json = () => new Option('--json', 'print it as JSON');

  filtered(conflicts.command('list', { isDefault: true }).description('the conflicts, newest first'))
    .addOption(new Option('--state <state>', 'which ones').choices(['open', 'resolved', 'superseded']).default('open'))
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT), 50)
    .addOption(json())
    .action(async (flags: ListFlags) => done(await list(context, connect(context), flags)));

  conflicts
    .command('show')
    .description('one conflict, with its three values')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(json())
    .action(async (id: number, flags: { json?: boolean }) => {
      show(context, await connect(context).get<ConflictView>(`${PATH}/${id}`), flags.json ?? false);
      done(EXIT.ok);
    });

  filtered(conflicts.command('resolve').description('settle conflicts: by number, by a filter, or all'))
    .argument('[ids...]', 'their numbers in the list', parseIds)
    .option('--keep', 'the internal value stands')
    .option('--take', 'the external value stands')
    .option('--value <value>', "this value stands, in the API's spelling; for one conflict")
    .option('--all', 'every open conflict')
    .addOption(json())
    .action(async (ids: number[], flags: ResolveFlags) => done(await resolve(context, ids, flags)));
}

async function list({ terminal }: CliContext, client: ApiClient, flags: ListFlags): Promise<number> {
  const { state, limit, field, license, run } = flags;
  const query = queryText({ state, limit, field, licenseId: license, operationId: run });
  const { data, meta } = await client.page<ConflictView[]>(`${PATH}${query}`);
  if (flags.json) terminal.json(data);
  else if (data.length === 0) terminal.line(`There are no ${state} conflicts like that.`);
  else {
    const head = ['ID', 'LICENSE', 'BUSINESS', 'FIELD', 'INTERNAL', 'EXTERNAL', 'NOW', 'SINCE'];
    for (const line of table([head, ...data.map(rowOf)])) terminal.line(line);
    if (meta.nextCursor !== null) terminal.note(thereAreMore('newest', data.length, MAX_LIMIT));
  }
  return EXIT.ok;
}

function rowOf({ id, license, field, internal, external, present, createdAt }: ConflictView): string[] {
  const values = [internal, external, present].map((value) => brief(value, 24));
  return [String(id), license?.key ?? '', brief(license?.dba, 24), field, ...values, minute(createdAt)];
}

function show({ terminal }: CliContext, conflict: ConflictView, json: boolean): void {
  if (json) {
    terminal.json(conflict);
    return;
  }
  const { license } = conflict;
  const rows = [
    ['conflict', `${conflict.id}, ${conflict.state}`],
    ['license', license ? `${license.key} (${license.id}), version ${license.version}` : 'not there any more'],
    ['business', shown(license?.dba)],
    ['record', conflict.sourceKey],
    ['run', conflict.operationId ?? 'not on record any more'],
    ['field', conflict.field],
    ['internal', shown(conflict.internal)],
    ['external', shown(conflict.external)],
    ['agreed before', shown(conflict.base)],
    ['now', shown(conflict.present)],
  ];
  for (const line of table(rows)) terminal.line(line);
  terminal.line(conflict.sentence);
}

async function resolve(context: CliContext, ids: number[], flags: ResolveFlags): Promise<number> {
  const choices = (['keep', 'take', 'value'] as const).filter((choice) => flags[choice] !== undefined);
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) {
    throw new CliError(EXIT.usage, 'say one of --keep, --take and --value');
  }
  const { field, license, run, all } = flags;
  const hasFilter = field !== undefined || license !== undefined || run !== undefined;
  if ([ids.length > 0, hasFilter, all === true].filter(Boolean).length !== 1) {
    throw new CliError(EXIT.usage, 'name conflicts by number, or by --field, --license and --run, or say --all');
  }
  const client = connect(context);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const body = choice === 'value' ? { choice, value: flags.value } : { choice };
    const conflict = await client.send<ConflictView>('POST', `${PATH}/${only}/resolve`, { body });
    show(context, conflict, flags.json ?? false);
    return EXIT.ok;
  }
  if (choice === 'value') throw new CliError(EXIT.usage, '--value settles one conflict: name it by its number');
  const results =
    ids.length > 0
      ? await resolveNamed(client, ids, choice)
      : await resolveFiltered(client, { field, licenseId: license, operationId: run }, choice);
  return report(context, results, flags.json ?? false);
}

interface Resolved {
  data: BulkResult[];
  meta: { nextCursor: number | null };
}

async function resolveNamed(client: ApiClient, ids: number[], choice: 'keep' | 'take'): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const body = { ids: ids.slice(from, from + IDS_AT_ONCE), choice };
    results.push(...(await client.send<BulkResult[]>('POST', `${PATH}/resolve`, { body })));
  }
  return results;
}

async function resolveFiltered(
  client: ApiClient,
  filter: Record<string, string | undefined>,
  choice: 'keep' | 'take',
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: Resolved = await client.sendForMeta('POST', `${PATH}/resolve`, { body: { filter, cursor, choice } });
    results.push(...page.data);
    cursor = page.meta.nextCursor;
  }
  return results;
}

/** Skipped ones make it exit code 1: a script must not take them for settled. */
function report({ terminal }: CliContext, results: BulkResult[], json: boolean): number {
  const skipped = results.filter((result) => result.outcome === 'skipped');
  if (json) terminal.json(results);
  else {
    for (const { id, detail } of skipped) terminal.line(`Conflict ${id} was left: ${detail}.`);
    terminal.line(`${number(results.length - skipped.length)} settled, ${number(skipped.length)} left.`);
  }
  return skipped.length === 0 ? EXIT.ok : EXIT.failed;
}
