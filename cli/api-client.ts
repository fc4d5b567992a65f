/** The HTTP API as commands call it. */
import type { GuardNeed } from '../domain/guard.ts';
import type { Progress } from '../operations/progress.ts';
import type { SyncStatus } from '../operations/status.ts';
import type { OperationView } from '../operations/view.ts';
import { CliError, EXIT } from './exit.ts';

const ANSWER_WITHIN_MS = 30_000;
const BASE = '/api/v1/external-licenses/sync';
const TOKEN_REFUSED =
  'the API refuses the token: it is not known there, or was revoked; set LICENSE_SYNC_API_TOKEN to another one, or start the local stack again, which makes one';
/** Problems that pass by themselves. */
const PASSING = new Set([
  'approval-unconfirmed',
  'review-unconfirmed',
  'database-unavailable',
  'temporal-unavailable',
  'shutting-down',
  'timed-out',
]);

/** The API cannot be reached, or cannot reach what it needs: trying again later makes sense. */
export class NotReachable extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.notReachable, message, options);
  }
}

/** The API refused, and says more of why than a sentence. */
export class Refused extends CliError {
  /** The last part of the problem's `type`. */
  readonly code: string;
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(exitCode: number, message: string, code: string, problem: Record<string, unknown>) {
    super(exitCode, message);
    this.code = code;
    this.problem = problem;
  }
}

/** A sync is under way already. */
export class AlreadyRunning extends CliError {
  readonly operationId: string;

  constructor(operationId: string) {
    super(
      EXIT.alreadyRunning,
      `a sync is under way already; follow it with: npx license-sync runs ${operationId} --wait`,
    );
    this.operationId = operationId;
  }
}

/** A request that changes something. */
export interface Sent {
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent as it is, in place of `body`. */
  file?: { content: Buffer; type: string };
  /** How long the answer may take, in ms. */
  withinMs?: number;
  /** Gives the request up. */
  interrupted?: AbortSignal;
}

export interface ApiClient {
  /** `data` of the answer. */
  get<T>(path: string): Promise<T>;
  /** A list: `data` with the `meta` that leads to the next page. */
  page<T, M = { nextCursor: string | null }>(path: string): Promise<{ data: T; meta: M }>;
  /** `data` of the answer. */
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent?: Sent): Promise<T>;
  /** As `send`, with the `meta` beside the data. */
  sendForMeta<T, M>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    sent?: Sent,
  ): Promise<{ data: T; meta: M }>;
  /** @throws {AlreadyRunning} */
  startSync(query: Record<string, string>): Promise<OperationView>;
  operation(id: string): Promise<OperationView>;
  /** The newest ones. @param filter as the API's parameters. */
  operations(limit: number, filter?: Readonly<Record<string, string>>): Promise<OperationView[]>;
  progress(id: string): Promise<Progress>;
  status(): Promise<SyncStatus>;
  steer(id: string, action: 'pause' | 'resume' | 'cancel'): Promise<OperationView>;
  /** @returns the operation, and what is still to be approved. */
  approve(id: string, approval: { kind: string; ceiling: number }): Promise<OperationView & { stillDue: GuardNeed[] }>;
  /** The body of an answer as it comes; rejects when it breaks off, or when nothing comes for a while. */
  stream(path: string, interrupted: AbortSignal): AsyncIterable<Uint8Array>;
}

/** All calls reject with a `CliError`: a sentence and the exit code that goes with it. */
export function createApiClient(apiUrl: string, token: string): ApiClient {
  const base = apiUrl.replace(/\/+$/, '');

  async function call<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    return (await whole<{ data: T }>(method, path, sent)).data;
  }

  async function whole<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const { response, text } = await exchange(method, path, sent);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      const what = `${base} answered ${response.status} with something that is no JSON`;
      // A proxy in front of an API that restarts.
      if (response.status >= 502) throw new NotReachable(what, { cause: error });
      throw new CliError(EXIT.failed, `${what}; is this the address of license-sync?`, { cause: error });
    }
    if (!response.ok) throw refusal(response.status, body);
    return body as T;
  }

  async function exchange(
    method: string,
    path: string,
    { body, headers = {}, file, withinMs = ANSWER_WITHIN_MS, interrupted }: Sent,
  ): Promise<{ response: Response; text: string }> {
    const inTime = AbortSignal.timeout(withinMs);
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          'user-agent': 'license-sync-cli',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(file === undefined ? {} : { 'content-type': file.type }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(file === undefined ? {} : { body: new Uint8Array(file.content) }),
        // The token is for this address and no other.
        redirect: 'error',
        signal: interrupted ? AbortSignal.any([inTime, interrupted]) : inTime,
      });
      return { response, text: await response.text() };
    } catch (error) {
      if (interrupted?.aborted) throw new CliError(EXIT.interrupted, 'interrupted', { cause: error });
      throw new NotReachable(`the API at ${base} does not answer (${reasonOf(error, withinMs)})`, { cause: error });
    }
  }

  async function* stream(path: string, interrupted: AbortSignal): AsyncGenerator<Uint8Array> {
    const silent = new AbortController();
    const signal = AbortSignal.any([interrupted, silent.signal]);
    /** Only the API's silence counts, not the time that whoever reads takes. */
    const timely = async <T>(work: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => silent.abort(new DOMException('silent', 'TimeoutError')), ANSWER_WITHIN_MS);
      try {
        return await work;
      } catch (error) {
        if (interrupted.aborted) throw new CliError(EXIT.interrupted, 'interrupted', { cause: error });
        throw new NotReachable(`the API at ${base} broke off (${reasonOf(error)})`, { cause: error });
      } finally {
        clearTimeout(timer);
      }
    };
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'license-sync-cli' };
    const response = await timely(fetch(`${base}${path}`, { headers, redirect: 'error', signal }));
    if (!response.ok) throw refusal(response.status, parsed(await timely(response.text())));
    const reader = response.body?.getReader();
    try {
      for (;;) {
        const part = await timely(reader?.read() ?? Promise.resolve({ done: true as const, value: undefined }));
        if (part.done) return;
        yield part.value;
      }
    } finally {
      // Whoever stops reading does not leave the API writing.
      silent.abort();
    }
  }

  const operationPath = (id: string) => `${BASE}/operations/${encodeURIComponent(id)}`;
  return {
    get: (path) => call('GET', path),
    page: (path) => whole('GET', path),
    send: call,
    sendForMeta: whole,
    startSync(query) {
      const search = new URLSearchParams(query).toString();
      return call('POST', search ? `${BASE}?${search}` : BASE);
    },
    operation: (id) => call('GET', operationPath(id)),
    operations: (limit, filter = {}) =>
      call('GET', `${BASE}/operations?${new URLSearchParams({ ...filter, limit: String(limit) })}`),
    progress: (id) => call('GET', `${operationPath(id)}/progress`),
    status: () => call('GET', `${BASE}/status`),
    steer: (id, action) => call('POST', `${operationPath(id)}/${action}`),
    approve: (id, approval) => call('POST', `${operationPath(id)}/approve`, { body: approval }),
    stream,
  };
}

function refusal(status: number, body: unknown): CliError {
  const { type, title, detail, operationId } = (body ?? {}) as Record<string, unknown>;
  const code = typeof type === 'string' ? type.replace('/problems/', '') : '';
  const said = typeof detail === 'string' ? detail : typeof title === 'string' ? title : `the API answered ${status}`;
  // Of most problems the detail says all; what is wrong with a request needs to be said to be that.
  const message = code === 'invalid-request' && typeof title === 'string' ? `${title}: ${said}` : said;
  if (code === 'sync-already-running' && typeof operationId === 'string') return new AlreadyRunning(operationId);
  if (code === 'unauthenticated') return new CliError(EXIT.failed, TOKEN_REFUSED);
  if (PASSING.has(code) || (status >= 502 && code === '')) return new NotReachable(message);
  return new Refused(status === 400 ? EXIT.usage : EXIT.failed, message, code, (body ?? {}) as Record<string, unknown>);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: the status says what there is to say.
    return null;
  }
}

function reasonOf(error: unknown, withinMs = ANSWER_WITHIN_MS): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `not within ${withinMs / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error.message;
}
