import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_batches (
      operation INT UNSIGNED NOT NULL,
      attempt INT UNSIGNED NOT NULL,
      phase VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      pass TINYINT UNSIGNED NOT NULL,
      batch INT UNSIGNED NOT NULL,
      page_from INT UNSIGNED NOT NULL,
      page_to INT UNSIGNED NOT NULL,
      next_page INT UNSIGNED NOT NULL,
      rows_done INT UNSIGNED NOT NULL DEFAULT 0,
      rows_created INT UNSIGNED NOT NULL DEFAULT 0,
      rows_updated INT UNSIGNED NOT NULL DEFAULT 0,
      started_at DATETIME(3) NOT NULL,
      updated_at DATETIME(3) NOT NULL,
      PRIMARY KEY (operation, attempt, phase, pass, batch)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
