import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_matches (
      operation INT UNSIGNED NOT NULL,
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      matched_by VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      role VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      ambiguous VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      PRIMARY KEY (operation, source_key),
      KEY by_license (operation, license_id)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
