import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { ScheduleDetails, ScheduleOptions, ScheduleView } from '../operations/schedule-view.ts';
import type { ApiClient } from './api-client.ts';
import { type CliContext, connect } from './context.ts';
import { CliError, EXIT } from './exit.ts';
import { span, table } from './text.ts';

interface SettingFlags {
  cron?: string;
  timezone?: string;
  jitter?: number;
  catchupWindow?: number;
  pauseOnFailure?: boolean;
  note?: string;
  comprehensive?: boolean;
  detectDuplicates?: boolean;
  bidirectional?: boolean;
  dryRun?: boolean;
  partial?: boolean;
  maxPages?: number;
  status?: 'active' | 'inactive';
  dba?: string;
  paused?: boolean;
}

const PATH = '/api/v1/schedules';
const PAGE = 50;

export function addSchedule(program: Command, context: CliContext, done: (code: number) => void): void {
  const schedule = program.command('schedule').description('schedules: list, look at, make, change, steer');
  const { terminal } = context;
  const report = (json: boolean | undefined, value: ScheduleDetails, sentence: string) => {
    if (json) terminal.json(value);
    else terminal.line(sentence);
    done(EXIT.ok);
  };

  schedule
    .command('list', { isDefault: true })
    .description('all schedules')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const schedules = await listAll(connect(context));
      if (json) terminal.json(schedules);
      else if (schedules.length === 0) {
        terminal.line(
          "There are no schedules; make one with: npx license-sync schedule create NAME --cron '0 3 * * *'",
        );
      } else {
        const head = ['NAME', 'CRON', 'ZONE', 'STATE', 'NEXT', 'STARTED'];
        for (const line of table([head, ...schedules.map(rowOf)])) terminal.line(line);
      }
      done(EXIT.ok);
    });

  schedule
    .command('show')
    .description('one schedule: settings, next times, what it started')
    .argument('<name>', 'the schedule')
    .option('--json', 'print it as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const found = await connect(context).get<ScheduleDetails>(pathOf(name));
      if (json) terminal.json(found);
      else for (const line of table(factsOf(found))) terminal.line(line);
      done(EXIT.ok);
    });

  withSettings(schedule.command('create').description('make a schedule').argument('<name>', 'a–z, 0–9 and -'))
    .option('--paused', 'start nothing until it is resumed')
    .action(async (name: string, flags: SettingFlags & { json?: boolean }) => {
      if (flags.cron === undefined) throw new CliError(EXIT.usage, "--cron is missing, such as --cron '0 3 * * *'");
      const body = { name, ...settingsOf(flags), ...(flags.paused ? { paused: true } : {}) };
      const made = await connect(context).send<ScheduleDetails>('POST', PATH, { body });
      report(flags.json, made, `Schedule ${name} is made; ${nextOf(made)}.`);
    });

  withSettings(
    schedule
      .command('update')
      .description('change a schedule; what is not given stays, but flags of the runs are replaced together')
      .argument('<name>', 'the schedule'),
  ).action(async (name: string, flags: SettingFlags & { json?: boolean }) => {
    const changed = await connect(context).send<ScheduleDetails>('PATCH', pathOf(name), { body: settingsOf(flags) });
    report(flags.json, changed, `Schedule ${name} is changed; ${nextOf(changed)}.`);
  });

  const steering: ['pause' | 'resume' | 'trigger', string, string][] = [
    ['pause', 'start nothing until it is resumed; a run under way goes on', 'is paused'],
    ['resume', 'let it go on', 'goes on'],
    ['trigger', 'start what it starts, now', 'was told to start a run now'],
  ];
  for (const [action, description, told] of steering) {
    schedule
      .command(action)
      .description(description)
      .argument('<name>', 'the schedule')
      .option('--json', 'print the schedule as JSON')
      .action(async (name: string, { json }: { json?: boolean }) => {
        const now = await connect(context).send<ScheduleDetails>('POST', `${pathOf(name)}/${action}`);
        report(json, now, `Schedule ${name} ${told}; see: npx license-sync schedule show ${name}`);
      });
  }

  schedule
    .command('backfill')
    .description('make up for the due times of a span: one run for all of them')
    .argument('<name>', 'the schedule')
    .requiredOption('--from <instant>', 'such as 2026-11-23T00:00:00Z')
    .requiredOption('--to <instant>', 'not in the future')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, { from, to, json }: { from: string; to: string; json?: boolean }) => {
      const now = await connect(context).send<ScheduleDetails & { times: number }>('POST', `${pathOf(name)}/backfill`, {
        body: { from, to },
      });
      report(json, now, `Schedule ${name} was told to make up for ${now.times} due times by one run.`);
    });

  schedule
    .command('restore')
    .description('make those again that a list from before has and Temporal has not; others stay as they are')
    .argument('<file>', "what 'schedule list --json' printed")
    .option('--json', 'print what was made as JSON')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const client = connect(context);
      const kept = readList(file);
      const present = new Set((await listAll(client)).map(({ name }) => name));
      const missing = kept.filter(({ name }) => !present.has(name));
      const made: ScheduleDetails[] = [];
      for (const {
        name,
        cron,
        timezone,
        jitterMs,
        catchupWindowMs,
        pauseOnFailure,
        options,
        note,
        paused,
      } of missing) {
        const body = { name, cron, timezone, jitterMs, catchupWindowMs, pauseOnFailure, options, note, paused };
        made.push(await client.send<ScheduleDetails>('POST', PATH, { body }));
        if (!json) terminal.line(`Schedule ${name} is made${paused ? ', paused as it was' : ''}.`);
      }
      if (json) terminal.json(made);
      else terminal.line(`${made.length} of ${kept.length} schedules were missing.`);
      done(EXIT.ok);
    });

  schedule
    .command('delete')
    .description('delete a schedule; a run under way goes on')
    .argument('<name>', 'the schedule')
    .option('--json', 'print what was deleted as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const gone = await connect(context).send<{ name: string }>('DELETE', pathOf(name));
      if (json) terminal.json(gone);
      else terminal.line(`Schedule ${name} is deleted.`);
      done(EXIT.ok);
    });
}

function withSettings(command: Command): Command {
  return command
    .option('--cron <expression>', "when: minute, hour, day of month, month, day of week, such as '0 3 * * *'")
    .option('--timezone <zone>', 'IANA name, such as America/Chicago (UTC when not given)')
    .option('--jitter <ms>', 'begin up to this much later', parseWhole)
    .option('--catchup-window <ms>', 'make up for due times that Temporal missed when they are not older', parseWhole)
    .option('--pause-on-failure', 'pause after a run that failed or was incomplete')
    .option('--no-pause-on-failure', 'go on after it')
    .option('--note <text>', 'what it is for')
    .option('--comprehensive', 'runs read every record of the API')
    .option('--no-comprehensive', 'runs only follow what the API lists')
    .option('--detect-duplicates', 'runs look for duplicates')
    .option('--bidirectional', 'runs also send what was edited inside to the License API')
    .option('--no-bidirectional', 'runs send nothing')
    .option('--dry-run', 'runs only plan')
    .option('--partial', 'runs fetch only what the next three options choose')
    .option('--max-pages <n>', 'with --partial: at most this many pages', parseWhole)
    .option('--status <status>', 'with --partial: active or inactive', parseStatus)
    .option('--dba <name>', 'with --partial: only this business name')
    .option('--json', 'print the schedule as JSON');
}

function settingsOf(flags: SettingFlags) {
  const { cron, timezone, jitter, catchupWindow, pauseOnFailure, note } = flags;
  const { comprehensive, detectDuplicates, bidirectional, dryRun, partial, maxPages, dba } = flags;
  const status = flags.status === undefined ? undefined : flags.status === 'active' ? (1 as const) : (0 as const);
  const options: ScheduleOptions = {};
  Object.assign(options, { comprehensive, detectDuplicates, bidirectional, dryRun, partial, maxPages, status, dba });
  const chosen = Object.values(options).some((value) => value !== undefined);
  // What is undefined is not sent.
  return {
    cron,
    timezone,
    jitterMs: jitter,
    catchupWindowMs: catchupWindow,
    pauseOnFailure,
    note,
    options: chosen ? options : undefined,
  };
}

/** @throws {CliError} when the file is no list of schedules. */
function readList(file: string): ScheduleView[] {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(list) && list.every((one) => typeof one?.name === 'string')) return list as ScheduleView[];
  } catch (error) {
    throw new CliError(EXIT.usage, `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new CliError(EXIT.usage, `${file} is no list that 'license-sync schedule list --json' printed`);
}

async function listAll(client: ApiClient): Promise<ScheduleView[]> {
  const all: ScheduleView[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=${PAGE}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { data, meta } = await client.page<ScheduleView[]>(`${PATH}?${query}`);
    all.push(...data);
    cursor = meta.nextCursor;
  }
  return all;
}

function rowOf(schedule: ScheduleView): string[] {
  const { name, cron, timezone, counts } = schedule;
  return [name, cron, timezone, stateOf(schedule), schedule.nextTimes[0] ?? '', String(counts.started)];
}

function stateOf({ paused, running }: ScheduleView): string {
  const state = paused ? 'paused' : 'active';
  return running ? `${state}, running` : state;
}

function factsOf(schedule: ScheduleDetails): string[][] {
  const { counts, running, note, stateNote, recentOperations } = schedule;
  const rows = [
    ['name', schedule.name],
    [
      'due',
      `${schedule.cron} (${schedule.timezone})${schedule.jitterMs > 0 ? `, up to ${span(schedule.jitterMs)} later` : ''}`,
    ],
    ['state', `${stateOf(schedule)}${stateNote ? `: ${stateNote}` : ''}`],
    ['next', schedule.nextTimes.slice(0, 3).join(', ') || 'never while it is paused'],
    ['catch-up', `due times up to ${span(schedule.catchupWindowMs)} old`],
    ['on failure', schedule.pauseOnFailure ? 'pauses' : 'goes on'],
    ['options', Object.keys(schedule.options).length === 0 ? 'defaults' : JSON.stringify(schedule.options)],
    ['made', `${schedule.createdAt} by ${schedule.createdBy}`],
    ['started', `${counts.started} times`],
    ['skipped', `${counts.skippedOverlap} due times while its own run was under way, ${counts.missedCatchup} too old`],
  ];
  if (note !== null) rows.push(['note', note]);
  if (running) rows.push(['running', running.operationId ?? running.workflowId]);
  for (const { operationId, status, startedAt } of recentOperations) {
    rows.push(['', `${startedAt.slice(0, 19)}  ${operationId}  ${status}`]);
  }
  return rows;
}

function nextOf({ nextTimes }: ScheduleView): string {
  return nextTimes[0] === undefined ? 'it is paused' : `next at ${nextTimes[0]}`;
}

function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}

function parseWhole(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

function parseStatus(text: string): string {
  if (text !== 'active' && text !== 'inactive') throw new InvalidArgumentError('expected active or inactive');
  return text;
}
