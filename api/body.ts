/** What routes do with the bodies of requests. */
import { createMiddleware } from 'hono/factory';
import { ApiProblem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { findJsonFault } from './json-fault.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** The body as it was sent, once `withJsonBody` or `withoutBody` has read it. */
    bodyText: string;
  }
}

const MAX_IGNORED_BYTES = 16_384;
const MAX_JSON_BYTES = 1_048_576;

/** For routes that take everything from the address: options sent in a body would otherwise be ignored without a word. */
export const withoutBody = createMiddleware(async (c, next) => {
  const text = (await readBody(c, MAX_IGNORED_BYTES)).trim();
  if (!['', '{}'].includes(text)) {
    throw new ApiProblem('invalid-request', 'This address takes no body; give options as query parameters.');
  }
  c.set('bodyText', '');
  await next();
});

/** For routes with a JSON body. Says where the text is no JSON or names a member twice; the schema says the rest. */
export const withJsonBody = createMiddleware(async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiProblem('invalid-request', 'Send the body as JSON, with the header Content-Type: application/json.');
  }
  const text = await readBody(c, MAX_JSON_BYTES);
  const fault = findJsonFault(text);
  if (fault) {
    const { line, column, reason } = fault;
    throw new ApiProblem('invalid-request', `The body cannot be read: line ${line}, column ${column}: ${reason}.`, {
      members: { line, column },
    });
  }
  // Where Hono looks before it reads the stream, which is at its end now; it keeps promises there, whatever its type says.
  c.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  c.set('bodyText', text);
  await next();
});
