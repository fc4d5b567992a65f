/** Whether what is staged is the whole feed. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { PUT_ASIDE_CODES } from './quarantine.ts';

export interface PassFacts {
  /** Different source keys that were read. */
  keys: number;
  /** Positions that could not be read. */
  unreadable: number;
  /** Positions that were answered or given up. */
  positions: number;
  /** Smallest and largest `meta.total` that any page was answered with. */
  minTotal: number;
  maxTotal: number;
  /** Whole pages whose keys equal another page's: the API repeats itself. */
  stuckPages: number;
}

export async function passFacts(db: Db, operation: number, pass: number): Promise<PassFacts> {
  const found = await sql<Record<keyof PassFacts, string | number | null>>`
    SELECT
      (SELECT COUNT(DISTINCT source_key) FROM sync_rows WHERE operation = ${operation} AND pass = ${pass}) AS \`keys\`,
      (SELECT COALESCE(SUM(positions), 0) FROM sync_errors WHERE operation = ${operation} AND pass = ${pass}
        AND error_code NOT IN (${sql.join(PUT_ASIDE_CODES)})) AS unreadable,
      COALESCE(SUM(row_count + given_up), 0) AS positions, MIN(total) AS minTotal, MAX(total) AS maxTotal,
      COALESCE(SUM(row_count > 1), 0) - COUNT(DISTINCT IF(row_count > 1, keys_digest, NULL)) AS stuckPages
    FROM sync_pages WHERE operation = ${operation} AND pass = ${pass}
  `.execute(db);
  const row = found.rows[0];
  const number = (name: keyof PassFacts) => Number(row?.[name] ?? 0);
  return {
    keys: number('keys'),
    unreadable: number('unreadable'),
    positions: number('positions'),
    minTotal: number('minTotal'),
    maxTotal: number('maxTotal'),
    stuckPages: number('stuckPages'),
  };
}

/** Keys that one of two passes gave and the other did not. */
export async function keysThatDiffer(db: Db, operation: number, pass: number): Promise<number> {
  const found = await sql<{ differing: string | number }>`
    SELECT COUNT(*) AS differing FROM (
      SELECT source_key FROM sync_rows WHERE operation = ${operation} AND pass IN (${pass - 1}, ${pass})
      GROUP BY source_key HAVING COUNT(DISTINCT pass) = 1
    ) lonely
  `.execute(db);
  return Number(found.rows[0]?.differing ?? 0);
}
