import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS sync_operations (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      operation_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      operation_type VARCHAR(40) NOT NULL,
      status VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      phase VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      triggered_by VARCHAR(40) NOT NULL,
      options TEXT NOT NULL,
      workflow_id VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      workflow_run_id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      attempt INT UNSIGNED NOT NULL DEFAULT 1,
      pass TINYINT UNSIGNED NOT NULL DEFAULT 1,
      page_size SMALLINT UNSIGNED NULL,
      total_expected INT UNSIGNED NULL,
      total_processed INT UNSIGNED NOT NULL DEFAULT 0,
      created_count INT UNSIGNED NOT NULL DEFAULT 0,
      updated_count INT UNSIGNED NOT NULL DEFAULT 0,
      unchanged_count INT UNSIGNED NOT NULL DEFAULT 0,
      linked_count INT UNSIGNED NOT NULL DEFAULT 0,
      repeated_count INT UNSIGNED NOT NULL DEFAULT 0,
      failed_count INT UNSIGNED NOT NULL DEFAULT 0,
      pending_count INT UNSIGNED NOT NULL DEFAULT 0,
      conflict_count INT UNSIGNED NOT NULL DEFAULT 0,
      missing_count INT UNSIGNED NULL,
      report MEDIUMTEXT NULL,
      error_type VARCHAR(64) NULL,
      error_message VARCHAR(1000) NULL,
      wait_kind VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      wait_until DATETIME(3) NULL,
      wait_reason VARCHAR(300) NULL,
      created_at DATETIME(3) NOT NULL,
      started_at DATETIME(3) NOT NULL,
      phase_started_at DATETIME(3) NOT NULL,
      ended_at DATETIME(3) NULL,
      duration_ms BIGINT UNSIGNED NULL,
      updated_at DATETIME(3) NOT NULL,
      UNIQUE KEY operation_id (operation_id),
      KEY created_at (created_at)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
