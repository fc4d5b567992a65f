import { Kysely, MysqlDialect } from 'kysely';
import { createPool } from 'mysql2';
import type { Database, SqlInstant } from './tables.ts';

export type Db = Kysely<Database>;

export interface DbOptions {
  url: string;
  poolSize: number;
}

/** MySQL and MariaDB spell the isolation variable differently; the statement is the same. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 20, " +
    "SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'" +
    // MariaDB alone reads this: a list of a thousand values or more becomes a temporary table there, and the index is not used.
    ' /*M!100303 , SESSION in_predicate_conversion_threshold = 0 */',
];

/**
 * Opens a pool; connections are made on first use.
 * Every session: UTC, READ COMMITTED (disjoint ranges must not block each other by gap locks), strict mode (a value that
 * does not fit is an error, never cut), a lock wait short enough to be retried.
 */
export function createDb({ url, poolSize }: DbOptions): Db {
  const pool = createPool({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: poolSize,
    waitForConnections: true,
    connectTimeout: 10_000,
    enableKeepAlive: true,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    dateStrings: true,
    decimalNumbers: false,
    supportBigNumbers: true,
    // Without this, rows that were found but not changed count as affected.
    flags: ['-FOUND_ROWS'],
  });
  pool.on('connection', (connection) => {
    for (const statement of SESSION) {
      connection.query(statement, (error) => {
        // A session with other settings would cut values or read stale rows: better none.
        if (error) connection.destroy();
      });
    }
  });
  return new Kysely<Database>({ dialect: new MysqlDialect({ pool }) });
}

/** A JavaScript time as MySQL's DATETIME(3), UTC. */
export function sqlInstant(time: Date | number | string): SqlInstant {
  // An instant of the domain is in UTC with milliseconds already: no need to parse a million of them.
  const iso =
    typeof time === 'string' && time.length === 24 && time.endsWith('Z') ? time : new Date(time).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

/** A DATETIME(3) as ISO 8601 with zone. */
export function isoInstant(value: SqlInstant): string;
export function isoInstant(value: SqlInstant | null): string | null;
export function isoInstant(value: SqlInstant | null): string | null {
  return value === null ? null : new Date(`${value.replace(' ', 'T')}Z`).toISOString();
}
