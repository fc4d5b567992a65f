import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS duplicate_members (
      case_id BIGINT UNSIGNED NOT NULL,
      ref VARCHAR(202) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      license_id CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      business TEXT NOT NULL,
      business_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      PRIMARY KEY (case_id, ref),
      KEY by_ref (ref),
      KEY by_license (license_id)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
