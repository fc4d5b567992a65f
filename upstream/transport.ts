/**
 * One HTTP exchange with the API. On `node:http` with a keep-alive agent: measured over 1,000 pages of 100 records on
 * loopback, it takes two thirds of the processor time of `fetch`, which also follows redirects unless told otherwise.
 */
import { isUtf8 } from 'node:buffer';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Config, ConfigError, required } from '../config.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { failureEnvelope } from './contract.ts';
import { UpstreamError } from './errors.ts';
import { isJsonObject, refusalWords } from './refusal.ts';

export interface TransportSettings
  extends Pick<Config['external'], 'baseUrl' | 'apiKey' | 'userAgent' | 'maxAnswerBytes' | 'maxConcurrentCalls'> {}

export interface Answer {
  /** The parsed JSON, which said neither `success: false` nor came with an error status. */
  json: unknown;
  /** From sending the request to the last byte. */
  latencyMs: number;
  /** Length of the answer, unpacked. */
  bytes: number;
}

export interface UpstreamRequest {
  method: 'GET' | 'PUT';
  /** Below the base address, percent-encoded. */
  path: string;
  query?: URLSearchParams;
  /** Sent as JSON. */
  body?: Readonly<Record<string, unknown>>;
  /** `record`: a 404 speaks of the record, not of the address of the API. */
  about?: 'record';
}

export interface Transport {
  /**
   * One call of a path below the base address. The path is sent as it is: it may name a person, so no error does.
   * @param signal ends the call, its body included; the caller sets the time limit with it.
   * @throws {UpstreamError} for every failure but an abort.
   * @throws the signal's reason when it was aborted.
   */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<Answer>;
  /** Drops idle connections, and those in use. */
  close(): void;
}

const API_KEY = 'EXTERNAL_LICENSE_API_KEY';
const BASE_URL = 'EXTERNAL_LICENSE_API_URL';
/** An answer with an error status is read this far: enough to see which error it is. */
const MAX_ERROR_BYTES = 65_536;
const POISON = 'Expecting value';
/** Anything else could be split into a second header. */
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** @throws {ConfigError} when the address is missing, or a value cannot be sent in a header. */
export function createTransport(settings: TransportSettings): Transport {
  const base = new URL(required(settings.baseUrl, BASE_URL, 'the address of the External License API has no default'));
  const headers = createHeaders(settings);
  const secure = base.protocol === 'https:';
  const agentOptions = { keepAlive: true, maxSockets: settings.maxConcurrentCalls };
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const prefix = base.pathname.replace(/\/+$/, '');
  const target: RequestOptions = {
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port || (secure ? 443 : 80),
    agent,
    headers,
    ...(base.username === '' ? {} : { auth: decodeURIComponent(`${base.username}:${base.password}`) }),
  };
  const open = secure ? httpsRequest : httpRequest;
  /** Host and port only: an address may carry credentials. */
  const api = `the External License API at ${base.host}`;

  async function send(request: UpstreamRequest, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const startedAt = performance.now();
    try {
      const response = await start(request, signal);
      const status = response.statusCode ?? 0;
      const success = status >= 200 && status < 300;
      const body = await readBody(response, success ? settings.maxAnswerBytes : MAX_ERROR_BYTES);
      if (!success) throw errorOfStatus(request, response, status, body.bytes.toString());
      if (body.exceeded) throw tooLarge();
      return { json: parse(body.bytes, status), latencyMs: performance.now() - startedAt, bytes: body.bytes.length };
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof UpstreamError ? error : networkError(error);
    }
  }

  function start({ method, path, query, body }: UpstreamRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const options = { ...target, method, path: `${prefix}${path}${query ? `?${query}` : ''}`, signal };
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    if (bytes) {
      options.headers = { ...headers, 'content-type': 'application/json', 'content-length': `${bytes.length}` };
    }
    return new Promise((resolve, reject) => {
      open(options, resolve).on('error', reject).end(bytes);
    });
  }

  function parse(bytes: Buffer, status: number): unknown {
    const text = bytes.toString().replace(/^\uFEFF/, '');
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw unparsable(text, status);
    }
    if (!isUtf8(bytes)) {
      // Reading on would store replacement characters in place of a name.
      throw new UpstreamError('poisoned', `${api} sent a record whose text is not UTF-8`, { status });
    }
    const failure = failureEnvelope.safeParse(json);
    if (failure.success) throw failureOf(String(failure.data.message), status);
    return json;
  }

  /** Whole but invalid is one record's doing (a NaN, say), and narrowing finds it; anything else is a broken answer. */
  function unparsable(text: string, status: number): UpstreamError {
    if (text.includes(POISON)) return failureOf(text, status);
    const whole = /^\s*\{.*\}\s*$/s.test(text);
    if (whole) return new UpstreamError('poisoned', `${api} sent a record that is not valid JSON`, { status });
    const what = /^\s*</.test(text) ? 'HTML or XML instead of JSON' : text.trim() === '' ? 'nothing' : 'broken JSON';
    return new UpstreamError(
      'bad_answer',
      `${api} answered with ${what}; check that ${BASE_URL} points at the API itself`,
      { status },
    );
  }

  function failureOf(message: string, status: number): UpstreamError {
    if (message.includes(POISON)) {
      return new UpstreamError('poisoned', `${api} cannot serialise one of the records asked for`, { status });
    }
    return new UpstreamError('internal_error', `${api} answered success: false, with HTTP status ${status}`, {
      status,
    });
  }

  function errorOfStatus(
    request: UpstreamRequest,
    response: IncomingMessage,
    status: number,
    text: string,
  ): UpstreamError {
    if (status >= 300 && status < 400) {
      return new UpstreamError(
        'redirected',
        `${api} answered with a redirect (${status}), which is not followed so that the key goes nowhere else; set ${BASE_URL} to the final address`,
        { status },
      );
    }
    switch (status) {
      case 401:
        return new UpstreamError('unauthorized', `${api} refused the key (401): check ${API_KEY}`, { status });
      case 403:
        return new UpstreamError('forbidden', `${api} does not allow this (403): check what ${API_KEY} may do`, {
          status,
        });
      case 404:
        if (request.about === 'record') return noRecord(text);
        return new UpstreamError('not_found', `${api} has nothing there (404): check ${BASE_URL}`, { status });
      case 408:
        return new UpstreamError('timeout', `${api} gave up waiting (408)`, { status });
      case 429: {
        const waitMs = retryAfterMs(response.headers['retry-after'], response.headers.date, Date.now());
        const retryAt = new Date(Date.now() + waitMs);
        return new UpstreamError('rate_limited', `${api} asks to wait ${Math.ceil(waitMs / 1000)} s (429)`, {
          status,
          retryAt,
        });
      }
    }
    if (status >= 500 && text.includes(POISON)) return failureOf(text, status);
    if (status >= 500) return new UpstreamError('server_error', `${api} failed (${status})`, { status });
    const words = request.body && refusalWords(text, request.body);
    return new UpstreamError('bad_request', `${api} refused the request (${status})`, {
      status,
      ...(words === undefined ? {} : { words }),
    });
  }

  /** A proxy without its API behind it also says 404, but not in JSON: no record is gone because of that. */
  function noRecord(text: string): UpstreamError {
    if (isJsonObject(text)) return new UpstreamError('not_found', `${api} has no such record (404)`, { status: 404 });
    return new UpstreamError(
      'bad_answer',
      `${api} answered 404 without saying in JSON that there is no such record: something in front of it may have answered`,
      { status: 404 },
    );
  }

  function tooLarge(): UpstreamError {
    return new UpstreamError(
      'too_large',
      `${api} sent more than ${settings.maxAnswerBytes} bytes; raise LICENSE_SYNC_EXTERNAL_MAX_ANSWER_BYTES or lower LICENSE_SYNC_EXTERNAL_PAGE_SIZE`,
    );
  }

  function networkError(cause: unknown): UpstreamError {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'connection failed';
    return new UpstreamError('network', `no whole answer from ${api} (${code}): check ${BASE_URL} and that it is up`, {
      cause,
    });
  }

  return { send, close: () => agent.destroy() };
}

function createHeaders({ apiKey, userAgent }: TransportSettings): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'gzip, identity',
    'user-agent': userAgent,
  };
  if (apiKey !== undefined) headers['x-api-key'] = apiKey;
  for (const [name, setting] of [
    ['x-api-key', API_KEY],
    ['user-agent', 'LICENSE_SYNC_EXTERNAL_USER_AGENT'],
  ] as const) {
    const value = headers[name];
    if (value !== undefined && !HEADER_VALUE.test(value)) {
      throw new ConfigError(`${setting} has characters that an HTTP header cannot carry: expected printable ASCII`);
    }
  }
  return headers;
}

/** Reads until the end or until `maxBytes` are exceeded, unpacked, so that no answer can fill the memory. */
async function readBody(response: IncomingMessage, maxBytes: number): Promise<{ bytes: Buffer; exceeded: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpacked(response) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      return { bytes: Buffer.concat(chunks), exceeded: true };
    }
    chunks.push(chunk);
  }
  return { bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), exceeded: false };
}

function unpacked(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const gunzip = createGunzip();
  // pipe() alone would leave the reader waiting for ever when the connection breaks.
  response.on('error', (error) => gunzip.destroy(error));
  return response.pipe(gunzip);
}
