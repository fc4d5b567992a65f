/** What must be equal when nothing but the way there differed. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

const WRITTEN_ANEW = new Set([
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
  'last_external_sync',
  'seen_operation',
]);

/**
 * Hash over the business columns of mirror and licenses: equal for equal data, whenever and in which run it was written.
 * @param options.liveOnly leaves out what has vanished upstream: how it last looked depends on when it was read.
 */
export async function checksum(db: Db, { liveOnly = false } = {}): Promise<string> {
  const hash = createHash('sha256');
  for (const [table, key] of [
    ['external_licenses', 'source_key'],
    ['licenses', 'id'],
  ] as const) {
    for (let after = ''; ; ) {
      const { rows } = await sql<Record<string, unknown>>`
        SELECT * FROM ${sql.table(table)} WHERE ${sql.ref(key)} > ${after} ORDER BY ${sql.ref(key)} LIMIT 5000
      `.execute(db);
      for (const row of rows) {
        if (liveOnly && ((row.vanished_at ?? null) !== null || row.external_sync_status === 'vanished')) continue;
        // When a record was missed differs from run to run; that it was does not.
        const stable = { ...row, vanished_at: row.vanished_at === undefined ? undefined : row.vanished_at !== null };
        hash.update(JSON.stringify(Object.entries(stable).filter(([column]) => !WRITTEN_ANEW.has(column))));
      }
      const last = rows.at(-1);
      if (!last) break;
      after = String(last[key]);
    }
  }
  return hash.digest('hex');
}
