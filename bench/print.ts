/** Figures as tables on a terminal. */
import { cpus, loadavg, totalmem, type } from 'node:os';
import type { Measurement } from './measure.ts';
import type { Judgement } from './musts.ts';
import type { RunFigures } from './run.ts';
import { MEASURED } from './stand.ts';
import { BUSINESS_TABLES } from './written.ts';

const MB = 1024 * 1024;

/** Where it was measured; the load says whether anything else was going on. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryMb: number;
  system: string;
  node: string;
  /** Processes that wanted a core, on average over the minute before. */
  load: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model ?? 'unknown',
    memoryMb: Math.round(totalmem() / MB),
    system: `${type()} ${process.arch}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export function machineLine({ cores, cpu, memoryMb, system, node, load }: Machine): string {
  return `${cores} × ${cpu}, ${(memoryMb / 1024).toFixed(1)} GB, ${system}, Node ${node}, load ${load} before the start`;
}

/** One column a run, one line a figure. */
export function measurementLines(measurement: Measurement): string[] {
  const { records, workers, databaseVersion, floors, floorMs, first, unchanged, edited, edits } = measurement;
  const runs = [first, unchanged, edited];
  const line = (label: string, value: (run: RunFigures) => string) => [label, ...runs.map(value)];
  const phases = [...new Set(runs.flatMap((run) => run.phases.map(({ phase }) => phase)))];
  return [
    `${number(records)} records, ${databaseVersion}${workers > 1 ? `, ${workers} workers` : ''}`,
    ...floors.map(
      ({ fetchMs, loadMs, totalMs, pages, method }, index) =>
        `  floor ${index === 0 ? 'before' : 'after '}  ${seconds(totalMs)} = fetch of ${number(pages)} pages ${seconds(fetchMs)} + ${method} ${seconds(loadMs)}`,
    ),
    '',
    ...table([
      ['', 'first', 'unchanged', `${number(edits)} edited`],
      line('wall', (run) => seconds(run.wallMs)),
      line('records/s', (run) => number(run.recordsPerSecond)),
      ...phases.map((name) =>
        line(`  ${name}`, (run) => {
          const phase = run.phases.find(({ phase }) => phase === name);
          return phase ? seconds(phase.ms) : '–';
        }),
      ),
      line(`÷ floor (${seconds(floorMs)})`, (run) => (run.wallMs / floorMs).toFixed(2)),
      line('÷ first', (run) => (run.wallMs / first.wallMs).toFixed(2)),
      ...BUSINESS_TABLES.map((name) => line(`rows ${name}`, (run) => number(run.written[name]))),
      line('server wrote', (run) => megabytes(run.serverBytes)),
      line('Temporal steps', (run) => number(run.steps)),
      line('  events', (run) => number(run.events)),
      line('  executions', (run) => number(run.executions)),
      line('  longest history', (run) => number(run.longest)),
      ...MEASURED.map((name) => line(`peak RSS ${name}`, (run) => megabytes(run.peaks[name]))),
      ...(measurement.duplicates
        ? [
            line('pairs scored', (run) => number(run.duplicates?.scored ?? 0)),
            line('  above 90 / 70–90', (run) => `${run.duplicates?.auto ?? 0} / ${run.duplicates?.review ?? 0}`),
            line('consolidated', (run) => number(run.duplicates?.consolidated ?? 0)),
            line('cases', (run) => number(run.duplicates?.casesOpened ?? 0)),
          ]
        : []),
      line('status', (run) => run.status),
    ]),
    ...(measurement.checks === null
      ? []
      : [
          '',
          ...table([
            ['GET …/licenses/duplicates/check', 'p50', 'p99', 'found'],
            ...measurement.checks.map(({ asked, p50, p99, found, requests }) => [
              asked,
              `${p50.toFixed(1)} ms`,
              `${p99.toFixed(1)} ms`,
              `${found}/${requests}`,
            ]),
          ]),
        ]),
  ];
}

export function judgementLines(judgements: readonly Judgement[]): string[] {
  const verdict = (met: boolean | null) => (met === null ? '–' : met ? 'PASS' : 'FAIL');
  const rows = judgements.map(({ what, measured, limit, met }) => [verdict(met), what, measured, limit]);
  return table([['', 'must', 'measured', 'limit'], ...rows], 'left');
}

/** The first column is always to the left. */
function table(rows: readonly (readonly string[])[], others: 'left' | 'right' = 'right'): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 || others === 'left' ? cell.padEnd(width) : cell.padStart(width);
    });
    return `  ${cells.join('   ')}`.trimEnd();
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function megabytes(bytes: number | null): string {
  return bytes === null ? 'unknown' : `${number(bytes / MB)} MB`;
}
