/** The fastest way rows get into the database: LOAD DATA into a table without keys, or INSERT where that is refused. */
import { Readable } from 'node:stream';
import { type Connection, createConnection, type QueryOptions, type ResultSetHeader } from 'mysql2/promise';
import type { Row } from './pages.ts';

export type LoadMethod = 'LOAD DATA LOCAL INFILE' | 'multi-row INSERT';

export interface BareTable {
  readonly method: LoadMethod;
  /** @throws when a row is missing afterwards, or the server has anything to remark. */
  load(pages: Row[][]): Promise<void>;
  count(): Promise<number>;
  /** Drops the table. */
  close(): Promise<void>;
}

const DATABASE = 'license_sync_bench';
const TABLE = `${DATABASE}.bare_rows`;
const ROWS_A_STATEMENT = 1000;
/** Not allowed with this server, this account or this client. */
const LOAD_REFUSED = new Set([1148, 1045, 3948, 3950, 4166]);

/** Makes the table, empty, and finds out which way is open. */
export async function openBareTable(databaseUrl: string): Promise<BareTable> {
  const connection = await createConnection({ uri: databaseUrl, charset: 'utf8mb4_bin' });
  try {
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
    await connection.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await connection.query(`
      CREATE TABLE ${TABLE} (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        content MEDIUMTEXT NOT NULL
      ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
    `);
    return useTable(connection, await findMethod(connection));
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function useTable(connection: Connection, method: LoadMethod): BareTable {
  const load = method === 'LOAD DATA LOCAL INFILE' ? loadData : insert;
  return {
    method,
    load: async (pages) => {
      const written = await load(connection, pages);
      const expected = pages.reduce((sum, rows) => sum + rows.length, 0);
      if (written !== expected) throw new Error(`${method} wrote ${written} rows of ${expected}`);
    },
    count: async () => {
      const [rows] = await connection.query(`SELECT COUNT(*) AS held FROM ${TABLE}`);
      return Number((rows as { held: number | string }[])[0]?.held);
    },
    close: async () => {
      try {
        await connection.query(`DROP DATABASE ${DATABASE}`);
      } finally {
        connection.destroy();
      }
    },
  };
}

async function findMethod(connection: Connection): Promise<LoadMethod> {
  try {
    await loadData(connection, []);
    return 'LOAD DATA LOCAL INFILE';
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
    if (LOAD_REFUSED.has(errno)) return 'multi-row INSERT';
    throw error;
  }
}

/** LOAD DATA LOCAL skips and cuts without an error: the warnings are what tells. */
async function loadData(connection: Connection, pages: Row[][]): Promise<number> {
  const statement: QueryOptions = {
    sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${TABLE} CHARACTER SET utf8mb4 (source_key, content)`,
    infileStreamFactory: () => Readable.from(lines(pages)),
  };
  const [{ affectedRows, warningStatus }] = await connection.query<ResultSetHeader>(statement);
  if (warningStatus > 0) throw new Error(`LOAD DATA LOCAL INFILE came with ${warningStatus} warnings`);
  return affectedRows;
}

async function insert(connection: Connection, pages: Row[][]): Promise<number> {
  const rows = pages.flat();
  let written = 0;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const values = rows.slice(from, from + ROWS_A_STATEMENT).map((row) => [keyOf(row), contentOf(row)]);
    const [result] = await connection.query<ResultSetHeader>(`INSERT INTO ${TABLE} VALUES ?`, [values]);
    written += result.affectedRows;
  }
  return written;
}

/** One chunk of text a page, in LOAD DATA's default form: JSON has no raw tab or line end, only backslashes to double. */
function* lines(pages: Row[][]): Generator<Buffer> {
  for (const rows of pages) {
    // To the protocol an empty packet is the end of the file.
    if (rows.length === 0) continue;
    const text = rows.map((row) => `${keyOf(row)}\t${contentOf(row).replaceAll('\\', '\\\\')}\n`);
    yield Buffer.from(text.join(''));
  }
}

function keyOf(row: Row): string {
  return `c:${row.countid}`;
}

/** As the product keeps it: without the password. */
function contentOf({ pass: _, ...row }: Row): string {
  return JSON.stringify(row);
}
