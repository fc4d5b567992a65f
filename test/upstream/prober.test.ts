import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../upstream/log.ts';
import { type Prober, startProber } from '../../upstream/prober.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { down, json, type OddServer, pageOf, startOddServer } from './odd-server.ts';
import { type ClientProcess, settingsFor, startClient } from './support.ts';

let database: TestDatabase;
let server: OddServer;
let processes: ClientProcess[] = [];
let probers: Prober[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.deleteFrom('upstream_state').execute();
  server = await startOddServer(pageOf([{ countid: 1 }]));
});
afterEach(async () => {
  for (const prober of probers) await prober.stop();
  for (const one of processes) await one.stop();
  [probers, processes] = [[], []];
  await server.stop();
});

function start(intervalMs: number, env: Record<string, string> = {}): ClientProcess {
  const one = startClient(`process-${processes.length}`, database.url, settingsFor(server.url, env));
  processes.push(one);
  probers.push(startProber({ client: one.client, state: one.state, intervalMs, log: silentLog }));
  return one;
}

async function health({ state }: ClientProcess) {
  return (await state.read()).health;
}

/** A busy machine takes its time. */
const PATIENT = { timeout: 30_000 };

describe('startProber', () => {
  it('asks for one record and keeps health, time and average', async () => {
    const one = start(60_000);
    await expect.poll(() => health(one), PATIENT).toBe('healthy');
    const state = await one.state.read();
    expect(state.lastHealthCheck).toBeInstanceOf(Date);
    expect(state.averageResponseMs).toBeGreaterThan(0);
    expect(server.calls[0]?.url.search).toBe('?page=1&limit=1');
  });

  it('checks once per interval, however many processes there are', async () => {
    const [one] = [start(60_000), start(60_000), start(60_000)];
    await expect.poll(() => one && health(one), PATIENT).toBe('healthy');
    await Promise.all(probers.map((prober) => prober.stop()));
    expect(server.calls).toHaveLength(1);
  });

  it('goes on checking, and sees the API go and come back', async () => {
    const one = start(50);
    await expect.poll(() => health(one), PATIENT).toBe('healthy');
    server.answer(json({ success: false }, 429, { 'retry-after': '0.1' }));
    await expect.poll(() => health(one), PATIENT).toBe('degraded');
    server.answer(down);
    await expect.poll(() => health(one), PATIENT).toBe('unhealthy');
    expect((await one.state.read()).lastFailure).toContain('503');
    server.answer(pageOf([{ countid: 1 }]));
    await expect.poll(() => health(one), PATIENT).toBe('healthy');
  });

  it('closes an open circuit when the API is back', async () => {
    server.answer(down);
    const one = start(50, { LICENSE_SYNC_CIRCUIT_FAILURES: '2', LICENSE_SYNC_CIRCUIT_HALF_OPEN_AFTER: '200' });
    await expect.poll(async () => (await one.state.read()).circuit, PATIENT).toBe('open');
    server.answer(pageOf([{ countid: 1 }]));
    await expect.poll(async () => (await one.state.read()).circuit, PATIENT).toBe('closed');
  });

  it('stops in the middle of a check, and makes no other', async () => {
    server.answer(() => undefined);
    start(20);
    await expect.poll(() => server.calls.length, PATIENT).toBe(1);
    await probers[0]?.stop();
    const calls = server.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(server.calls).toHaveLength(calls);
  });

  it('outlives a database that does not answer', async () => {
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => warnings.push(message) };
    const broken = {
      claimProbe: () => Promise.reject(new Error('no connection')),
      recordProbe: () => Promise.reject(new Error('no connection')),
    };
    const client = { probe: async () => ({ latencyMs: 1 }) };
    const prober = startProber({ client, state: broken, intervalMs: 10, log });
    await expect.poll(() => warnings.length, PATIENT).toBeGreaterThan(1);
    await prober.stop();
  });
});
