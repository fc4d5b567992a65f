/** `license-sync match-lab`: what other weights or thresholds would have made of the pairs that people decided. */
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { LabResult } from '../operations/match-lab.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { number, table } from './text.ts';
import { brief } from './values.ts';

interface LabFlags {
  set: Record<string, number>;
  rules?: string;
  json?: boolean;
}

const PATH = '/api/v1/licenses/duplicates/lab';
const MAX_BYTES = 100_000;

export function addMatchLab(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('match-lab')
    .description('replay what people decided against other weights or thresholds; changes nothing')
    .option('--set <rule=value>', 'such as auto=92 or name.equal=9; may be given several times', parseSet, {})
    .option('--rules <file>', 'JSON with the rules that differ, nested or by path; --set goes before')
    .option('--json', 'print the result as JSON')
    .action(async ({ set, rules, json }: LabFlags) => {
      const body = { set: { ...(rules === undefined ? {} : await readRules(rules)), ...set } };
      const result = await connect(context).send<LabResult>('POST', PATH, { body });
      if (json) context.terminal.json(result);
      else print(context.terminal, result);
      done(EXIT.ok);
    });
}

function parseSet(text: string, before: Record<string, number>): Record<string, number> {
  const [, path = '', value = ''] =
    /^\s*([A-Za-z][A-Za-z0-9.]{0,60})\s*=\s*(-?\d{1,9}(?:\.\d{1,6})?)\s*$/.exec(text) ?? [];
  if (path === '') throw new InvalidArgumentError('expected a rule and a number, such as auto=92');
  return { ...before, [path]: Number(value) };
}

async function readRules(file: string): Promise<Record<string, number>> {
  const content = await readText(file);
  let rules: unknown;
  try {
    rules = JSON.parse(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CliError(EXIT.usage, `${file} is no JSON: ${error.message}`);
  }
  const paths: Record<string, number> = {};
  flatten(file, rules, '', paths);
  return paths;
}

async function readText(file: string): Promise<string> {
  try {
    const content = await readFile(file);
    if (content.length <= MAX_BYTES) return content.toString('utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new CliError(EXIT.usage, `${file} cannot be read (${error.code})`, { cause: error });
  }
  throw new CliError(EXIT.usage, `${file} is larger than ${number(MAX_BYTES)} bytes: those are no rules`);
}

function flatten(file: string, node: unknown, prefix: string, paths: Record<string, number>): void {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw new CliError(EXIT.usage, `${file}: expected an object with numbers${prefix === '' ? '' : ` at ${prefix}`}`);
  }
  for (const [name, value] of Object.entries(node)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof value === 'number') paths[path] = value;
    else flatten(file, value, path, paths);
  }
}

function print(terminal: Terminal, result: LabResult): void {
  const { changed, verdicts, unreadable, before, after, falseMerges, missed, flips, flipped, more } = result;
  terminal.line(
    changed.length === 0
      ? 'The rules in force, as they are.'
      : `Changed: ${changed.map(({ path, before: was, after: is }) => `${path} ${was} → ${is}`).join(', ')}`,
  );
  const left = unreadable === 0 ? '' : `; ${number(unreadable)} more cannot be read`;
  terminal.line(`${number(verdicts)} verdicts of people replayed${left}.`);
  if (verdicts === 0) return;
  terminal.line();
  const row = (what: string, counts: LabResult['before']['same']) => [
    what,
    ...[counts.auto, counts.review, counts.observe + counts.none].map(number),
  ];
  const rows = [
    ['PEOPLE SAID', 'AUTO', 'REVIEW', 'BELOW'],
    row('same, now', before.same),
    row('same, then', after.same),
    row('different, now', before.different),
    row('different, then', after.different),
  ];
  for (const line of table(rows)) terminal.line(line);
  terminal.line();
  terminal.line(`False merges: ${number(falseMerges.before)} now, ${number(falseMerges.after)} then.`);
  terminal.line(`Missed: ${number(missed.before)} now, ${number(missed.after)} then.`);
  if (flips.length === 0) {
    terminal.line('No pair would be decided otherwise.');
    return;
  }
  for (const { verdict, from, to, count } of flips) terminal.line(`  ${from} → ${to} (${verdict}): ${number(count)}`);
  terminal.line();
  const head = ['NOW', 'THEN', 'PEOPLE SAID', 'A', 'B', 'BY'];
  const lines = flipped.map((pair) => [
    `${pair.before.toFixed(1)} ${pair.from}`,
    `${pair.after.toFixed(1)} ${pair.to}`,
    pair.verdict,
    brief(pair.a.dba ?? pair.a.ref, 28),
    brief(pair.b.dba ?? pair.b.ref, 28),
    pair.decidedBy,
  ]);
  for (const line of table([head, ...lines])) terminal.line(line);
  if (more > 0) terminal.line(`and ${number(more)} more`);
}
