import { type Kysely, sql } from 'kysely';

/** Adds a column unless it is there: a migration that was cut off is run again. Names and definition come from the code. */
export async function addColumn(db: Kysely<unknown>, table: string, column: string, definition: string): Promise<void> {
  const { rows } = await sql<{ found: number | string }>`
    SELECT COUNT(*) AS found FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = ${table} AND column_name = ${column}
  `.execute(db);
  if (Number(rows[0]?.found ?? 0) > 0) return;
  await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN ${sql.ref(column)} ${sql.raw(definition)}`.execute(db);
}
