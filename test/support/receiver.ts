/** A receiver of webhooks, as docs/webhooks.md says one is made: checks signatures with the reference library, remembers what it took. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { EventBody } from '../../domain/events.ts';

export interface Received {
  headers: IncomingHttpHeaders;
  body: EventBody;
  /** What it was answered with. */
  status: number;
}

export interface Receiver {
  url: string;
  /** Everything that came, taken or not. */
  all: Received[];
  /** What was taken. */
  taken(): EventBody[];
  /** Must be told the secret before anything comes; another one makes it refuse. */
  secret(secret: string): void;
  /** How the next calls are answered; after them as `answerAll` says. */
  answerNext(...statuses: number[]): void;
  /** From now on; 204 at first. */
  answerAll(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const all: Received[] = [];
  const queue: number[] = [];
  let usual = 204;
  let webhook: Webhook | null = null;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const status = verified(text, request.headers) ? (queue.shift() ?? usual) : 401;
      all.push({ headers: request.headers, body: JSON.parse(text) as EventBody, status });
      response.writeHead(status).end();
    });
  });

  function verified(text: string, headers: IncomingHttpHeaders): boolean {
    try {
      webhook?.verify(text, headers as Record<string, string>);
      return webhook !== null;
    } catch {
      return false;
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    all,
    taken: () => all.filter(({ status }) => status < 300).map(({ body }) => body),
    secret(secret) {
      webhook = new Webhook(secret);
    },
    answerNext: (...statuses) => void queue.push(...statuses),
    answerAll(status) {
      usual = status;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
