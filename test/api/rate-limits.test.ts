/** How many requests a minute a token and an address may send, and that the one does not suffer for the other. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const QUOTA = 5;
const FAILURES = 3;

let database: TestDatabase;
let viewer: string;
let other: string;
let api: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  [viewer, other] = [await createToken(database.db, 'viewer'), await createToken(database.db, 'viewer')];
});

afterEach(async () => {
  await api.close();
});

afterAll(async () => {
  await database.drop();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  api = await startTestApp(
    {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      LICENSE_SYNC_API_REQUESTS_PER_MINUTE: String(QUOTA),
      LICENSE_SYNC_API_FAILED_AUTH_PER_MINUTE: String(FAILURES),
      ...env,
    },
    viewer,
  );
}

const TOKENS = '/api/v1/tokens';
/** Answered without Temporal. */
const read = (token: string | null = viewer, from?: string) =>
  api.call('GET', '/api/v1/alerts', token, from === undefined ? {} : { headers: { 'x-forwarded-for': from } });

describe('the requests of a token', () => {
  it('are counted, and refused with 429 beyond the quota, whatever they ask for', async () => {
    await start();
    const left: string[] = [];
    for (let n = 0; n < QUOTA; n += 1) {
      const { status, headers } = n % 2 === 0 ? await read() : await api.call('GET', TOKENS);
      expect(status).toBe(n % 2 === 0 ? 200 : 403);
      expect(headers.get('ratelimit-policy')).toBe(`"token";q=${QUOTA};w=60`);
      left.push(/^"token";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1] ?? '');
    }
    expect(left).toEqual(['4', '3', '2', '1', '0']);
    const { status, headers, body } = await read();
    expect([status, body.type]).toEqual([429, '/problems/too-many-requests']);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(headers.get('ratelimit')).toBe(`"token";r=0;t=${seconds}`);
    expect((await read(other)).status).toBe(200);
  });

  it('are many: 200 a second of one token pass by default', async () => {
    api = await startTestApp({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, viewer);
    const { headers } = await read();
    expect(Number(/q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1])).toBeGreaterThanOrEqual(200 * 60);
  });
});

describe('tokens that are not valid', () => {
  it('are taken from an address for a while, and then no token from there that was not in use', async () => {
    await start({ LICENSE_SYNC_API_REQUESTS_PER_MINUTE: '100' });
    expect((await read()).status).toBe(200);
    for (let n = 0; n < FAILURES; n += 1) expect((await read(`no-such-token-${n}`)).status).toBe(401);
    const refused = await read('no-such-token');
    expect([refused.status, refused.body.type]).toEqual([429, '/problems/too-many-requests']);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"failed-auth";q=${FAILURES};w=60`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Who tries tokens shuts nobody out who works from the same address.
    expect((await read()).status).toBe(200);
    expect((await read(other)).status).toBe(429);
  });

  it('count for the client that the proxy names, where there is one, and for nobody whom the client invents', async () => {
    await start({ LICENSE_SYNC_API_BEHIND_PROXY: 'true' });
    for (let n = 0; n < FAILURES; n += 1) {
      expect((await read(`no-such-token-${n}`, `203.0.113.${n}, 198.51.100.1`)).status).toBe(401);
    }
    expect((await read('no-such-token', '203.0.113.9, 198.51.100.1')).status).toBe(429);
    expect((await read('no-such-token', '198.51.100.2')).status).toBe(401);
    await api.close();
    await start();
    for (let n = 0; n < FAILURES; n += 1) expect((await read(`no-such-token-${n}`, `203.0.113.${n}`)).status).toBe(401);
    expect((await read('no-such-token', '203.0.113.99')).status).toBe(429);
  });

  it('are looked for in the database no more, once there were too many', async () => {
    await start();
    for (let n = 0; n < FAILURES; n += 1) await read(`no-such-token-${n}`);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => read(`another-${n}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
  });
});

describe('addresses that need no token', () => {
  it('have a limit by address, and say so in the document', async () => {
    await start();
    for (let n = 0; n < QUOTA; n += 1) expect((await api.call('GET', '/livez', null)).status).toBe(200);
    const refused = await api.call('GET', '/livez', null);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, `"address";q=${QUOTA};w=60`]);
    expect((await api.call('GET', '/openapi.json', null)).status).toBe(429);
    expect((await api.call('GET', `${SYNC}/operations`)).status).toBe(200);
  });

  it('every operation of the document may answer 429, with Retry-After', async () => {
    await start({ LICENSE_SYNC_API_REQUESTS_PER_MINUTE: '100' });
    type Operation = { responses: Record<string, { headers?: Record<string, unknown> }> };
    const { body } = await api.call<{ paths: Record<string, Record<string, Operation>> }>('GET', '/openapi.json', null);
    const without = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { responses }]) => responses['429']?.headers?.['Retry-After'] === undefined)
        .map(([method]) => `${method} ${path}`),
    );
    expect(without).toEqual([]);
  });
});
