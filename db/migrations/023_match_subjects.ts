import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS match_subjects (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      ref VARCHAR(202) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      content_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      business_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      row_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      content TEXT NOT NULL,
      UNIQUE KEY ref (ref)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
