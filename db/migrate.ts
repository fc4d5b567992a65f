import { Migrator, sql } from 'kysely';
import type { Db } from './connect.ts';
import { migrations } from './migrations/index.ts';

/** The schema is not what this program expects, or could not be made so. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code = 'MIGRATION_FAILED';
}

/**
 * Runs the migrations that have not run, under Kysely's lock, so that several processes may call it at once.
 * @returns the names of those that ran.
 * @throws {MigrationError} naming the one that failed; those before it stay done, and it can be run again.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = createMigrator(db);
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    const where = failed ? `migration ${failed} failed` : 'the migrations could not be started';
    throw new MigrationError(`${where}: ${messageOf(error)}`, { cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** Names of migrations that have not run; empty when the schema is up to date. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  // Kysely's own look-up would create its bookkeeping tables; a check must not write.
  const known = await sql<{ found: number }>`
    SELECT COUNT(*) AS found FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'kysely_migration'
  `.execute(db);
  if (Number(known.rows[0]?.found ?? 0) === 0) return Object.keys(migrations);
  const done = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
  const names = new Set(done.rows.map((row) => row.name));
  return Object.keys(migrations).filter((name) => !names.has(name));
}

function createMigrator(db: Db): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
