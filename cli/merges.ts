/** What was made one: list it, look at one merge, undo it. */
import { type Command, Option } from 'commander';
import type { MergeDetail, MergeView, UndoResult } from '../operations/consolidation.ts';
import { type ApiClient, Refused } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { counted, table } from './text.ts';
import { brief, limitParser, minute, parseId, queryText, shown, thereAreMore } from './values.ts';

const PATH = '/api/v1/merges';
const MAX_LIMIT = 200;

interface ListFlags {
  license?: string;
  state?: string;
  limit: number;
  json?: boolean;
}

export function addMerges(program: Command, context: CliContext, done: (code: number) => void): void {
  const merges = program
    .command('merges')
    .description('licenses that were made one: list them, look at one merge, undo it');
  const json = () => new Option('--json', 'print it as JSON');

  merges
    .command('list', { isDefault: true })
    .description('the merges, newest first')
    .option('--license <id>', 'only of this license, as master or as duplicate, by id or key')
    .addOption(new Option('--state <state>', 'only these').choices(['applied', 'undone']))
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT), 50)
    .addOption(json())
    .action(async (flags: ListFlags) => {
      await list(context, connect(context), flags);
      done(EXIT.ok);
    });

  merges
    .command('show')
    .description('one merge, and what undoing it would do')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(json())
    .action(async (id: number, flags: { json?: boolean }) => {
      show(context, await connect(context).get<MergeDetail>(`${PATH}/${id}`), flags.json ?? false);
      done(EXIT.ok);
    });

  merges
    .command('undo')
    .description('undo one merge: everything as it was before, or nothing and the reason')
    .argument('<id>', 'its number in the list', parseId)
    .option('--note <text>', 'why; kept with the merge')
    .addOption(json())
    .action(async (id: number, flags: { note?: string; json?: boolean }) => {
      await undo(context, connect(context), id, flags);
      done(EXIT.ok);
    });
}

async function list({ terminal }: CliContext, client: ApiClient, flags: ListFlags): Promise<void> {
  const { license, state, limit } = flags;
  const { data, meta } = await client.page<MergeView[]>(`${PATH}${queryText({ licenseId: license, state, limit })}`);
  if (flags.json) return terminal.json(data);
  if (data.length === 0) return terminal.line('Nothing like that was made one.');
  const head = ['ID', 'STATE', 'KIND', 'MASTER', 'BUSINESS', 'DUPLICATE', 'BY', 'AT'];
  for (const line of table([head, ...data.map(rowOf)])) terminal.line(line);
  if (meta.nextCursor !== null) terminal.note(thereAreMore('newest', data.length, MAX_LIMIT));
}

function rowOf({ id, state, kind, master, duplicate, records, createdBy, createdAt }: MergeView): string[] {
  const joined = duplicate ? (duplicate.key ?? duplicate.id) : records.map(({ sourceKey }) => sourceKey).join(', ');
  const name = brief(master.dba, 28);
  return [String(id), state, kind, master.key ?? master.id, name, joined, brief(createdBy, 20), minute(createdAt)];
}

function show({ terminal }: CliContext, merge: MergeDetail, json: boolean): void {
  if (json) {
    terminal.json(merge);
    return;
  }
  const { master, duplicate, undo: preview } = merge;
  const rows = [
    ['merge', `${merge.id}, ${merge.state}`],
    ['master', `${master.key ?? 'not there any more'} (${master.id})`],
    ['business', shown(master.dba)],
    ...(duplicate ? [['duplicate', `${duplicate.key ?? 'not there any more'} (${duplicate.id})`]] : []),
    ['records', merge.records.map(({ sourceKey, role }) => `${sourceKey} (${role})`).join(', ') || '(none)'],
    ['strategy', merge.strategy],
    ['confidence', merge.confidence === null ? '(none)' : String(merge.confidence)],
    ...(merge.caseId === null ? [] : [['case', String(merge.caseId)]]),
    ...(merge.operationId === null ? [] : [['run', merge.operationId]]),
    ['by', `${merge.createdBy}, ${minute(merge.createdAt)}`],
    ...(merge.note === null ? [] : [['note', brief(merge.note, 200)]]),
    ...(merge.undoneBy === null ? [] : [['undone by', `${merge.undoneBy}, ${minute(merge.undoneAt)}`]]),
    ...(merge.undoNote === null ? [] : [['undone because', brief(merge.undoNote, 200)]]),
    ...upstreamRows(merge),
    ...merge.changes.map(({ field, before, after }) => [field, `${brief(before)} -> ${brief(after)}`]),
  ];
  for (const line of table(rows)) terminal.line(line);
  if (preview.possible) {
    terminal.line(`${undoing(merge)}: npx license-sync merges undo ${merge.id}`);
  } else if (merge.state === 'applied') {
    terminal.line('It cannot be undone now:');
    for (const { sentence } of preview.blockers) terminal.line(`- ${sentence}`);
  }
}

/** What was sent on account of it, where anything was. */
function upstreamRows({ state, upstream: { sent, due } }: MergeDetail): string[][] {
  if (sent === 0) return [];
  const changed = counted(sent, 'record was', 'records were');
  if (state === 'applied') return [['upstream', `${changed} changed since, which undoing takes back`]];
  return [['upstream', `${changed} changed meanwhile; ${takenBack(due)}`]];
}

function takenBack(due: number): string {
  if (due === 0) return 'nothing of it is left to be taken back';
  return `${counted(due, 'record')} will be taken back by the next run with --bidirectional`;
}

/** What undoing it would do, as a clause. */
function undoing({ master, duplicate, undo: { restores, returns } }: MergeDetail): string {
  const records = returns.join(', ');
  const what = duplicate
    ? `brings back license ${duplicate.key ?? duplicate.id}${records === '' ? '' : ` and its records ${records}`}`
    : `takes record ${records} off license ${master.key ?? master.id}`;
  const fields = restores.map(({ field }) => field).join(', ');
  return `Undoing it ${what}; ${fields === '' ? 'no field of the master changes' : `the master gets back its former ${fields}`}`;
}

async function undo(
  { terminal }: CliContext,
  client: ApiClient,
  id: number,
  { note, json }: { note?: string; json?: boolean },
): Promise<void> {
  const body = note === undefined ? {} : { note };
  const { data, meta } = await client
    .sendForMeta<MergeView, Omit<UndoResult, 'merge'>>('POST', `${PATH}/${id}/undo`, { body })
    .catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== 'merge-undone') throw error;
      throw new CliError(error.exitCode, `undone already, so nothing was changed: ${error.message}`, { cause: error });
    });
  if (json) return terminal.json({ ...data, undo: meta });
  const { restoredFields, sourceKeys, handedOn, upstream } = meta;
  terminal.line(`Merge ${id} is undone.`);
  if (restoredFields.length > 0)
    terminal.line(`Restored in ${data.master.key ?? data.master.id}: ${restoredFields.join(', ')}.`);
  if (data.duplicate) terminal.line(`Live again: ${data.duplicate.key ?? data.duplicate.id}.`);
  if (sourceKeys.length > 0) terminal.line(`Records that went back: ${sourceKeys.join(', ')}.`);
  if (handedOn.length > 0) terminal.line(`Values that stay, by later merges: ${handedOn.join(', ')}.`);
  if (upstream.sent > 0) terminal.line(`Upstream: ${takenBack(upstream.due)}.`);
}
