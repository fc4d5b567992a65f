import { type Config, required } from '../config.ts';
import { createDb } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { ensureToken } from '../db/tokens.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';

export interface MigrateResult {
  migrations: string[];
  /** Null when no Temporal is configured. */
  searchAttributes: string[] | null;
}

/**
 * Brings database and Temporal to what this program needs. Safe to repeat, also by several processes at once.
 * The token of the environment, if any, becomes a valid admin token.
 * @throws {ConfigError} without DATABASE_URL, {MigrationError} when a migration fails.
 */
export async function migrate(config: Config): Promise<MigrateResult> {
  const url = required(config.database.url, 'DATABASE_URL', 'the database to migrate');
  const db = createDb({ url, poolSize: 2 });
  try {
    const migrations = await migrateToLatest(db);
    if (config.api.token) await ensureToken(db, config.api.token, 'bootstrap', 'admin');
    const searchAttributes = config.temporal.address ? await registerSearchAttributes(config) : null;
    return { migrations, searchAttributes };
  } finally {
    await db.destroy();
  }
}
