import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE IF NOT EXISTS webhook_deliveries (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      webhook INT UNSIGNED NOT NULL,
      event BIGINT UNSIGNED NOT NULL,
      round INT UNSIGNED NOT NULL DEFAULT 1,
      state VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'pending',
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      last_status SMALLINT UNSIGNED NULL,
      last_error VARCHAR(300) NULL,
      created_at DATETIME(3) NOT NULL,
      started_at DATETIME(3) NULL,
      last_attempt_at DATETIME(3) NULL,
      settled_at DATETIME(3) NULL,
      UNIQUE KEY one (webhook, event),
      KEY to_start (state, started_at, id),
      KEY by_webhook (webhook, id),
      KEY by_event (event)
    ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
  `.execute(db);
}
