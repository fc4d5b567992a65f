/** Clients that do what no HTTP library does: bytes over a socket, and what comes back. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** Of the first answer; null when there was none. */
  status: number | null;
  text: string;
  sentBytes: number;
  ms: number;
}

/** What is sent: all at once, or in pieces for as long as the other side takes them. */
export type Sent = string | AsyncIterable<string | Buffer>;

/** Sends, and reads until the server closes the connection or `withinMs` have passed. A reset keeps what had come. */
export async function exchange(url: string, sent: Sent, withinMs = 30_000): Promise<RawAnswer> {
  const since = performance.now();
  const socket = open(url);
  let text = '';
  let sentBytes = 0;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const timer = setTimeout(() => socket.destroy(), withinMs);
  void send(socket, sent, (bytes) => {
    sentBytes += bytes;
  });
  await closed;
  clearTimeout(timer);
  return { status: statusOf(text), text, sentBytes, ms: performance.now() - since };
}

/** A connection that the caller looks after; errors on it are its end. */
export function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => socket.destroy());
  return socket;
}

export function statusOf(text: string): number | null {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  return status === undefined ? null : Number(status);
}

/** A request as text; it asks for its connection to be closed unless told otherwise. */
export function request(method: string, path: string, headers: Record<string, string> = {}, body = ''): string {
  const all = { host: 'localhost', connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

async function send(socket: Socket, sent: Sent, count: (bytes: number) => void): Promise<void> {
  for await (const piece of typeof sent === 'string' ? [sent] : sent) {
    if (socket.destroyed) return;
    count(piece.length);
    if (!socket.write(piece)) await taken(socket);
  }
}

/** Until the other side has taken what was written, or is gone. */
async function taken(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
}
