import { type Kysely, sql } from 'kysely';
import { addColumn } from './columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await addColumn(db, 'sync_operations', 'people_ms', 'BIGINT UNSIGNED NOT NULL DEFAULT 0');
  await addColumn(db, 'sync_operations', 'counted', 'TEXT NULL');
  await addColumn(db, 'sync_operations', 'noted_attempt', 'INT UNSIGNED NOT NULL DEFAULT 0');
  // What ended before there was anything to tell is not told now.
  await sql`UPDATE sync_operations SET noted_attempt = attempt WHERE ended_at IS NOT NULL`.execute(db);
}
