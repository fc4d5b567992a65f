/** What answers tell browsers not to do with them. The console's pages say more of their own. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';

const YEAR_SECONDS = 31_536_000;

/** Answers of the API are data: nothing frames them, runs in them or keeps them. Nor does another site read them, for there is no CORS. */
export const dataHeaders = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  xFrameOptions: 'DENY',
  // See `staysEncrypted`.
  strictTransportSecurity: false,
});

/** Unless the route says otherwise. */
export const notKept = createMiddleware(async (c, next) => {
  c.header('Cache-Control', 'no-store');
  await next();
});

/** Tells browsers that came by TLS to come by nothing else. @param behindProxy whether what the request says of that can be believed. */
export function staysEncrypted(behindProxy: boolean) {
  return createMiddleware(async (c, next) => {
    await next();
    if (behindProxy && isEncrypted(c)) c.header('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
  });
}

/** Also behind a proxy that ends TLS. */
export function isEncrypted(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https';
}
