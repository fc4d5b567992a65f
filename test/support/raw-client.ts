/** Clients that do what no HTTP library does: bytes over a socket, and what comes back. */
import { connect, type Socket } from 'node:net';

const WITHIN_MS = 30_000;

export interface RawAnswer {
  /** Of the first answer; null when there was none. */
  status: number | null;
  text: string;
  sentBytes: number;
  ms: number;
}

/** What is sent: all at once, or in pieces for as long as the other side takes them. */
export type Sent = string | AsyncIterable<string | Buffer>;

/** Sends, and reads until so many answers are whole, the server closes the connection, or 30 s have passed. A reset keeps what had come. */
export async function exchange(url: string, sent: Sent, answers = 1): Promise<RawAnswer> {
  const since = performance.now();
  const socket = open(url);
  let text = '';
  let sentBytes = 0;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (wholeAnswers(text) >= answers) socket.destroy();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const timer = setTimeout(() => socket.destroy(), WITHIN_MS);
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

/** Answers that are there from beginning to end, by the lengths they claim. */
function wholeAnswers(text: string): number {
  let whole = 0;
  for (let rest = text; ; whole += 1) {
    const [head] = /^HTTP\/1\.1 [\s\S]*?\r\n\r\n/.exec(rest) ?? [];
    const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head ?? '')?.[1]);
    if (head === undefined || !(rest.length >= head.length + length)) return whole;
    rest = rest.slice(head.length + length);
  }
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
    const over = () => {
      socket.off('drain', over).off('close', over);
      resolve();
    };
    socket.on('drain', over).on('close', over);
  });
}
