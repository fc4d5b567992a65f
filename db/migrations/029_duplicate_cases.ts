import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS duplicate_cases (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      kind VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      reason VARCHAR(24) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      confidence DECIMAL(5,2) NOT NULL,
      priority DECIMAL(9,3) NOT NULL,
      explanation MEDIUMTEXT NOT NULL,
      members_key CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      open_key CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      operation INT UNSIGNED NULL,
      version INT UNSIGNED NOT NULL DEFAULT 1,
      review VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'waiting',
      assigned_to VARCHAR(100) NULL,
      held_until DATETIME(3) NULL,
      flagged_until DATETIME(3) NULL,
      reminded_at DATETIME(3) NULL,
      escalated_at DATETIME(3) NULL,
      decided_by VARCHAR(100) NULL,
      decided_at DATETIME(3) NULL,
      closed_reason VARCHAR(300) NULL,
      created_at DATETIME(3) NOT NULL,
      updated_at DATETIME(3) NOT NULL,
      UNIQUE KEY one_open (open_key),
      KEY by_queue (state, priority, id),
      KEY by_band (state, confidence),
      KEY by_members (members_key),
      KEY by_review (review, state, priority),
      KEY by_operation (operation)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
