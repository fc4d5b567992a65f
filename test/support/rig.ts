/** The real parts of a sync side by side: database, Temporal namespace, simulator, worker process. */
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import type { OperationRow } from '../../db/operations.ts';
import { checksum } from '../../drill/checksum.ts';
import type { SyncInput } from '../../workflows/messages.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import type { licenseSync } from '../../workflows/sync.ts';
import { createTestDatabase } from './database.ts';
import type { TestProcess } from './processes.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
import { createTestNamespace, type TestNamespace } from './temporal.ts';
import { startTestWorker } from './worker.ts';

/** Short pauses, so that tests of failures take seconds. */
export const QUICK = {
  LICENSE_SYNC_EXTERNAL_TIMEOUT: '1500',
  LICENSE_SYNC_EXTERNAL_RETRY_DELAY: '20',
  LICENSE_SYNC_CIRCUIT_HALF_OPEN_AFTER: '700',
  LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '8000',
  LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '300',
};

export interface Rig {
  db: Db;
  databaseUrl: string;
  simulator: Simulator;
  temporal: TestNamespace;
  worker(): TestProcess;
  /** Starts a worker in the place of the last one. */
  startWorker(): Promise<void>;
  start(input?: SyncInput): Promise<WorkflowHandle<typeof licenseSync>>;
  /** Runs a sync to its end and returns its row, however it ended. */
  sync(input?: SyncInput): Promise<OperationRow>;
  operation(operationId: string): Promise<OperationRow>;
  /** Empties all tables and clears the faults. */
  reset(): Promise<void>;
  /** Hash over the business columns of mirror and licenses: equal for equal data, whenever and in which run it was written. */
  checksum(): Promise<string>;
  close(): Promise<void>;
}

export async function createRig(options: SimulatorOptions, env: Record<string, string> = QUICK): Promise<Rig> {
  const [database, temporal, simulator] = await Promise.all([
    createTestDatabase(),
    createTestNamespace(),
    startSimulator(options),
  ]);
  const { db, url: databaseUrl } = database;
  const startWorker = () =>
    startTestWorker({
      databaseUrl,
      upstreamUrl: simulator.url,
      apiKey: simulator.apiKey,
      namespace: temporal.namespace,
      env,
    });
  let worker = await startWorker();

  async function operation(operationId: string): Promise<OperationRow> {
    return await db
      .selectFrom('sync_operations')
      .selectAll()
      .where('operation_id', '=', operationId)
      .executeTakeFirstOrThrow();
  }

  async function start(input: SyncInput = {}): Promise<WorkflowHandle<typeof licenseSync>> {
    return await temporal.client.workflow.start<typeof licenseSync>('licenseSync', {
      workflowId: SYNC_WORKFLOW_ID,
      taskQueue: 'license-sync',
      args: [{ trigger: 'test', ...input }],
    });
  }

  return {
    db,
    databaseUrl,
    simulator,
    temporal,
    worker: () => worker,
    async startWorker() {
      worker = await startWorker();
    },
    start,
    async sync(input = {}) {
      const handle = await start(input);
      const { runId } = await handle.describe();
      try {
        await handle.result();
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
      }
      return await operation(input.operationId ?? runId);
    },
    operation,
    async reset() {
      await simulator.control.clearFaults();
      const { rows } = await sql<{ name: string }>`
        SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name NOT LIKE 'kysely%'
      `.execute(db);
      // TRUNCATE makes a new file for each table, which takes longer than to delete what tests write.
      for (const { name } of rows) await sql`DELETE FROM ${sql.table(name)}`.execute(db);
      await sql`INSERT INTO upstream_state (name) VALUES ('license-api')`.execute(db);
    },
    checksum: () => checksum(db),
    async close() {
      await worker.stop();
      await Promise.all([simulator.stop(), temporal.close()]);
      await database.drop();
    },
  };
}
