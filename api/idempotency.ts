/**
 * `Idempotency-Key`: a request that is sent again, because its answer was lost, is answered again and not carried out
 * again. What is promised, and what is not, says `docs/api.md`.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Db } from '../db/connect.ts';
import {
  claimKey,
  holdKey,
  type KeptAnswer,
  type KeyUse,
  keepAnswer,
  pruneKeys,
  releaseKey,
} from '../db/idempotency.ts';
import { ApiProblem } from '../http/problem.ts';
import { timeLimited } from '../http/time-limit.ts';
import { SyncAlreadyRunning } from '../operations/errors.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by a handler whose answer must not be kept, because it holds a secret: what whoever asks again is told. */
    withheld: string;
  }
}

/** What routes say of it in the OpenAPI document. */
export const IDEMPOTENCY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way.',
  schema: { type: 'string' as const, minLength: 1, maxLength: 255, pattern: '^[!-~]{1,255}$' },
};

/** A key whose holder gave no sign of life for this long was left by a process that died. */
const HOLD_MS = 120_000;
const SIGN_OF_LIFE_MS = 30_000;
const MAX_KEPT_BYTES = 262_144;
const PRUNE_EVERY_MS = 600_000;
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'link', 'cache-control'];
/** Answers by which nothing began: the request was not understood, not allowed, or too much. */
const NOTHING_BEGAN = new Set([400, 401, 403, 408, 413, 415, 429]);

/** For routes that change something; comes after the middleware that knows the caller and has read the body. */
export function idempotent(db: Db) {
  const prune = createPruner(db);
  return createMiddleware(async (c, next) => {
    const key = c.req.header('idempotency-key');
    if (key === undefined) return await next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new ApiProblem(
        'invalid-request',
        'Idempotency-Key: expected 1 to 255 visible ASCII characters, no spaces.',
      );
    }
    const use: KeyUse = {
      tokenId: c.get('caller').tokenId,
      keyHash: sha256(key),
      requestHash: hashRequest(c),
      owner: randomUUID(),
    };
    const claim = await timeLimited(claimKey(db, use, HOLD_MS));
    switch (claim.state) {
      case 'answered':
        return replay(c, claim.answer);
      case 'other-request':
        throw new ApiProblem(
          'idempotency-key-reused',
          'The Idempotency-Key was used for another request; send a new key with a new request.',
        );
      case 'under-way':
        throw new ApiProblem(
          'idempotency-key-in-use',
          'The request with this Idempotency-Key is under way; ask again for its answer.',
          { headers: { 'retry-after': '2' } },
        );
    }
    const signs = setInterval(() => {
      holdKey(db, use, HOLD_MS).catch((error: unknown) => {
        c.get('log').warn({ err: error }, 'a key in use was not held on to');
      });
    }, SIGN_OF_LIFE_MS);
    signs.unref();
    let answer: KeptAnswer | null = null;
    try {
      await next();
      answer = await answerToKeep(c);
    } finally {
      clearInterval(signs);
      await settle(c, use, answer);
    }
    prune(c);
  });

  /** The request was carried out, or not, whatever becomes of the key: a failure here must not change the answer. */
  async function settle(c: Context, use: KeyUse, answer: KeptAnswer | null): Promise<void> {
    try {
      await timeLimited(answer === null ? releaseKey(db, use) : keepAnswer(db, use, answer));
    } catch (error) {
      c.get('log').error({ err: error }, 'the answer to a request with a key was not kept');
    }
  }
}

/** Null when the request may be carried out again: it failed, nothing began, or what stood in its way passes by itself. */
async function answerToKeep(c: Context): Promise<KeptAnswer | null> {
  const { status, headers } = c.res;
  if (status >= 500 || NOTHING_BEGAN.has(status) || c.error instanceof SyncAlreadyRunning) return null;
  const kept = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const keep = (body: string, withheld: string | null) => ({ status, headers: kept, body, withheld });
  const secret = c.get('withheld');
  if (secret !== undefined) return keep('', secret);
  if (!/^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '')) {
    return keep('', 'its answer was no JSON document, and such answers are not kept');
  }
  const body = await c.res.clone().text();
  if (Buffer.byteLength(body) > MAX_KEPT_BYTES) {
    return keep('', `its answer was larger than ${MAX_KEPT_BYTES} bytes, and such answers are not kept`);
  }
  return keep(body, null);
}

function replay(c: Context, { status, headers, body, withheld }: KeptAnswer): Response {
  if (withheld !== null) {
    throw new ApiProblem(
      'answer-not-kept',
      `The request with this Idempotency-Key was carried out and answered with ${status}; ${withheld}.`,
      { members: { answeredStatus: status, ...(headers.location ? { link: headers.location } : {}) } },
    );
  }
  return c.body(body, status as ContentfulStatusCode, { ...headers, 'idempotency-replayed': 'true' });
}

/** Method, address with its query, the state it was meant for, and body: what makes two requests the same. */
function hashRequest(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return sha256(
    JSON.stringify([c.req.method, pathname, search, c.req.header('if-match') ?? null, sha256(c.get('bodyText'))]),
  );
}

/** Old keys are deleted by the way, now and then, after a request that used one. */
function createPruner(db: Db): (c: Context) => void {
  let next = 0;
  return (c) => {
    if (performance.now() < next) return;
    next = performance.now() + PRUNE_EVERY_MS;
    pruneKeys(db).catch((error: unknown) => {
      c.get('log').warn({ err: error }, 'old idempotency keys were not deleted');
    });
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
