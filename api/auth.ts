/** Bearer tokens and what their roles may do. */
import { createMiddleware } from 'hono/factory';
import type { Db } from '../db/connect.ts';
import { findToken, type Role } from '../db/tokens.ts';
import { ApiProblem } from './problem.ts';
import { timeLimited } from './router.ts';

/** Each role may do what those before it may. */
const RANK: Record<Role, number> = { viewer: 0, reviewer: 1, operator: 2, admin: 3 };
const MAX_TOKEN_LENGTH = 200;

/**
 * Lets requests pass whose token has at least this role.
 * Answers 401 without a valid token, 403 when its role is too low. The token itself is never repeated or logged.
 */
export function requireRole(db: Db, needed: Role) {
  return createMiddleware(async (c, next) => {
    const header = c.req.header('authorization');
    if (header === undefined) throw unauthenticated('The request has no Authorization header.', '');
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
      throw unauthenticated('The Authorization header holds no bearer token.', ', error="invalid_request"');
    }
    const found = await timeLimited(findToken(db, token));
    if (!found) throw unauthenticated('The token is not known, or was revoked.', ', error="invalid_token"');
    if (RANK[found.role] < RANK[needed]) {
      throw new ApiProblem('forbidden', `This needs the role ${needed}; the token has ${found.role}.`, {
        members: { neededRole: needed, role: found.role },
        headers: { 'www-authenticate': 'Bearer realm="license-sync", error="insufficient_scope"' },
      });
    }
    await next();
  });
}

function unauthenticated(detail: string, error: string): ApiProblem {
  return new ApiProblem('unauthenticated', `${detail} Send: Authorization: Bearer <token>`, {
    headers: { 'www-authenticate': `Bearer realm="license-sync"${error}` },
  });
}
