/** The API while something it needs is missing. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../operations/progress.ts';
import type { SyncStatus } from '../../operations/status.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { runProcess } from '../support/processes.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

interface Ready {
  ready: boolean;
  reason: string | null;
  checks: Record<string, { ok: boolean; reason: string | null }>;
}

let database: TestDatabase;
let temporal: TestNamespace;
let token: string;
let env: Record<string, string>;
const started: TestApi[] = [];

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  token = await createToken(database.db, 'operator');
  env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9',
  };
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.process.stop()));
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

async function apiWith(changes: Record<string, string>): Promise<TestApi> {
  const api = await startTestApi({ ...env, ...changes }, token);
  started.push(api);
  return api;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('without its database the API', () => {
  it('runs, says what is missing, and answers 503', async () => {
    const { call } = await apiWith({ DATABASE_URL: `mysql://user:secret@127.0.0.1:${await freePort()}/none` });
    const ready = await call<Ready>('GET', '/readyz', null);
    expect(ready.status).toBe(503);
    expect(ready.body.checks.database).toMatchObject({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
    expect(ready.body.checks.temporal).toEqual({ ok: true, reason: null });
    expect((await call('GET', '/livez', null)).status).toBe(200);
    for (const [method, path] of [
      ['GET', `${SYNC}/status`],
      ['POST', SYNC],
      ['GET', '/api/v1/health'],
    ] as const) {
      const { status, headers, body, text } = await call(method, path);
      expect([status, body.type]).toEqual([503, '/problems/database-unavailable']);
      expect(headers.get('retry-after')).toBe('5');
      expect(text).not.toContain('secret');
    }
  });

  it('says so too when the database does not exist or refuses the password', async () => {
    const elsewhere = new URL(database.url);
    elsewhere.pathname = '/no_such_database';
    const refused = new URL(database.url);
    refused.password = 'wrong';
    for (const { href } of [elsewhere, refused]) {
      const { call } = await apiWith({ DATABASE_URL: href });
      const { status, body } = await call('GET', `${SYNC}/status`);
      expect([status, body.type]).toEqual([503, '/problems/database-unavailable']);
    }
  });

  it('says that the database is not migrated, and how to do it', async () => {
    const url = new URL(database.url);
    const name = `license_sync_test_${randomBytes(6).toString('hex')}`;
    url.pathname = `/${name}`;
    const admin = await createConnection({ uri: database.url });
    await admin.query(`CREATE DATABASE \`${name}\``);
    try {
      const { call } = await apiWith({ DATABASE_URL: url.href });
      const ready = await call<Ready>('GET', '/readyz', null);
      expect(ready.status).toBe(503);
      expect(ready.body.checks.database?.ok).toBe(true);
      expect(ready.body.checks.migrations?.reason).toContain('npx license-sync migrate');
      const { status, body } = await call('GET', `${SYNC}/status`);
      expect([status, body.type]).toEqual([503, '/problems/database-not-migrated']);
    } finally {
      await admin.query(`DROP DATABASE \`${name}\``);
      await admin.end();
    }
  });
});

describe('without Temporal the API', () => {
  it('answers 503 to what needs it, and reads everything else', async () => {
    const { call } = await apiWith({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    const ready = await call<Ready>('GET', '/readyz', null);
    expect(ready.status).toBe(503);
    expect(ready.body.checks.temporal?.ok).toBe(false);
    expect(ready.body.checks.database?.ok).toBe(true);
    const { status, body } = await call('POST', SYNC);
    expect([status, body.type]).toEqual([503, '/problems/temporal-unavailable']);
    expect((await call('GET', `${SYNC}/status`)).status).toBe(200);
    expect((await call('GET', `${SYNC}/operations`)).status).toBe(200);
  });

  it('tells of a run under way that Temporal does not answer, and does not close it', async () => {
    const withTemporal = await apiWith({});
    const { operationId } = (await withTemporal.call('POST', SYNC)).body.data;
    const without = await apiWith({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    const progress = await without.call<{ data: Progress }>('GET', `${SYNC}/operations/${operationId}/progress`);
    expect(progress.body.data.status).toBe('running');
    expect(progress.body.data.sentence).toContain('Waiting for Temporal');
    const paused = await without.call('POST', `${SYNC}/operations/${operationId}/pause`);
    expect([paused.status, paused.body.type]).toEqual([503, '/problems/temporal-unavailable']);
    const status = await withTemporal.call<{ data: SyncStatus }>('GET', `${SYNC}/status`);
    expect(status.body.data.running?.operationId).toBe(operationId);
  });

  it('names a namespace that does not exist', async () => {
    const { call } = await apiWith({ TEMPORAL_NAMESPACE: 'no-such-namespace' });
    expect((await call<Ready>('GET', '/readyz', null)).body.checks.temporal?.reason).toContain('no such namespace');
    const { status, body } = await call('POST', SYNC);
    expect([status, body.type]).toEqual([503, '/problems/temporal-unavailable']);
  });
});

describe('a Temporal or database that accepts connections and is silent', () => {
  it('makes nothing hang', async () => {
    const tarpit = createServer(() => undefined);
    await new Promise<void>((resolve) => tarpit.listen(0, '127.0.0.1', resolve));
    const { port } = tarpit.address() as AddressInfo;
    try {
      const noTemporal = await apiWith({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
      const noDatabase = await apiWith({ DATABASE_URL: `mysql://a:b@127.0.0.1:${port}/c` });
      const [start, ready, status] = await Promise.all([
        noTemporal.call('POST', SYNC),
        noDatabase.call('GET', '/readyz', null),
        noDatabase.call('GET', `${SYNC}/status`),
      ]);
      expect([start.status, ready.status, status.status]).toEqual([503, 503, 503]);
      expect(start.body.type).toBe('/problems/temporal-unavailable');
    } finally {
      tarpit.close();
    }
  });
});

describe('without an address of the License API', () => {
  it('no sync starts, and the answer names the setting', async () => {
    const { call } = await apiWith({ EXTERNAL_LICENSE_API_URL: '' });
    const { status, body } = await call('POST', SYNC);
    expect([status, body.type]).toEqual([503, '/problems/upstream-not-configured']);
    expect(body.detail).toContain('EXTERNAL_LICENSE_API_URL');
  });
});

describe('the API process', () => {
  it('ends with one sentence when its port is taken', async () => {
    const { url } = await apiWith({});
    const { code, stderr } = await runProcess('server.ts', [], { ...env, PORT: new URL(url).port });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/port \d+ on 127\.0\.0\.1 is in use/);
  });

  it('ends with one sentence when a setting is wrong or missing', async () => {
    for (const change of [
      { PORT: 'many' },
      { DATABASE_URL: '' },
      { TEMPORAL_ADDRESS: '' },
      { LICENSE_SYNC_TYPO: '1' },
    ]) {
      const { code, stderr } = await runProcess('server.ts', [], { ...env, ...change });
      expect(code).toBe(2);
      expect(stderr).toContain(Object.keys(change)[0]);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('ends its streams on SIGTERM, and exits with 0', async () => {
    const api = await startTestApi(env, token);
    const status = await api.call<{ data: SyncStatus }>('GET', `${SYNC}/status`);
    const operationId = status.body.data.running?.operationId ?? (await api.call('POST', SYNC)).body.data.operationId;
    const stream = await fetch(`${api.url}${SYNC}/operations/${operationId}/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = stream.text();
    expect(await api.process.stop()).toBe(0);
    expect(await text).toContain('event: progress');
  });

  it('says that it stops and serves on, until a second signal ends the wait', async () => {
    const api = await startTestApi({ ...env, LICENSE_SYNC_DRAIN_UNREADY_FOR: '600000' }, token);
    expect((await api.call<Ready>('GET', '/readyz', null)).body).toMatchObject({ ready: true, reason: null });
    process.kill(api.process.pid, 'SIGTERM');
    const told = await eventually(
      () => api.call<Ready>('GET', '/readyz', null),
      ({ status }) => status === 503,
    );
    expect(told.body).toMatchObject({ ready: false, reason: expect.stringContaining('told to stop') });
    expect(Object.values(told.body.checks).every(({ ok }) => ok)).toBe(true);
    // Who kept a connection is asked to come back by another one.
    expect(told.headers.get('connection')).toBe('close');
    expect((await api.call('GET', '/livez', null)).status).toBe(200);
    expect((await api.call('GET', `${SYNC}/status`)).status).toBe(200);
    expect(await api.process.stop()).toBe(0);
    await expect(api.call('GET', '/livez', null)).rejects.toThrow();
  });

  it('gives a request under way its time, and no longer', async () => {
    const api = await startTestApi({ ...env, LICENSE_SYNC_DRAIN_REQUESTS_WITHIN: '300' }, token);
    const stalled = fetch(`${api.url}/api/v1/licenses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      // Never ends.
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) }),
      duplex: 'half',
    } as RequestInit);
    const cut = expect(stalled).rejects.toThrow();
    await sleep(200);
    expect(await api.process.stop()).toBe(0);
    await cut;
  });
});
