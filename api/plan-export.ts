/** A plan's changes as a file: written page by page as it is read, and with an end that can be told from a break. */
import { csvLine } from '../domain/csv-line.ts';
import type { PlanChangePage, PlanChangeView } from '../operations/plans.ts';

export type ExportFormat = 'csv' | 'jsonl';

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
};

const COLUMNS = [
  'source_key',
  'license_id',
  'dba',
  'outcome',
  'matched_by',
  'field',
  'before',
  'after',
  'rule',
  'conflicts',
  'drift',
] as const;
/** First cell of the last line of a CSV export. */
export const CSV_END = '# end';

export interface PlanExport {
  format: ExportFormat;
  /** Reads the page after this key; the first one without. */
  read(after: string | undefined): Promise<PlanChangePage>;
  /** Ends the export early, in a way that whoever receives it can tell. */
  stopped: AbortSignal;
  /** Called once, however it ends; with the error when it broke off. */
  done(error: unknown): void;
}

/**
 * The export as a stream that reads as fast as it is taken. The last line counts the records above it; when something fails on the way
 * the connection breaks off instead, for an orderly end would make half a plan look like a whole one.
 * @throws what reading the first page throws: then nothing has been sent yet.
 */
export async function exportPlan({ format, read, stopped, done }: PlanExport): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let over = false;
  const end = (error: unknown) => {
    if (!over) done(error);
    over = true;
  };
  let page: PlanChangePage | null = await read(undefined);
  let records = 0;
  let text = format === 'csv' ? csvLine(COLUMNS) : '';
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          stopped.throwIfAborted();
          if (page === null) {
            text += format === 'csv' ? endRow(records) : `${JSON.stringify({ end: true, records })}\n`;
            controller.enqueue(encoder.encode(text));
            controller.close();
            end(null);
            return;
          }
          for (const change of page.changes) text += format === 'csv' ? csvRows(change) : `${JSON.stringify(change)}\n`;
          records += page.changes.length;
          const chunk = encoder.encode(text);
          text = '';
          page = page.next === null ? null : await read(page.next);
          controller.enqueue(chunk);
        } catch (error) {
          end(error);
          controller.error(error);
        }
      },
      cancel: () => end(null),
    },
    // Nothing is read before it is asked for.
    { highWaterMark: 0 },
  );
}

/** One row for each changed field; a record whose license is not changed in any has one row without. */
function csvRows(change: PlanChangeView): string {
  const { sourceKey, licenseId, dba, outcome, matchedBy, drift } = change;
  const record = [sourceKey, licenseId, dba, outcome, matchedBy];
  const conflicts = change.conflicts.map(({ field, resolution }) => `${field} ${resolution}`).join('; ') || null;
  const fields: [string, unknown, unknown, string][] = change.fields.map((f) => [f.field, f.before, f.after, f.rule]);
  return (fields.length > 0 ? fields : [['', null, null, ''] as const])
    .map(([field, before, after, rule]) =>
      csvLine([...record, field, plain(before), plain(after), rule, conflicts, drift]),
    )
    .join('');
}

function endRow(records: number): string {
  return csvLine([CSV_END, `${records} records`, ...COLUMNS.slice(2).map(() => null)]);
}

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}
