/** Who may see a page, and whose forms are taken. */
import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { allows, type Role } from '../domain/roles.ts';
import { ApiProblem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { timeLimited } from '../http/time-limit.ts';
import type { Session } from '../operations/sessions.ts';
import { readSessionCookie } from './cookies.ts';
import { toForm } from './forms.ts';
import { signInPath } from './paths.ts';
import type { Site } from './site.ts';

/** Who looks at the page. */
export interface Visitor extends Session {
  /** What the cookie holds; never shown. */
  sessionValue: string;
}

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by `sees` and `acts`. */
    visitor: Visitor;
    /** Set by `acts`: what was sent, without the proof of where it came from. */
    form: URLSearchParams;
  }
}

const MAX_FORM_BYTES = 1_048_576;

/** For pages: visitors with at least this role; who is not signed in is asked to. */
export function sees(site: Site, role: Role = 'viewer'): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const visitor = await findVisitor(site, c);
    if (visitor === null) return c.redirect(signInPath(c.req.path), 303);
    requireAllowed(visitor, role);
    c.set('visitor', visitor);
    await timeLimited(next());
  });
}

/** For what forms send: taken from pages of this session only. */
export function acts(site: Site, role: Role): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    requireSameOrigin(c);
    const visitor = await findVisitor(site, c);
    if (visitor === null) return c.redirect(signInPath('/'), 303);
    requireAllowed(visitor, role);
    c.set('visitor', visitor);
    const form = await readFormBody(c);
    if (!isSame(form.get('csrf') ?? '', visitor.csrf)) {
      throw new ApiProblem(
        'forbidden',
        'The form is not from a page of this session, and nothing was done. Open the page again, and send it from there.',
      );
    }
    form.delete('csrf');
    c.set('form', form);
    await timeLimited(next());
  });
}

/** The form, once it is known that it was not sent by another site's page. */
export async function readFormBody(c: Context): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new ApiProblem('invalid-request', 'This address takes what the forms of the console send.');
  }
  return toForm(await readBody(c, MAX_FORM_BYTES));
}

/** Browsers say where a form comes from; what says nothing is no browser, and has no cookie that it did not get itself. */
export function requireSameOrigin(c: Context): void {
  const site = c.req.header('sec-fetch-site');
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new ApiProblem('forbidden', 'The form was sent by another site, and nothing was done.');
}

export async function findVisitor({ operations }: Site, c: Context): Promise<Visitor | null> {
  const value = readSessionCookie(c);
  if (value === null) return null;
  const session = await timeLimited(operations.sessions.find(value));
  return session && { ...session, sessionValue: value };
}

function requireAllowed(visitor: Visitor, role: Role): void {
  if (allows(visitor.role, role)) return;
  throw new ApiProblem(
    'forbidden',
    `This needs the role ${role}; you are signed in as ${visitor.name}, a ${visitor.role}. Sign in with another token, or ask somebody who has that role.`,
  );
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
