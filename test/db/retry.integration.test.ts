import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDb, type Db } from '../../db/connect.ts';
import { inTransaction, type Trx } from '../../db/retry.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
/** Two pools, as in two processes. */
let pools: [Db, Db];

beforeAll(async () => {
  database = await createTestDatabase();
  pools = [createDb({ url: database.url, poolSize: 2 }), createDb({ url: database.url, poolSize: 2 })];
  await sql`CREATE TABLE counters (id INT PRIMARY KEY, n INT NOT NULL)`.execute(database.db);
});
beforeEach(async () => {
  await sql`DELETE FROM counters`.execute(database.db);
  await sql`INSERT INTO counters VALUES (1, 0), (2, 0)`.execute(database.db);
});
afterAll(async () => {
  for (const pool of pools) await pool.destroy();
  await database.drop();
});

const increment = async (trx: Trx, id: number) => {
  await sql`UPDATE counters SET n = n + 1 WHERE id = ${id}`.execute(trx);
};

async function counters(): Promise<number[]> {
  const { rows } = await sql<{ n: number }>`SELECT n FROM counters ORDER BY id`.execute(database.db);
  return rows.map(({ n }) => n);
}

describe('inTransaction', () => {
  it('repeats the loser of a real deadlock, so that both are done exactly once', async () => {
    let holding = 0;
    let tries = 0;
    let release: () => void;
    const bothHold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const crosswise = (first: number, second: number) => async (trx: Trx) => {
      tries += 1;
      await increment(trx, first);
      holding += 1;
      if (holding === 2) release();
      await bothHold;
      await increment(trx, second);
    };
    await Promise.all([inTransaction(pools[0], crosswise(1, 2)), inTransaction(pools[1], crosswise(2, 1))]);
    expect(tries).toBe(3);
    expect(await counters()).toEqual([2, 2]);
  });

  it('gives the result of the work, and undoes what a failed try wrote', async () => {
    let tries = 0;
    const result = await inTransaction(pools[0], async (trx) => {
      tries += 1;
      await increment(trx, 1);
      if (tries < 3) throw lostRace();
      return tries;
    });
    expect(result).toBe(3);
    expect(await counters()).toEqual([1, 0]);
  });

  it('raises any other error at once, with nothing written', async () => {
    let tries = 0;
    const work = inTransaction(pools[0], async (trx) => {
      tries += 1;
      await increment(trx, 1);
      await sql`INSERT INTO counters VALUES (2, 0)`.execute(trx);
    });
    await expect(work).rejects.toMatchObject({ errno: 1062 });
    expect(tries).toBe(1);
    expect(await counters()).toEqual([0, 0]);
  });

  it('gives up after ten tries, with the last error', async () => {
    let tries = 0;
    const work = inTransaction(pools[0], async () => {
      tries += 1;
      throw lostRace();
    });
    await expect(work).rejects.toMatchObject({ errno: 1213 });
    expect(tries).toBe(10);
  });
});

function lostRace(): Error {
  return Object.assign(new Error('Deadlock found when trying to get lock'), { errno: 1213 });
}
