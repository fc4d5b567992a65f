import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { advanceBatch } from '../../db/batches.ts';
import { sqlInstant } from '../../db/connect.ts';
import { findOperation, markOperation, type OperationRow, openOperation, setOperation } from '../../db/operations.ts';
import { createProgressReader, type Progress } from '../../operations/progress.ts';
import type { Phase } from '../../workflows/names.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

let database: TestDatabase;
let temporal: TestNamespace;
let read: ReturnType<typeof createProgressReader>;
let row: OperationRow;
let count = 0;

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  const deps = { config: loadConfig({}), db: database.db, temporal: temporal.client, log: pino({ level: 'silent' }) };
  read = createProgressReader(deps);
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

beforeEach(async () => {
  count += 1;
  const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  ({ row } = await openOperation(database.db, {
    operationId: id,
    workflowId: 'license-sync',
    runId: id,
    trigger: 'test',
    options: '{}',
    type: 'external_sync',
    planId: null,
    replayId: null,
  }));
});

const SECONDS_AGO = 10;

/** Puts the operation into a phase that began ten seconds ago. */
async function enter(phase: Phase): Promise<void> {
  await markOperation(database.db, row.id, { phase, status: 'running', wait: null });
  const began = sqlInstant(Date.now() - SECONDS_AGO * 1000);
  await database.db
    .updateTable('sync_operations')
    .set({ phase_started_at: began, started_at: began })
    .where('id', '=', row.id)
    .execute();
}

async function page(number: number, rows: number, fetchedAt = Date.now()): Promise<void> {
  await database.db
    .insertInto('sync_pages')
    .values({
      operation: row.id,
      pass: 1,
      page: number,
      row_count: rows,
      given_up: 0,
      total: 1000,
      keys_digest: String(number),
      fetched_at: sqlInstant(fetchedAt),
    })
    .execute();
}

async function progress(workersAlive: boolean | null = true): Promise<Progress> {
  const now = await findOperation(database.db, row.operation_id);
  if (!now) throw new Error('the operation is gone');
  return await read({ row: now, sentence: 'a sentence', workersAlive });
}

const batch = (phase: Phase, number: number, attempt = 1) => ({
  operation: row.id,
  attempt,
  phase,
  pass: 1,
  batch: number,
  from: 1,
  to: 10,
});

describe('progress', () => {
  it('of a run that has just begun knows no total', async () => {
    expect(await progress()).toMatchObject({
      phase: 'begin',
      done: 0,
      total: null,
      ratePerSecond: null,
      etaSeconds: null,
    });
  });

  it('of the fetch counts the records of its pages, and leaves pages of an earlier attempt out of the rate', async () => {
    await enter('fetch');
    await setOperation(database.db, row.id, { total_expected: 1000 });
    await page(1, 100, Date.now() - 3_600_000);
    await page(2, 100);
    await page(3, 100);
    const { done, total, ratePerSecond, etaSeconds } = await progress();
    expect([done, total]).toEqual([300, 1000]);
    expect(ratePerSecond).toBeLessThanOrEqual(20);
    expect(etaSeconds).toBeGreaterThan(30);
  });

  it('leaves the time that the phase was held up out of the rate', async () => {
    await enter('fetch');
    await setOperation(database.db, row.id, { total_expected: 1000 });
    await page(1, 100);
    await page(2, 100);
    const wait = { kind: 'rate_limited', untilMs: Date.now() + 1000 };
    await markOperation(database.db, row.id, { phase: 'fetch', status: 'running', wait });
    // 100 s since the phase began, 80 of them spent waiting: 200 records in 20 s.
    const now = Date.now();
    const times = { phase_started_at: sqlInstant(now - 100_000), held_since: sqlInstant(now - 80_000) };
    await database.db.updateTable('sync_operations').set(times).where('id', '=', row.id).execute();
    expect((await progress()).ratePerSecond).toBe(10);
    await markOperation(database.db, row.id, { phase: 'fetch', status: 'running', wait: null });
    const { ratePerSecond, etaSeconds } = await progress();
    expect(ratePerSecond).toBeGreaterThan(5);
    expect(etaSeconds).toBeLessThan(160);
    await markOperation(database.db, row.id, { phase: 'mirror', status: 'running', wait: null });
    expect(await findOperation(database.db, row.operation_id)).toMatchObject({ held_ms: 0, held_since: null });
  });

  it('of a later phase counts this attempt only', async () => {
    await enter('mirror');
    await page(1, 500);
    await advanceBatch(database.db, batch('mirror', 1), 5, { rows: 120, created: 100, updated: 20 });
    await advanceBatch(database.db, batch('mirror', 1), 11, { rows: 30, created: 0, updated: 5 });
    await advanceBatch(database.db, batch('mirror', 2), 11, { rows: 50, created: 50, updated: 0 });
    await advanceBatch(database.db, batch('mirror', 1, 7), 11, { rows: 999, created: 999, updated: 0 });
    expect(await progress()).toMatchObject({
      done: 200,
      total: 500,
      counts: { read: 500, mirrorCreated: 150, mirrorUpdated: 25, planned: 0 },
    });
  });

  it('of applying is out of what is planned, not of what was read', async () => {
    await enter('apply');
    await page(1, 500);
    const planned = [0, 1, 2, 3].map((position) => ({
      operation: row.id,
      page: 1,
      position,
      pass: 1,
      source_key: `c:${position}`,
      outcome: 'created' as const,
      license_id: null,
      matched_by: 'created',
      expected_version: null,
      changes: null,
      conflicts: null,
    }));
    await database.db.insertInto('plan_changes').values(planned).execute();
    await advanceBatch(database.db, batch('apply', 1), 5, { rows: 3, created: 3, updated: 0 });
    expect(await progress()).toMatchObject({ done: 3, total: 4, counts: { created: 3 } });
  });

  it('of sending is out of what is to be sent, whoever has sent it', async () => {
    await enter('push');
    expect(await progress()).toMatchObject({ done: 0, total: null });
    const options = '{"bidirectional":true}';
    await database.db.updateTable('sync_operations').set({ options }).where('id', '=', row.id).execute();
    const states = ['pushed', 'pushed', 'rejected', 'planned', 'planned', 'planned', 'skipped'] as const;
    const pushes = states.map((state, index) => ({
      operation: row.id,
      source_key: `c:${index}`,
      page: 1,
      license_id: 'a license',
      license_version: 2,
      fields: '[]',
      state,
      reason: null,
      updated_at: sqlInstant(Date.now()),
    }));
    await database.db.insertInto('sync_pushes').values(pushes).execute();
    await advanceBatch(database.db, batch('push', 1), 1, { rows: 2, created: 0, updated: 2 });
    expect(await progress()).toMatchObject({ phase: 'push', done: 3, total: 6, counts: { pushed: 0 } });
    await database.db
      .insertInto('push_ledger')
      .values({
        source_key: 'c:0',
        license_id: 'a license',
        license_version: 2,
        kind: 'push',
        state: 'done',
        fields: '[]',
        operation: row.id,
        created_at: sqlInstant(Date.now()),
      })
      .execute();
    expect((await progress()).counts.pushed).toBe(1);
  });

  it('promises no end while it is held up', async () => {
    await enter('fetch');
    await setOperation(database.db, row.id, { total_expected: 1000 });
    await page(1, 100);
    expect((await progress(false)).etaSeconds).toBeNull();
    const untilMs = Date.now() + 60_000;
    await markOperation(database.db, row.id, {
      phase: 'fetch',
      status: 'running',
      wait: { kind: 'rate_limited', untilMs },
    });
    expect(await progress()).toMatchObject({ etaSeconds: null, wait: { kind: 'rate_limited' } });
    await markOperation(database.db, row.id, { phase: 'fetch', status: 'paused', wait: null });
    expect((await progress()).etaSeconds).toBeNull();
  });

  it('of a run that has ended is what its books say', async () => {
    await enter('report');
    const now = sqlInstant(Date.now());
    await database.db
      .updateTable('sync_operations')
      .set({ status: 'completed', total_processed: 9, created_count: 9, ended_at: now, updated_at: now })
      .where('id', '=', row.id)
      .execute();
    expect(await progress(null)).toMatchObject({
      outcome: 'success',
      done: 9,
      total: 9,
      ratePerSecond: null,
      books: { fetched: 9, created: 9, pending: 0 },
    });
  });
});
