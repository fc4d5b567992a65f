/** The report of a run, for people. */
import { imbalance } from '../domain/books.ts';
import { describeNeeds, type GuardKind } from '../domain/guard.ts';
import { pushTotal } from '../domain/push-report.ts';
import type { ApprovalsView, OperationView } from '../operations/view.ts';
import { pushRows } from './push-text.ts';
import type { Terminal } from './terminal.ts';
import { counted, number, span, table } from './text.ts';

const PROOFS: Record<string, string> = {
  proven: 'proven complete: as many records as the API says it has',
  proven_by_two_passes: 'proven complete: two readings gave the same records',
  unproven: 'not proven complete',
};

/** Counts that visibly add up, what was found, and the sentence of the status last. */
export function printReport(terminal: Terminal, operation: OperationView): void {
  terminal.line();
  terminal.line(`${isDryRun(operation) ? 'Dry run' : 'Run'} ${operation.operationId}`);
  for (const line of table(facts(operation))) terminal.line(`  ${line}`);
  if (operation.books) {
    terminal.line();
    for (const line of booksTable(operation.books, isDryRun(operation))) terminal.line(`  ${line}`);
  }
  const found = findings(operation);
  if (found.length > 0) {
    terminal.line();
    for (const line of table(found)) terminal.line(`  ${line}`);
  }
  terminal.line();
  terminal.line(conclusion(operation));
  for (const line of table(nextSteps(operation))) terminal.line(line);
}

function isDryRun({ operationType }: Pick<OperationView, 'operationType'>): boolean {
  return operationType === 'external_sync_dry_run';
}

function conclusion(operation: OperationView): string {
  if (operation.planId === null || !isDryRun(operation)) return operation.sentence;
  return `${operation.sentence} It was a dry run: nothing but the plan was written.`;
}

const RESUMABLE: ReadonlySet<string> = new Set(['failed', 'incomplete', 'cancelled']);

/** What to type next, where that is known. */
function nextSteps(operation: OperationView): string[][] {
  const { operationId, status, planId } = operation;
  const found = findingSteps(operation);
  if (isDryRun(operation) && planId !== null) {
    return [
      ...found,
      ['Look at the plan:', `npx license-sync plan ${planId}`],
      ['Carry it out:', `npx license-sync plan apply ${planId} --wait`],
    ];
  }
  if (status === 'awaiting_approval') return approvalSteps(operation);
  return RESUMABLE.has(status)
    ? [...found, ['Resume it:', `npx license-sync runs resume ${operationId} --wait`]]
    : found;
}

/** A dry run settles no clash: its plan shows them. */
function findingSteps(operation: OperationView): string[][] {
  const { operationId, conflicts, books, pushes } = operation;
  const steps: string[][] = [];
  if (conflicts > 0 && !isDryRun(operation)) {
    steps.push(['Look at the clashes:', `npx license-sync conflicts list --run ${operationId}`]);
  }
  if (pushes !== null && pushTotal(pushes) > 0) {
    const what = isDryRun(operation) ? 'What would be sent:' : 'What was sent, what not:';
    steps.push([what, `npx license-sync runs pushes ${operationId}`]);
  }
  if ((books?.quarantined ?? 0) > 0) {
    steps.push(['Look at what was quarantined:', `npx license-sync quarantine --run ${operationId}`]);
  }
  // Not of this run: what an earlier one was refused stays where it was put.
  if (pushes !== null && pushes.rejected + pushes.unconfirmed > 0) {
    steps.push(['Look at what was refused:', 'npx license-sync quarantine --phase push']);
  }
  return steps;
}

/** How to let a run go on that awaits approval. */
export function approvalSteps({ operationId, approvals }: OperationView): string[][] {
  const due = approvals?.needs.filter((need) => need.due > need.approved) ?? [];
  const kinds = new Set(due.map(({ kind }) => kind));
  const inward = kinds.size > (kinds.has('push') ? 1 : 0);
  return [
    ...(inward ? [['See what it plans:', `npx license-sync plan ${operationId} --changes`]] : []),
    ...(kinds.has('push') ? [['See what it would send:', `npx license-sync runs pushes ${operationId}`]] : []),
    ...due.map((need) => [
      `Let it ${GUARD_WORDS[need.kind](number(need.due))}:`,
      `npx license-sync runs approve ${operationId} --kind ${need.kind} --ceiling ${need.due} --wait`,
    ]),
  ];
}

const GUARD_WORDS: Record<GuardKind, (count: string) => string> = {
  vanish: (count) => `mark ${count} records as vanished`,
  deactivate: (count) => `deactivate ${count} licenses`,
  overwrite: (count) => `overwrite ${count} licenses`,
  push: (count) => `change ${count} records upstream`,
};

function facts(operation: OperationView): string[][] {
  const { books, durationMs, mirror, proof, missing, totalExpected, operationType, planId, approvals, vanished } =
    operation;
  const rows = [
    ['status', operation.status],
    [
      'started',
      `${operation.startedAt} by ${operation.trigger}${operation.attempt > 1 ? `, attempt ${operation.attempt}` : ''}`,
    ],
  ];
  if (durationMs !== null) {
    const rate =
      books && durationMs > 0 ? `, ${number(Math.round((books.fetched * 1000) / durationMs))} records/s` : '';
    rows.push(['took', `${span(durationMs)}${rate}`]);
  }
  const unread = books ? Math.max(0, (totalExpected ?? 0) - books.fetched) : 0;
  if (unread > 0) rows.push(['not read', `${number(unread)} of ${number(totalExpected ?? 0)} records`]);
  if (operation.options.partial) rows.push(['part', partOf(operation.options)]);
  if (proof !== null) rows.push(['reading', PROOFS[proof] ?? proof]);
  if (mirror) {
    const { created, updated, live } = mirror;
    rows.push(['mirror', `${number(created)} new, ${number(updated)} changed, ${number(live)} in all`]);
  }
  if (operationType === 'plan_apply' && planId !== null) rows.push(['plan', planId]);
  if (approvals !== null) {
    const asked = isDryRun(operation)
      ? `applying it will wait for approval: ${describeNeeds(approvals.needs)}`
      : approvals.needs.map(needText).join('; ');
    rows.push(['approvals', asked]);
  }
  if (vanished > 0) rows.push(['vanished', `${counted(vanished, 'record was', 'records were')} marked as vanished`]);
  if (missing !== null)
    rows.push(['missing', `${counted(missing, 'known record was', 'known records were')} not in the feed`]);
  if (operation.temporalUiUrl) rows.push(['Temporal', operation.temporalUiUrl]);
  return rows;
}

/** What a partial run was asked for, such as: active records, business name with "NAILS", at most 3 pages */
function partOf({ status, dba, maxPages }: OperationView['options']): string {
  const kind = status === null ? 'records' : status === 1 ? 'active records' : 'inactive records';
  const name = dba === null ? [] : [`business name with "${dba}"`];
  const pages = maxPages === null ? [] : [`at most ${number(maxPages)} ${maxPages === 1 ? 'page' : 'pages'}`];
  return [kind, ...name, ...pages].join(', ');
}

/** What a dry run only plans. */
const PLANNED: ReadonlySet<string> = new Set(['created', 'updated', 'linked']);

/** `fetched` on top, and below it what became of every record, or would. */
function booksTable(books: NonNullable<OperationView['books']>, dryRun: boolean): string[] {
  const { fetched, balanced, ...parts } = books;
  const width = number(fetched).length;
  const labelWidth = dryRun ? 16 : 12;
  const label = (name: string) => (dryRun && PLANNED.has(name) ? `would be ${name}` : name).padEnd(labelWidth);
  const lines = Object.entries(parts).map(
    ([name, count], index) => `${index === 0 ? '=' : '+'} ${label(name)} ${number(count).padStart(width)}`,
  );
  const off = balanced ? [] : [`! ${number(imbalance(books))} records are unaccounted for`];
  return [`  ${label('fetched')} ${number(fetched).padStart(width)}`, ...lines, ...off];
}

function needText({ kind, due, approved }: ApprovalsView['needs'][number]): string {
  return `${kind} ${number(due)}, ${approved >= due ? 'approved' : `${number(approved)} approved`}`;
}

/** What was found and done about duplicates; nothing when there are none. */
function duplicateRows({ recommendations, risk }: NonNullable<OperationView['duplicates']>): string[][] {
  const told = recommendations.map((text, index) => [index === 0 ? 'duplicates' : '', text]);
  const worth = risk.level === 'medium' || risk.level === 'high';
  return worth ? [...told, ['risk', `${risk.level}: ${risk.reasons.join('; ')}`]] : told;
}

function findings(operation: OperationView): string[][] {
  const { conflicts, ambiguous, duplicates, errors, unknownKeys, drifted, planId, pushes } = operation;
  const rows: string[][] = [];
  if (drifted > 0) {
    const where = planId === null ? '' : `; see: npx license-sync plan ${planId} --changes --drifted`;
    rows.push(['left alone', `${number(drifted)} of the planned changes, because something was edited since${where}`]);
  }
  if (pushes !== null) rows.push(...pushRows(pushes, { dryRun: isDryRun(operation), ended: true }));
  if (duplicates !== null) rows.push(...duplicateRows(duplicates));
  if (conflicts > 0) rows.push(['clashes', `${counted(conflicts, 'field differs', 'fields differ')} on both sides`]);
  if (ambiguous > 0)
    rows.push(['ambiguous', `${counted(ambiguous, 'record matches', 'records match')} more than one license`]);
  for (const { type, code, positions, example } of errors) {
    rows.push([`${type} error`, `${number(positions)} × ${code}, such as: ${example}`]);
  }
  if (unknownKeys.length > 0) rows.push(['unknown keys', `${unknownKeys.join(', ')} (kept in extra)`]);
  return rows;
}
