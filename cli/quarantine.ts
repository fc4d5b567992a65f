/** Quarantine: what could not be taken over or not be written upstream, and trying it again. */
import { type Command, Option } from 'commander';
import type { ReplayView } from '../operations/index.ts';
import type { QuarantineDetail, QuarantineView } from '../operations/quarantine.ts';
import type { OperationView } from '../operations/view.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { followToReport } from './follow.ts';
import { number, table } from './text.ts';
import { brief, limitParser, minute, parseId, parseIds, queryText, thereAreMore } from './values.ts';

const PATH = '/api/v1/quarantine';
const MAX_LIMIT = 200;

interface ListFlags {
  state?: string;
  phase?: string;
  run?: string;
  code?: string;
  type?: string;
  limit?: number;
  json?: boolean;
}

interface ReplayFlags {
  run?: string;
  all?: boolean;
  wait?: boolean;
  json?: boolean;
  state?: string;
  phase?: string;
  code?: string;
  type?: string;
  limit?: number;
}

/** Filters of the list: the parent takes them, and a replay that passed them over would read more than was meant. */
const LIST_ONLY = ['state', 'phase', 'code', 'type', 'limit'] as const;

export function addQuarantine(program: Command, context: CliContext, done: (code: number) => void): void {
  const quarantine = program
    .command('quarantine')
    .description('what could not be taken over, or not be sent: list it, look at one entry, try entries again')
    .argument('[id]', 'the entry to show; without it the newest are listed', parseId)
    .addOption(new Option('--state <state>', 'which ones (default: open)').choices(['open', 'resolved', 'superseded']))
    .addOption(
      new Option('--phase <phase>', 'only what could not be read (fetch) or not be sent (push)').choices([
        'fetch',
        'push',
      ]),
    )
    .option('--run <id>', 'only of this run')
    .option('--code <code>', 'only with this error code, such as FIELD_INVALID')
    .option('--type <type>', 'only of this error class, such as validation')
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT))
    .option('--json', 'print it as JSON')
    .action(async (id: number | undefined, flags: ListFlags) => {
      const client = connect(context);
      if (id === undefined) await list(context, client, flags);
      else await show(context, client, id, flags.json ?? false);
      done(EXIT.ok);
    });

  const replay = quarantine
    .command('replay')
    .description('start a run that tries only these entries again')
    .argument('[ids...]', 'their numbers in the list', parseIds)
    .option('--run <id>', 'every open entry of this run')
    .option('--all', 'every open entry')
    .option('--wait', 'show the progress until the run has ended, then its report')
    .option('--json', 'print the operation as JSON')
    .action(async (ids: number[]) => {
      // The parent has some of the options too, and takes them wherever they stand.
      done(await startReplay(context, ids, replay.optsWithGlobals<ReplayFlags>()));
    });
}

async function list({ terminal }: CliContext, client: ApiClient, flags: ListFlags): Promise<void> {
  const { state, phase, run, code, type, limit } = flags;
  const query = queryText({ state, phase, operationId: run, code, type, limit });
  const { data, meta } = await client.page<QuarantineView[]>(`${PATH}${query}`);
  if (flags.json) return terminal.json(data);
  if (data.length === 0) return terminal.line(`There is nothing ${state ?? 'open'} in quarantine like that.`);
  const head = ['ID', 'SINCE', 'RUN', 'PHASE', 'PLACE', 'CODE', 'WHAT'];
  for (const line of table([head, ...data.map(rowOf)])) terminal.line(line);
  if (meta.nextCursor !== null) terminal.note(thereAreMore('newest', data.length, MAX_LIMIT));
}

function rowOf(entry: QuarantineView): string[] {
  const { id, createdAt, operationId, phase, code, message } = entry;
  return [String(id), minute(createdAt), operationId ?? '', phase, placeOf(entry), code, brief(message, 60)];
}

/** A record that could not be sent is named; where it stood matters to nobody. */
function placeOf(entry: QuarantineView): string {
  if (entry.phase === 'push') return entry.sourceKey ?? 'not known';
  return `page ${entry.page}, position ${positionsOf(entry)}`;
}

function positionsOf({ position, positions }: QuarantineView): string {
  return positions === 1 ? String(position) : `${position}-${position + positions - 1}`;
}

async function show({ terminal }: CliContext, client: ApiClient, id: number, json: boolean): Promise<void> {
  const entry = await client.get<QuarantineDetail>(`${PATH}/${id}`);
  if (json) return terminal.json(entry);
  const isPush = entry.phase === 'push';
  const rows = [
    ['entry', `${entry.id}, ${entry.state}${entry.replaying ? ', to be tried again' : ''}`],
    ['run', entry.operationId ?? 'not on record any more'],
    ...(isPush ? [] : [['place', `${placeOf(entry)}, reading ${entry.pass}`]]),
    ['record', entry.sourceKey ?? 'not known'],
    ['class', `${entry.type}, ${entry.code}, severity ${entry.severity}${entry.retryable ? ', retryable' : ''}`],
    ['what', entry.message],
    ...(entry.resolvedOperationId === null ? [] : [['resolved by', entry.resolvedOperationId]]),
    ...(isPush ? [] : [['sent', entry.rawContent ?? 'nothing was kept']]),
  ];
  for (const line of table(rows)) terminal.line(line);
  if (isPush && entry.operationId !== null) {
    terminal.line(`What was to be sent: npx license-sync runs pushes ${entry.operationId}`);
  }
  const again = isPush ? 'To send it again' : 'To read it again';
  if (entry.state === 'open') terminal.line(`${again}: npx license-sync quarantine replay ${entry.id}`);
}

async function startReplay(context: CliContext, ids: number[], flags: ReplayFlags): Promise<number> {
  const { run, all, wait, json = false } = flags;
  const unknown = LIST_ONLY.find((name) => flags[name] !== undefined);
  if (unknown !== undefined) {
    throw new CliError(EXIT.usage, `replay has no --${unknown}: name entries by number, or say --run <id>, or --all`);
  }
  const targets = [
    ...(ids.length > 0 ? [{ ids }] : []),
    ...(run === undefined ? [] : [{ operationId: run }]),
    ...(all ? [{ all: true as const }] : []),
  ];
  const [body] = targets;
  if (targets.length !== 1) throw new CliError(EXIT.usage, 'name entries by number, or say --run <id>, or --all');
  const client = connect(context);
  const { data: operation, meta } = await client.sendForMeta<OperationView, Omit<ReplayView, 'operation'>>(
    'POST',
    `${PATH}/replay`,
    { body },
  );
  const { operationId } = operation;
  if (!json) tell(context, operationId, meta);
  if (wait) return await followToReport(context, client, operationId, json);
  if (json) context.terminal.json({ ...operation, replay: meta });
  return EXIT.ok;
}

const SKIPPED = {
  unknown: 'there is no such entry',
  not_open: 'it is not open any more',
  other_part: 'it belongs to another part of the feed: replay it by itself',
};

function tell({ terminal }: CliContext, operationId: string, meta: Omit<ReplayView, 'operation'>): void {
  for (const { id, reason } of meta.skipped) terminal.line(`Entry ${id} is left out: ${SKIPPED[reason]}.`);
  terminal.line(`Run ${operationId} tries ${number(meta.entries)} again; see: npx license-sync runs ${operationId}`);
  if (meta.otherParts > 0) {
    terminal.line(`${number(meta.otherParts)} belong to another part of the feed: replay them when it has ended.`);
  }
}
