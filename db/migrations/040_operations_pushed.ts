import type { Kysely } from 'kysely';
import { addColumn } from './columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await addColumn(db, 'sync_operations', 'pushed_count', 'INT UNSIGNED NOT NULL DEFAULT 0');
}
