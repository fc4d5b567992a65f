import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS match_pairs (
      a INT UNSIGNED NOT NULL,
      b INT UNSIGNED NOT NULL,
      confidence DECIMAL(5,2) NOT NULL,
      decision VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      settled TINYINT(1) NOT NULL DEFAULT 0,
      operation INT UNSIGNED NOT NULL,
      PRIMARY KEY (a, b),
      KEY by_b (b),
      KEY by_decision (decision, settled, confidence)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
