import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { down, inTurn, json, type OddServer, pageOf, poison, startOddServer, text } from './odd-server.ts';
import { type ClientProcess, failureOf, settingsFor, startClient } from './support.ts';

const PAGE = { page: 1, limit: 100 };
const ROWS = [{ countid: 1 }, { countid: 2 }];
const limited = (retryAfter: string) => json({ success: false }, 429, { 'retry-after': retryAfter });

let database: TestDatabase;
let server: OddServer;
let processes: ClientProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.deleteFrom('upstream_state').execute();
  server = await startOddServer(pageOf(ROWS, 2836));
});
afterEach(async () => {
  for (const one of processes) await one.stop();
  processes = [];
  await server.stop();
});

function start(env: Record<string, string> = {}, name = `process-${processes.length}`): ClientProcess {
  const one = startClient(name, database.url, settingsFor(server.url, env));
  processes.push(one);
  return one;
}

/** The time of the shared circuit is over. */
async function endOpenTime(): Promise<void> {
  await sql`UPDATE upstream_state SET open_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`.execute(database.db);
  // What a process has read holds for a quarter of a second.
  await later(300);
}

describe('listPage', () => {
  it('asks for the feed in the order of countids and gives rows and total', async () => {
    const { client } = start();
    const page = await client.listPage({ page: 3, limit: 50, status: 1, dba: 'A & B' });
    expect(page).toMatchObject({ rows: ROWS, page: 1, limit: 100, total: 2836, rateLimited: 0 });
    expect(Object.fromEntries(server.calls[0]?.url.searchParams ?? [])).toEqual({
      page: '3',
      limit: '50',
      status: '1',
      dba: 'A & B',
      sortBy: 'countid',
      sortOrder: 'asc',
    });
  });

  it('falls back on what was asked when the answer does not name page and limit', async () => {
    server.answer(json({ success: true, data: [], meta: { total: 0 } }));
    expect(await start().client.listPage({ page: 7, limit: 500 })).toMatchObject({ page: 7, limit: 100, total: 0 });
  });

  it.each([
    ['a failure of the server', down],
    ['success: false', json({ success: false, message: 'Internal server error' })],
    ['truncated JSON', text('{"success":true,"data":[')],
    ['JSON of another shape', json({ success: true, items: [] })],
    ['a poisoned page', poison],
  ])('tries again after %s', async (_, handler) => {
    server.answer(inTurn(handler, pageOf(ROWS)));
    const { client } = start();
    expect((await client.listPage(PAGE)).rows).toEqual(ROWS);
    expect(client.stats()).toMatchObject({ calls: 2, succeeded: 1, retries: 1, inFlight: 0 });
  });

  it('makes as many tries as it is told, and then says what happened last', async () => {
    server.answer(down);
    const { client } = start({ LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '4' });
    expect(await failureOf(client.listPage(PAGE))).toMatchObject({ code: 'server_error', status: 503 });
    expect(server.calls).toHaveLength(4);
  });

  it('tries a poisoned page once more only, for the caller to narrow it', async () => {
    server.answer(poison);
    expect(await failureOf(start().client.listPage(PAGE))).toMatchObject({ code: 'poisoned' });
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [400, 'bad_request'],
    [404, 'not_found'],
  ])('does not repeat what HTTP %i refuses', async (status, code) => {
    server.answer(json({ success: false }, status));
    expect(await failureOf(start().client.listPage(PAGE))).toMatchObject({ code, status });
    expect(server.calls).toHaveLength(1);
  });

  it('gives up on an answer that does not end, and tries again', async () => {
    server.answer(
      inTurn((_, response) => {
        response.writeHead(200);
        response.write('{');
      }, pageOf(ROWS)),
    );
    const { client } = start({ LICENSE_SYNC_EXTERNAL_TIMEOUT: '1000' });
    expect((await client.listPage(PAGE)).rows).toEqual(ROWS);
    expect(client.stats().failed).toEqual({ timeout: 1 });
  });

  it('names the setting when the time is never enough', async () => {
    server.answer(() => undefined);
    const { client } = start({ LICENSE_SYNC_EXTERNAL_TIMEOUT: '100', LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1' });
    const error = await failureOf(client.listPage(PAGE));
    expect(error).toMatchObject({ code: 'timeout', errorClass: { type: 'network', retryable: true } });
    expect(error.message).toContain('100 ms (LICENSE_SYNC_EXTERNAL_TIMEOUT)');
  });

  it('never has more calls in flight than allowed', async () => {
    let inFlight = 0;
    let most = 0;
    server.answer((request, response, call) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        pageOf(ROWS)(request, response, call);
      }, 5);
    });
    const { client } = start({ LICENSE_SYNC_EXTERNAL_MAX_CONCURRENT_CALLS: '3' });
    await Promise.all(Array.from({ length: 20 }, () => client.listPage(PAGE)));
    expect(most).toBe(3);
  });

  it('ends at once with the reason of the signal: in the call, between tries, and in the queue', async () => {
    server.answer(inTurn(down, () => undefined));
    const { client } = start({
      LICENSE_SYNC_EXTERNAL_MAX_CONCURRENT_CALLS: '2',
      LICENSE_SYNC_EXTERNAL_RETRY_DELAY: '30000',
      LICENSE_SYNC_EXTERNAL_TIMEOUT: '45000',
    });
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const calls = Array.from({ length: 6 }, () => client.listPage(PAGE, abort.signal));
    const outcomes = Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
    while (server.calls.length < 2) await later(5);
    abort.abort(reason);
    expect(await outcomes).toEqual(Array(6).fill(reason));
    // The slots are free again.
    server.answer(pageOf(ROWS));
    expect((await client.listPage(PAGE)).rows).toEqual(ROWS);
    await expect(client.listPage(PAGE, abort.signal)).rejects.toBe(reason);
  });

  it('goes on with the calls that wait behind cancelled ones', async () => {
    const { client } = start({ LICENSE_SYNC_EXTERNAL_MAX_CONCURRENT_CALLS: '1' });
    const abort = new AbortController();
    server.answer(
      inTurn((request, response, call) => {
        abort.abort(new Error('cancelled'));
        setTimeout(() => pageOf(ROWS)(request, response, call), 20);
      }, pageOf(ROWS)),
    );
    const first = client.listPage(PAGE);
    const cancelled = Array.from({ length: 3 }, () => client.listPage(PAGE, abort.signal).catch(() => 'cancelled'));
    const last = client.listPage(PAGE);
    expect(await Promise.all(cancelled)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect((await first).rows).toEqual(ROWS);
    expect((await last).rows).toEqual(ROWS);
    expect(server.calls).toHaveLength(2);
  });

  it('ends calls under way when it is closed, and makes no more', async () => {
    server.answer(() => undefined);
    const { client } = start();
    const call = client.listPage(PAGE).catch((error: unknown) => error);
    while (server.calls.length < 1) await later(5);
    client.close();
    expect(String(await call)).toContain('has been closed');
    await expect(client.listPage(PAGE)).rejects.toThrow('has been closed');
    expect(server.calls).toHaveLength(1);
  });
});

/** A busy machine takes its time. */
const PATIENT = { timeout: 30_000 };

describe('rate limits', () => {
  it('waits out a short one without counting it as a failure or a try', async () => {
    server.answer(inTurn(limited('0.2'), limited('0.1'), pageOf(ROWS)));
    const { client, state } = start({
      LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1',
      LICENSE_SYNC_CIRCUIT_FAILURES: '1',
    });
    expect(await client.listPage(PAGE)).toMatchObject({ rows: ROWS, rateLimited: 2 });
    const [first, second] = server.calls;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(190);
    expect((await state.read()).circuit).toBe('closed');
    expect(client.stats()).toMatchObject({ retries: 0, failed: { rate_limited: 2 } });
  });

  it('hands a long one to the caller, and no process calls until it is over', async () => {
    server.answer(limited('60'));
    const [one, two] = [start(), start()];
    const before = Date.now();
    for (const { client } of [one, two]) {
      const error = await failureOf(client.listPage(PAGE));
      expect(error.code).toBe('rate_limited');
      expect((error.retryAt?.getTime() ?? 0) - before).toBeGreaterThan(55_000);
      expect((error.retryAt?.getTime() ?? 0) - before).toBeLessThan(65_000);
    }
    expect(server.calls).toHaveLength(1);
    expect(two.client.stats()).toMatchObject({ calls: 0, notMade: 1 });
  });

  it('does not wait for ever, one short wait after another', async () => {
    server.answer(limited('0'));
    const error = await failureOf(start().client.listPage(PAGE));
    expect(error).toMatchObject({ code: 'rate_limited' });
    expect(error.retryAt).toBeInstanceOf(Date);
    expect(server.calls).toHaveLength(6);
  });

  it('keeps to the rate budget over all processes', async () => {
    const env = { LICENSE_SYNC_EXTERNAL_REQUESTS_PER_SECOND: '40' };
    const [one, two] = [start(env), start(env)];
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 24 }, (_, i) => (i % 2 ? one : two).client.listPage(PAGE)));
    // One at once, the others 25 ms apart; whatever slows a call down can only make the whole longer.
    const last = Math.max(...server.calls.map((call) => call.at));
    expect(last - startedAt).toBeGreaterThanOrEqual(23 * 25 - 5);
    expect(server.calls).toHaveLength(24);
  });
});

describe('circuit', () => {
  const brittle = { LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '1', LICENSE_SYNC_CIRCUIT_FAILURES: '3' };

  async function failTimes(times: number, { client }: ClientProcess): Promise<void> {
    server.answer(down);
    for (let call = 0; call < times; call += 1) {
      expect(await failureOf(client.listPage(PAGE))).toMatchObject({ code: 'server_error' });
    }
  }

  it('opens for all processes when one has counted enough, and for those that start later', async () => {
    const [one, two] = [start(brittle), start(brittle)];
    await two.client.probe();
    await failTimes(3, one);
    server.answer(pageOf(ROWS));
    const before = Date.now();
    const error = await failureOf(one.client.listPage(PAGE));
    expect(error).toMatchObject({ code: 'circuit_open', errorClass: { retryable: true } });
    expect((error.retryAt?.getTime() ?? 0) - before).toBeGreaterThan(50_000);
    expect(error.message).toContain('(503)');
    await later(300);
    expect(await failureOf(two.client.listPage(PAGE))).toMatchObject({ code: 'circuit_open' });
    expect(await failureOf(start(brittle).client.listPage(PAGE))).toMatchObject({ code: 'circuit_open' });
    expect(server.calls).toHaveLength(0);
  });

  it('ends a call at its next try when the circuit has opened', async () => {
    server.answer(down);
    const { client } = start({ LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '10', LICENSE_SYNC_CIRCUIT_FAILURES: '3' });
    expect(await failureOf(client.listPage(PAGE))).toMatchObject({ code: 'circuit_open' });
    expect(server.calls).toHaveLength(3);
  });

  it.each([
    ['poisoned', poison],
    ['rate_limited', limited('60')],
    ['unauthorized', json({ success: false }, 401)],
    ['bad_request', json({ success: false }, 400)],
  ])('counts a call that ends as %s neither for nor against', async (code, neutral) => {
    const one = start(brittle);
    await failTimes(2, one);
    server.answer(neutral);
    for (let call = 0; call < 4; call += 1) {
      expect(await failureOf(one.client.listPage(PAGE))).toMatchObject({ code });
      expect((await one.state.read()).circuit).toBe('closed');
    }
    // Had the two failures before been forgotten, this would not be the third.
    if (code === 'rate_limited') return;
    await failTimes(1, one);
    expect((await one.state.read()).circuit).toBe('open');
  });

  it('begins to count anew after a success', async () => {
    const one = start(brittle);
    await failTimes(2, one);
    server.answer(pageOf(ROWS));
    await one.client.listPage(PAGE);
    await failTimes(2, one);
    expect((await one.state.read()).circuit).toBe('closed');
  });

  it('lets one call of all processes try when the time is over, and closes when it succeeds', async () => {
    const [one, two] = [start(brittle), start(brittle)];
    await failTimes(3, one);
    await endOpenTime();
    let answerTrial: () => void = () => undefined;
    server.answer((request, response, call) => {
      answerTrial = () => pageOf(ROWS)(request, response, call);
    });
    const calls = Array.from({ length: 8 }, (_, i) => (i % 2 ? one : two).client.listPage(PAGE));
    const outcomes = Promise.allSettled(calls);
    let refused = 0;
    for (const call of calls) {
      void failureOf(call).then(
        ({ code }) => {
          if (code === 'circuit_open') refused += 1;
        },
        () => undefined,
      );
    }
    await expect.poll(() => refused, PATIENT).toBe(7);
    await expect.poll(() => server.calls.length, PATIENT).toBe(1);
    answerTrial();
    expect((await outcomes).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await one.state.read()).circuit).toBe('closed');
    server.answer(pageOf(ROWS));
    await later(300);
    await Promise.all([one, two].map(({ client }) => client.listPage(PAGE)));
  });

  it('opens again for the whole time when the try fails, in a process that saw no other failure', async () => {
    await failTimes(3, start(brittle));
    await endOpenTime();
    const other = start({ LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS: '3' });
    expect(await failureOf(other.client.listPage(PAGE))).toMatchObject({ code: 'circuit_open' });
    expect(other.client.stats()).toMatchObject({ calls: 1, notMade: 1 });
    const { circuit, openForMs } = await other.state.read();
    expect(circuit).toBe('open');
    expect(openForMs).toBeGreaterThan(50_000);
  });

  it('gives the trial back when it decided nothing', async () => {
    const one = start(brittle);
    await failTimes(3, one);
    await endOpenTime();
    server.answer(poison);
    expect(await failureOf(one.client.listPage(PAGE))).toMatchObject({ code: 'poisoned' });
    expect(await one.state.read()).toMatchObject({ circuit: 'open', openForMs: 0, trialForMs: 0 });
    const abort = new AbortController();
    server.answer(() => abort.abort(new Error('cancelled')));
    await expect(one.client.listPage(PAGE, abort.signal)).rejects.toThrow('cancelled');
    server.answer(pageOf(ROWS));
    await expect.poll(() => one.client.listPage(PAGE).catch(() => null), PATIENT).toMatchObject({ rows: ROWS });
    expect((await one.state.read()).circuit).toBe('closed');
  });

  it('remembers when the API last gave something good', async () => {
    const one = start(brittle);
    await failTimes(1, one);
    expect((await one.state.read()).lastSuccessAt).toBeNull();
    server.answer(pageOf(ROWS));
    await one.client.listPage(PAGE);
    expect((await one.state.read()).lastSuccessAt).toBeInstanceOf(Date);
  });
});

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
