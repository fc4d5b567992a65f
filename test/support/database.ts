import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { createDb, type Db } from '../../db/connect.ts';
import { migrateToLatest } from '../../db/migrate.ts';

export interface TestDatabase {
  db: Db;
  /** mysql:// address of this database, for pools and processes of a test's own. */
  url: string;
  /** Closes `db` and drops the database. Close your own pools first. */
  drop(): Promise<void>;
}

/**
 * A fresh database with the whole schema (`migrated: false`: with nothing), on the server that `TEST_DATABASE_URL` names: a mysql:// address of a user who may
 * create databases (a path in it is ignored).
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set: npm test starts a MySQL server and sets it');
  const name = `license_sync_test_${randomBytes(6).toString('hex')}`;
  const address = new URL(server.replace(/^mariadb:/, 'mysql:'));
  address.pathname = '/';
  await execute(address.href, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  const db = createDb({ url: url.href, poolSize: 8 });

  async function drop(): Promise<void> {
    await db.destroy();
    await execute(address.href, `DROP DATABASE IF EXISTS \`${name}\``);
  }

  try {
    if (migrated) await migrateToLatest(db);
  } catch (error) {
    await drop();
    throw error;
  }
  return { db, url: url.href, drop };
}

async function execute(serverUrl: string, statement: string): Promise<void> {
  const connection = await createConnection({ uri: serverUrl });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
