import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS external_licenses (
      source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      countid BIGINT UNSIGNED NULL,
      external_id VARCHAR(100) NULL,
      appid VARCHAR(191) NULL,
      appid_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      license_type VARCHAR(50) NULL,
      dba VARCHAR(255) NULL,
      zip VARCHAR(20) NULL,
      mid VARCHAR(100) NULL,
      status TINYINT NULL,
      activate_date DATE NULL,
      coming_expired DATE NULL,
      monthly_fee DECIMAL(14,4) NULL,
      sms_balance DECIMAL(14,4) NULL,
      external_email VARCHAR(254) NULL,
      email_key VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      package_data TEXT NULL,
      note TEXT NULL,
      sendbat_workspace VARCHAR(255) NULL,
      last_active DATETIME(3) NULL,
      phone VARCHAR(50) NULL,
      address VARCHAR(255) NULL,
      city VARCHAR(100) NULL,
      extra TEXT NULL,
      row_hash CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      seen_operation INT UNSIGNED NOT NULL,
      vanished_at DATETIME(3) NULL,
      created_at DATETIME(3) NOT NULL,
      updated_at DATETIME(3) NOT NULL,
      KEY by_appid (appid_key),
      KEY by_email (email_key),
      KEY by_vanished (vanished_at)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
