/** Cursors of lists in the order of source keys. */
import { ApiProblem } from './problem.ts';

const MAX_KEY_LENGTH = 200;

/** Keys hold whatever the License API sends as an appid: as cursors they are wrapped. */
export function keyCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** @throws {ApiProblem} when it is no cursor that an answer gave. */
export function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key !== '' && key.length <= MAX_KEY_LENGTH && keyCursor(key) === cursor) return key;
  throw new ApiProblem('invalid-request', 'cursor: expected what an earlier answer gave as meta.nextCursor');
}
