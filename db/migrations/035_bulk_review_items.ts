import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS bulk_review_items (
      bulk_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      case_id BIGINT UNSIGNED NOT NULL,
      case_version INT UNSIGNED NOT NULL,
      outcome VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'pending',
      reason VARCHAR(500) NULL,
      PRIMARY KEY (bulk_id, case_id),
      KEY by_outcome (bulk_id, outcome, case_id)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
