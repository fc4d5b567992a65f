/** What was sent to the License API, in words and tables. */

import { type PushReport, pushTotal } from '../domain/push-report.ts';
import type { PushView } from '../operations/pushes.ts';
import { counted, table } from './text.ts';
import { brief } from './values.ts';

const NAME = 20;
const VALUE = 24;

/** What became of what was to be sent, a line a kind; the names of the lines are for a report's first column. */
export function pushRows(pushes: PushReport, { dryRun, ended }: { dryRun: boolean; ended: boolean }): string[][] {
  if (pushTotal(pushes) === 0) return [['upstream', 'nothing was to be sent']];
  if (dryRun) {
    const known = pushes.rejected > 0 ? [`${counted(pushes.rejected, 'record')} would be left: refused before`] : [];
    return rowsOf([`${counted(pushes.planned, 'record')} would be changed`, ...known]);
  }
  const records = (count: number, text: string) => (count > 0 ? [`${counted(count, 'record')} ${text}`] : []);
  return [
    ...rowsOf([
      `${counted(pushes.written, 'record')} changed`,
      ...records(pushes.agreed, 'said so already'),
      ...records(pushes.conflict, 'said something else: the next run merges it, or see its clash'),
      ...records(pushes.unaddressable, 'could not be told from others by appid or e-mail'),
      ...records(pushes.gone, 'gone upstream'),
      ...records(pushes.rejected, 'refused by the API'),
      ...records(pushes.unconfirmed, 'written or not: it could not be found out'),
      ...records(pushes.skipped, 'left out: nothing left to be sent, or not as planned'),
    ]),
    ...(pushes.planned > 0
      ? [
          [
            'not sent',
            ended
              ? counted(pushes.planned, 'record was not reached', 'records were not reached')
              : counted(pushes.planned, 'record'),
          ],
        ]
      : []),
  ];
}

function rowsOf(lines: readonly string[]): string[][] {
  return lines.map((line, index) => [index === 0 ? 'upstream' : '', line]);
}

/** A line for each field; the record stands on its first one, and what is to be known of it below. */
export function pushesTable(pushes: readonly PushView[]): string[] {
  const rows = pushes.flatMap(({ sourceKey, dba, state, fields }) =>
    fields.map(({ field, before, after }, index) => [
      ...(index === 0 ? [sourceKey, dba === null ? '' : brief(dba, NAME), state] : ['', '', '']),
      field,
      `${brief(before, VALUE)} -> ${brief(after, VALUE)}`,
    ]),
  );
  const [head = '', ...lines] = table([['RECORD', 'NAME', 'STATE', 'FIELD', 'CHANGE'], ...rows]);
  const shown = [head];
  for (const { fields, reason } of pushes) {
    shown.push(...lines.splice(0, fields.length));
    if (reason !== null) shown.push(`  ${reason}`);
  }
  return shown;
}
