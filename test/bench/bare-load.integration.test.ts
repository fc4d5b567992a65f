import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BareTable, openBareTable } from '../../bench/bare-load.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

describe('the bare table', () => {
  let database: TestDatabase;
  let table: BareTable;

  beforeEach(async () => {
    database = await createTestDatabase();
    table = await openBareTable(database.url);
  });
  afterEach(async () => {
    await table.close();
    await database.drop();
  });

  it('keeps rows as they are, but for the password', async () => {
    const dba = 'back\\slash\ttab "quote"\nline é 😀';
    await table.load([
      [
        { countid: 1, dba, pass: 'secret' },
        { countid: 2, dba: null },
      ],
      [],
      [{ countid: 3 }],
    ]);
    expect(await table.count()).toBe(3);
    expect(await contents(database.url)).toEqual([{ countid: 1, dba }, { countid: 2, dba: null }, { countid: 3 }]);
  });

  it('begins empty', async () => {
    await table.load([[{ countid: 1 }]]);
    await table.close();
    table = await openBareTable(database.url);
    expect(await table.count()).toBe(0);
  });
});

async function contents(url: string): Promise<unknown[]> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query('SELECT content FROM license_sync_bench.bare_rows ORDER BY source_key');
    return (rows as { content: string }[]).map(({ content }) => JSON.parse(content));
  } finally {
    await connection.end();
  }
}
