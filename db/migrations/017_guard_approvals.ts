import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS guard_approvals (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      operation INT UNSIGNED NOT NULL,
      attempt INT UNSIGNED NOT NULL,
      kind VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      ceiling INT UNSIGNED NOT NULL,
      approved_by VARCHAR(100) NOT NULL,
      outcome VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'asked',
      created_at DATETIME(3) NOT NULL,
      KEY by_operation (operation)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
