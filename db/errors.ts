/** What errors of the driver and the server mean, known in one place. */

/** The server is not there, has no place for us, or cannot write: it may be well again later. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'POOL_CLOSED',
  'ER_SERVER_SHUTDOWN',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_OUT_OF_RESOURCES',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_TEMP_FILE_WRITE_FAILURE',
  'ER_ERROR_ON_WRITE',
  'EE_WRITE',
  'EE_DISK_FULL',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
]);

/** Errors of a storage engine come under one code; this is the system's number for a full disk in their text. */
const NO_SPACE = /\berror:? 28\b|No space left/;

/** The driver's or server's code of an error; null when it has none. */
export function databaseCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether waiting may help. A connection that broke in mid-use gives errors without a code, marked as fatal. */
export function isDatabaseAway(error: unknown): boolean {
  const code = databaseCode(error);
  if (code === 'ER_GET_ERRNO') return error instanceof Error && NO_SPACE.test(error.message);
  if (code !== null) return AWAY.has(code);
  return error instanceof Error && 'fatal' in error && error.fatal === true;
}
