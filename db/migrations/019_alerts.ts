import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS alerts (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      kind VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      subject VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      severity VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      message VARCHAR(1000) NOT NULL,
      details TEXT NULL,
      operation_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'open',
      open_key VARCHAR(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      occurrences INT UNSIGNED NOT NULL DEFAULT 1,
      first_seen_at DATETIME(3) NOT NULL,
      last_seen_at DATETIME(3) NOT NULL,
      acknowledged_by VARCHAR(100) NULL,
      acknowledged_at DATETIME(3) NULL,
      resolved_at DATETIME(3) NULL,
      UNIQUE KEY one_open (open_key),
      KEY by_state (state, id)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
