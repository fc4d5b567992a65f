import { type Config, required } from '../config.ts';
import { createDb } from '../db/connect.ts';
import { migrateToLatest } from '../db/migrate.ts';
import { ensureToken } from '../db/tokens.ts';
import { registerSearchAttributes, TemporalNotReached } from '../temporal/search-attributes.ts';
import { Refusal } from './errors.ts';

export interface MigrateResult {
  migrations: string[];
  /** Null when no Temporal is configured. */
  searchAttributes: string[] | null;
  /** Whether the token of the environment may be used now; null when there is none. */
  token: Awaited<ReturnType<typeof ensureToken>> | null;
}

/**
 * Brings database and Temporal to what this program needs. Safe to repeat, also by several processes at once.
 * The token of the environment, if any, becomes a valid admin token, unless it was revoked or has expired.
 * @throws {ConfigError} without DATABASE_URL, {MigrationError} when a migration fails, {Refusal} when Temporal is away.
 */
export async function migrate(config: Config): Promise<MigrateResult> {
  const url = required(config.database.url, 'DATABASE_URL', 'the database to migrate');
  const db = createDb({ url, poolSize: 2 });
  try {
    const migrations = await migrateToLatest(db);
    const token = config.api.token === undefined ? null : await ensureToken(db, config.api.token, 'bootstrap', 'admin');
    const searchAttributes = config.temporal.address ? await register(config) : null;
    return { migrations, searchAttributes, token };
  } finally {
    await db.destroy();
  }
}

async function register(config: Config): Promise<string[]> {
  try {
    return await registerSearchAttributes(config);
  } catch (error) {
    if (!(error instanceof TemporalNotReached)) throw error;
    throw new Refusal('temporal-unavailable', `the database is migrated, but ${error.message}`, { cause: error });
  }
}
