/** Who gets into the console, and whose forms are taken: tried on every page and form there is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const PUBLIC = /^GET \/(sign-in|assets\/.*)$|^POST \/sign-in$/;
const ATTEMPTS = 3;

let database: TestDatabase;
let app: TestApp;
let token: string;

beforeAll(async () => {
  database = await createTestDatabase();
  token = await createToken(database.db, 'admin');
});

beforeEach(async () => {
  await app?.close();
  app = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEMPORAL_ADDRESS ?? '',
      LICENSE_SYNC_CONSOLE_SIGN_IN_ATTEMPTS: String(ATTEMPTS),
    },
    '',
  );
});

afterAll(async () => {
  await app.close();
  await database.drop();
});

describe('signing in', () => {
  it('keeps a session in a cookie that scripts and other sites cannot use, and not the token', async () => {
    const answer = await signIn(token);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).not.toContain(token);
    const page = await get('/', cookieOf(answer));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('test admin');
    expect(app.log.join('')).not.toContain(token);
  });

  it('marks the cookie as secure where the browser came by TLS', async () => {
    const answer = await signIn(token, { 'x-forwarded-proto': 'https' });
    expect(answer.headers.get('set-cookie')).toMatch(/Secure/);
  });

  it('leads on to the page that was asked for, and to no other site', async () => {
    const asked = await get('/runs/abc');
    expect(asked.headers.get('location')).toBe('/sign-in?next=%2Fruns%2Fabc');
    expect((await signIn(token, {}, '/runs/abc')).headers.get('location')).toBe('/runs/abc');
    for (const elsewhere of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect((await signIn(token, {}, elsewhere)).headers.get('location')).toBe('/');
    }
  });

  it('refuses unknown tokens, and after some of them all from that address for a while', async () => {
    for (let n = 0; n < ATTEMPTS; n += 1) {
      const refused = await signIn('no such token');
      expect(refused.status).toBe(401);
      expect(await refused.text()).toContain('not known, or was revoked');
    }
    const limited = await signIn(token);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('set-cookie')).toBeNull();
  });

  it('ends with the sign-out, and with the token', async () => {
    const cookie = cookieOf(await signIn(token));
    const csrf = await csrfOf(cookie);
    expect((await post('/sign-out', cookie, { csrf })).headers.get('location')).toBe('/sign-in');
    expect((await get('/', cookie)).headers.get('location')).toBe('/sign-in');

    const other = await createToken(database.db, 'viewer');
    const session = cookieOf(await signIn(other));
    expect((await get('/', session)).status).toBe(200);
    await database.db
      .updateTable('api_tokens')
      .set({ revoked_at: '2026-01-01 00:00:00.000' })
      .where('role', '=', 'viewer')
      .execute();
    expect((await get('/', session)).headers.get('location')).toBe('/sign-in');
  });
});

describe('every page and form', () => {
  it('asks who is not signed in to do so', async () => {
    for (const page of app.pages.filter((one) => !PUBLIC.test(one))) {
      const [method = '', path = ''] = page.split(' ');
      const answer = await send(method, path.replace(/:\w+(\{[^/]+\})?/g, '1'), '', {});
      expect(answer.status, page).toBe(303);
      expect(answer.headers.get('location'), page).toMatch(/^\/sign-in/);
    }
  });

  it('takes a form only from a page of the session, and from no other site', async () => {
    const cookie = cookieOf(await signIn(token));
    const csrf = await csrfOf(cookie);
    const forms = app.pages.filter((one) => one.startsWith('POST ') && !PUBLIC.test(one));
    expect(forms.length).toBeGreaterThan(0);
    for (const form of forms) {
      const path = form.slice('POST '.length).replace(/:\w+(\{[^/]+\})?/g, '1');
      for (const fields of [{}, { csrf: 'wrong' }, { csrf: `${csrf}x` }]) {
        expect((await send('POST', path, cookie, fields)).status, form).toBe(403);
      }
      const foreign = await send('POST', path, cookie, { csrf }, { 'sec-fetch-site': 'cross-site' });
      expect(foreign.status, form).toBe(403);
    }
  });

  it('tells browsers to load nothing from elsewhere, and to frame it nowhere', async () => {
    const { headers } = await get('/sign-in');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers an address that no page has with a page to people, and a problem to programs', async () => {
    const page = await get('/nowhere');
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('There is no page at this address');
    const problem = await fetch(`${app.url}/nowhere`);
    expect(problem.status).toBe(404);
    expect(problem.headers.get('content-type')).toBe('application/problem+json');
  });
});

function signIn(value: string, headers: Record<string, string> = {}, next = '/'): Promise<Response> {
  return send('POST', '/sign-in', '', { token: value, next }, headers);
}

function get(path: string, cookie = ''): Promise<Response> {
  return fetch(`${app.url}${path}`, { redirect: 'manual', headers: { accept: 'text/html', cookie } });
}

function post(path: string, cookie: string, fields: Record<string, string>): Promise<Response> {
  return send('POST', path, cookie, fields);
}

function send(
  method: string,
  path: string,
  cookie: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { accept: 'text/html', cookie, ...headers },
    ...(method === 'POST' ? { body: new URLSearchParams(fields) } : {}),
  });
}

function cookieOf(answer: Response): string {
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function csrfOf(cookie: string): Promise<string> {
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await get('/', cookie)).text())?.[1];
  if (csrf === undefined) throw new Error('the overview has no form');
  return csrf;
}
