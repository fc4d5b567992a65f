import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS push_ledger (
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_version INT UNSIGNED NOT NULL,
      kind VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      state VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      fields MEDIUMTEXT NOT NULL,
      operation INT UNSIGNED NULL,
      reason VARCHAR(500) NULL,
      created_at DATETIME(3) NOT NULL,
      settled_at DATETIME(3) NULL,
      PRIMARY KEY (source_key, license_id, license_version, kind),
      KEY by_state (kind, state, source_key),
      KEY by_operation (operation)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
