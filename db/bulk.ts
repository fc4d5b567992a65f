import { CompiledQuery, type Kysely } from 'kysely';
import type { Database } from './tables.ts';

/** A value as it goes into a statement. */
export type SqlValue = string | number | null;

/**
 * `INSERT` of many rows in statements of at most `batchSize` rows. Kysely's builder would make a node per value; for
 * forty columns times a million rows the driver's own expansion of a nested array is some ten times cheaper.
 *
 * @param columns names from the code, never from input.
 * @param onDuplicate column names that a row already there takes from the new one; without it such a row is an error.
 */
export async function insertRows(
  db: Kysely<Database>,
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  { batchSize, onDuplicate }: { batchSize: number; onDuplicate?: readonly string[] },
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(quoted).join(', ');
  const update = onDuplicate
    ? ` ON DUPLICATE KEY UPDATE ${onDuplicate.map((column) => `${quoted(column)} = VALUES(${quoted(column)})`).join(', ')}`
    : '';
  const text = `INSERT INTO ${quoted(table)} (${names}) VALUES ?${update}`;
  for (let from = 0; from < rows.length; from += batchSize) {
    await db.executeQuery(CompiledQuery.raw(text, [rows.slice(from, from + batchSize)]));
  }
}

/** The value does not fit its column: out of range, cut, not a date, not in the character set. */
const REFUSED_VALUES = new Set([1048, 1264, 1265, 1292, 1366, 1367, 1406, 3140, 4025]);

/**
 * As `insertRows`, but a row whose values the database refuses does not stop the others.
 * @returns index → reason of the rows that were refused.
 */
export async function insertRowsOneByOneIfRefused(
  db: Kysely<Database>,
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  options: { batchSize: number; onDuplicate?: readonly string[] },
): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  for (let from = 0; from < rows.length; from += options.batchSize) {
    const batch = rows.slice(from, from + options.batchSize);
    try {
      await insertRows(db, table, columns, batch, options);
    } catch (error) {
      if (!isRefusedValue(error)) throw error;
      // A refused statement changed nothing, and leaves the transaction usable.
      for (const [index, row] of batch.entries()) {
        try {
          await insertRows(db, table, columns, [row], options);
        } catch (single) {
          if (!isRefusedValue(single)) throw single;
          refused.set(from + index, columnOf(single));
        }
      }
    }
  }
  return refused;
}

function isRefusedValue(error: unknown): error is Error {
  return error instanceof Error && 'errno' in error && REFUSED_VALUES.has(error.errno as number);
}

/**
 * Names the column only: the database's message quotes the value, which may be an address. Read from the end, because a value
 * before it may look like a column's name; MariaDB writes the column with database and table.
 */
function columnOf(error: Error): string {
  const column = /[`'.]([a-z_]+)[`'](?: at row \d+| cannot be null|\.)$/i.exec(error.message)?.[1];
  return column ? `the value of ${column} does not fit its column` : 'a value does not fit its column';
}

function quoted(name: string): string {
  return `\`${name}\``;
}
