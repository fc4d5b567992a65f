import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS worker_processes (
      process VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      seen_at DATETIME(3) NOT NULL,
      resident_bytes BIGINT UNSIGNED NOT NULL,
      steps INT UNSIGNED NOT NULL,
      calls INT UNSIGNED NOT NULL
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
