/** The end of a run is told once, whoever notices it, and what a resumed run did is counted once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlInstant } from '../../db/connect.ts';
import { readCounts } from '../../db/metric-counts.ts';
import { noteRunEnd, unnotedEnds } from '../../db/run-end.ts';
import type { RunStatus } from '../../workflows/names.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const LIMITS = { maxSyncDuration: 600_000, maxErrorRate: 0.05, minMatchingRate: 0.95 };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function endedRun(values: {
  status: RunStatus;
  created_count?: number;
  people_ms?: number;
  duration_ms?: number;
}) {
  const now = sqlInstant(Date.now());
  const operationId = randomUUID();
  const { insertId } = await database.db
    .insertInto('sync_operations')
    .values({
      operation_id: operationId,
      operation_type: 'external_sync',
      phase: 'report',
      triggered_by: 'test',
      options: JSON.stringify({ comprehensive: true }),
      workflow_id: 'license-sync',
      workflow_run_id: operationId,
      created_at: now,
      started_at: now,
      phase_started_at: now,
      ended_at: now,
      updated_at: now,
      duration_ms: 1000,
      ...values,
    })
    .executeTakeFirstOrThrow();
  return { id: Number(insertId), operationId };
}

const events = async (operationId: string) =>
  (
    await database.db
      .selectFrom('events')
      .select(['type', 'data'])
      .where('event_key', 'like', `%${operationId}%`)
      .execute()
  ).map(({ type, data }) => [type, (JSON.parse(data) as { status: string }).status]);
const counted = async (name: string, labels: string) =>
  (await readCounts(database.db)).find((one) => one.name === name && one.labels === labels)?.value ?? 0;
const openAlerts = async () =>
  (await database.db.selectFrom('alerts').select('kind').where('state', '=', 'open').execute()).map(({ kind }) => kind);

describe('the end of a run', () => {
  it('is told once, by however many, and by the watch when nobody else did', async () => {
    const { id, operationId } = await endedRun({ status: 'failed', created_count: 7 });
    expect(await unnotedEnds(database.db)).toEqual([id]);
    await Promise.all(Array.from({ length: 8 }, () => noteRunEnd(database.db, id, LIMITS)));
    await noteRunEnd(database.db, id, LIMITS);
    expect(await unnotedEnds(database.db)).toEqual([]);
    expect(await events(operationId)).toEqual([['run.ended', 'failed']]);
    expect(await counted('license_sync_records_total', 'outcome="created"')).toBe(7);
    expect(await counted('license_sync_runs_total', 'type="sync",status="failed"')).toBe(1);
    expect(await openAlerts()).toEqual(['run_failed']);
  });

  it('of a resumed run counts what is new, and takes the alert back', async () => {
    const [row] = await database.db.selectFrom('sync_operations').select(['id', 'operation_id']).execute();
    const { id = 0, operation_id: operationId = '' } = row ?? {};
    await database.db
      .updateTable('sync_operations')
      .set({ attempt: 2, status: 'completed', created_count: 10 })
      .where('id', '=', id)
      .execute();
    await noteRunEnd(database.db, id, LIMITS);
    expect(await events(operationId)).toEqual([
      ['run.ended', 'failed'],
      ['run.ended', 'completed'],
    ]);
    expect(await counted('license_sync_records_total', 'outcome="created"')).toBe(10);
    expect(await counted('license_sync_runs_total', 'type="sync",status="completed"')).toBe(1);
    expect(await openAlerts()).toEqual([]);
  });

  it('is not slow for the time that people took', async () => {
    const waited = await endedRun({ status: 'completed', duration_ms: 900_000, people_ms: 500_000 });
    await noteRunEnd(database.db, waited.id, LIMITS);
    expect(await openAlerts()).toEqual([]);
    const slow = await endedRun({ status: 'completed', duration_ms: 900_000, people_ms: 100 });
    await noteRunEnd(database.db, slow.id, LIMITS);
    expect(await openAlerts()).toEqual(['sync_slow']);
  });

  it('is nothing while the run is under way', async () => {
    const { id, operationId } = await endedRun({ status: 'running' });
    await database.db.updateTable('sync_operations').set({ ended_at: null }).where('id', '=', id).execute();
    await noteRunEnd(database.db, id, LIMITS);
    expect(await events(operationId)).toEqual([]);
  });
});
