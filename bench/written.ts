/** Business rows that a run wrote, counted in the tables and not taken from its report. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { SqlInstant } from '../db/tables.ts';

export const BUSINESS_TABLES = ['licenses', 'license_links', 'external_licenses', 'license_changes'] as const;
export type BusinessTable = (typeof BUSINESS_TABLES)[number];
export type Written = Record<BusinessTable, number>;

/** Rows inserted or updated since the run began. */
export async function countWritten(db: Db, startedAt: SqlInstant): Promise<Written> {
  const written = {} as Written;
  for (const table of BUSINESS_TABLES) {
    const stamp = sql.ref(table === 'license_changes' ? 'created_at' : 'updated_at');
    const { rows } = await sql<{ written: number | string }>`
      SELECT COUNT(*) AS written FROM ${sql.table(table)} WHERE ${stamp} >= ${startedAt}
    `.execute(db);
    written[table] = Number(rows[0]?.written);
  }
  return written;
}

/** Changes when any row of a business table changes: a write that left no stamp shows here. */
export async function fingerprint(db: Db): Promise<string> {
  const { rows } = await sql<{ Table: string; Checksum: number | string | null }>`
    CHECKSUM TABLE ${sql.join(BUSINESS_TABLES.map((table) => sql.table(table)))}
  `.execute(db);
  return rows.map((row) => `${row.Table} ${row.Checksum}`).join(', ');
}

export function totalOf(written: Written): number {
  return BUSINESS_TABLES.reduce((sum, table) => sum + written[table], 0);
}

/** What the database server has written to its data files and to its redo log since it started, in bytes. */
export async function serverWritten(db: Db): Promise<number> {
  const { rows } = await sql<{ Variable_name: string; Value: string }>`
    SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_data_written', 'Innodb_os_log_written')
  `.execute(db);
  // Data written counts the log as well on some servers and not on others: the larger of the two readings is what was written at least.
  const value = (name: string) => Number(rows.find((row) => row.Variable_name === name)?.Value ?? 0);
  return Math.max(value('Innodb_data_written'), value('Innodb_os_log_written'));
}
