/** What people try who want more than they may have: SQL in what is looked for, members of a prototype, files behind addresses, sessions of others. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { seedLicense } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { exchange, request } from '../support/raw-client.ts';

const LICENSES = '/api/v1/licenses';
const SQL = [
  "'",
  '" OR 1=1 -- ',
  "' OR '1'='1",
  '1; DROP TABLE licenses; -- ',
  "') UNION SELECT token_hash FROM api_tokens -- ",
];
const SESSION = 'license_sync_session';

interface Operation {
  parameters?: { name: string; in: string }[];
}

let database: TestDatabase;
let api: TestApp;
let admin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await createToken(database.db, 'admin');
  api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, admin);
  for (const dba of ['Quiet Harbour Books', "O'Brien's Diner"]) await seedLicense(database.db, { dba });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

async function licenses(): Promise<number> {
  const { rows } = await sql<{ n: number | string }>`SELECT COUNT(*) AS n FROM licenses`.execute(database.db);
  return Number(rows[0]?.n);
}

describe('SQL', () => {
  it('in a search finds what is called so, and nothing else', async () => {
    for (const text of SQL) {
      const { status, body } = await api.call<{ data: unknown[] }>(
        'GET',
        `${LICENSES}?search=${encodeURIComponent(text)}`,
      );
      expect([text, status, body.data.length]).toEqual([text, 200, text === "'" ? body.data.length : 0]);
    }
    const { body } = await api.call<{ data: { dba: string }[] }>(
      'GET',
      `${LICENSES}?dba=${encodeURIComponent("O'Brien's")}`,
    );
    expect(body.data.map(({ dba }) => dba)).toEqual(["O'Brien's Diner"]);
  });

  it('in any parameter of any address that reads is text, refused or looked for', async () => {
    const { body } = await api.call<{ paths: Record<string, Record<string, Operation>> }>('GET', '/openapi.json', null);
    let tried = 0;
    for (const [path, { get }] of Object.entries(body.paths)) {
      // Without Temporal these only say that it is away, seconds later.
      if (get === undefined || /readyz|health|schedules|sync/.test(path)) continue;
      for (const { name, in: where } of get.parameters ?? []) {
        if (where === 'header') continue;
        for (const text of SQL) {
          const value = encodeURIComponent(text);
          const address = path.replaceAll(/\{(\w+)\}/g, (_, one) => (one === name ? value : '1'));
          const { status, text: answer } = await api.call(
            'GET',
            `${address}${where === 'query' ? `?${name}=${value}` : ''}`,
          );
          expect([path, name, text, [200, 400, 404].includes(status)]).toEqual([path, name, text, true]);
          expect(answer).not.toContain('SQL syntax');
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(200);
    expect(await licenses()).toBe(2);
  });
});

describe('members of a prototype', () => {
  it.each([
    '{"__proto__":{"role":"admin"},"name":"p","role":"viewer"}',
    '{"constructor":{"prototype":{"polluted":1}},"name":"p","role":"viewer"}',
  ])('in a body are unknown members: %s', async (body) => {
    const { status, body: problem } = await api.call('POST', '/api/v1/tokens', admin, {
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([status, problem.detail]).toEqual([400, expect.stringContaining('unknown member')]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'role')).toBeUndefined();
  });
});

describe('files', () => {
  it.each([
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/package.json',
    '/assets/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/assets/....//....//etc/passwd',
    '/assets/console.css',
    '/assets//etc/passwd',
    '/assets/%00',
    '/..%5c..%5cpackage.json',
    '/.env',
    '/.git/config',
    '/config.ts',
    '/package.json',
  ])('behind %s are not served', async (path) => {
    const { status, text } = await exchange(api.url, request('GET', path));
    expect([400, 404]).toContain(status);
    expect(text).not.toMatch(/license-sync"|root:|\[core\]|DATABASE_URL/);
  });
});

describe('a session', () => {
  function signIn(cookie = ''): Promise<Response> {
    return fetch(`${api.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie },
      body: new URLSearchParams({ token: admin, next: '/' }),
    });
  }
  const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const isIn = async (cookie: string) =>
    (await fetch(`${api.url}/tokens`, { redirect: 'manual', headers: { accept: 'text/html', cookie } })).status === 200;

  it('is a new one at each sign-in, whatever cookie somebody had put there before', async () => {
    const planted = `${SESSION}=${'a'.repeat(43)}`;
    const cookie = cookieOf(await signIn(planted));
    expect(cookie).toMatch(new RegExp(`^${SESSION}=[A-Za-z0-9_-]{43}$`));
    expect(cookie).not.toBe(planted);
    expect([await isIn(cookie), await isIn(planted)]).toEqual([true, false]);
    expect(cookieOf(await signIn(cookie))).not.toBe(cookie);
  });

  it('cannot be taken up from what the database holds', async () => {
    const cookie = cookieOf(await signIn());
    const value = cookie.slice(SESSION.length + 1);
    const rows = await database.db.selectFrom('web_sessions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(value);
    const kept = createHash('sha256').update(value).digest('hex');
    expect(rows.map((row) => row.id_hash)).toContain(kept);
    expect(await isIn(`${SESSION}=${kept}`)).toBe(false);
  });

  it('leads back to our own pages only, whatever the browser says where it comes from', async () => {
    const cookie = cookieOf(await signIn());
    const host = new URL(api.url).host;
    for (const referer of ['https://evil.example/x', `http://${host}//evil.example/x`, 'javascript:alert(1)']) {
      const answer = await fetch(`${api.url}/nowhere`, { headers: { accept: 'text/html', cookie, referer } });
      const page = await answer.text();
      expect(page).toContain('Go back');
      expect(page).not.toMatch(/evil\.example|javascript:/);
    }
  });
});
