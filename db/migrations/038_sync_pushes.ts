import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_pushes (
      operation INT UNSIGNED NOT NULL,
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      page INT UNSIGNED NOT NULL,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_version INT UNSIGNED NOT NULL,
      fields MEDIUMTEXT NOT NULL,
      state VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      reason VARCHAR(500) NULL,
      updated_at DATETIME(3) NOT NULL,
      PRIMARY KEY (operation, source_key),
      KEY by_page (operation, page),
      KEY by_state (operation, state, source_key)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
