import type { Kysely } from 'kysely';
import { addColumn } from './columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await addColumn(db, 'license_links', 'agreed_version', 'INT UNSIGNED NOT NULL DEFAULT 0');
}
