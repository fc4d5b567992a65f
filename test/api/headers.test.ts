/** What every answer of the API tells browsers, whatever it answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let viewer: string;
let api: TestApp;
let behindProxy: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  viewer = await createToken(database.db, 'viewer');
  const env = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' };
  api = await startTestApp(env, viewer);
  behindProxy = await startTestApp({ ...env, LICENSE_SYNC_API_BEHIND_PROXY: 'true' }, viewer);
});

afterAll(async () => {
  await api.close();
  await behindProxy.close();
  await database.drop();
});

/** Data, problems of every kind, a stream's refusal, and addresses without a token. */
const ANSWERS: [string, string, string | null, number][] = [
  ['GET', '/api/v1/alerts', '', 200],
  ['GET', '/api/v1/alerts?limit=x', '', 400],
  ['GET', '/api/v1/alerts', null, 401],
  ['GET', '/api/v1/tokens', '', 403],
  ['GET', '/api/v1/nothing', '', 404],
  ['DELETE', '/api/v1/alerts', '', 405],
  ['OPTIONS', '/api/v1/alerts', '', 405],
  ['GET', `${SYNC}/operations/00000000-0000-4000-8000-000000000000/events`, '', 404],
  ['GET', '/livez', null, 200],
  ['GET', '/readyz', null, 503],
  ['GET', '/openapi.json', null, 200],
];

describe('every answer of the API', () => {
  it.each(ANSWERS)(
    '%s %s (token %j) → %i: is not framed, not sniffed, not kept, and no other site reads it',
    async (method, path, token, status) => {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
      const answer = await api.call(method, path, token === '' ? viewer : token, { headers });
      expect(answer.status).toBe(status);
      const header = (name: string) => answer.headers.get(name);
      expect(header('x-content-type-options')).toBe('nosniff');
      expect(header('cache-control')).toContain('no-store');
      expect(header('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(header('x-frame-options')).toBe('DENY');
      expect(header('referrer-policy')).toBe('no-referrer');
      expect(header('x-powered-by')).toBeNull();
      expect(header('server')).toBeNull();
      expect(header('strict-transport-security')).toBeNull();
      const cors = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(cors).toEqual([]);
    },
  );
});

describe('Strict-Transport-Security', () => {
  const tls = { headers: { 'x-forwarded-proto': 'https', accept: 'text/html' } };

  it.each(['/livez', '/sign-in', '/nowhere'])(
    'is told by %s to whoever came by TLS to a proxy that is known',
    async (path) => {
      expect((await behindProxy.call('GET', path, null, tls)).headers.get('strict-transport-security')).toBe(
        'max-age=31536000',
      );
      expect((await behindProxy.call('GET', path, null)).headers.get('strict-transport-security')).toBeNull();
      expect((await api.call('GET', path, null, tls)).headers.get('strict-transport-security')).toBeNull();
    },
  );
});
