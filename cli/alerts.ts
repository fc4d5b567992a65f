import type { Command } from 'commander';
import type { AlertView } from '../operations/alerts.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { table } from './text.ts';

const PATH = '/api/v1/alerts';
const LIMIT = 100;
const WHAT_ALERTS_TELL = 'What waits for people beside them shows: npx license-sync status';

interface AlertsFlags {
  all?: boolean;
  json?: boolean;
}

export function addAlerts(program: Command, context: CliContext, done: (code: number) => void): void {
  const { terminal } = context;
  const alerts = program.command('alerts').description('what someone should look at: list, acknowledge');

  const list = alerts
    .command('list', { isDefault: true })
    .description(`the newest unresolved alerts, at most ${LIMIT}`)
    .option('--all', 'resolved ones too')
    .option('--json', 'print them as JSON')
    .action(async () => {
      const { all, json } = list.opts<AlertsFlags>();
      const query = `limit=${LIMIT}${all ? '' : '&state=unresolved'}`;
      const found = await connect(context).get<AlertView[]>(`${PATH}?${query}`);
      if (json) terminal.json(found);
      else if (found.length === 0)
        terminal.line(`${all ? 'There has never been an alert' : 'There are no open alerts'}. ${WHAT_ALERTS_TELL}`);
      else for (const line of table(found.flatMap(rowsOf))) terminal.line(line);
      done(EXIT.ok);
    });

  alerts
    .command('ack')
    .description('say that someone looks after an alert; it is resolved by itself')
    .argument('<id>', 'number of the alert')
    .option('--json', 'print it as JSON')
    .action(async (id: string, { json }: AlertsFlags) => {
      const alert = await connect(context).send<AlertView>('POST', `${PATH}/${encodeURIComponent(id)}/acknowledge`);
      if (json) terminal.json(alert);
      else terminal.line(`Alert ${alert.id} is acknowledged by ${alert.acknowledgedBy}.`);
      done(EXIT.ok);
    });
}

function rowsOf({ id, severity, state, firstSeenAt, subject, message }: AlertView): string[][] {
  return [
    [String(id), severity, state, firstSeenAt.slice(0, 19), subject],
    ['', '', '', '', message],
  ];
}
