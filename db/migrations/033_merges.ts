import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS merges (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      kind VARCHAR(14) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      state VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'applied',
      master_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      duplicate_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      case_id BIGINT UNSIGNED NULL,
      operation INT UNSIGNED NULL,
      strategy VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      found_as VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      confidence DECIMAL(5,2) NULL,
      changes MEDIUMTEXT NOT NULL,
      moved MEDIUMTEXT NOT NULL,
      details MEDIUMTEXT NULL,
      note TEXT NULL,
      master_version INT UNSIGNED NOT NULL,
      duplicate_version INT UNSIGNED NULL,
      created_by VARCHAR(100) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      undone_by VARCHAR(100) NULL,
      undone_at DATETIME(3) NULL,
      KEY by_master (master_id, id),
      KEY by_duplicate (duplicate_id, id),
      KEY by_case (case_id),
      KEY by_operation (operation)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
