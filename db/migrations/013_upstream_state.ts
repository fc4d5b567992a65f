import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS upstream_state (
      name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      circuit VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'closed',
      open_until DATETIME(3) NULL,
      trial_by VARCHAR(60) NULL,
      trial_until DATETIME(3) NULL,
      blocked_until DATETIME(3) NULL,
      tokens DOUBLE NOT NULL DEFAULT 0,
      tokens_at DATETIME(3) NULL,
      last_success_at DATETIME(3) NULL,
      last_failure_at DATETIME(3) NULL,
      last_failure VARCHAR(300) NULL,
      health VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'unknown',
      last_health_check DATETIME(3) NULL,
      average_response_ms DOUBLE NULL
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
