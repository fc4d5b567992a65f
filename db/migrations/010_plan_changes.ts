import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS plan_changes (
      operation INT UNSIGNED NOT NULL,
      page INT UNSIGNED NOT NULL,
      position SMALLINT UNSIGNED NOT NULL,
      pass TINYINT UNSIGNED NOT NULL,
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      outcome VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      matched_by VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      expected_version INT UNSIGNED NULL,
      changes MEDIUMTEXT NULL,
      conflicts MEDIUMTEXT NULL,
      deactivates TINYINT(1) NOT NULL DEFAULT 0,
      overwrites TINYINT(1) NOT NULL DEFAULT 0,
      returned TINYINT(1) NOT NULL DEFAULT 0,
      drift VARCHAR(300) NULL,
      applied_at DATETIME(3) NULL,
      PRIMARY KEY (operation, source_key),
      KEY by_page (operation, page)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
