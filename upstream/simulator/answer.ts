/** What goes back over the wire, and the ways in which it can fail to arrive. */
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  delivery: Delivery;
  /** Milliseconds before anything is sent. */
  delay: number;
}

export type Delivery =
  | { how: 'whole' }
  /** Not a byte, until the caller goes. */
  | { how: 'never' }
  /** The connection is reset after this share of the body; null: before the first byte of the head. */
  | { how: 'reset'; after: number | null }
  | { how: 'drip'; bytes: number; interval: number }
  /** Filled up to this many bytes by one unknown field; never held in memory as a whole. */
  | { how: 'padded'; bytes: number };

const JSON_TYPE = 'application/json; charset=utf-8';
const FILLING = 'x'.repeat(1 << 16);

export function json(status: number, content: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: JSON.stringify(content),
    delivery: { how: 'whole' },
    delay: 0,
  };
}

/** An error as the API words it. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return json(status, { success: false, message }, headers);
}

/** Resolves when the answer is sent, or the caller is gone. */
export async function deliver(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.delay > 0) await pause(answer.delay, undefined, { ref: false });
  if (response.destroyed || answer.delivery.how === 'never') return;
  const { delivery, status, headers, body } = answer;
  if (delivery.how === 'reset' && delivery.after === null) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (delivery.how === 'padded') {
    response.writeHead(status, headers);
    await pad(response, body, delivery.bytes);
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (delivery.how === 'whole') {
    response.end(body);
    return;
  }
  const bytes = Buffer.from(body);
  if (delivery.how === 'reset') {
    // The written part has to leave first: a reset throws away what still waits to be sent.
    response.write(bytes.subarray(0, Math.floor(bytes.length * (delivery.after ?? 0))), () => {
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
  } else {
    await drip(response, bytes, delivery.bytes, delivery.interval);
  }
}

async function drip(response: ServerResponse, bytes: Buffer, step: number, interval: number): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    response.write(bytes.subarray(at, at + step));
    await pause(interval, undefined, { ref: false });
  }
  response.end();
}

async function pad(response: ServerResponse, body: string, bytes: number): Promise<void> {
  const head = '{"filling":"';
  const tail = body === '{}' ? '"}' : `",${body.slice(1)}`;
  response.write(head);
  let left = bytes - head.length - Buffer.byteLength(tail);
  while (left > 0 && !response.destroyed) {
    const flowing = response.write(left >= FILLING.length ? FILLING : FILLING.slice(0, left));
    left -= FILLING.length;
    if (!flowing) await drained(response);
  }
  response.end(tail);
}

/** Resolves as well when the caller hangs up instead of reading on. */
export function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
