import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_rows (
      operation INT UNSIGNED NOT NULL,
      pass TINYINT UNSIGNED NOT NULL,
      page INT UNSIGNED NOT NULL,
      position SMALLINT UNSIGNED NOT NULL,
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      row_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      countid BIGINT UNSIGNED NULL,
      appid_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      email_key VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      last_active DATETIME(3) NULL,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'staged',
      content MEDIUMTEXT NOT NULL,
      PRIMARY KEY (operation, page, position, pass),
      KEY by_source_key (operation, source_key, pass),
      KEY by_appid (operation, appid_key),
      KEY by_email (operation, email_key),
      KEY by_state (operation, state)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
