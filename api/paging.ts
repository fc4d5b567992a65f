/** Lists with keyset cursors that are numbers. */
import { z } from '@hono/zod-openapi';
import { MAX_ID, numberParam } from './schemas.ts';

export { keyCursor, keyOfCursor } from '../http/key-cursor.ts';

/** The query parameters of such a list. */
export function pageParams(maxLimit: number) {
  return {
    limit: numberParam(1, maxLimit),
    cursor: numberParam(1, MAX_ID).openapi({ description: 'From meta.nextCursor, or follow the Link header.' }),
  };
}

/** `cursor` of a list in the order of source keys. */
export const keyCursorParam = z.string().min(1).max(400).optional().openapi({
  description: 'From meta.nextCursor, or follow the Link header.',
});

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
    .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', minimum: 1, maximum: MAX_ID }),
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
