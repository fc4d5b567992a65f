/** Duplicate cases: the queue, one case with its reasons drawn, verdicts one by one or many at once, undo. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CASE_KINDS, CASE_STATES, type Verdict } from '../domain/reviews.ts';
import type { ReviewDetail, ReviewListItem } from '../operations/review-view.ts';
import type { ReviewCounts } from '../operations/reviews.ts';
import { type ApiClient, Refused } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { addBulk } from './reviews-bulk.ts';
import { showReview, TO_JOIN_AFTER_ALL } from './reviews-show.ts';
import { parseConfidence, REVIEWS_PATH } from './reviews-values.ts';
import { counted, number, table } from './text.ts';
import { brief, limitParser, minute, parseId, queryText, thereAreMore } from './values.ts';

const MAX_LIMIT = 200;

interface ListFlags {
  state: string;
  kind?: string;
  assigned?: string;
  min?: number;
  held: string;
  limit: number;
  json?: boolean;
}

interface DecideFlags {
  master?: string;
  field?: Record<string, string>;
  note?: string;
  seen?: number;
  json?: boolean;
}

export function addReviews(program: Command, context: CliContext, done: (code: number) => void): void {
  const reviews = program
    .command('reviews')
    .description('businesses that look like one: the queue, why, and what becomes of them');
  const json = () => new Option('--json', 'print it as JSON');
  const one = (name: string, description: string) =>
    reviews.command(name).description(description).argument('<id>', 'number of the case', parseId);
  const note = () => new Option('--note <text>', 'what others should know of why');

  reviews
    .command('list', { isDefault: true })
    .description('the cases, what matters most first')
    .addOption(new Option('--state <state>', 'which ones').choices([...CASE_STATES, 'all']).default('open'))
    .addOption(new Option('--kind <kind>', 'where the two stand').choices(CASE_KINDS))
    .option('--assigned <who>', 'a name, me, or none')
    .option('--min <confidence>', 'at least so much alike, 0 to 100', parseConfidence)
    .addOption(
      new Option('--held <how>', 'open cases that are held back, also with --assigned')
        .choices(['only', 'exclude', 'include'])
        .default('exclude'),
    )
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT), 50)
    .addOption(json())
    .action(async (flags: ListFlags) => done(await list(context, flags)));

  one('show', 'one case: side by side, why they look alike, who would stay, what happened so far')
    .addOption(json())
    .action(async (id: number, flags: { json?: boolean }) => {
      const review = await connect(context).get<ReviewDetail>(`${REVIEWS_PATH}/${id}`);
      if (flags.json) context.terminal.json(review);
      else showReview(context.terminal, review);
      done(EXIT.ok);
    });

  const verdicts: [Verdict, string][] = [
    ['approve', 'they are one business: make their licenses one'],
    ['reject', 'they are different: keep them apart'],
    ['flag', 'not now: the case comes back later'],
  ];
  for (const [decision, description] of verdicts) {
    const command = one(decision, description).addOption(note());
    if (decision === 'approve') {
      command
        .option('--master <license>', 'id of the license that stays; without it the one that ranks best')
        .option('--field <name=license>', 'take this field from that license; may be given several times', parseField);
    }
    command
      .option('--seen <version>', 'the version that was looked at; without it the present one', parseVersion)
      .addOption(json())
      .action(async (id: number, flags: DecideFlags) => done(await decide(context, id, decision, flags)));
  }

  one('undo', 'undo the verdict: part what was made one, or let the case wait again')
    .addOption(note())
    .addOption(json())
    .action(async (id: number, flags: DecideFlags) => {
      const body = flags.note === undefined ? {} : { note: flags.note };
      const review = await post(context, id, 'undo', body);
      report(context, review, flags.json, review.state === 'undone' ? '' : 'The verdict was undone.');
      done(EXIT.ok);
    });

  one('assign', 'say whose case it is')
    .argument('<who>', 'a name, me, or none')
    .addOption(json())
    .action(async (id: number, who: string, flags: { json?: boolean }) => {
      const review = await post(context, id, 'assign', { to: who === 'none' ? null : who });
      const { assignedTo } = review;
      const said =
        assignedTo === null
          ? 'It is nobody’s now.'
          : `Assigned to ${who === 'me' ? `me (${assignedTo})` : assignedTo}.`;
      report(context, review, flags.json, said);
      done(EXIT.ok);
    });

  one('hold', 'hold a case back: nobody is reminded of it until then')
    .argument('<until>', 'a time such as 2026-12-24T09:00:00Z, or none to let it go on')
    .addOption(note())
    .addOption(json())
    .action(async (id: number, until: string, flags: DecideFlags) => {
      const body = {
        until: until === 'none' ? null : until,
        ...(flags.note === undefined ? {} : { note: flags.note }),
      };
      const review = await post(context, id, 'hold', body);
      // Of an open case its own sentence says until when.
      const till = review.state === 'open' ? '' : `Held back until ${minute(review.heldUntil)} UTC.`;
      report(context, review, flags.json, review.heldUntil === null ? 'It is not held back any more.' : till);
      done(EXIT.ok);
    });

  one('comment', 'write a remark on a case')
    .argument('<text>', 'the remark')
    .addOption(json())
    .action(async (id: number, text: string, flags: { json?: boolean }) => {
      report(context, await post(context, id, 'comment', { note: text }), flags.json, 'Comment kept.');
      done(EXIT.ok);
    });

  addBulk(reviews, context, done);
}

async function list(context: CliContext, flags: ListFlags): Promise<number> {
  const { terminal } = context;
  const client = connect(context);
  const { data, meta } = await client.page<ReviewListItem[], { nextCursor: string | null; counts: ReviewCounts }>(
    listPath(flags),
  );
  if (flags.json) {
    terminal.json(data);
    return EXIT.ok;
  }
  if (data.length === 0) terminal.line('There are no cases like that.');
  else {
    const head = ['CASE', 'ALIKE', 'STATE', 'KIND', 'BUSINESSES', 'WHOSE', 'SINCE'];
    for (const line of table([head, ...data.map(rowOf)])) terminal.line(line);
  }
  const { byState } = meta.counts;
  const counted = CASE_STATES.flatMap((state) => (byState[state] > 0 ? [`${number(byState[state])} ${state}`] : []));
  if (counted.length > 0) terminal.note(`All in all: ${counted.join(', ')}.`);
  const held = await heldBack(client, flags);
  if (held !== null) terminal.note(held);
  if (meta.nextCursor !== null) terminal.note(thereAreMore('first', data.length, MAX_LIMIT));
  return EXIT.ok;
}

function listPath({ state, kind, assigned, min, held, limit }: ListFlags): string {
  const query = { state, kind, assignedTo: assigned, minConfidence: min, heldBack: held, limit };
  return `${REVIEWS_PATH}${queryText(query)}`;
}

/** How many cases are left out because they are held back; null when none are. */
async function heldBack(client: ApiClient, flags: ListFlags): Promise<string | null> {
  if (flags.held !== 'exclude' || flags.state !== 'open') return null;
  const { data, meta } = await client.page<ReviewListItem[]>(listPath({ ...flags, held: 'only', limit: MAX_LIMIT }));
  if (data.length === 0) return null;
  const some = counted(data.length, 'more like that is', 'more like that are');
  return `${meta.nextCursor === null ? '' : 'At least '}${some} held back: --held include`;
}

function rowOf({ id, confidence, state, kind, members, assignedTo, createdAt }: ReviewListItem): string[] {
  const names = members.map(({ dba, city }) => [dba, city].filter((part) => part !== null).join(', ') || '(no name)');
  return [
    String(id),
    confidence.toFixed(1),
    state,
    kind,
    brief(names.join(' / '), 70),
    brief(assignedTo ?? '', 20),
    minute(createdAt),
  ];
}

async function decide(context: CliContext, id: number, decision: Verdict, flags: DecideFlags): Promise<number> {
  const client = connect(context);
  // Whoever names no version decides what they could have looked at just now.
  const version = flags.seen ?? (await client.get<ReviewDetail>(`${REVIEWS_PATH}/${id}`)).version;
  const body = {
    decision,
    version,
    ...(flags.master === undefined ? {} : { masterId: flags.master }),
    ...(flags.field === undefined ? {} : { fields: flags.field }),
    ...(flags.note === undefined ? {} : { note: flags.note }),
  };
  const review = await post(context, id, 'decide', body).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.code !== 'review-decided' || error.problem.state !== 'undone') throw error;
    const message = `the approval of case ${id} was undone, and this verdict changed nothing. ${TO_JOIN_AFTER_ALL}`;
    throw new CliError(error.exitCode, message, { cause: error });
  });
  report(context, review, flags.json);
  return EXIT.ok;
}

async function post(context: CliContext, id: number, action: string, body: unknown): Promise<ReviewDetail> {
  return await connect(context).send<ReviewDetail>('POST', `${REVIEWS_PATH}/${id}/${action}`, { body });
}

/** @param said what was done, where the case's own sentence does not tell. */
function report({ terminal }: CliContext, review: ReviewDetail, json = false, said = ''): void {
  if (json) terminal.json(review);
  else terminal.line(`Case ${review.id}: ${said}${said === '' ? '' : ' '}${review.sentence}`);
}

function parseVersion(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number');
}

function parseField(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, license] = /^([A-Za-z_]+)=(\S+)$/.exec(text) ?? [];
  if (name === undefined || license === undefined) {
    throw new InvalidArgumentError('expected the name of a field, =, and the id of a license');
  }
  return { ...before, [name]: license };
}
