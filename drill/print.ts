/** What a drill says: a line a fault as it goes, and a table at the end that fits a terminal of 80 columns. */
import { number, span } from '../cli/text.ts';
import type { Fault } from './fault.ts';
import { type DrillResult, passed } from './result.ts';

const WIDTH = 80;

export function beginLine(name: string, what: readonly string[]): string {
  const drawn = what.filter((text) => text !== '').join(' + ');
  return drawn === '' ? name : `${name}: ${drawn}`;
}

/** One line when all held, else also one line an invariant that broke. */
export function resultLines(result: DrillResult): string[] {
  const { name, status, ms, error, judgements, healing } = result;
  const then = healing === 0 ? '' : `, then ${number(healing)} more`;
  const head = `${passed(result) ? 'held ' : 'BROKE'} ${name} (${status ?? 'no end'}${then}, ${span(ms)})`;
  if (error !== null) return [head, `  ${error}`];
  const broken = judgements.filter(({ held }) => !held);
  return [
    head,
    ...broken.flatMap(({ invariant, expected, seen }) => [`  ${invariant}: expected ${expected}`, `    seen: ${seen}`]),
  ];
}

export function tableLines(results: readonly DrillResult[]): string[] {
  const rows = results.map((result) => [
    cut(result.faults.length > 1 ? `${result.name}: ${result.faults.join(', ')}` : result.name, 38),
    cut(result.status ?? '-', 23),
    span(result.ms),
    passed(result) ? 'held' : 'BROKE',
  ]);
  const lines = [['FAULT', 'THE RUN ENDED AS', 'TOOK', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  return lines.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
      .slice(0, WIDTH),
  );
}

/** The last line, and for each failure of a random schedule the command that repeats it. */
export function closingLines(results: readonly DrillResult[], records: number, totalMs: number): string[] {
  const broken = results.filter((result) => !passed(result));
  const repeats = broken.flatMap(({ name, faults }) => {
    const seed = /^random (\d+)$/.exec(name)?.[1];
    return seed === undefined
      ? []
      : [`  npx license-sync drill --random 1 --seed ${seed} --records ${records}  (${faults.join(', ')})`];
  });
  const count = `${number(results.length - broken.length)} of ${number(results.length)} held, ${span(totalMs)}`;
  return [...(repeats.length === 0 ? [] : ['To repeat what broke:', ...repeats]), count];
}

/** What there is to drill, grouped. */
export function listLines(faults: readonly Fault[]): string[] {
  const widest = Math.max(...faults.map(({ name }) => name.length));
  return faults.flatMap(({ name, about }) =>
    wrapped(about, WIDTH - widest - 2).map((line, index) => `${(index === 0 ? name : '').padEnd(widest)}  ${line}`),
  );
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
