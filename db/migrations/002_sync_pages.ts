import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_pages (
      operation INT UNSIGNED NOT NULL,
      pass TINYINT UNSIGNED NOT NULL,
      page INT UNSIGNED NOT NULL,
      row_count SMALLINT UNSIGNED NOT NULL,
      given_up SMALLINT UNSIGNED NOT NULL,
      total INT UNSIGNED NOT NULL,
      keys_digest CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      fetched_at DATETIME(3) NOT NULL,
      PRIMARY KEY (operation, pass, page)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
