import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS field_conflicts (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      field VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      operation INT UNSIGNED NOT NULL,
      internal_value TEXT NULL,
      external_value TEXT NULL,
      base_value TEXT NULL,
      resolution VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      held TINYINT(1) NOT NULL,
      state VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'open',
      choice VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      resolved_by VARCHAR(100) NULL,
      resolved_at DATETIME(3) NULL,
      created_at DATETIME(3) NOT NULL,
      UNIQUE KEY one_per_run (source_key, field, operation),
      KEY by_license (license_id),
      KEY by_state (state, id),
      KEY by_operation (operation)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
