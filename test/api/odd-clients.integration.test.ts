/**
 * Clients that send too much, too slowly, too deep, too many, or take nothing of what they asked for: against the real API process, beside
 * a sync that notices nothing. TEST_LONG=1: ten times as many of them, beside a larger sync.
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peakOf } from '../../bench/memory.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { exchange, open, type RawAnswer, request, statusOf } from '../support/raw-client.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const LONG = process.env.TEST_LONG === '1';
const RECORDS = LONG ? 5000 : 600;
const STREAMS = LONG ? 10_000 : 1000;
const SLOW_CLIENTS = LONG ? 2000 : 200;
const DEAF_CLIENTS = LONG ? 200 : 60;
/** Upstream, per page: a sync takes long enough for what goes on beside it. */
const LATENCY_MS = LONG ? 1500 : 500;
const HEADERS_MS = LONG ? 5000 : 1500;
const STALLED_MS = 2000;
/** Streams and `wait=true`; server.ts has no setting for it. */
const PLACES = 200;
const HUGE = 100 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;
const MAX_GROWTH = 400 * MEBIBYTE;

let rig: Rig;
let api: TestApi;
let viewer: string;
let admin: string;
let seed = 0;

beforeAll(async () => {
  rig = await createRig({ records: RECORDS, bundled: false }, { ...QUICK, LICENSE_SYNC_EXTERNAL_TIMEOUT: '10000' });
  [viewer, admin] = [await createToken(rig.db, 'viewer'), await createToken(rig.db, 'admin')];
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
      EXTERNAL_LICENSE_API_KEY: rig.simulator.apiKey ?? '',
      LICENSE_SYNC_API_HEADERS_TIMEOUT: String(HEADERS_MS),
      LICENSE_SYNC_API_REQUEST_TIMEOUT: String(2 * HEADERS_MS),
      LICENSE_SYNC_API_STALLED_TIMEOUT: String(STALLED_MS),
    },
    viewer,
  );
  const first = await rig.sync();
  expect(first.status).toBe('completed');
  await rig.simulator.control.fault({ name: 'latency', ms: LATENCY_MS, route: 'list' });
  if (LONG) {
    await rig.simulator.control.edit({ ratio: 0.1, seed });
    figure(`a sync of ${RECORDS} records alone`, `${(await rig.sync()).duration_ms} ms`);
  }
});

afterAll(async () => {
  await api?.process.stop();
  await rig?.close();
});

function figure(what: string, value: string): void {
  if (LONG) process.stdout.write(`  ${what}: ${value}\n`);
}

async function memory(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(api.process.pid)]);
  return Number(stdout) * 1024;
}

/** Does something while a sync runs, and sees that both the sync and the API come out of it as if nothing had been. */
async function besideSync(what: string, odd: () => Promise<void>): Promise<void> {
  seed += 1;
  await rig.simulator.control.edit({ ratio: 0.1, seed });
  const before = await memory();
  const running = rig.sync();
  await eventually(
    () => api.call<{ data: { running: object | null } }>('GET', `${SYNC}/status`),
    ({ body }) => body.data.running !== null,
  );
  const [oddly, ended] = await Promise.allSettled([odd(), running]);
  if (oddly.status === 'rejected') throw oddly.reason;
  if (ended.status === 'rejected') throw ended.reason;
  const { value: run } = ended;
  expect([run.status, run.total_processed]).toEqual(['completed', RECORDS]);
  expect(run.updated_count).toBeGreaterThan(0);
  const peak = (await peakOf(api.process.pid)) ?? 0;
  const mib = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`;
  figure(
    what,
    `sync ${run.status} in ${run.duration_ms} ms; memory ${mib(before)} before, ${mib(await memory())} after, peak ${mib(peak)}`,
  );
  expect(peak - before).toBeLessThan(MAX_GROWTH);
  expect((await api.call('GET', '/api/v1/alerts')).status).toBe(200);
}

/** The problem of an answer, and that it has the status of its kind. */
function problemOf({ status, text }: RawAnswer): [number | null, string | undefined] {
  expect(text.toLowerCase()).toContain('content-type: application/problem+json');
  return [status, /"type":"\/problems\/([a-z-]+)"/.exec(text)?.[1]];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const JSON_TYPE = { 'content-type': 'application/json' };

async function* megabytes(bytes: number, before: string, wrap: (chunk: string) => string): AsyncGenerator<string> {
  yield before;
  const chunk = wrap('x'.repeat(MEBIBYTE));
  for (let sent = 0; sent < bytes; sent += MEBIBYTE) yield chunk;
}

async function* drip(head: string, pieces: string, everyMs: number): AsyncGenerator<string> {
  yield head;
  for (let n = 0; n < 200; n += 1) {
    await sleep(everyMs);
    yield pieces;
  }
}

describe('what is too large, too deep, or no HTTP at all', () => {
  it('is refused with a problem that names the bound, while a sync runs', async () => {
    await besideSync('odd requests', async () => {
      // As HTTP clients do: who asks for the connection to be closed may lose the answer together with it.
      const post = { ...bearer(admin), ...JSON_TYPE, connection: 'keep-alive' };
      const claimed = request('POST', '/api/v1/tokens', { ...post, 'content-length': String(HUGE) });
      const chunked = request('POST', '/api/v1/tokens', { ...post, 'transfer-encoding': 'chunked' });
      const inChunks = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
      const [huge, unclaimed, strange] = await Promise.all([
        exchange(
          api.url,
          megabytes(HUGE, claimed, (chunk) => chunk),
        ),
        exchange(api.url, megabytes(HUGE, chunked, inChunks)),
        exchange(
          api.url,
          megabytes(HUGE, claimed.replace(admin, 'no-such-token-at-all'), (chunk) => chunk),
        ),
      ]);
      expect(problemOf(huge)).toEqual([413, 'body-too-large']);
      expect(problemOf(unclaimed)).toEqual([413, 'body-too-large']);
      expect(problemOf(strange)).toEqual([401, 'unauthenticated']);

      const deep = '['.repeat(100_000) + ']'.repeat(100_000);
      const nested = { ...post, 'content-length': String(deep.length) };
      const answer = await exchange(
        api.url,
        request('POST', '/api/v1/tokens', { ...nested, connection: 'close' }, deep),
      );
      expect(problemOf(answer)).toEqual([400, 'invalid-request']);
      expect(answer.text).toContain('more than 100 levels of nesting');

      const get = (path: string, headers: Record<string, string> = {}) =>
        exchange(api.url, request('GET', path, { ...bearer(viewer), ...headers }));
      expect(problemOf(await get(`/api/v1/alerts?cursor=${'9'.repeat(9000)}`))).toEqual([414, 'uri-too-long']);
      expect(problemOf(await get('/api/v1/alerts', { 'x-large': 'y'.repeat(40_000) }))).toEqual([
        431,
        'headers-too-large',
      ]);
      expect(problemOf(await get(`/${'z'.repeat(40_000)}`))).toEqual([431, 'headers-too-large']);
      const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`x-${n}`, 'y']));
      expect(problemOf(await get('/api/v1/alerts', many))).toEqual([431, 'headers-too-large']);

      for (const noHttp of [
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'HELO mail\r\n\r\n',
        'GET / HTTP/9.9\r\n\r\n',
        `POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
      ]) {
        expect(problemOf(await exchange(api.url, noHttp))).toEqual([400, 'invalid-request']);
      }
      expect(problemOf(await exchange(api.url, request('GET', '/livez', { host: 'a b/c' })))).toEqual([
        400,
        'invalid-request',
      ]);
    });
  });
});

describe('clients that are slow', () => {
  it('are told so and cut off, whether they send headers, a body or nothing, and keep nobody else waiting', async () => {
    await besideSync(`${SLOW_CLIENTS} slow clients`, async () => {
      const head = `GET /livez HTTP/1.1\r\nhost: localhost\r\n`;
      const body = request(
        'POST',
        '/api/v1/tokens',
        { ...bearer(admin), ...JSON_TYPE, 'content-length': '100000' },
        '{',
      );
      const slow = Array.from({ length: SLOW_CLIENTS }, (_, n) =>
        n % 3 === 0
          ? exchange(api.url, drip(head, 'x-slow: 1\r\n', 200))
          : n % 3 === 1
            ? exchange(api.url, drip(body, ' ', 200))
            : exchange(api.url, ''),
      );
      await sleep(500);
      const since = performance.now();
      for (let n = 0; n < 10; n += 1) expect((await api.call('GET', '/api/v1/alerts')).status).toBe(200);
      const apiece = (performance.now() - since) / 10;
      figure('answer of another client meanwhile', `${apiece.toFixed(1)} ms`);
      expect(apiece).toBeLessThan(1000);
      const answers = await Promise.all(slow);
      expect(answers.map(problemOf)).toEqual(answers.map(() => [408, 'request-timeout']));
      const longest = Math.max(...answers.map(({ ms }) => ms));
      figure('longest of a slow client', `${Math.round(longest)} ms`);
      expect(longest).toBeLessThan(LONG ? 25_000 : 15_000);
    });
  });

  it('that take nothing of their answers are cut off, and what they asked for is not held for them', async () => {
    await besideSync(`${DEAF_CLIENTS} clients that do not read`, async () => {
      const page = request('GET', '/api/v1/licenses?limit=200', { ...bearer(viewer), connection: 'keep-alive' });
      const closed = Array.from({ length: DEAF_CLIENTS }, async () => {
        const socket = open(api.url);
        socket.pause();
        // More than one connection may have under way: what is too much is refused, and in its turn.
        socket.write(page.repeat(40));
        const gone = Promise.race([
          new Promise<void>((resolve) => socket.once('close', () => resolve())),
          sleep(2 * STALLED_MS),
        ]);
        await gone;
        socket.destroy();
      });
      await sleep(1000);
      expect((await api.call('GET', '/livez')).status).toBe(200);
      await Promise.all(closed);
      await eventually(
        async () => await api.call('GET', '/api/v1/licenses?limit=1'),
        ({ status }) => status === 200,
      );
    });
  });

  it('may send a few requests ahead on one connection, and gets the answers in order', async () => {
    const ahead = (n: number) => request('GET', '/livez', { connection: 'keep-alive' }).repeat(n);
    const few = await exchange(api.url, ahead(8), 8);
    expect(few.text.match(/HTTP\/1\.1 200/g)).toHaveLength(8);
  });
});

describe('streams of events', () => {
  it(`are opened to ${PLACES} of ${STREAMS} that ask at once; the rest is told to ask for the progress, and all places come back`, async () => {
    await besideSync(`${STREAMS} streams asked for at once`, async () => {
      const { body } = await api.call<{ data: { running: { operationId: string } } }>('GET', `${SYNC}/status`);
      const path = `${SYNC}/operations/${body.data.running.operationId}/events`;
      const since = performance.now();
      const streams = Array.from({ length: STREAMS }, () => ask(path));
      const statuses = await Promise.all(streams.map(({ status }) => status));
      const counted = new Map<string, number>();
      for (const one of statuses) counted.set(one, (counted.get(one) ?? 0) + 1);
      figure(
        'answers',
        `${JSON.stringify(Object.fromEntries(counted))} within ${Math.round(performance.now() - since)} ms`,
      );
      figure('memory with the streams open', `${Math.round((await memory()) / MEBIBYTE)} MiB`);
      // Under load some are read so late that their time for the headers is over: here it is short.
      expect(counted.get('200')).toBe(PLACES);
      expect(
        [...counted.keys()].filter(
          (status) => !/^(200|408 request-timeout|503 too-many-streams|503 overloaded)$/.test(status),
        ),
      ).toEqual([]);
      expect((await api.call('GET', '/livez')).status).toBe(200);
      for (const { close } of streams) close();
      const again = await eventually(
        async () => {
          const stream = ask(path);
          const status = await stream.status;
          stream.close();
          return status;
        },
        (status) => status === '200',
      );
      expect(again).toBe('200');
    });
  });
});

/** Asks for a stream; `status` is that of its answer, with the code of a problem, or what became of the connection. */
function ask(path: string): { status: Promise<string>; close: () => void } {
  const socket = open(api.url);
  socket.write(request('GET', path, { ...bearer(viewer), accept: 'text/event-stream' }));
  let text = '';
  const status = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const code = /"type":"\/problems\/([a-z-]+)"/.exec(text)?.[1];
      if (statusOf(text) === 200) resolve('200');
      else if (code !== undefined) resolve(`${statusOf(text)} ${code}`);
    });
    let fault = '';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fault = error.code ?? '';
    });
    socket.once('close', () => resolve(text === '' ? `closed unheard ${fault}` : text.slice(0, 40)));
  });
  return { status, close: () => socket.destroy() };
}
