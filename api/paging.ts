/** Lists with keyset cursors that are numbers. */
import { z } from '@hono/zod-openapi';
import { ApiProblem } from './problem.ts';
import { numberParam } from './schemas.ts';

/** BIGINT ids beyond it would have lost digits in JSON. */
const MAX_CURSOR = 999_999_999_999_999;

/** The query parameters of such a list. */
export function pageParams(maxLimit: number) {
  return {
    limit: numberParam(1, maxLimit),
    cursor: numberParam(1, MAX_CURSOR).openapi({ description: 'From meta.nextCursor, or follow the Link header.' }),
  };
}

const MAX_KEY_LENGTH = 200;

/** `cursor` of a list in the order of source keys. */
export const keyCursorParam = z.string().min(1).max(400).optional().openapi({
  description: 'From meta.nextCursor, or follow the Link header.',
});

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

/** The id of an operation as a filter, or in a body. */
export const operationId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected the id of an operation, such as 0195f0c4-…')
  .openapi({ format: 'uuid' });

/** An id in the address. */
export const numberedParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/, 'expected a number')
    .transform(Number)
    .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', minimum: 1 }),
});

export const pageMeta = z.object({ limit: z.number().int(), nextCursor: z.string().nullable() });

/** For `headers` of the answer that holds a page. */
export const linkHeader = {
  Link: { description: 'rel="next" when there are more', schema: { type: 'string' as const } },
};

/** What an answer says of the page: its meta, and the Link header when there are more. */
export function pageOf(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
  { limit, next }: { limit: number; next: number | string | null },
): { meta: { limit: number; nextCursor: string | null }; link: string | null } {
  if (next === null) return { meta: { limit, nextCursor: null }, link: null };
  const asked = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = new URLSearchParams([...asked, ['limit', String(limit)], ['cursor', String(next)]] as [
    string,
    string,
  ][]);
  return { meta: { limit, nextCursor: String(next) }, link: `<${path}?${search}>; rel="next"` };
}
