import type { Command } from 'commander';
import type { SyncStatus } from '../operations/status.ts';
import { type CliContext, connect } from './context.ts';
import { EXIT } from './exit.ts';
import { number, span, table } from './text.ts';

export function addStatus(program: Command, context: CliContext, done: (code: number) => void): void {
  program
    .command('status')
    .description('the last sync, the run under way, the health of the License API')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await connect(context).status();
      if (json) context.terminal.json(status);
      else for (const line of table(rowsOf(status))) context.terminal.line(line);
      done(EXIT.ok);
    });
}

function rowsOf({ lastSync, attention, health, statistics, workers, running }: SyncStatus): string[][] {
  const rows: string[][] = [];
  if (running) {
    rows.push(
      ['running', `${running.operationId}, ${running.status} in phase ${running.phase}`],
      ['', running.sentence],
    );
  } else rows.push(['running', 'nothing']);
  if (lastSync.operationId === null) rows.push(['last sync', 'never']);
  else {
    const { totalFetched, created, updated, failed, duration } = lastSync;
    rows.push(
      ['last sync', `${lastSync.state} (${lastSync.status}), ${statistics.lastSyncAge}, ${lastSync.operationId}`],
      [
        '',
        `${number(totalFetched)} fetched, ${number(created)} created, ${number(updated)} updated, ${number(failed)} quarantined` +
          (duration === null ? '' : ` in ${span(duration)}`),
      ],
    );
    if (lastSync.sentence !== null) rows.push(['', lastSync.sentence]);
  }
  rows.push(...attentionRows(attention));
  const { averageResponseTime: average } = health;
  rows.push(
    [
      'License API',
      `${health.externalApi}, circuit ${health.circuitBreaker}${average === null ? '' : `, answers in ${span(average)}`}`,
    ],
    [
      'records',
      `${number(statistics.totalExternalLicenses)} in the mirror, ${number(statistics.totalInternalLicenses)} licenses`,
    ],
    ['linked', statistics.matchingRate ?? 'nothing yet'],
    ['workers', workers.map(({ build, count }) => `${count} of build ${build ?? 'unknown'}`).join(', ') || 'none'],
  );
  return rows;
}

/** What waits for a person, and the command that shows it; nothing when nothing does. */
function attentionRows({
  openConflicts,
  openQuarantine,
  vanishedRecords,
  compensationsDue,
  openAlerts,
}: SyncStatus['attention']): string[][] {
  const lines = [
    ...(openConflicts > 0 ? [`open conflicts: ${number(openConflicts)}; see: npx license-sync conflicts list`] : []),
    ...(openQuarantine > 0 ? [`in quarantine: ${number(openQuarantine)}; see: npx license-sync quarantine`] : []),
    ...(openAlerts > 0 ? [`open alerts: ${number(openAlerts)}; see: npx license-sync alerts`] : []),
    ...(compensationsDue > 0
      ? [
          `to be taken back upstream: ${number(compensationsDue)}, of undone merges; the next sync --bidirectional does it`,
        ]
      : []),
    ...(vanishedRecords > 0
      ? [`vanished records: ${number(vanishedRecords)}, which the License API gives no more`]
      : []),
  ];
  return lines.map((line, index) => [index === 0 ? 'attention' : '', line]);
}
