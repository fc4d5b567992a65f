import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS match_keys (
      key_hash BIGINT UNSIGNED NOT NULL,
      subject INT UNSIGNED NOT NULL,
      PRIMARY KEY (key_hash, subject)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
