/** A plan in words and tables. */
import type { PlanChangeView, PlanView } from '../operations/plans.ts';
import type { Terminal } from './terminal.ts';
import { counted, number, table } from './text.ts';

const MAX_CELL = 40;
const TOLD_OF_CREATION: readonly string[] = ['status', 'appid', 'comingExpired'];
const PROOFS: Record<string, string> = {
  proven: 'proven complete',
  proven_by_two_passes: 'proven complete by two readings',
  unproven: 'not proven complete, so nothing is planned to vanish',
};

/** What it would do, whether it can be applied, and its first changes. */
export function printPlan(terminal: Terminal, plan: PlanView, first: readonly PlanChangeView[]): void {
  const { planId, createdAt, createdBy, summary, applied } = plan;
  terminal.line();
  terminal.line(`Plan ${planId}`);
  const rows = [
    ['state', plan.state],
    ['made', `${createdAt} by ${createdBy}`],
    ...(summary.proof === null ? [] : [['reading', PROOFS[summary.proof] ?? summary.proof]]),
    ['creates', counted(summary.created, 'license')],
    ['updates', counted(summary.updated, 'license')],
    ['links', `${counted(summary.linked, 'record to a license', 'records to licenses')} that another record feeds`],
    ['vanish', counted(summary.vanished, 'record')],
    ['leaves', counted(summary.unchanged, 'record as it is', 'records as they are')],
    ...some(summary.deactivates, 'deactivates', 'license in force', 'licenses in force'),
    ...some(
      summary.overwrites,
      'overwrites',
      'license with another business-critical value',
      'licenses with another business-critical value',
    ),
    ...some(summary.conflicts, 'clashes', 'record differs on both sides', 'records differ on both sides'),
    ...some(
      summary.ambiguous,
      'ambiguous',
      'record matches more than one license',
      'records match more than one license',
    ),
    ...some(summary.pushes, 'upstream', 'record would be changed', 'records would be changed'),
    ...some(summary.quarantined, 'quarantined', 'position could not be read', 'positions could not be read'),
  ];
  if (applied) {
    const { operationId, status, applied: written, drifted } = applied;
    rows.push(['applied', `by ${operationId}${status === null ? '' : `, ${status}`}`]);
    rows.push(['', `${counted(written, 'record')} written, ${number(drifted)} left alone`]);
  }
  if (plan.outdatedBy !== null) rows.push(['outdated by', plan.outdatedBy]);
  for (const line of table(rows)) terminal.line(`  ${line}`);
  if (first.length > 0) {
    terminal.line();
    for (const line of changesTable(first)) terminal.line(`  ${line}`);
  }
  terminal.line();
  terminal.line(plan.sentence);
  const steps = [
    ...(plan.changesKept ? [['More changes:', `npx license-sync plan ${planId} --changes --limit 500`]] : []),
    ...(plan.changesKept
      ? [['All of them:', `npx license-sync plan export ${planId} --format csv --out plan.csv`]]
      : []),
    ...(plan.changesKept && summary.pushes > 0
      ? [['What would be sent:', `npx license-sync runs pushes ${planId}`]]
      : []),
    ...(plan.state === 'ready' ? [['Carry it out:', `npx license-sync plan apply ${planId} --wait`]] : []),
    ...(applied && applied.drifted > 0
      ? [['What was left alone:', `npx license-sync plan ${planId} --changes --drifted`]]
      : []),
  ];
  for (const line of table(steps)) terminal.line(line);
}

/** A line for each changed field, one for a creation; the record stands on its first one. */
export function changesTable(changes: readonly PlanChangeView[]): string[] {
  const rows = changes.flatMap((change) => {
    const lines = [
      ...(change.outcome === 'created' ? [creation(change)] : change.fields.map(fieldLine)),
      ...change.conflicts
        .filter(({ resolution }) => resolution === 'kept_internal')
        .map(({ field, internal, external }) => [field, `${short(internal)} ≠ ${short(external)}`, 'kept internal']),
      ...(change.drift === null ? [] : [['', change.drift, 'left alone']]),
    ];
    const record = [change.sourceKey, cut(change.dba ?? ''), change.outcome];
    return (lines.length > 0 ? lines : [['', '', change.matchedBy]]).map((line, index) => [
      ...(index === 0 ? record : ['', '', '']),
      ...line,
    ]);
  });
  return table([['RECORD', 'NAME', 'OUTCOME', 'FIELD', 'CHANGE', 'RULE'], ...rows]);
}

function fieldLine({ field, before, after, rule }: PlanChangeView['fields'][number]): string[] {
  return [field, `${short(before)} → ${short(after)}`, rule];
}

/** A new license in one line: people want to know which one it is, and the export has every field. */
function creation({ fields }: PlanChangeView): string[] {
  const told = fields.filter(({ field }) => TOLD_OF_CREATION.includes(field));
  return [`${fields.length} fields`, told.map(({ field, after }) => `${field} ${short(after)}`).join(', '), 'created'];
}

function some(count: number, name: string, one: string, many: string): string[][] {
  return count > 0 ? [[name, counted(count, one, many)]] : [];
}

function short(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Cut between characters, not within one. */
function cut(text: string): string {
  const characters = [...text];
  return characters.length > MAX_CELL ? `${characters.slice(0, MAX_CELL - 1).join('')}…` : text;
}
