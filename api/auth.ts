/** Bearer tokens and what their roles may do. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import { type Db, isoInstant } from '../db/connect.ts';
import { findToken, hashToken, type TokenRow, touchToken } from '../db/tokens.ts';
import { allows, type Role } from '../domain/roles.ts';
import { ApiProblem } from '../http/problem.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { timeLimited } from '../http/time-limit.ts';

/** Who sent the request. */
export interface Caller {
  tokenId: number;
  name: string;
  role: Role;
}

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by `requireRole`. */
    caller: Caller;
    log: Logger;
    limits: RateLimits;
  }
}

const MAX_TOKEN_LENGTH = 200;
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Lets requests pass whose token has at least this role.
 * Answers 401 without a valid token, 403 when its role is too low, 429 when there were too many. The token itself is never repeated or logged.
 */
export function requireRole(db: Db, needed: Role) {
  return createMiddleware(async (c, next) => {
    const header = c.req.header('authorization');
    if (header === undefined) throw unauthenticated('The request has no Authorization header.', '');
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
      throw unauthenticated('The Authorization header holds no bearer token.', ', error="invalid_request"');
    }
    const limits = c.get('limits');
    const knownBy = hashToken(token);
    await limits.admit(c, knownBy);
    const found = await timeLimited(findToken(db, token));
    if (found.state !== 'live') {
      await limits.countFailure(c);
      throw found.state === 'expired' ? tokenExpired() : tokenInvalid();
    }
    const { row } = found;
    await limits.count(c, knownBy);
    noteUse(db, c, row);
    if (!allows(row.role, needed)) {
      throw new ApiProblem('forbidden', `This needs the role ${needed}; the token has ${row.role}.`, {
        members: { neededRole: needed, role: row.role },
        headers: { 'www-authenticate': 'Bearer realm="license-sync", error="insufficient_scope"' },
      });
    }
    c.set('caller', { tokenId: row.id, name: row.name, role: row.role });
    await next();
  });
}

/** Not waited for: the request has no part in it. */
function noteUse(db: Db, c: Context, { id, last_used_at: noted }: TokenRow): void {
  const now = Date.now();
  const due = new Date(now - USE_NOTED_EVERY_MS);
  if (noted !== null && Date.parse(isoInstant(noted)) > due.getTime()) return;
  touchToken(db, id, new Date(now), due).catch((error: unknown) => {
    c.get('log').warn({ err: error, tokenId: id }, 'the use of a token was not noted');
  });
}

/** The token that was sent may not be used, or no longer. */
export function tokenInvalid(): ApiProblem {
  return unauthenticated('The token is not known, or was revoked.', ', error="invalid_token"');
}

/** Told only to whoever holds the token. */
function tokenExpired(): ApiProblem {
  return unauthenticated(
    'The token has expired; ask an administrator for another one (npx license-sync tokens create).',
    ', error="invalid_token", error_description="The token has expired"',
  );
}

function unauthenticated(detail: string, error: string): ApiProblem {
  return new ApiProblem('unauthenticated', `${detail} Send: Authorization: Bearer <token>`, {
    headers: { 'www-authenticate': `Bearer realm="license-sync"${error}` },
  });
}
