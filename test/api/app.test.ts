/** The API without any worker: what it refuses, and how it says so. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { advanceBatch } from '../../db/batches.ts';
import type { BatchView } from '../../operations/batches.ts';
import type { Progress } from '../../operations/progress.ts';
import type { SyncStatus } from '../../operations/status.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { type Answer, type Body, createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let database: TestDatabase;
let temporal: TestNamespace;
let api: TestApi;
let env: Record<string, string>;
let operator: string;
let viewer: string;
let call: TestApi['call'];

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  operator = await createToken(database.db, 'operator');
  viewer = await createToken(database.db, 'viewer');
  env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233/',
    EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9',
  };
  api = await startTestApi(env, operator);
  call = api.call;
});

afterAll(async () => {
  await api.process.stop();
  await temporal.close();
  await database.drop();
});

afterEach(async () => {
  const running = temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID);
  await running.terminate('the next test begins').catch(() => undefined);
});

describe('tokens', () => {
  it('are asked for, and the answer says how to send one', async () => {
    const { status, headers, body } = await call('GET', `${SYNC}/status`, null);
    expect([status, body.type]).toEqual([401, '/problems/unauthenticated']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect(headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['wrong', 'x'.repeat(5000), 'two words', '\u00e9'])(
    'that are not known are refused: %.20s',
    async (token) => {
      const { status, headers, text } = await call('GET', `${SYNC}/status`, token);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error=');
      expect(text).not.toContain(token);
    },
  );

  it('that were revoked are refused', async () => {
    const token = await createToken(database.db, 'admin');
    expect((await call('GET', `${SYNC}/status`, token)).status).toBe(200);
    await database.db
      .updateTable('api_tokens')
      .set({ revoked_at: '2026-01-01 00:00:00.000' })
      .where('role', '=', 'admin')
      .execute();
    expect((await call('GET', `${SYNC}/status`, token)).status).toBe(401);
  });

  it('of a viewer read, and start or steer nothing', async () => {
    for (const path of [`${SYNC}/status`, `${SYNC}/operations`, '/api/v1/health']) {
      expect((await call('GET', path, viewer)).status).toBe(200);
    }
    for (const path of [
      SYNC,
      ...['pause', 'resume', 'cancel'].map((verb) => `${SYNC}/operations/${UNKNOWN}/${verb}`),
    ]) {
      const { status, body } = await call('POST', path, viewer);
      expect([status, body.type]).toEqual([403, '/problems/forbidden']);
    }
  });

  it('never reach the log', async () => {
    await call('GET', `${SYNC}/status?token=${operator}`);
    expect(api.process.output()).toContain('"msg":"answered"');
    expect(api.process.output()).not.toContain(operator);
    expect(api.process.output()).not.toContain('token=');
  });
});

describe('POST sync', () => {
  it.each([
    ['dryrun=true', 'dryrun: unknown parameter'],
    ['dry_run=1&x=2', 'dry_run: unknown parameter; x: unknown parameter'],
    ['dryRun=yes', 'dryRun: expected true or false'],
    ['dryRun=', 'dryRun: expected true or false'],
    ['dryRun=true&dryRun=false', 'dryRun: '],
    ['partial=true&maxPages=0', 'maxPages: expected at least 1'],
    ['partial=true&maxPages=-1', 'maxPages: expected a whole number'],
    ['partial=true&maxPages=1e9', 'maxPages: expected a whole number'],
    ['partial=true&maxPages=99999999999999999999', 'maxPages: expected a whole number'],
    ['partial=true&maxPages=999999999999999', 'maxPages: expected at most 1000000'],
    ['partial=true&status=2', 'status: expected active'],
    ['partial=true&dba=', 'dba: '],
    ['partial=true&dba=%20%20', 'dba: '],
    ['maxPages=3', 'maxPages: only together with partial=true'],
    ['__proto__=1', '__proto__: unknown parameter'],
  ])('refuses ?%s and starts nothing', async (query, detail) => {
    const { status, body } = await call('POST', `${SYNC}?${query}`);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body.detail).toContain(detail);
  });

  it('refuses flags in the body, which would be ignored without a word', async () => {
    const { status, body } = await call('POST', SYNC, operator, { body: '{"dryRun":true}' });
    expect(status).toBe(400);
    expect(body.detail).toContain('takes no body');
    const large = await call('POST', SYNC, operator, { body: 'x'.repeat(100_000) });
    expect([large.status, large.body.type]).toEqual([413, '/problems/body-too-large']);
  });

  it.each([
    ['bidirectional=true', 403, '/problems/feature-disabled'],
    ['partial=true&maxPages=2&bidirectional=true', 403, '/problems/feature-disabled'],
  ])('answers ?%s with %i', async (query, expected, type) => {
    const { status, body } = await call('POST', `${SYNC}?${query}`);
    expect([status, body.type]).toEqual([expected, type]);
  });

  it('answers 202 with the operation and where to find it', async () => {
    const { status, headers, body } = await call('POST', `${SYNC}?comprehensive=true&detectDuplicates=false`);
    expect(status).toBe(202);
    const { operationId, links, temporalUiUrl } = body.data;
    expect(headers.get('location')).toBe(`${SYNC}/operations/${operationId}`);
    expect(links.self).toBe(headers.get('location'));
    expect(temporalUiUrl).toBe(
      `http://127.0.0.1:8233/namespaces/${temporal.namespace}/workflows/license-sync/${operationId}`,
    );
    expect((await call('GET', links.self ?? '')).body.data).toMatchObject({
      operationId,
      status: 'running',
      trigger: 'api',
    });
    const status2 = await call<{ data: SyncStatus }>('GET', `${SYNC}/status`);
    expect(status2.body.data.running).toMatchObject({ operationId, status: 'running' });
  });

  it.each([
    ['dryRun=true', { dryRun: true }],
    ['comprehensive=false', { comprehensive: false, partial: false, maxPages: null, status: null, dba: null }],
    [
      'partial=true&maxPages=2&status=active&dba=%20Nails%20%26%20More',
      { partial: true, maxPages: 2, status: 1, dba: 'Nails & More' },
    ],
  ])('starts with ?%s and says so', async (query, options) => {
    const { status, body } = await call('POST', `${SYNC}?${query}`);
    expect([status, body.data.options]).toEqual([202, expect.objectContaining(options)]);
  });

  it('answers the second of two at once with 409 and a link to the first, over two API processes', async () => {
    const second = await startTestApi(env, operator);
    try {
      const answers = await Promise.all([call('POST', SYNC), second.call('POST', SYNC)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      const started = answers.find(({ status }) => status === 202);
      const refused = answers.find(({ status }) => status === 409);
      expect(refused?.body).toMatchObject({
        type: '/problems/sync-already-running',
        operationId: started?.body.data.operationId,
        link: started?.body.data.links.self,
      });
      expect((await second.call('GET', refused?.body.link ?? '')).status).toBe(200);
    } finally {
      await second.process.stop();
    }
  });

  it('gives up waiting when the client does, and the run goes on', async () => {
    const gone = AbortSignal.timeout(1500);
    await expect(call('POST', `${SYNC}?wait=true`, operator, { signal: gone })).rejects.toThrow();
    await eventually(
      async () => api.process.output(),
      (log) => log.includes('"method":"POST"') && /"route":"[^"]*sync","status":202,"ms":\d{4,}/.test(log),
    );
    const { body } = await call<{ data: SyncStatus }>('GET', `${SYNC}/status`);
    expect(body.data.running?.status).toBe('running');
  });
});

interface Page {
  data: Body['data'][];
  meta: { nextCursor: string | null };
}

describe('operations', () => {
  it('that nobody knows are 404', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/progress'],
      ['GET', '/events'],
      ['GET', '/batches'],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/cancel'],
    ] as const) {
      const { status, body } = await call(method, `${SYNC}/operations/${UNKNOWN}${path}`);
      expect([method + path, status, body.type]).toEqual([method + path, 404, '/problems/operation-not-found']);
    }
  });

  it.each([
    '1',
    "' OR 1=1 --",
    '%00',
    '%E0%A4%A',
    '..%2f..%2fetc',
    'x'.repeat(3000),
    UNKNOWN.toUpperCase().replaceAll('0', 'G'),
  ])('with the malformed id %.30s are 400 or 404', async (id) => {
    for (const path of ['', '/progress', '/events']) {
      const { status } = await call(
        'GET',
        `${SYNC}/operations/${id.includes('%') ? id : encodeURIComponent(id)}${path}`,
      );
      expect([400, 404]).toContain(status);
    }
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1.5',
    'cursor=abc',
    'cursor=0',
    'cursor=99999999999999',
    'page=2',
    'status=done',
    'kind=',
    'trigger=me',
  ])('are not listed by ?%s', async (query) => {
    expect((await call('GET', `${SYNC}/operations?${query}`)).status).toBe(400);
  });

  it('are listed page by page, by a Link that can be followed', async () => {
    for (let n = 0; n < 3; n += 1) {
      await call('POST', SYNC);
      await temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).terminate('enough');
    }
    const seen: string[] = [];
    let next: string | undefined = `${SYNC}/operations?limit=2`;
    while (next) {
      const page: Answer<Page> = await call<Page>('GET', next);
      const { status, headers, body } = page;
      expect(status).toBe(200);
      seen.push(...body.data.map(({ operationId }) => operationId));
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(next === undefined).toBe(body.meta.nextCursor === null);
    }
    const rows = await database.db.selectFrom('sync_operations').select('operation_id').orderBy('id', 'desc').execute();
    expect(seen).toEqual(rows.map((row) => row.operation_id));
  });

  it('are listed by status, kind and who started them', async () => {
    const { body } = await call('POST', `${SYNC}?partial=true&maxPages=2`);
    const { operationId } = body.data;
    const listed = async (query: string) =>
      (await call<Page>('GET', `${SYNC}/operations?limit=100&${query}`)).body.data.map((one) => one.operationId);
    expect(await listed('kind=partial&status=running&trigger=api')).toEqual([operationId]);
    const others = ['kind=full', 'kind=dry_run', 'kind=plan', 'kind=replay', 'trigger=schedule', 'status=paused'];
    for (const other of others) {
      expect(await listed(other)).not.toContain(operationId);
    }
  });

  it('show their batches page by page', async () => {
    const { body } = await call('POST', SYNC);
    const { operationId, links } = body.data;
    const { id } = await database.db
      .selectFrom('sync_operations')
      .select('id')
      .where('operation_id', '=', operationId)
      .executeTakeFirstOrThrow();
    const ref = { operation: id, attempt: 1, pass: 1 };
    for (const [phase, batch] of [
      ['plan', 1],
      ['mirror', 2],
      ['mirror', 1],
    ] as const) {
      const range = { phase, batch, from: 1, to: 3 };
      await advanceBatch(database.db, { ...ref, ...range }, batch === 1 ? 4 : 2, { rows: 5, created: 1, updated: 2 });
    }
    const seen: unknown[][] = [];
    let next: string | undefined = `${links.batches}?limit=2`;
    while (next) {
      const page: Answer<{ data: BatchView[] }> = await call<{ data: BatchView[] }>('GET', next);
      seen.push(...page.body.data.map(({ phase, batch, done, rows }) => [phase, batch, done, rows]));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([
      ['mirror', 1, true, 5],
      ['mirror', 2, false, 5],
      ['plan', 1, true, 5],
    ]);
    expect((await call('GET', `${links.batches}?cursor=nonsense`)).status).toBe(400);
  });

  it('tell without a worker that none is there, in progress and in the stream', async () => {
    const { body } = await call('POST', SYNC);
    const { links } = body.data;
    const progress = await eventually(
      async () => (await call<{ data: Progress }>('GET', links.progress ?? '')).body.data,
      ({ workersAlive }) => workersAlive === false,
    );
    expect(progress.sentence).toContain('Waiting for a worker');
    const stream = await fetch(`${api.url}${links.events}`, { headers: { authorization: `Bearer ${viewer}` } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('Waiting for a worker');
    await reader?.cancel();
  });
});

describe('the status', () => {
  it('has the shape of the original, also before the first sync', async () => {
    const empty = await createTestDatabase();
    const token = await createToken(empty.db, 'viewer');
    const fresh = await startTestApi({ ...env, DATABASE_URL: empty.url }, token);
    try {
      const { status, body } = await fresh.call<{ success: boolean; data: SyncStatus }>('GET', `${SYNC}/status`);
      expect(status).toBe(200);
      expect(body).toEqual({
        success: true,
        data: {
          lastSync: {
            operationId: null,
            timestamp: null,
            duration: null,
            status: null,
            state: null,
            totalFetched: 0,
            created: 0,
            updated: 0,
            failed: 0,
            sentence: null,
          },
          attention: { openConflicts: 0, openQuarantine: 0, vanishedRecords: 0, compensationsDue: 0, openAlerts: 0 },
          health: {
            externalApi: 'unknown',
            lastHealthCheck: null,
            circuitBreaker: 'closed',
            averageResponseTime: null,
          },
          statistics: {
            totalExternalLicenses: 0,
            totalInternalLicenses: 0,
            matchingRate: null,
            matchingRatio: null,
            lastSyncAge: 'never',
            lastSyncAgeSeconds: null,
          },
          workers: [],
          running: null,
        },
      });
    } finally {
      await fresh.process.stop();
      await empty.drop();
    }
  });
});

describe('addresses', () => {
  it('that are unknown are 404, and known ones name their methods', async () => {
    const unknown = await call('GET', '/api/v1/nothing');
    expect([unknown.status, unknown.body.type]).toEqual([404, '/problems/not-found']);
    const wrong = await call('DELETE', SYNC);
    expect([wrong.status, wrong.body.type]).toEqual([405, '/problems/method-not-allowed']);
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('for probes need no token', async () => {
    expect((await call('GET', '/livez', null)).status).toBe(200);
    const ready = await call('GET', '/readyz', null);
    expect([ready.status, JSON.parse(ready.text).ready]).toEqual([200, true]);
    expect((await call('GET', '/openapi.json', null)).status).toBe(200);
  });

  it('are described in the OpenAPI document; that none is missing shows roles.test.ts', async () => {
    const { body } = await call<{ openapi: string; paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/openapi.json',
      null,
    );
    expect(body.openapi).toBe('3.1.0');
    const start = body.paths[SYNC]?.post as { parameters: { name: string }[]; responses: Record<string, unknown> };
    expect(start.parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Idempotency-Key', 'comprehensive', 'dryRun', 'maxPages', 'wait']),
    );
    expect(Object.keys(start.responses)).toEqual(
      expect.arrayContaining(['200', '202', '400', '401', '403', '409', '503']),
    );
  });
});

describe('health', () => {
  it('names each part, and that no worker is there', async () => {
    const { status, body } = await call<{ data: { status: string; checks: Record<string, { ok: boolean }> } }>(
      'GET',
      '/api/v1/health',
    );
    expect(status).toBe(200);
    expect(body.data.status).toBe('degraded');
    expect(Object.entries(body.data.checks).map(([name, { ok }]) => [name, ok])).toEqual([
      ['database', true],
      ['migrations', true],
      ['temporal', true],
      ['workers', false],
      ['externalApi', true],
    ]);
  });
});
