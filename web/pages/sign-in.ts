/** Signing in with a token, signing out, and light or dark. */
import { type Context, Hono } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { acts, findVisitor, readFormBody, requireSameOrigin } from '../access.ts';
import { notice, plural, textField } from '../components/index.ts';
import { dropSessionCookie, THEMES, writeSessionCookie, writeTheme } from '../cookies.ts';
import { readForm } from '../forms.ts';
import { html } from '../html.ts';
import { localPath, SIGN_IN } from '../paths.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const WINDOW_SECONDS = 60;
const REFUSED = {
  unknown: 'This token is not known, or was revoked.',
  expired: 'This token has expired. Ask an administrator for another one.',
} as const;

export function signInPages(site: Site): Hono {
  const { operations, signInAttempts, clientKey } = site;
  /** Counts tokens that were not known, by address. */
  const failures = new RateLimiterMemory({ points: signInAttempts, duration: WINDOW_SECONDS });

  return new Hono()
    .get(SIGN_IN, async (c) => {
      const next = localPath(c.req.query('next'));
      if ((await findVisitor(site, c)) !== null) return c.redirect(next, 303);
      return await signInPage(c, { next });
    })
    .post(SIGN_IN, async (c) => {
      requireSameOrigin(c);
      const form = await readFormBody(c);
      const next = localPath(form.get('next') ?? undefined);
      const from = clientKey(c);
      const tried = await failures.get(from);
      if (tried !== null && tried.consumedPoints >= signInAttempts) {
        const seconds = Math.ceil(tried.msBeforeNext / 1000);
        c.header('retry-after', String(seconds));
        return await signInPage(c, {
          next,
          status: 429,
          fault: `Too many tokens that are not known came from your address. Try again in ${plural(seconds, 'second')}.`,
        });
      }
      const session = await operations.sessions.open((form.get('token') ?? '').trim());
      if (typeof session === 'string') {
        await failures.penalty(from);
        return await signInPage(c, { next, status: 401, fault: REFUSED[session] });
      }
      writeSessionCookie(c, session.value, session.lifeSeconds);
      return c.redirect(next, 303);
    })
    .post('/sign-out', acts(site, 'viewer'), async (c) => {
      await operations.sessions.close(c.get('visitor').sessionValue);
      dropSessionCookie(c);
      return c.redirect(SIGN_IN, 303);
    })
    .post('/theme', acts(site, 'viewer'), async (c) => {
      writeTheme(c, readForm(c, z.object({ theme: z.enum(THEMES) })).theme);
      const from = c.req.header('referer');
      return await seeOther(c, from !== undefined && URL.canParse(from) ? localPath(new URL(from).pathname) : '/');
    });
}

async function signInPage(
  c: Context,
  { next, status = 200, fault }: { next: string; status?: number; fault?: string },
): Promise<Response> {
  const main = html`<form method="post" action="${SIGN_IN}" class="sign-in card">
${fault === undefined ? '' : notice('bad', fault)}
<input type="hidden" name="next" value="${next}">
${textField({ label: 'Token', name: 'token', type: 'password', required: true, autocomplete: 'current-password', hint: 'The one you were given. An administrator makes tokens with “license-sync tokens create”, or under Tokens.' })}
<button class="primary">Sign in</button>
</form>
<p class="muted">Started with <code>npm start</code>? It prints the token when all is ready, and keeps it in <code>stack.json</code>.</p>`;
  return await showPage(c, { title: 'Sign in to license-sync', area: null, main, status });
}
