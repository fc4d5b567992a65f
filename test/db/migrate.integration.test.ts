import { Kysely, MysqlDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/connect.ts';
import { migrateToLatest, pendingMigrations } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import type { Database } from '../../db/tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runProcess } from '../support/processes.ts';

const ALL = Object.keys(migrations);
let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
afterEach(() => database.drop());

describe('migrateToLatest', () => {
  it('does nothing the second time', async () => {
    const before = await tables(db);
    expect(await migrateToLatest(db)).toEqual([]);
    expect(await pendingMigrations(db)).toEqual([]);
    expect(await tables(db)).toEqual(before);
  });

  it('names what has not run, without writing anything', async () => {
    await dropAll(db);
    expect(await pendingMigrations(db)).toEqual(ALL);
    expect(await tables(db)).toEqual([]);
  });

  it('can be run by two processes at once: together they run every migration once', async () => {
    await dropAll(db);
    const both = await Promise.all(
      [1, 2].map(() => runProcess('db/migrate-main.ts', [], { DATABASE_URL: database.url })),
    );
    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const ran = both.flatMap(({ stdout }) => (JSON.parse(stdout) as { migrations: string[] }).migrations);
    expect(ran.sort()).toEqual(ALL);
    expect(await pendingMigrations(db)).toEqual([]);
  });

  it('goes on where a process was killed between a table and its entry', async () => {
    await sql`DELETE FROM kysely_migration WHERE name >= '007'`.execute(db);
    expect(await migrateToLatest(db)).toEqual(ALL.slice(6));
  });

  it('stops at one that fails and names it; those before it stay done, and it can be run again', async () => {
    for (const table of (await tables(db)).filter((name) => LATE.includes(name))) {
      await sql`DROP TABLE ${sql.table(table)}`.execute(db);
    }
    await sql`DELETE FROM kysely_migration WHERE name >= '009'`.execute(db);
    const textless = withoutTextColumns(database.url);
    try {
      await expect(migrateToLatest(textless)).rejects.toMatchObject({
        code: 'MIGRATION_FAILED',
        message: expect.stringMatching(/^migration 010_plan_changes failed: /),
      });
    } finally {
      await textless.destroy();
    }
    expect(await pendingMigrations(db)).toEqual(ALL.slice(9));
    expect(await migrateToLatest(db)).toEqual(ALL.slice(9));
    expect(await tables(db)).toEqual(expect.arrayContaining(LATE));
  });

  it('says so when the migrations cannot even be started', async () => {
    await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('999_of_a_newer_program', '2026-01-01')`.execute(
      db,
    );
    await expect(migrateToLatest(db)).rejects.toThrow(/^the migrations could not be started: .*999_of_a_newer_program/);
  });
});

/** The tables of migrations 009 and 010. */
const LATE = ['sync_matches', 'plan_changes'];

/** Sessions whose tables cannot have TEXT columns: 009 needs none, 010 does. */
function withoutTextColumns(url: string): Db {
  const pool = createPool({ uri: url });
  pool.on('connection', (connection) => {
    connection.query('SET SESSION default_storage_engine = MEMORY');
  });
  return new Kysely<Database>({ dialect: new MysqlDialect({ pool }) });
}

async function tables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name
  `.execute(db);
  return rows.map(({ name }) => name);
}

async function dropAll(db: Db): Promise<void> {
  for (const table of await tables(db)) await sql`DROP TABLE ${sql.table(table)}`.execute(db);
}
