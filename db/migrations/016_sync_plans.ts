import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_plans (
      id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      operation INT UNSIGNED NOT NULL,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      summary TEXT NOT NULL,
      applied_operation CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      created_by VARCHAR(200) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      applied_at DATETIME(3) NULL,
      UNIQUE KEY operation (operation),
      KEY created_at (created_at)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
