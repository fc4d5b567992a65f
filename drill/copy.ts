/** Databases of a drill: made, copied and dropped on the ground's own server. */
import type { Connection } from 'mysql2/promise';
import type { Ground } from './ground.ts';

/** An empty database under this name, whatever was there. */
export async function makeDatabase({ asAdmin }: Ground, name: string): Promise<void> {
  await asAdmin((connection) => recreate(connection, name));
}

/** All tables of another database with their rows. */
export async function copyDatabase({ asAdmin }: Ground, from: string, to: string): Promise<void> {
  await asAdmin(async (connection) => {
    await recreate(connection, to);
    await connection.query(
      'SET SESSION unique_checks = 0, SESSION foreign_key_checks = 0, SESSION group_concat_max_len = 100000',
    );
    // What the server computes by itself cannot be written.
    const [columns] = await connection.query(
      `SELECT table_name AS name, GROUP_CONCAT('\`', column_name, '\`' ORDER BY ordinal_position SEPARATOR ', ') AS columns
      FROM information_schema.columns WHERE table_schema = ? AND extra NOT LIKE '% GENERATED' GROUP BY table_name`,
      [from],
    );
    for (const { name, columns: list } of columns as { name: string; columns: string }[]) {
      await connection.query(`CREATE TABLE \`${to}\`.\`${name}\` LIKE \`${from}\`.\`${name}\``);
      await connection.query(`INSERT INTO \`${to}\`.\`${name}\` (${list}) SELECT ${list} FROM \`${from}\`.\`${name}\``);
    }
  });
}

export async function dropDatabase({ asAdmin }: Ground, name: string): Promise<void> {
  await asAdmin((connection) => connection.query(`DROP DATABASE IF EXISTS \`${name}\``));
}

async function recreate(connection: Connection, name: string): Promise<void> {
  await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
  await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
}
