/** The report of a run, for people. */
import { imbalance } from '../domain/books.ts';
import type { OperationView } from '../operations/view.ts';
import type { Terminal } from './terminal.ts';
import { number, span, table } from './text.ts';

const PROOFS: Record<string, string> = {
  proven: 'proven complete: as many records as the API says it has',
  proven_by_two_passes: 'proven complete: two readings gave the same records',
  unproven: 'not proven complete',
};

/** Counts that visibly add up, what was found, and the sentence of the status last. */
export function printReport(terminal: Terminal, operation: OperationView): void {
  terminal.line();
  terminal.line(`Run ${operation.operationId}`);
  for (const line of table(facts(operation))) terminal.line(`  ${line}`);
  if (operation.books) {
    terminal.line();
    for (const line of booksTable(operation.books)) terminal.line(`  ${line}`);
  }
  const found = findings(operation);
  if (found.length > 0) {
    terminal.line();
    for (const line of table(found)) terminal.line(`  ${line}`);
  }
  terminal.line();
  terminal.line(operation.sentence);
}

function facts(operation: OperationView): string[][] {
  const { books, durationMs, mirror, proof, missing, totalExpected } = operation;
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
  const unread = Math.max(0, (totalExpected ?? 0) - (books?.fetched ?? 0));
  if (unread > 0) rows.push(['not read', `${number(unread)} of ${number(totalExpected ?? 0)} records`]);
  if (proof !== null) rows.push(['reading', PROOFS[proof] ?? proof]);
  if (mirror) {
    const { created, updated, live } = mirror;
    rows.push(['mirror', `${number(created)} new, ${number(updated)} changed, ${number(live)} in all`]);
  }
  if (missing !== null) rows.push(['missing', `${number(missing)} known records were not in the feed`]);
  if (operation.temporalUiUrl) rows.push(['Temporal', operation.temporalUiUrl]);
  return rows;
}

/** `fetched` on top, and below it what became of every record. */
function booksTable(books: NonNullable<OperationView['books']>): string[] {
  const { fetched, balanced, ...parts } = books;
  const width = number(fetched).length;
  const lines = Object.entries(parts).map(
    ([name, count], index) => `${index === 0 ? '=' : '+'} ${name.padEnd(12)} ${number(count).padStart(width)}`,
  );
  const off = balanced ? [] : [`! ${number(imbalance(books))} records are unaccounted for`];
  return [`  ${'fetched'.padEnd(12)} ${number(fetched).padStart(width)}`, ...lines, ...off];
}

function findings({ conflicts, ambiguous, errors, unknownKeys }: OperationView): string[][] {
  const rows: string[][] = [];
  if (conflicts > 0) rows.push(['clashes', `${number(conflicts)} fields differ on both sides`]);
  if (ambiguous > 0) rows.push(['ambiguous', `${number(ambiguous)} records match more than one license`]);
  for (const { type, code, positions, example } of errors) {
    rows.push([`${type} error`, `${number(positions)} × ${code}, such as: ${example}`]);
  }
  if (unknownKeys.length > 0) rows.push(['unknown keys', `${unknownKeys.join(', ')} (kept in extra)`]);
  return rows;
}
