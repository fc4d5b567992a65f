import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_errors (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      operation INT UNSIGNED NOT NULL,
      pass TINYINT UNSIGNED NOT NULL,
      page INT UNSIGNED NOT NULL,
      position SMALLINT UNSIGNED NOT NULL,
      positions SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'open',
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      error_type VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      error_code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      severity VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      retryable TINYINT(1) NOT NULL,
      error_message VARCHAR(500) NOT NULL,
      raw_content MEDIUMTEXT NULL,
      replay_id BIGINT UNSIGNED NULL,
      resolved_operation INT UNSIGNED NULL,
      created_at DATETIME(3) NOT NULL,
      UNIQUE KEY one_per_position (operation, pass, page, position),
      KEY created_at (created_at),
      KEY by_state (state, id),
      KEY by_replay (replay_id)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
