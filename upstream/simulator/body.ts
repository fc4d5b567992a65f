/** Reading what a caller sent. */
import type { IncomingMessage } from 'node:http';

/** The caller sent something that cannot be used; the message says what. */
export class BodyError extends Error {}

/**
 * A JSON object; an absent body counts as an empty one.
 * @throws {BodyError} when it is something else or longer than `maxBytes`.
 */
export async function readObject(request: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyError(`the body is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BodyError('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BodyError('the body is not a JSON object');
  return value as Record<string, unknown>;
}
