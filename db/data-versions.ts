/** `data_versions`: counts up when data changes, so that what was cached under a lower number is known to be out of date. */
import { sql } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
import type { Trx } from './retry.ts';
import type { DataVersionsTable } from './tables.ts';

/** Counts up. Call it last in a transaction: its row is locked until the end. */
export async function bumpVersion(trx: Db | Trx, name: DataVersionsTable['name']): Promise<void> {
  const now = sqlInstant(Date.now());
  await sql`
    INSERT INTO data_versions (name, version, changed_at) VALUES (${name}, 1, ${now})
    ON DUPLICATE KEY UPDATE version = version + 1, changed_at = VALUES(changed_at)
  `.execute(trx);
}

/** 0 before the first change. Read it before what is cached under it, so that a change in between is noticed. */
export async function readVersion(db: Db, name: DataVersionsTable['name']): Promise<number> {
  const row = await db.selectFrom('data_versions').select('version').where('name', '=', name).executeTakeFirst();
  return row?.version ?? 0;
}
