/** What grows without being the record of the business goes when it is old; the rest stays. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { prune } from '../../activities/begin.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { loadConfig } from '../../config.ts';
import { raiseAlert, resolveAlert } from '../../db/alerts.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { DUPLICATE_ALERTS } from '../../db/duplicate-alerts.ts';
import { readCounts } from '../../db/metric-counts.ts';
import { PRUNED_ALERTS_COUNT } from '../../db/retention.ts';
import { storePage } from '../../db/staging.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newOperation, staged, unreadable } from './rows.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let db: Db;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
});
beforeEach(async () => {
  for (const table of TABLES) await sql`DELETE FROM ${sql.table(table)}`.execute(db);
});
afterAll(() => database.drop());

const TABLES = [
  'sync_operations',
  'sync_pages',
  'sync_rows',
  'sync_errors',
  'sync_batches',
  'schema_drift',
  'alerts',
  'license_changes',
  'metric_counts',
] as const;

/** A run with a page of two records, one of them unreadable, a batch and an unknown key; null: it has not ended. */
async function run(endedDaysAgo: number | null, errors: 'open' | 'resolved' = 'resolved'): Promise<number> {
  const operation = await newOperation(db, `run-${++runs}`);
  const content = { rows: [staged(0, { countid: 1 })], unreadable: [unreadable(1)], answered: 2, total: 2 };
  await storePage(db, { operation, pass: 1, page: 1 }, content, 100);
  await db.updateTable('sync_errors').set({ state: errors }).where('operation', '=', operation).execute();
  const now = sqlInstant(Date.now());
  await db
    .insertInto('sync_batches')
    .values({
      operation,
      attempt: 1,
      phase: 'apply',
      pass: 1,
      batch: 1,
      page_from: 1,
      page_to: 1,
      next_page: 2,
      started_at: now,
      updated_at: now,
    })
    .execute();
  await db.insertInto('schema_drift').values({ operation, field: 'colour' }).execute();
  await db
    .insertInto('license_changes')
    .values({
      license_id: `l-${operation}`,
      version: 1,
      kind: 'created',
      operation,
      changed_by: 'sync',
      created_at: now,
    })
    .execute();
  if (endedDaysAgo !== null) {
    const ended = sqlInstant(Date.now() - endedDaysAgo * DAY_MS);
    await db
      .updateTable('sync_operations')
      .set({ status: 'completed', ended_at: ended })
      .where('id', '=', operation)
      .execute();
  }
  return operation;
}

async function pruneWith(env: Record<string, string> = {}): Promise<number> {
  const ref = { operation: 0, operationId: 'now', attempt: 1, type: 'external_sync' as const };
  const context = { signal: new AbortController().signal, checkpoint: () => undefined };
  const { rows } = await prune({ config: loadConfig(env), db } as ActivityDeps, { ref }, context);
  return rows;
}

async function operationsIn(
  table: Exclude<(typeof TABLES)[number], 'sync_operations' | 'alerts' | 'metric_counts'>,
): Promise<number[]> {
  const rows = await db.selectFrom(table).select('operation').distinct().orderBy('operation').execute();
  return rows.map(({ operation }) => Number(operation));
}

it('drops staged rows first, then what tells how the run went, and never what it changed', async () => {
  const [ancient, old, fresh, live] = [await run(400), await run(30), await run(1), await run(null)];
  const all = [ancient, old, fresh, live];
  expect(await pruneWith()).toBeGreaterThan(0);
  expect(await operationsIn('sync_rows')).toEqual([fresh, live]);
  expect(await operationsIn('sync_pages')).toEqual([fresh, live]);
  expect(await operationsIn('sync_batches')).toEqual([old, fresh, live]);
  expect(await operationsIn('sync_errors')).toEqual([old, fresh, live]);
  expect(await operationsIn('schema_drift')).toEqual([old, fresh, live]);
  expect(await operationsIn('license_changes')).toEqual(all);
  expect((await db.selectFrom('sync_operations').select('id').execute()).length).toBe(4);
  expect(await pruneWith()).toBe(0);
});

it('keeps quarantine entries that are open, however old', async () => {
  const operation = await run(4000, 'open');
  await pruneWith();
  expect(await operationsIn('sync_errors')).toEqual([operation]);
});

it('keeps batches at least as long as the staged rows of plans that they may have outdated', async () => {
  const operation = await run(20);
  await pruneWith({ LICENSE_SYNC_RETENTION_ROWS_DAYS: '40', LICENSE_SYNC_RETENTION_HISTORY_DAYS: '10' });
  expect(await operationsIn('sync_batches')).toEqual([operation]);
});

it('works in small transactions through more than one of them takes', async () => {
  const operation = await run(400);
  const now = sqlInstant(Date.now());
  const rows = Array.from({ length: 12_000 }, (_, index) => ({
    operation,
    attempt: 2,
    phase: 'fetch' as const,
    pass: 1,
    batch: index,
    page_from: 1,
    page_to: 1,
    next_page: 2,
    started_at: now,
    updated_at: now,
  }));
  for (let from = 0; from < rows.length; from += 1000) {
    await db
      .insertInto('sync_batches')
      .values(rows.slice(from, from + 1000))
      .execute();
  }
  await pruneWith();
  expect(await operationsIn('sync_batches')).toEqual([]);
});

it('drops alerts that are over, and goes on counting those about duplicates', async () => {
  for (const [kind, subject] of [
    [DUPLICATE_ALERTS.crossSystem, 'case:1'],
    ['run_failed', 'old'],
    ['run_failed', 'recent'],
    ['run_failed', 'open'],
  ] as const) {
    await raiseAlert(db, { kind, subject, severity: 'warning', message: 'look' });
    if (subject !== 'open') await resolveAlert(db, kind, subject);
    if (subject === 'recent') continue;
    const past = sqlInstant(Date.now() - 400 * DAY_MS);
    await db
      .updateTable('alerts')
      .set({ first_seen_at: past, ...(subject === 'open' ? {} : { resolved_at: past }) })
      .where('subject', '=', subject)
      .execute();
  }
  await pruneWith();
  const left = await db.selectFrom('alerts').select('subject').orderBy('id').execute();
  expect(left.map(({ subject }) => subject)).toEqual(['recent', 'open']);
  expect((await readCounts(db)).find(({ name }) => name === PRUNED_ALERTS_COUNT)?.value).toBe(1);
});
