/**
 * The External License API as the rest of the product calls it. Around each call, from the outside in: a bulkhead, retries,
 * the shared gate (circuit, waits, rate budget), this process's count of failures, the time limit.
 *
 * The count is cockatiel's circuit breaker, used only for its closed state: when it opens, the shared row takes over and a
 * new count begins, for open and half open are one thing for all processes. In its closed state cockatiel lets an error
 * that it does not handle pass without counting it either way, which is what poisoned pages, 429 and refusals need; in its
 * half-open state it would take the same error for a recovery.
 */
import {
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import type { z } from 'zod';
import type { Config } from '../config.ts';
import type { UpstreamStateStore } from '../db/upstream-state.ts';

import type { UpstreamCallKind } from '../domain/metrics.ts';

import { noTracing, type Tracing } from '../tracing/index.ts';

import { pageEnvelope } from './contract.ts';
import { isPoisoned, isRateLimit, isUnhealthy, UpstreamError, type UpstreamErrorCode } from './errors.ts';
import { createGate, type Pass, pause, type Visit } from './gate.ts';
import { silentLog, type UpstreamLog } from './log.ts';
import { createRecordCalls, type RecordCalls } from './record-calls.ts';
import { createTransport, type UpstreamRequest } from './transport.ts';

export type { RecordAddress, RecordAnswer, UpdateAnswer } from './record-calls.ts';

/** The API gives no more per page, whatever is asked for. */
const MAX_LIMIT = 100;
const MAX_DELAY_MS = 30_000;
const MAX_JITTER_MS = 1000;
/** Waits of at most five seconds that one call takes on itself. */
const WAITS_PER_CALL = 5;

export interface UpstreamClientOptions {
  settings: Pick<Config, 'external' | 'circuit'>;
  state: UpstreamStateStore;
  /** Names this process in the shared state; at most 60 characters. */
  processId: string;
  /** For jitter; 0 to 1. */
  random?: () => number;
  log?: UpstreamLog;
  /** Told of every try, for metrics. */
  watch?: UpstreamWatch;
  tracing?: Pick<Tracing, 'span'>;
}

export interface UpstreamWatch {
  upstreamCall(call: UpstreamCallKind, ms: number, ok: boolean): void;
  upstreamError(code: UpstreamErrorCode): void;
  upstreamRetry(): void;
}

export interface PageRequest {
  /** From 1. */
  page: number;
  /** At most 100 are given, whatever is asked for. */
  limit: number;
  /** Only records with this status. */
  status?: string | number;
  /** Only records with this business name. */
  dba?: string;
}

export interface UpstreamPage {
  /** As sent; `parseRow` reads one. May be fewer than `limit` anywhere: only `total` says where the end is. */
  rows: unknown[];
  /** As answered, else as asked. */
  page: number;
  /** The page size in force. */
  limit: number;
  total: number;
  /** Of the call that succeeded, from sending to the last byte. */
  latencyMs: number;
  /** How many times the API answered 429 on the way: a reason to ask less at once. */
  rateLimited: number;
}

export interface UpstreamStats {
  /** HTTP calls made, retries included. */
  calls: number;
  succeeded: number;
  /** Failed calls by code. */
  failed: Partial<Record<UpstreamErrorCode, number>>;
  retries: number;
  /** Calls that the open circuit or a long wait held back. */
  notMade: number;
  /** Bytes of good answers. */
  bytes: number;
  /** Of all good answers together. */
  latencyMs: number;
  /** Calls of this process that have not ended, those that wait included. */
  inFlight: number;
}

export interface UpstreamClient extends RecordCalls {
  /**
   * One page of the feed, sorted by countid.
   * @throws {UpstreamError} when the tries are used up, at once when trying again cannot help; with `retryAt` when the circuit is open
   * or the API asked for a wait of more than 5 s.
   * @throws the signal's reason when it was aborted.
   */
  listPage(request: PageRequest, signal?: AbortSignal): Promise<UpstreamPage>;
  /** Asks for one record, once, waiting for nothing. @throws as `listPage`. */
  probe(signal?: AbortSignal): Promise<{ latencyMs: number }>;
  stats(): UpstreamStats;
  /** Ends calls under way, with an error, and drops the connections. */
  close(): void;
}

/** @throws {ConfigError} when `EXTERNAL_LICENSE_API_URL` is not set or a setting cannot be sent. */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { state, processId, random = Math.random, log = silentLog, watch, tracing = noTracing } = options;
  const { external, circuit } = options.settings;
  const transport = createTransport(external);
  const gate = createGate({
    state,
    processId,
    requestsPerSecond: external.requestsPerSecond,
    halfOpenAfterMs: circuit.halfOpenAfter,
    callMs: external.timeout,
    random,
    log,
  });
  const slots = bulkhead(external.maxConcurrentCalls, Number.POSITIVE_INFINITY);
  const limit = timeout(external.timeout, TimeoutStrategy.Aggressive);
  const underWay = new Set<AbortController>();
  const counts = { calls: 0, succeeded: 0, retries: 0, notMade: 0, bytes: 0, latencyMs: 0 };
  const failed: Partial<Record<UpstreamErrorCode, number>> = {};
  let closed = false;
  let failures = newCount();

  function newCount(): CircuitBreakerPolicy {
    const policy = circuitBreaker(handleWhen(isUnhealthy), {
      breaker: new ConsecutiveBreaker(circuit.failures),
      halfOpenAfter: circuit.halfOpenAfter,
    });
    // Within the event, so that no call can reach the open one.
    policy.onBreak((reason) => {
      failures = newCount();
      gate.trip('error' in reason ? reason.error.message : 'repeated failures');
    });
    return policy;
  }

  /** Cockatiel's own pause between tries cannot be aborted; this one is, so a cancelled call gives its slot back at once. */
  async function pauseBefore(attempt: number, signal: AbortSignal): Promise<void> {
    if (attempt === 0) return;
    counts.retries += 1;
    watch?.upstreamRetry();
    const delay = Math.min(external.retryDelay * 2 ** (attempt - 1), MAX_DELAY_MS);
    await pause(delay + random() * Math.min(MAX_JITTER_MS, external.retryDelay), signal);
  }

  /** One try: as many calls as the API answers with a short wait. */
  async function tryOnce<T>(request: UpstreamRequest, read: (json: unknown) => T, visit: Visit): Promise<Good<T>> {
    for (;;) {
      const pass = await enter(visit);
      try {
        const good = await failures.execute(() =>
          observed(tracing, request, () => callOnce(request, read, visit.signal)),
        );
        await gate.succeeded(pass);
        return good;
      } catch (error) {
        if (error instanceof UpstreamError) {
          failed[error.code] = (failed[error.code] ?? 0) + 1;
          watch?.upstreamError(error.code);
        }
        if (isUnhealthy(error)) await gate.failed(pass, error.message);
        else await gate.undecided(pass);
        if (!isRateLimit(error)) throw error;
        visit.rateLimited += 1;
        await gate.rateLimited(error.retryAt);
        // The gate lets the next call through after the wait, or throws when it is long.
        if (visit.rateLimited > WAITS_PER_CALL) throw error;
      }
    }
  }

  async function enter(visit: Visit): Promise<Pass> {
    try {
      return await gate.enter(visit);
    } catch (error) {
      if (error instanceof UpstreamError) {
        counts.notMade += 1;
        watch?.upstreamError(error.code);
      }
      throw error;
    }
  }

  async function callOnce<T>(
    request: UpstreamRequest,
    read: (json: unknown) => T,
    signal: AbortSignal,
  ): Promise<Good<T>> {
    counts.calls += 1;
    const since = performance.now();
    const made = (ok: boolean) => watch?.upstreamCall(kindOf(request), performance.now() - since, ok);
    try {
      const answer = await limit.execute(({ signal: inner }) => transport.send(request, inner), signal);
      const value = read(answer.json);
      counts.succeeded += 1;
      counts.bytes += answer.bytes;
      counts.latencyMs += answer.latencyMs;
      made(true);
      return { value, latencyMs: answer.latencyMs };
    } catch (error) {
      signal.throwIfAborted();
      made(false);
      if (!isTimeout(error)) throw error;
      throw new UpstreamError(
        'timeout',
        `no whole answer from the External License API within ${external.timeout} ms (LICENSE_SYNC_EXTERNAL_TIMEOUT)`,
      );
    }
  }

  /** A call in its slot. An abort is answered at once, wherever the call is, with the signal's reason. */
  async function call<T>(
    request: UpstreamRequest,
    read: (json: unknown) => T,
    { tries, waits = WAITS_PER_CALL, signal }: { tries: number; waits?: number; signal: AbortSignal | undefined },
  ): Promise<Good<T> & { rateLimited: number }> {
    if (closed) throw closedError();
    signal?.throwIfAborted();
    const own = new AbortController();
    const forward = () => own.abort(signal?.reason);
    signal?.addEventListener('abort', forward);
    underWay.add(own);
    const visit: Visit = { waitsLeft: waits, waitedUntil: 0, rateLimited: 0, signal: own.signal };
    const again = retry(handleWhen(isUnhealthy), { maxAttempts: tries - 1, backoff: NO_BACKOFF });
    // A record that breaks an answer will do so again: one more try, then the caller asks for a smaller window.
    const onceAgain = retry(handleWhen(isPoisoned), { maxAttempts: Math.min(1, tries - 1), backoff: NO_BACKOFF });
    const work = () =>
      again.execute(async ({ attempt }) => {
        own.signal.throwIfAborted();
        await pauseBefore(attempt, own.signal);
        return onceAgain.execute(async (poisoned) => {
          await pauseBefore(poisoned.attempt, own.signal);
          return tryOnce(request, read, visit);
        });
      });
    try {
      // The bulkhead is not told of the signal: one that is aborted in its queue would take the turn of those behind it along.
      const good = await Promise.race([slots.execute(work), aborted(own.signal)]);
      return { ...good, rateLimited: visit.rateLimited };
    } finally {
      signal?.removeEventListener('abort', forward);
      underWay.delete(own);
    }
  }

  return {
    async listPage({ page, limit: size, status, dba }, signal) {
      const query = new URLSearchParams({ page: `${page}`, limit: `${size}` });
      if (status !== undefined) query.set('status', `${status}`);
      if (dba !== undefined) query.set('dba', dba);
      query.set('sortBy', 'countid');
      query.set('sortOrder', 'asc');
      const options = { tries: external.retryAttempts, signal };
      const { value, latencyMs, rateLimited } = await call(listOf(query), readPage, options);
      const { data: rows, meta } = value;
      return {
        rows,
        page: meta.page ?? page,
        limit: meta.limit || Math.min(size, MAX_LIMIT),
        total: meta.total,
        latencyMs,
        rateLimited,
      };
    },

    async probe(signal) {
      const query = new URLSearchParams({ page: '1', limit: '1' });
      const { latencyMs } = await call(listOf(query), readPage, { tries: 1, waits: 0, signal });
      return { latencyMs };
    },

    ...createRecordCalls(call, external.retryAttempts),

    stats: () => ({ ...counts, failed: { ...failed }, inFlight: underWay.size }),

    close() {
      closed = true;
      for (const call of underWay) call.abort(closedError());
      transport.close();
    },
  };
}

const NO_BACKOFF = new ConstantBackoff(0);

interface Good<T> {
  value: T;
  latencyMs: number;
}

function kindOf({ method, about }: UpstreamRequest): UpstreamCallKind {
  if (method === 'PUT') return 'update';
  return about === 'record' ? 'record' : 'page';
}

/** Which kind of call, and how it ended. Of a record's path only the pattern: it names a person or a business. */
async function observed<T>(
  tracing: Pick<Tracing, 'span'>,
  request: UpstreamRequest,
  work: () => Promise<T>,
): Promise<T> {
  const { method, path, query, about } = request;
  const template = about === 'record' ? '/api/v1/licenses/{record}' : path;
  const page = Number(query?.get('page') ?? 0);
  const fields = {
    'http.request.method': method,
    'url.template': template,
    ...(page > 0 ? { 'license_sync.page': page } : {}),
  };
  return await tracing.span(`License API ${method} ${template}`, { kind: 'client', fields }, async (span) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UpstreamError) {
        if (error.status !== undefined) span.set({ 'http.response.status_code': error.status });
        span.fail(error.code);
      }
      throw error;
    }
  });
}

function listOf(query: URLSearchParams): UpstreamRequest {
  return { method: 'GET', path: '/api/v1/licenses', query };
}

function readPage(json: unknown): z.output<typeof pageEnvelope> {
  const page = pageEnvelope.safeParse(json);
  if (page.success) return page.data;
  const where = page.error.issues[0]?.path.join('.') || 'the answer';
  throw new UpstreamError('bad_answer', `the External License API answered in another form than agreed: ${where}`);
}

/** Cockatiel's own error, or that of the aborted call itself, whichever comes first. */
function isTimeout(error: unknown): boolean {
  return error instanceof TaskCancelledError || (error instanceof Error && error.name === 'AbortError');
}

/** Rejects when the signal is aborted; never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function closedError(): Error {
  return new Error('the client of the External License API has been closed');
}
