/** Each answer carries an id that stands in its line of the log, in what was logged on the way, and in problem documents. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, SYNC } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let database: TestDatabase;
let temporal: TestNamespace;
let app: TestApp;

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9',
  };
  app = await startTestApp(env, await createToken(database.db, 'operator'));
});
afterAll(async () => {
  await app?.close();
  await temporal?.close();
  await database?.drop();
});

const lines = () => app.log.map((line) => JSON.parse(line) as Record<string, unknown>);
const linesOf = (requestId: string | null) => lines().filter((line) => line.requestId === requestId);

describe('x-request-id', () => {
  it.each(['/livez', `${SYNC}/status`, '/openapi.json', '/nothing', '/sign-in', '/runs'])(
    'stands in the answer to GET %s and in its line of the log',
    async (path) => {
      const { headers } = await app.call('GET', path, undefined, { redirect: 'manual' });
      const id = headers.get('x-request-id');
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect(linesOf(id)).toMatchObject([{ msg: 'answered', method: 'GET' }]);
    },
  );

  it('differs from request to request', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => app.call('GET', '/livez')));
    expect(new Set(ids.map(({ headers }) => headers.get('x-request-id'))).size).toBe(5);
  });

  it("is the caller's own where that is sane", async () => {
    const sent = { headers: { 'x-request-id': 'proxy-7:abc/1' } };
    const { headers, body } = await app.call('GET', `${SYNC}/operations/${UNKNOWN}`, undefined, sent);
    expect(headers.get('x-request-id')).toBe('proxy-7:abc/1');
    expect(body).toMatchObject({ status: 404, requestId: 'proxy-7:abc/1' });
    expect(linesOf('proxy-7:abc/1')).toMatchObject([{ status: 404, operationId: UNKNOWN }]);
  });

  it.each(['x'.repeat(101), 'a b', '{"level":"fatal"}', 'owner@example.com'])(
    'is drawn anew instead of %s',
    async (odd) => {
      const { headers } = await app.call('GET', '/livez', undefined, { headers: { 'x-request-id': odd } });
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      expect(app.log.join('')).not.toContain(odd);
    },
  );

  it('joins a request to the run that it starts', async () => {
    const { status, body, headers } = await app.call('POST', SYNC);
    expect(status).toBe(202);
    const id = headers.get('x-request-id');
    expect(linesOf(id)).toMatchObject([
      { msg: 'sync started', operationId: body.data.operationId },
      { msg: 'answered', status: 202 },
    ]);
  });
});
