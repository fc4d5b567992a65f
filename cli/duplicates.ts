/** What is known of look-alikes, beside deciding them: `reviews` does that. */
import { type Command, InvalidArgumentError } from 'commander';
import type { DuplicateCheck } from '../operations/duplicate-check.ts';
import type { DuplicateMetrics } from '../operations/duplicate-metrics.ts';
import type { Explanation, Observation, PairSide } from '../operations/duplicate-pairs.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { counted, number, span, table } from './text.ts';
import { brief, limitParser, queryText, thereAreMore } from './values.ts';
import { waterfall } from './waterfall.ts';

const PATH = '/api/v1/licenses/duplicates';
const MAX_LIMIT = 200;
const MAX_DAYS = 366;
const WIDTH = 100;

interface CheckFlags {
  dba?: string;
  email?: string;
  phone?: string;
  address?: string;
  city?: string;
  zip?: string;
  key?: string;
  threshold?: number;
  explain?: boolean;
  json?: boolean;
}

export function addDuplicates(program: Command, context: CliContext, done: (code: number) => void): void {
  const duplicates = program
    .command('duplicates')
    .description('look for licenses of one business; `reviews` decides them');

  duplicates
    .command('check')
    .description('which licenses a business may be a duplicate of')
    .option('--dba <name>', 'name of the business')
    .option('--email <address>', 'e-mail address')
    .option('--phone <number>', 'phone number')
    .option('--address <street>', 'number and street')
    .option('--city <city>', 'city')
    .option('--zip <zip>', 'ZIP code')
    .option('--key <key>', 'key of a license')
    .option('--threshold <n>', 'tell what lies above, 0 to 100', parseThreshold)
    .option('--explain', 'show what speaks for and against each')
    .option('--json', 'print it as JSON')
    .action(async ({ json, ...body }: CheckFlags) => {
      const found = await connect(context).send<DuplicateCheck>('POST', `${PATH}/check`, { body });
      if (json) context.terminal.json(found);
      else printCheck(context, found);
      done(EXIT.ok);
    });

  duplicates
    .command('observations')
    .description('pairs that resemble each other too little to ask anybody, the most alike first')
    .option('--limit <n>', `how many, at most ${MAX_LIMIT}`, limitParser(MAX_LIMIT), 50)
    .option('--json', 'print them as JSON')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const { data, meta } = await connect(context).page<Observation[]>(`${PATH}/observations${queryText({ limit })}`);
      if (json) context.terminal.json(data);
      else printObservations(context, data);
      if (!json && meta.nextCursor !== null) context.terminal.note(thereAreMore('first', data.length, MAX_LIMIT));
      done(EXIT.ok);
    });

  duplicates
    .command('explain')
    .description('why two licenses match, or do not')
    .argument('<a>', 'id or key of a license, or the source key of a record')
    .argument('<b>', 'the other one')
    .option('--json', 'print it as JSON')
    .action(async (a: string, b: string, { json }: { json?: boolean }) => {
      const found = await connect(context).get<Explanation>(`${PATH}/explain${queryText({ a, b })}`);
      if (json) context.terminal.json(found);
      else printExplanation(context, found);
      done(EXIT.ok);
    });

  duplicates
    .command('metrics')
    .description('how good the search for duplicates is, and how long the queue')
    .option('--days <n>', `over the last days, at most ${MAX_DAYS}`, limitParser(MAX_DAYS), 30)
    .option('--json', 'print them as JSON')
    .action(async ({ days, json }: { days: number; json?: boolean }) => {
      const found = await connect(context).get<DuplicateMetrics>(`${PATH}/metrics${queryText({ days })}`);
      if (json) context.terminal.json(found);
      else printMetrics(context, found);
      done(EXIT.ok);
    });
}

function printCheck({ terminal }: CliContext, found: DuplicateCheck): void {
  const { potentialDuplicates, checkedAgainst, threshold, upToDate } = found;
  const among = counted(checkedAgainst, 'license');
  if (potentialDuplicates.length === 0) terminal.line(`None of ${among} resembles it more than ${threshold}.`);
  else {
    const head = ['CONFIDENCE', 'LICENSE', 'KEY', 'NAME', 'BECAUSE OF', 'ADVICE'];
    const rows = potentialDuplicates.map((each) => [
      each.confidenceScore.toFixed(1),
      each.licenseId,
      each.licenseKey,
      brief(each.dba ?? '', 30),
      each.matchReasons.join(', '),
      each.recommendation,
    ]);
    for (const line of table([head, ...rows])) terminal.line(line);
    for (const { licenseKey, explanation } of potentialDuplicates) {
      if (!explanation) continue;
      terminal.line();
      terminal.line(licenseKey);
      for (const line of waterfall(explanation, WIDTH)) terminal.line(line);
    }
  }
  if (!upToDate) terminal.note('Some changes of the last moments are not in the comparison yet; ask again in a while.');
}

function printObservations({ terminal }: CliContext, observations: Observation[]): void {
  if (observations.length === 0) {
    terminal.line('There are no observations. A sync with --detect-duplicates makes them.');
    return;
  }
  const head = ['CONFIDENCE', 'A', 'NAME', 'B', 'NAME'];
  const rows = observations.map(({ confidence, a, b }) => [
    confidence.toFixed(1),
    nameOf(a),
    brief(a.business.dba ?? '', 30),
    nameOf(b),
    brief(b.business.dba ?? '', 30),
  ]);
  for (const line of table([head, ...rows])) terminal.line(line);
  terminal.note('Why: npx license-sync duplicates explain <A> <B>');
}

function printExplanation(
  { terminal }: CliContext,
  { a, b, score, sentence, sharedKeys, compared }: Explanation,
): void {
  terminal.line(`${nameOf(a)} and ${nameOf(b)}`);
  terminal.line();
  for (const line of waterfall(score, WIDTH)) terminal.line(line);
  terminal.line();
  terminal.line(sentence);
  if (sharedKeys.length > 0) terminal.line(`Found by: ${sharedKeys.join(', ').replaceAll('_', ' ')}.`);
  if (compared > 1) terminal.line(`Of ${compared} pairs of their records this is the one most alike.`);
}

function printMetrics({ terminal }: CliContext, { days, metrics, queue }: DuplicateMetrics): void {
  terminal.line(`Over the last ${days} days:`);
  const rows = Object.entries(metrics).map(([name, { value, unit, numerator, denominator, meaning }]) => [
    name,
    value === null
      ? '–'
      : unit === 'ratio'
        ? `${(value * 100).toFixed(1)} %`
        : unit === 'ms'
          ? span(value)
          : number(value),
    denominator === null ? '' : `${number(numerator)} / ${number(denominator)}`,
    meaning,
  ]);
  for (const line of table([['FIGURE', 'VALUE', 'MADE OF', 'MEANING'], ...rows])) terminal.line(line);
  terminal.line();
  terminal.line(`${counted(queue.total, 'case waits', 'cases wait')} for a person.`);
  for (const { state, age, cases } of queue.sizes) terminal.line(`  ${state}, opened ${AGES[age]}: ${number(cases)}`);
}

const AGES = { day: 'within a day', week: 'within a week', month: 'within a month', older: 'longer ago' };

function nameOf({ ref, licenseKey, licenseId }: PairSide): string {
  return licenseKey ?? licenseId ?? ref;
}

function parseThreshold(text: string): number {
  const threshold = Number(text);
  if (text.trim() !== '' && threshold >= 0 && threshold <= 100) return threshold;
  throw new InvalidArgumentError('expected a number from 0 to 100');
}
