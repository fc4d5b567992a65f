import { describe, expect, it } from 'vitest';
import { isDatabaseAway } from '../../db/errors.ts';

function failure(code: string | null, more: object = {}, message = 'as the server says it'): Error {
  return Object.assign(new Error(message), code === null ? {} : { code }, more);
}

describe('isDatabaseAway', () => {
  it.each([
    ['the server is down', failure('ECONNREFUSED')],
    ['the connection broke in mid-use', failure(null, { fatal: true })],
    ['no connection is left', failure('ER_TOO_MANY_USER_CONNECTIONS')],
    ['a table is full', failure('ER_RECORD_FILE_FULL')],
    ['a file cannot be written', failure('EE_WRITE')],
    ['a temporary file cannot be written', failure('ER_TEMP_FILE_WRITE_FAILURE')],
    ['a storage engine has no space', failure('ER_GET_ERRNO', {}, 'Got error 28 - No space left from storage engine')],
    ['the server is set to read-only', failure('ER_OPTION_PREVENTS_STATEMENT')],
    ['the server runs read-only', failure('ER_READ_ONLY_MODE')],
  ])('%s: waiting may help', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([
    ['a value does not fit', failure('ER_DATA_TOO_LONG')],
    ['a key is taken', failure('ER_DUP_ENTRY')],
    ['a storage engine fails otherwise', failure('ER_GET_ERRNO', {}, 'Got error 122 from storage engine')],
    ['a defect of our own', new TypeError('x is not a function')],
  ])('%s: it does not', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
