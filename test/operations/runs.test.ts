/** Steering runs on a real Temporal, without any worker: nothing here may depend on one. */
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { sqlInstant } from '../../db/connect.ts';
import { findOperation } from '../../db/operations.ts';
import { createOperations, type Operations } from '../../operations/index.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';

let database: TestDatabase;
let temporal: TestNamespace;
let operations: Operations;

beforeAll(async () => {
  [database, temporal] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  operations = operationsWith({ EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9' });
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

afterEach(async () => {
  await terminate('the next test begins').catch(() => undefined);
});

function operationsWith(env: Record<string, string>): Operations {
  const config = loadConfig({ TEMPORAL_NAMESPACE: temporal.namespace, ...env });
  return createOperations({ config, db: database.db, temporal: temporal.client, log: pino({ level: 'silent' }) });
}

async function terminate(reason: string): Promise<void> {
  await temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).terminate(reason);
}

const request = { options: {}, trigger: 'test' };
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('starting a sync', () => {
  it('makes the operation readable at once, under the id of its run', async () => {
    const started = await operations.startSync(request);
    expect(started).toMatchObject({ status: 'running', phase: 'begin', trigger: 'test', attempt: 1, books: null });
    const execution = await temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).describe();
    expect(execution.runId).toBe(started.operationId);
    expect(await operations.getOperation(started.operationId)).toMatchObject({ operationId: started.operationId });
  });

  it('lets exactly one of many through, and names its operation to all others', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => operations.startSync(request)));
    const started = results.filter((result) => result.status === 'fulfilled');
    expect(started).toHaveLength(1);
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(refused).toHaveLength(7);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'sync-already-running', operationId: started[0]?.value.operationId });
    }
  });

  it('keeps a business name where Temporal does not see it, under the name of who typed it', async () => {
    const options = { partial: true, maxPages: 3, dba: 'Nails of Jane Roe' };
    const { operationId } = await operations.startSync({ ...request, options, by: 'test operator' });
    const { events } = await temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).fetchHistory();
    const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const input = payloads.map(({ data }) => Buffer.from(data ?? []).toString()).join();
    expect(input).toContain('"maxPages":3');
    expect(input).not.toContain('Jane Roe');
    const kept = () => database.db.selectFrom('typed_values').select(['value', 'created_by']).execute();
    expect(await kept()).toEqual([{ value: 'Nails of Jane Roe', created_by: 'test operator' }]);
    await expect(operations.startSync({ ...request, options })).rejects.toMatchObject({ code: 'sync-already-running' });
    const off = operationsWith({
      EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9',
      LICENSE_SYNC_FEATURES_ENABLE_PARTIAL_SYNC: 'false',
    });
    await expect(off.startSync({ ...request, options })).rejects.toMatchObject({ code: 'feature-disabled' });
    expect(await kept()).toHaveLength(1);
    await terminate('by hand');
    const shown = { partial: true, maxPages: 3, status: null, dba: 'Nails of Jane Roe' };
    expect((await operations.resumeOperation(operationId, 'test')).options).toMatchObject(shown);
  });

  it('carries the id of a replay to the run and its row', async () => {
    const { operationId, totalExpected } = await operations.startSync({
      ...request,
      options: { partial: true },
      replayId: 12,
    });
    expect((await findOperation(database.db, operationId))?.replay_id).toBe(12);
    expect(totalExpected).toBeNull();
  });

  it('is refused while the License API has no address', async () => {
    await expect(operationsWith({}).startSync(request)).rejects.toMatchObject({ code: 'upstream-not-configured' });
  });
});

describe('a run whose workflow was terminated', () => {
  it('is closed as failed, with the reason, as soon as someone looks', async () => {
    const { operationId } = await operations.startSync(request);
    await terminate('by hand');
    const seen = await eventually(
      () => operations.getOperation(operationId),
      ({ status }) => status !== 'running',
    );
    expect(seen).toMatchObject({ status: 'failed', outcome: 'failed', books: { fetched: 0, balanced: true } });
    expect(seen.reason).toContain('ended from outside (terminated)');
    expect(seen.endedAt).not.toBeNull();
  });

  it('tells what it sent upstream and what it did not', async () => {
    const { operationId } = await operations.startSync(request);
    const { id = 0 } = (await findOperation(database.db, operationId)) ?? {};
    const options = '{"bidirectional":true}';
    await database.db.updateTable('sync_operations').set({ options, phase: 'push' }).where('id', '=', id).execute();
    const now = sqlInstant(Date.now());
    const push = { license_id: 'a license', license_version: 2, fields: '[]' };
    const row = { ...push, operation: id, page: 1, reason: null, updated_at: now };
    await database.db
      .insertInto('sync_pushes')
      .values([
        { ...row, source_key: 'c:1', state: 'pushed' },
        { ...row, source_key: 'c:2', state: 'planned' },
      ])
      .execute();
    await database.db
      .insertInto('push_ledger')
      .values({ ...push, source_key: 'c:1', kind: 'push', state: 'done', operation: id, created_at: now })
      .execute();
    await terminate('someone had enough');
    const closed = await eventually(
      () => operations.getOperation(operationId),
      ({ status }) => status === 'failed',
    );
    expect(closed.pushes).toMatchObject({ pushed: 1, planned: 1, written: 1 });
    const { pushes, counts } = await operations.pushes.list(operationId, { limit: 10 });
    expect(pushes.map(({ sourceKey, state }) => [sourceKey, state])).toEqual([
      ['c:1', 'pushed'],
      ['c:2', 'planned'],
    ]);
    expect(counts).toEqual(closed.pushes);
  });

  it('cannot be paused or cancelled, and says what it is', async () => {
    const { operationId } = await operations.startSync(request);
    await terminate('by hand');
    await expect(operations.pauseOperation(operationId)).rejects.toMatchObject({ code: 'operation-state' });
    await eventually(
      () => operations.getOperation(operationId),
      ({ status }) => status === 'failed',
    );
    await expect(operations.cancelOperation(operationId)).rejects.toMatchObject({ state: 'failed' });
  });

  it('can be resumed under the same id, and the new run is known by it', async () => {
    const { operationId } = await operations.startSync(request);
    await terminate('by hand');
    const resumed = await operations.resumeOperation(operationId, 'test');
    expect(resumed).toMatchObject({ operationId, status: 'running', attempt: 2, reason: null, endedAt: null });
    await expect(operations.startSync(request)).rejects.toMatchObject({ operationId });
    const rows = await operations.listOperations({ limit: 100 });
    expect(rows.operations.filter((row) => row.operationId === operationId)).toHaveLength(1);
  });

  it('is found by its memo when the resumed run has not written its row yet', async () => {
    const { operationId } = await operations.startSync(request);
    await terminate('by hand');
    await temporal.client.workflow.start('licenseSync', {
      workflowId: SYNC_WORKFLOW_ID,
      taskQueue: 'license-sync',
      memo: { operationId },
      args: [{ operationId }],
    });
    await expect(operations.startSync(request)).rejects.toMatchObject({ operationId });
    expect(await operations.getOperation(operationId)).toMatchObject({ status: 'running' });
  });
});

describe('resuming', () => {
  it('is refused for a completed operation', async () => {
    const { operationId } = await operations.startSync(request);
    await terminate('by hand');
    const now = sqlInstant(Date.now());
    await database.db
      .updateTable('sync_operations')
      .set({ status: 'completed', ended_at: now, updated_at: now })
      .where('operation_id', '=', operationId)
      .execute();
    await expect(operations.resumeOperation(operationId, 'test')).rejects.toMatchObject({
      code: 'operation-state',
      state: 'completed',
    });
  });

  it('is refused while another run is under way', async () => {
    const first = await operations.startSync(request);
    await terminate('by hand');
    const second = await operations.startSync(request);
    await expect(operations.resumeOperation(first.operationId, 'test')).rejects.toMatchObject({
      code: 'sync-already-running',
      operationId: second.operationId,
    });
  });

  it('and everything else is refused for an operation that nobody knows', async () => {
    for (const ask of [
      operations.pauseOperation,
      operations.cancelOperation,
      operations.getOperation,
      operations.getProgress,
    ]) {
      await expect(ask(UNKNOWN)).rejects.toMatchObject({ code: 'operation-not-found' });
    }
    await expect(operations.resumeOperation(UNKNOWN, 'test')).rejects.toMatchObject({ code: 'operation-not-found' });
  });
});

describe('a run without a worker', () => {
  it('says that none runs, and what to do', async () => {
    const { operationId } = await operations.startSync(request);
    const seen = await eventually(
      () => operations.getProgress(operationId),
      ({ workersAlive }) => workersAlive === false,
    );
    expect(seen.sentence).toMatch(/^Waiting for a worker: .*npm start/);
    expect(seen).toMatchObject({ status: 'running', phase: 'begin', etaSeconds: null, books: null });
  });

  it('takes no approval, and notes none', async () => {
    const { operationId } = await operations.startSync(request);
    const approval = operations.approveOperation(operationId, { kind: 'vanish', ceiling: 5, by: 'someone' });
    await expect(approval).rejects.toMatchObject({ code: 'approval-unconfirmed' });
    expect(await database.db.selectFrom('guard_approvals').selectAll().execute()).toEqual([]);
  });

  it('takes pause, and cancel, for the run to follow when a worker comes', async () => {
    const { operationId } = await operations.startSync(request);
    expect(await operations.pauseOperation(operationId)).toMatchObject({ operationId });
    expect(await operations.cancelOperation(operationId)).toMatchObject({ operationId });
    expect((await findOperation(database.db, operationId))?.status).toBe('running');
  });
});

describe('listing operations', () => {
  it('goes through all of them once, newest first', async () => {
    const ids: string[] = [];
    let cursor: number | null = null;
    do {
      const page = await operations.listOperations({ limit: 3, ...(cursor === null ? {} : { cursor }) });
      ids.push(...page.operations.map(({ operationId }) => operationId));
      expect(page.operations.length).toBeLessThanOrEqual(3);
      cursor = page.next;
    } while (cursor !== null);
    const rows = await database.db.selectFrom('sync_operations').select('operation_id').orderBy('id', 'desc').execute();
    expect(ids).toEqual(rows.map((row) => row.operation_id));
  });
});
