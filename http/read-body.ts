/** Reading bodies: bounded while they come in, whatever their length claims to be. */
import type { Context } from 'hono';
import { ApiProblem } from './problem.ts';

/** @throws {ApiProblem} when it is larger than `most` bytes, or no UTF-8. */
export async function readBody(c: Context, most: number): Promise<string> {
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
  // The connection stays open: the server reads on for a moment, or the client would be cut off before it sees this.
  return new ApiProblem('body-too-large', `A body may have at most ${most} bytes here.`);
}
