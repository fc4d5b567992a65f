/** The figures of a bench as a part of a Markdown document, and a chart beside it. What stands around the marks is people's. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartOf } from './chart.ts';
import { FlagError } from './flags.ts';
import type { Measurement } from './measure.ts';
import type { Judgement } from './musts.ts';
import { type Machine, machineLine, megabytes, number } from './print.ts';
import type { RunFigures } from './run.ts';
import { MEASURED } from './stand.ts';
import { totalOf } from './written.ts';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';
const CHART = join('images', 'performance.svg');

export interface BenchReport {
  /** ISO instant. */
  date: string;
  machine: Machine;
  results: (Measurement & { judgements: Judgement[] })[];
}

/** @throws {FlagError} when the document has no place for figures: an hour later would be late to say so. */
export function requireMarks(file: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text.indexOf(BEGIN) < 0 || text.indexOf(END) < text.indexOf(BEGIN)) {
    throw new FlagError(`--document ${file}: expected a file with the lines ${BEGIN} and ${END}`);
  }
}

/** Puts tables between the marks of `file`, and the chart into the folder `images` beside it. */
export function writeDocument(file: string, report: BenchReport): void {
  requireMarks(file);
  const text = readFileSync(file, 'utf8');
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  const after = text.slice(text.indexOf(END));
  const chart = join(dirname(file), CHART);
  mkdirSync(dirname(chart), { recursive: true });
  writeFileSync(chart, chartOf(report.results));
  writeFileSync(file, `${before}\n\n${bodyOf(report)}\n\n${after}`);
}

function bodyOf({ date, machine, results }: BenchReport): string {
  return [
    `Measured ${date.slice(0, 10)}: ${machineLine(machine)}.`,
    `![Microseconds per record by phase](${CHART})`,
    ...results.map(sectionOf),
  ].join('\n\n');
}

function sectionOf(measurement: Measurement & { judgements: Judgement[] }): string {
  const { records, workers, duplicates, databaseVersion, floors, floorMs, first, unchanged, edited, edits, checks } =
    measurement;
  const runs = [first, unchanged, edited];
  const row = (label: string, value: (run: RunFigures) => string) => [label, ...runs.map(value)];
  const phases = [...new Set(runs.flatMap((run) => run.phases.map(({ phase }) => phase)))];
  const title = `### ${number(records)} records${workers > 1 ? `, ${workers} workers` : ''}${duplicates ? '' : ', without duplicates'}`;
  const floor = floors
    .map(({ fetchMs, loadMs, totalMs }) => `${seconds(totalMs)} (fetch ${seconds(fetchMs)}, load ${seconds(loadMs)})`)
    .join(' before the runs and ');
  return [
    title,
    `On ${databaseVersion}. Floor: ${floor} after them; ratios are to the faster one, ${seconds(floorMs)}.`,
    table([
      ['', 'first', 'unchanged', `${number(edits)} edited`],
      row('wall', (run) => `**${seconds(run.wallMs)}**`),
      row('records/s', (run) => number(run.recordsPerSecond)),
      ...phases.map((name) =>
        row(`– ${name}`, (run) => {
          const phase = run.phases.find(({ phase }) => phase === name);
          return phase ? seconds(phase.ms) : '–';
        }),
      ),
      row('÷ floor', (run) => (run.wallMs / floorMs).toFixed(1)),
      row('÷ first', (run) => (run.wallMs / first.wallMs).toFixed(2)),
      row('business rows written', (run) => number(totalOf(run.written))),
      row('written by the database server', (run) => megabytes(run.serverBytes)),
      row('Temporal steps / events', (run) => `${number(run.steps)} / ${number(run.events)}`),
      row('longest history, events', (run) => number(run.longest)),
      ...MEASURED.map((name) => row(`peak RSS, ${name}`, (run) => megabytes(run.peaks[name]))),
      ...(duplicates
        ? [
            row('pairs scored', (run) => number(run.duplicates?.scored ?? 0)),
            row(
              'consolidated / cases',
              (run) => `${number(run.duplicates?.consolidated ?? 0)} / ${number(run.duplicates?.casesOpened ?? 0)}`,
            ),
          ]
        : []),
    ]),
    ...(checks === null
      ? []
      : [
          table([
            ['`duplicates/check`', 'p50', 'p99', 'found'],
            ...checks.map(({ asked, p50, p99, found, requests }) => [
              asked,
              `${p50.toFixed(1)} ms`,
              `${p99.toFixed(1)} ms`,
              `${found}/${requests}`,
            ]),
          ]),
        ]),
    table([
      ['must', 'measured', 'limit', ''],
      ...measurement.judgements.map(({ what, measured, limit, met }) => [
        what,
        measured,
        limit,
        met === null ? 'not judged' : met ? 'met' : '**missed**',
      ]),
    ]),
  ].join('\n\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...body.map(line)].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
