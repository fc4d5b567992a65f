import type { Kysely } from 'kysely';
import { addColumn } from './columns.ts';

/** Tokens that were made before live for ever, as they were promised. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addColumn(db, 'api_tokens', 'expires_at', 'DATETIME(3) NULL AFTER last_used_at');
}
