import type { Kysely } from 'kysely';
import { addColumn } from './columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await addColumn(
    db,
    'sync_errors',
    'phase',
    "VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'fetch'",
  );
}
