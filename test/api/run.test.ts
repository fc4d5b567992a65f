/** Real runs through the API: a worker, the simulator, and someone who steers and watches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { imbalance } from '../../domain/books.ts';
import type { Progress } from '../../operations/progress.ts';
import type { SyncStatus } from '../../operations/status.ts';
import type { WorkflowProgress } from '../../workflows/messages.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import type { TestProcess } from '../support/processes.ts';
import { type Simulator, startSimulator } from '../support/simulator.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { startTestWorker } from '../support/worker.ts';

const RECORDS = 2000;

let database: TestDatabase;
let temporal: TestNamespace;
let simulator: Simulator;
let worker: TestProcess;
let api: TestApi;
let token: string;
let call: TestApi['call'];

beforeAll(async () => {
  [database, temporal, simulator] = await Promise.all([
    createTestDatabase(),
    createTestNamespace(),
    startSimulator({ records: RECORDS, seed: 11 }),
  ]);
  token = await createToken(database.db, 'operator');
  [worker, api] = await Promise.all([
    startWorker(),
    startTestApi(
      {
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        EXTERNAL_LICENSE_API_URL: simulator.url,
      },
      token,
    ),
  ]);
  call = api.call;
});

afterAll(async () => {
  await api.process.stop();
  await worker.stop();
  await temporal.close();
  await simulator.stop();
  await database.drop();
});

afterEach(async () => {
  await simulator.control.clearFaults();
});

function startWorker(): Promise<TestProcess> {
  return startTestWorker({
    databaseUrl: database.url,
    upstreamUrl: simulator.url,
    apiKey: simulator.apiKey,
    namespace: temporal.namespace,
    // Small batches, so that there is a place to pause; and a failure is not tried again for long.
    env: { LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '200', LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1' },
  });
}

async function progressOf(operationId: string): Promise<Progress> {
  return (await call<{ data: Progress }>('GET', `${SYNC}/operations/${operationId}/progress`)).body.data;
}

async function start(): Promise<string> {
  const { status, body } = await call('POST', SYNC);
  expect(status).toBe(202);
  return body.data.operationId;
}

/** A run that stays in its fetch long enough to be steered. */
async function startSlowly(): Promise<string> {
  await simulator.control.fault({ name: 'latency', ms: 1000 });
  const operationId = await start();
  await eventually(
    () => progressOf(operationId),
    ({ phase, done }) => phase === 'fetch' && done > 0,
  );
  return operationId;
}

async function ended(operationId: string): Promise<Progress> {
  return await eventually(
    () => progressOf(operationId),
    ({ books }) => books !== null,
  );
}

interface StreamEvent {
  event: string;
  id: string;
  data: Progress;
}

/** Reads events until `enough` says so or the stream ends. */
async function watch(
  operationId: string,
  enough: (events: StreamEvent[]) => boolean,
  lastEventId?: string,
  withinMs = 40_000,
): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const response = await fetch(`${api.url}${SYNC}/operations/${operationId}/events`, {
    headers: { authorization: `Bearer ${token}`, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    signal: AbortSignal.timeout(withinMs),
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let rest = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? '';
        if (field('event')) events.push({ event: field('event'), id: field('id'), data: JSON.parse(field('data')) });
      }
      if (enough(events)) break;
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
  }
  return events;
}

describe('a run', () => {
  it('can be waited for, and its books add up', async () => {
    const { status, body } = await call('POST', `${SYNC}?wait=true`);
    expect(status).toBe(200);
    const { books, proof, status: state, outcome } = body.data;
    expect([state, outcome, proof]).toEqual(['completed', 'success', 'proven']);
    expect(books).toMatchObject({ fetched: RECORDS, created: RECORDS, balanced: true });
    expect(books && imbalance(books)).toBe(0);
    const { lastSync, statistics, health, running } = (await call<{ data: SyncStatus }>('GET', `${SYNC}/status`)).body
      .data;
    expect(lastSync).toMatchObject({
      status: 'success',
      state: 'completed',
      totalFetched: RECORDS,
      created: RECORDS,
      failed: 0,
    });
    expect(statistics).toMatchObject({
      totalExternalLicenses: RECORDS,
      totalInternalLicenses: RECORDS,
      matchingRate: '100.0%',
      matchingRatio: 1,
    });
    expect(health).toMatchObject({ externalApi: 'healthy', circuitBreaker: 'closed' });
    expect(running).toBeNull();
  });

  it('pauses, says so, goes on when told, and completes', async () => {
    const operationId = await startSlowly();
    expect((await call('POST', `${SYNC}/operations/${operationId}/pause`)).status).toBe(202);
    const paused = await eventually(
      () => progressOf(operationId),
      ({ status }) => status === 'paused',
    );
    expect(paused.sentence).toContain('resumes it');
    expect((await call('POST', SYNC)).body).toMatchObject({ type: '/problems/sync-already-running', operationId });
    await simulator.control.clearFaults();
    const resumed = await call('POST', `${SYNC}/operations/${operationId}/resume`);
    expect([resumed.status, resumed.body.data.attempt]).toEqual([202, 1]);
    expect(await ended(operationId)).toMatchObject({
      status: 'completed',
      books: { fetched: RECORDS, unchanged: RECORDS },
    });
  });

  it('ends early when cancelled, with a report, and can be resumed under the same id', async () => {
    const operationId = await startSlowly();
    expect((await call('POST', `${SYNC}/operations/${operationId}/cancel`)).status).toBe(202);
    const cancelled = await ended(operationId);
    expect(cancelled).toMatchObject({ status: 'cancelled', outcome: 'partial' });
    expect(cancelled.books && imbalance(cancelled.books)).toBe(0);
    await simulator.control.clearFaults();
    const resumed = await call('POST', `${SYNC}/operations/${operationId}/resume`);
    expect([resumed.status, resumed.body.data.attempt, resumed.body.data.operationId]).toEqual([202, 2, operationId]);
    expect(await ended(operationId)).toMatchObject({ status: 'completed', books: { fetched: RECORDS } });
  });

  it('that fails says why, is never called a success, and can be resumed', async () => {
    await simulator.control.fault({ name: 'unauthorized', times: 1000 });
    const operationId = await start();
    const failed = await ended(operationId);
    expect(failed).toMatchObject({ status: 'failed', outcome: 'failed' });
    expect(failed.sentence).toMatch(/^Failed in phase fetch: .*EXTERNAL_LICENSE_API_KEY/);
    const { lastSync } = (await call<{ data: SyncStatus }>('GET', `${SYNC}/status`)).body.data;
    expect(lastSync).toMatchObject({ operationId, status: 'failed', state: 'failed' });
    await simulator.control.clearFaults();
    expect((await call('POST', `${SYNC}/operations/${operationId}/resume`)).status).toBe(202);
    expect(await ended(operationId)).toMatchObject({ status: 'completed', attempt: 2 });
  });

  it('whose worker was killed is seen to wait for one, and completes with the next', async () => {
    const operationId = await startSlowly();
    await worker.kill();
    const waiting = await eventually(
      () => progressOf(operationId),
      ({ workersAlive }) => workersAlive === false,
    );
    expect(waiting.sentence).toContain('Waiting for a worker');
    await simulator.control.clearFaults();
    worker = await startWorker();
    expect(await ended(operationId)).toMatchObject({ status: 'completed', books: { fetched: RECORDS } });
  });
});

describe('the stream of events', () => {
  it('tells what changes, with rising ids, and ends with the run', async () => {
    const operationId = await startSlowly();
    let seen = 0;
    const watching = watch(operationId, ({ length }) => {
      seen = length;
      return false;
    });
    // The run must not end before the stream has begun.
    await eventually(
      async () => seen,
      (count) => count > 0,
    );
    await simulator.control.clearFaults();
    const events = await watching;
    expect(events.length).toBeGreaterThan(1);
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { status: 'completed', books: { fetched: RECORDS } } });
    const sequence = events.map(({ id }) => Number.parseInt(id, 10));
    expect(sequence).toEqual(sequence.map((_, index) => index + 1));

    const again = await fetch(`${api.url}${SYNC}/operations/${operationId}/events`, {
      headers: { authorization: `Bearer ${token}`, 'last-event-id': events.at(-1)?.id ?? '' },
    });
    expect(again.status).toBe(204);
  });

  it('sends nothing again that the client has seen, and goes on from there', async () => {
    const operationId = await startSlowly();
    await call('POST', `${SYNC}/operations/${operationId}/pause`);
    await simulator.control.clearFaults();
    await eventually(
      () => temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).query<WorkflowProgress>('progress'),
      ({ status, batchesUnderWay }) => status === 'paused' && batchesUnderWay === 0,
    );
    // The feed shows for up to a second what it read before.
    await sleep(1100);
    const last = (await watch(operationId, (events) => events.length > 0)).at(-1);
    expect(last).toMatchObject({ event: 'progress', data: { status: 'paused' } });

    expect(await watch(operationId, (events) => events.length > 0, last?.id, 2500)).toEqual([]);

    const watching = watch(operationId, () => false, last?.id);
    await call('POST', `${SYNC}/operations/${operationId}/resume`);
    const events = await watching;
    expect(events.every(({ id }) => Number.parseInt(id, 10) > Number.parseInt(last?.id ?? '', 10))).toBe(true);
    expect(events.at(-1)?.event).toBe('end');
  });

  it('starts anew for an id that it never gave', async () => {
    const operationId = (await call('POST', `${SYNC}?wait=true`)).body.data.operationId;
    const events = await watch(operationId, () => false, 'what is this');
    expect(events.map(({ event }) => event)).toEqual(['end']);
  });
});
