import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS pair_verdicts (
      a_ref VARCHAR(202) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      b_ref VARCHAR(202) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      verdict VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      a_content TEXT NOT NULL,
      b_content TEXT NOT NULL,
      a_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      b_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      confidence DECIMAL(5,2) NULL,
      case_id BIGINT UNSIGNED NULL,
      decided_by VARCHAR(100) NOT NULL,
      decided_at DATETIME(3) NOT NULL,
      PRIMARY KEY (a_ref, b_ref),
      KEY by_b (b_ref)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
