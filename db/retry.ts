import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { Db } from './connect.ts';
import type { Database } from './tables.ts';

export type Trx = Transaction<Database>;

/** Deadlock, lock wait timeout, and the record that changed since it was read (MariaDB). */
const LOST_RACES = new Set([1213, 1205, 1020]);
const MAX_TRIES = 10;

/**
 * Runs `work` in a transaction, again when it lost a race for locks. `work` must not have effects outside the database.
 * @throws the last error when ten tries were not enough, any other error at once.
 */
export async function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let first: unknown;
    try {
      return await db.transaction().execute(async (trx) => {
        try {
          return await work(trx);
        } catch (error) {
          first = error;
          throw error;
        }
      });
    } catch (last) {
      // On a broken connection the ROLLBACK fails too, and its error says nothing of why.
      const error = first ?? last;
      if (attempt >= MAX_TRIES || !isLostRace(error)) throw error;
      // Spread out, so that the same two do not meet again.
      await sleep(10 * attempt + Math.random() * 20 * attempt);
    }
  }
}

function isLostRace(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && LOST_RACES.has(error.errno as number);
}
