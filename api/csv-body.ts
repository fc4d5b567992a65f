/** Reading a CSV file that is sent as a body. */
import { createHash } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { ApiProblem } from '../http/problem.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by `withCsvBody`. */
    csv: Buffer;
  }
}

export const MAX_CSV_BYTES = 50 * 1024 * 1024;

/** For routes that take a CSV file. It is held in memory, so a route takes one at a time. */
export function withCsvBody() {
  let busy = false;
  return createMiddleware(async (c, next) => {
    if (!/^text\/csv\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
      throw new ApiProblem('invalid-request', 'Send the file as the body, with the header Content-Type: text/csv.');
    }
    if (!['', 'identity'].includes(c.req.header('content-encoding')?.trim().toLowerCase() ?? '')) {
      throw new ApiProblem('invalid-request', 'Send the file as it is: bodies with a Content-Encoding are not taken.');
    }
    if (Number(c.req.header('content-length') ?? 0) > MAX_CSV_BYTES) throw tooLarge();
    if (busy)
      throw new ApiProblem('import-under-way', 'Another file is being imported; send this one when it is done.');
    busy = true;
    try {
      const csv = await readAll(c.req.raw);
      c.set('csv', csv);
      // What makes two requests under one Idempotency-Key the same.
      c.set('bodyText', createHash('sha256').update(csv).digest('hex'));
      await next();
    } finally {
      busy = false;
    }
  });
}

async function readAll({ body, signal }: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_CSV_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ApiProblem || !signal.aborted) throw error;
    throw new ApiProblem('invalid-request', 'The file broke off before its end.');
  }
  return Buffer.concat(chunks);
}

function tooLarge(): ApiProblem {
  return new ApiProblem('body-too-large', `A file may have at most ${MAX_CSV_BYTES} bytes; send it in parts.`);
}
