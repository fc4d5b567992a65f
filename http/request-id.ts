/** An id a request: in the answer's headers, in its lines of the log and in problem documents. */
import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { withLogFields } from '../log-fields.ts';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What a caller or a proxy in front may have given it; anything else could be a way to write into logs. */
const SANE = /^[\w.=+/:-]{1,100}$/;

export function requestIds() {
  return createMiddleware(async (c, next) => {
    const given = c.req.header(REQUEST_ID_HEADER);
    const requestId = given !== undefined && SANE.test(given) ? given : randomUUID();
    await withLogFields({ requestId }, next);
    c.header(REQUEST_ID_HEADER, requestId);
  });
}
