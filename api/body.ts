/** Reading bodies: bounded while they come in, whatever their length claims to be. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { findJsonFault } from './json-fault.ts';
import { ApiProblem } from './problem.ts';

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

/** @throws {ApiProblem} when it is larger than `most` bytes, or no UTF-8. */
async function readBody(c: Context, most: number): Promise<string> {
  if (!['', 'identity'].includes(c.req.header('content-encoding')?.trim().toLowerCase() ?? '')) {
    throw new ApiProblem('invalid-request', 'Send the body as it is: bodies with a Content-Encoding are not taken.');
  }
  if (Number(c.req.header('content-length') ?? 0) > most) throw tooLarge(most);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  let text = '';
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge(most);
    text += decode(decoder, chunk);
  }
  return text + decode(decoder);
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ApiProblem('invalid-request', 'The body is not text in UTF-8.');
  }
}

function tooLarge(most: number): ApiProblem {
  return new ApiProblem('body-too-large', `A body may have at most ${most} bytes here.`, {
    headers: { connection: 'close' },
  });
}
