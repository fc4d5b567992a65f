/** One verdict on many duplicate cases. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { CASE_KINDS, VERDICTS, type Verdict } from '../domain/reviews.ts';
import type { BulkItemView, BulkView } from '../operations/bulk-reviews.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { parseConfidence, REVIEWS_PATH } from './reviews-values.ts';
import { counted } from './text.ts';
import { parseIds } from './values.ts';

const LOOK_EVERY_MS = 1000;
const MOST_REASONS = 50;

interface BulkFlags {
  all?: boolean;
  state?: string;
  kind?: string;
  assigned?: string;
  min?: number;
  note?: string;
  preview?: boolean;
  wait?: boolean;
  json?: boolean;
}

type BulkDetail = BulkView & { items: BulkItemView[] };

export function addBulk(reviews: Command, context: CliContext, done: (code: number) => void): void {
  reviews
    .command('bulk')
    .description('give one verdict on many cases: by number, by a filter, or on all that are open and not held back')
    .argument('<decision>', `${VERDICTS.join(', ')}; or status, with the id of one that was started`)
    .argument('[ids...]', 'numbers of cases')
    .option('--all', 'every open case that is not held back')
    .addOption(
      new Option('--state <state>', 'every case in this state; of open ones those that are not held back').choices([
        'open',
        'flagged',
      ]),
    )
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(CASE_KINDS))
    .option('--assigned <who>', 'only cases of a name, me, or none')
    .option('--min <confidence>', 'only at least so much alike', parseConfidence)
    .option('--note <text>', 'what others should know of why')
    .option('--preview', 'only say how many cases it would be about')
    .option('--wait', 'wait until every case is decided or refused')
    .option('--json', 'print it as JSON')
    .action(async (decision: string, ids: string[], flags: BulkFlags) =>
      done(await bulk(context, decision, ids, flags)),
    );
}

async function bulk(context: CliContext, decision: string, ids: string[], flags: BulkFlags): Promise<number> {
  const client = connect(context);
  if (decision === 'status') {
    const [id] = ids;
    if (id === undefined || ids.length > 1) throw new CliError(EXIT.usage, 'name one bulk verdict by its id');
    return await follow(context, client, id, flags);
  }
  if (!VERDICTS.includes(decision as Verdict)) {
    throw new CliError(EXIT.usage, `the verdict is one of ${VERDICTS.join(', ')}, or status`);
  }
  const body = { ...targetOf(ids, flags), decision, ...(flags.note === undefined ? {} : { note: flags.note }) };
  if (flags.preview) {
    const found = await client.send<{ cases: number }>('POST', `${REVIEWS_PATH}/bulk`, {
      body: { ...body, preview: true },
    });
    if (flags.json) context.terminal.json(found);
    else context.terminal.line(`It would be about ${counted(found.cases, 'case')}.`);
    return EXIT.ok;
  }
  const started = await client.send<BulkView>('POST', `${REVIEWS_PATH}/bulk`, { body });
  if (!flags.json) context.terminal.note(`Begun: follow it with npx license-sync reviews bulk status ${started.id}`);
  return await follow(context, client, started.id, flags);
}

function targetOf(given: string[], { all, state, kind, assigned, min }: BulkFlags): Record<string, unknown> {
  const filter = { state, kind, assignedTo: assigned, minConfidence: min };
  const hasFilter = Object.values(filter).some((value) => value !== undefined);
  if ([given.length > 0, hasFilter || all === true].filter(Boolean).length !== 1) {
    throw new CliError(EXIT.usage, 'name cases by number, or by --state, --kind, --assigned and --min, or say --all');
  }
  if (!hasFilter && given.length === 0) return { filter: {} };
  if (hasFilter) return { filter };
  const ids = given.reduce<number[]>((before, text) => parseIds(text, before), []);
  return { cases: ids.map((id) => ({ id })) };
}

/** Cases that were refused make it exit code 1: a script must not take them for decided. */
async function follow(
  { terminal, interrupted }: CliContext,
  client: ApiClient,
  id: string,
  { wait, json }: BulkFlags,
): Promise<number> {
  const path = `${REVIEWS_PATH}/bulk/${encodeURIComponent(id)}?outcome=refused&limit=${MOST_REASONS}`;
  let seen = await client.get<BulkDetail>(path);
  while (wait && seen.state === 'running') {
    if (interrupted.aborted) throw new CliError(EXIT.interrupted, 'interrupted; the bulk verdict goes on');
    if (terminal.live && !json) terminal.rewrite(seen.sentence);
    await sleep(LOOK_EVERY_MS);
    seen = await client.get<BulkDetail>(path);
  }
  if (json) terminal.json(seen);
  else {
    for (const { caseId, reason } of seen.items) terminal.line(`Case ${caseId} was refused: ${reason ?? 'no reason'}`);
    terminal.line(seen.sentence);
  }
  return seen.refused > 0 || seen.state === 'failed' ? EXIT.failed : EXIT.ok;
}
