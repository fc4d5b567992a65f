import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse, call: number) => void;

export interface OddServer {
  url: string;
  /** Calls received since the last `answer`: the target as it was sent, and the time of each by `performance.now()`. */
  calls: { method: string; target: string; url: URL; headers: IncomingMessage['headers']; at: number }[];
  /** Connections accepted so far. */
  connections(): number;
  /** Changes the behaviour; `call` counts from 0 again. */
  answer(handler: Handler): void;
  stop(): Promise<void>;
}

/** The outside world, as badly behaved as a test needs it. */
export async function startOddServer(handler: Handler = pageOf([])): Promise<OddServer> {
  let current = handler;
  let calls: OddServer['calls'] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    calls.push({
      method: request.method ?? '',
      target: request.url ?? '',
      url: new URL(request.url ?? '/', 'http://odd'),
      headers: request.headers,
      at: performance.now(),
    });
    current(request, response, calls.length - 1);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get calls() {
      return calls;
    },
    connections: () => connections,
    answer(next) {
      current = next;
      calls = [];
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(body);
  };
}

export function pageOf(rows: unknown[], total = rows.length): Handler {
  return json({ success: true, data: rows, meta: { page: 1, limit: 100, total } });
}

/** One handler per call; the last one stays. */
export function inTurn(...handlers: [Handler, ...Handler[]]): Handler {
  return (request, response, call) => {
    const handler = handlers[Math.min(call, handlers.length - 1)] ?? handlers[0];
    handler(request, response, call);
  };
}

export const poison = json({ success: false, message: 'Expecting value: line 1 column 1 (char 0)' }, 500);
export const down = json({ success: false, message: 'down' }, 503);
