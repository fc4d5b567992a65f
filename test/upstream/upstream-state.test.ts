import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDb, type Db } from '../../db/connect.ts';
import { createUpstreamStateStore, type UpstreamStateStore } from '../../db/upstream-state.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Two pools, as in two processes. */
let database: TestDatabase;
let pools: Db[];
let one: UpstreamStateStore;
let two: UpstreamStateStore;

beforeAll(async () => {
  database = await createTestDatabase();
  pools = [createDb({ url: database.url, poolSize: 4 }), createDb({ url: database.url, poolSize: 4 })];
});
afterAll(async () => {
  for (const pool of pools) await pool.destroy();
  await database.drop();
});
beforeEach(async () => {
  await database.db.deleteFrom('upstream_state').execute();
  [one, two] = pools.map(createUpstreamStateStore) as [UpstreamStateStore, UpstreamStateStore];
});

describe('upstream state', () => {
  it('begins closed and knowing nothing', async () => {
    expect(await one.read()).toEqual({
      circuit: 'closed',
      openForMs: 0,
      trialForMs: 0,
      blockedForMs: 0,
      openUntil: null,
      blockedUntil: null,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      health: 'unknown',
      lastHealthCheck: null,
      averageResponseMs: null,
    });
  });

  it('begins anew when someone empties the table', async () => {
    await one.opened(60_000, 'down');
    await database.db.deleteFrom('upstream_state').execute();
    expect((await one.read()).circuit).toBe('closed');
    await one.opened(60_000, 'down');
    expect((await two.read()).circuit).toBe('open');
  });

  it('shows an open circuit to every process, and keeps its time when another opens it too', async () => {
    await one.opened(30_000, 'HTTP 503');
    const first = await two.read();
    expect(first).toMatchObject({ circuit: 'open', lastFailure: 'HTTP 503' });
    expect(first.openForMs).toBeGreaterThan(25_000);
    expect(first.openForMs).toBeLessThanOrEqual(30_000);
    await two.opened(600_000, 'HTTP 500');
    expect((await one.read()).openUntil).toEqual(first.openUntil);
  });

  it('lets no one try before the time is over, and then one of many', async () => {
    await one.opened(60_000, 'down');
    expect(await one.claimTrial('one', 60_000)).toBe(false);
    await endTime('open_until');
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 ? one : two).claimTrial(`process-${i}`, 60_000)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await two.read()).toMatchObject({ circuit: 'half_open' });
  });

  it('lets another try when the claim has expired, or was given back', async () => {
    await one.opened(60_000, 'down');
    await endTime('open_until');
    expect(await one.claimTrial('one', 60_000)).toBe(true);
    await endTime('trial_until');
    expect(await two.claimTrial('two', 60_000)).toBe(true);
    await one.releaseTrial('one');
    expect(await one.claimTrial('one', 60_000)).toBe(false);
    await two.releaseTrial('two');
    expect(await one.claimTrial('one', 60_000)).toBe(true);
  });

  it('opens again after a failed trial and closes after a good one', async () => {
    await one.opened(60_000, 'down');
    await endTime('open_until');
    await one.claimTrial('one', 60_000);
    await one.opened(60_000, 'still down');
    expect((await two.read()).openForMs).toBeGreaterThan(50_000);
    await endTime('open_until');
    await two.claimTrial('two', 60_000);
    await two.closed();
    expect(await one.read()).toMatchObject({ circuit: 'closed', openUntil: null, trialForMs: 0 });
    expect(await one.claimTrial('one', 60_000)).toBe(false);
  });

  it('never shortens a wait that the API asked for', async () => {
    await one.block(60_000);
    await two.block(1000);
    expect((await one.read()).blockedForMs).toBeGreaterThan(50_000);
    await two.block(120_000);
    expect((await one.read()).blockedForMs).toBeGreaterThan(110_000);
  });

  it('gives every permit exactly once over all processes, and only what the time has refilled', async () => {
    const rate = 0.1;
    await one.acquire(1, rate);
    const first = await bucket();
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).acquire(1, rate)));
    const last = await bucket();
    expect(last.tokens).toBeCloseTo(first.tokens - 40 + ((last.at - first.at) / 1000) * rate, 6);
    expect(await one.acquire(0, rate)).toBeGreaterThan(39 / rate);
  });

  it('refills by the time that passed on the database, but saves nothing up', async () => {
    await one.acquire(20, 10);
    const debt = await two.acquire(1, 10);
    expect(debt).toBeLessThanOrEqual(2000);
    await sql`UPDATE upstream_state SET tokens_at = tokens_at - INTERVAL 1 SECOND`.execute(database.db);
    expect(await two.acquire(1, 10)).toBeLessThanOrEqual(debt + 100 - 1000);
    await sql`UPDATE upstream_state SET tokens_at = tokens_at - INTERVAL 1 HOUR`.execute(database.db);
    expect(await one.acquire(5, 10)).toBe(400);
  });

  it('is not misled by a clock that was set back', async () => {
    await one.acquire(1, 10);
    await sql`UPDATE upstream_state SET tokens_at = tokens_at + INTERVAL 1 HOUR`.execute(database.db);
    expect(await one.acquire(1, 10)).toBe(100);
  });

  it('remembers the last success without a write for each', async () => {
    expect(await one.recordSuccess()).toBe(true);
    expect(await one.recordSuccess()).toBe(false);
    expect(await two.recordSuccess()).toBe(true);
    expect((await one.read()).lastSuccessAt).toBeInstanceOf(Date);
  });

  it('lets one process probe per interval and keeps a moving average', async () => {
    const claims = await Promise.all([one, two, one, two].map((store) => store.claimProbe(60_000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    await one.recordProbe({ health: 'healthy', latencyMs: 100, failure: null });
    await two.recordProbe({ health: 'healthy', latencyMs: 200, failure: null });
    expect((await one.read()).averageResponseMs).toBeCloseTo(130);
    await one.recordProbe({ health: 'unhealthy', latencyMs: null, failure: 'x'.repeat(1000) });
    const state = await two.read();
    expect(state).toMatchObject({ health: 'unhealthy', lastFailure: 'x'.repeat(300) });
    expect(state.averageResponseMs).toBeCloseTo(130);
    await sql`UPDATE upstream_state SET last_health_check = last_health_check - INTERVAL 61 SECOND`.execute(
      database.db,
    );
    expect(await two.claimProbe(60_000)).toBe(true);
  });

  async function bucket(): Promise<{ tokens: number; at: number }> {
    const row = await database.db
      .selectFrom('upstream_state')
      .select(['tokens', 'tokens_at'])
      .executeTakeFirstOrThrow();
    return { tokens: Number(row.tokens), at: Date.parse(`${row.tokens_at}Z`) };
  }

  async function endTime(column: 'open_until' | 'trial_until'): Promise<void> {
    await sql`UPDATE upstream_state SET ${sql.ref(column)} = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`.execute(database.db);
  }
});
