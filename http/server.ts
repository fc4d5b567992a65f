/** The HTTP server, and its bounds: how long a client may take, how much it may send, and how many there may be at once. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ApiProblem, PROBLEMS, type ProblemCode, problemDocument } from './problem.ts';
import { createUnderWay } from './under-way.ts';

export interface HttpServerOptions {
  fetch: Parameters<typeof getRequestListener>[0];
  limits: Pick<
    Config['api'],
    'headersTimeout' | 'requestTimeout' | 'stalledTimeout' | 'maxConnections' | 'maxUnderWay'
  >;
  log: Logger;
}

/** Larger addresses and headers than any client of ours has. */
const MAX_HEADER_BYTES = 32_768;
const MAX_HEADERS = 100;
/** Of an address with its query; the rest of the room is for headers. */
const MAX_URL_CHARS = 8192;
/** Longer than proxies keep a connection, so that it is they who close it. */
const KEEP_ALIVE_MS = 65_000;
const REQUESTS_PER_CONNECTION = 10_000;
/** Requests that a connection may send ahead of their answers. */
const PIPELINED = 16;
/** What the client still sends is read and dropped for so long: who is cut off at once never sees the answer. */
const LAST_WORDS_MS = 1000;
const DROPS_LOGGED_EVERY_MS = 60_000;

export function createHttpServer({ fetch, limits, log }: HttpServerOptions): Server {
  const { headersTimeout, requestTimeout, stalledTimeout, maxConnections, maxUnderWay } = limits;
  const answer = getRequestListener(fetch, {
    // What cannot be made a request of: no host, or an address that is none.
    errorHandler: () => refusalOf('invalid-request', 'The address or the Host header cannot be understood.'),
  });
  const underWay = createUnderWay();
  const said = new WeakSet<Socket>();
  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      connectionsCheckingInterval: Math.min(5000, headersTimeout),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      const { socket, url = '' } = request;
      if (underWay.size >= maxUnderWay) {
        return refuse(response, 'overloaded', `${maxUnderWay} requests are under way already; ask again in a moment.`);
      }
      if (underWay.of(socket).size >= PIPELINED) {
        return refuse(response, 'overloaded', `A connection may have ${PIPELINED} requests under way.`);
      }
      underWay.add(socket, response);
      closeWhenStalled(response, stalledTimeout);
      if (url.length > MAX_URL_CHARS) {
        return refuse(response, 'uri-too-long', `An address may have at most ${MAX_URL_CHARS} characters.`);
      }
      void answer(request, response);
    },
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
  server.maxConnections = maxConnections;
  server.on('drop', reportDrops(log, maxConnections));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (said.has(socket)) return;
    const open = [...underWay.of(socket)];
    // Whatever is written now must not be taken for a part of another answer.
    if (!socket.writable || open.length > 1 || open.some(({ headersSent }) => headersSent))
      return socket.destroy(error);
    said.add(socket);
    const [code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? NO_HTTP;
    socket.end(rawRefusal(code, detail));
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  });
  return server;
}

const NO_HTTP = ['invalid-request', 'This is no HTTP request.'] as const;
const CLIENT_ERRORS: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The request did not come in time; send it again, in one go.'],
  HPE_HEADER_OVERFLOW: [
    'headers-too-large',
    `There may be at most ${MAX_HEADERS} headers, and they and the address at most ${MAX_HEADER_BYTES} bytes together.`,
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body-too-large', 'The extensions of a chunk are too large.'],
};

/** A client that takes nothing of what there is for it is no client any more. One that waits for us may wait. */
function closeWhenStalled(response: ServerResponse, stalledTimeout: number): void {
  response.setTimeout(stalledTimeout);
  response.on('timeout', (socket: Socket) => {
    if (socket.writableLength > 0) socket.destroy();
    else socket.setTimeout(stalledTimeout);
  });
}

function refuse(response: ServerResponse, code: ProblemCode, detail: string): void {
  const { status, headers, body } = refusal(code, detail);
  response.writeHead(status, headers).end(body);
}

function refusalOf(code: ProblemCode, detail: string): Response {
  const { status, headers, body } = refusal(code, detail);
  return new Response(body, { status, headers });
}

function rawRefusal(code: ProblemCode, detail: string): string {
  const { status, title, headers, body } = refusal(code, detail);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`;
}

function refusal(code: ProblemCode, detail: string) {
  const { status, title } = PROBLEMS[code];
  const body = JSON.stringify(problemDocument(new ApiProblem(code, detail), '/'));
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === 503 ? { 'retry-after': '2' } : {}),
  };
  return { status, title, headers, body };
}

/** Nothing can be said to whoever is not let in, so at least the log says it, now and then. */
function reportDrops(log: Logger, maxConnections: number): () => void {
  let next = 0;
  let dropped = 0;
  return () => {
    dropped += 1;
    if (performance.now() < next) return;
    next = performance.now() + DROPS_LOGGED_EVERY_MS;
    log.warn({ dropped, maxConnections }, 'connections were closed unheard: there are too many');
    dropped = 0;
  };
}
