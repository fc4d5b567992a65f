import { sql } from 'kysely';
import type { Db } from './connect.ts';

/**
 * Runs `work` while no other process runs any under the same name on this database. The lock lives in a session of its own: it goes
 * with the process, however that ends.
 * @param waitSeconds how long to wait for whoever has it.
 * @param work is given a way to ask whether the session still has the lock: it goes with its connection, too.
 * @returns null when it was not to be had in time.
 */
export async function underNamedLock<T>(
  db: Db,
  name: string,
  waitSeconds: number,
  work: (isHeld: () => Promise<boolean>) => Promise<T>,
): Promise<{ result: T } | null> {
  return await db.connection().execute(async (session) => {
    // Names are known to the whole server, which may hold other databases of ours; 64 characters are all they may have.
    const lock = sql`SUBSTR(CONCAT(${name}, ':', MD5(DATABASE())), 1, 64)`;
    const { rows } = await sql<{ got: number | null }>`SELECT GET_LOCK(${lock}, ${waitSeconds}) AS got`.execute(
      session,
    );
    if (Number(rows[0]?.got) !== 1) return null;
    const isHeld = async () => {
      const { rows: answer } = await sql<{ held: number | null }>`
        SELECT IS_USED_LOCK(${lock}) = CONNECTION_ID() AS held
      `.execute(session);
      return Number(answer[0]?.held) === 1;
    };
    try {
      return { result: await work(isHeld) };
    } finally {
      await sql`SELECT RELEASE_LOCK(${lock})`.execute(session);
    }
  });
}
