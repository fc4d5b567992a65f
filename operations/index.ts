/** What operators can do. API and CLI go through here, and nowhere around it. */
import { findOperation, listOperations, type OperationRow } from '../db/operations.ts';
import type { OperationsDeps } from './deps.ts';
import { OperationNotFound } from './errors.ts';
import { createHealth, type HealthReport, type Readiness } from './health.ts';
import { createObserver } from './observe.ts';
import { createProgressReader, type Progress } from './progress.ts';
import { createRuns, type StartRequest } from './runs.ts';
import { createStatusReader, type SyncStatus } from './status.ts';
import { type OperationView, viewOf } from './view.ts';

export type { OperationsDeps } from './deps.ts';

/** All of it rejects with a `Refusal` for reasons that can be told, and with a driver's error when the database is away. */
export interface Operations {
  /** Starts a run. @throws {SyncAlreadyRunning} with the id of the operation under way. */
  startSync(request: StartRequest): Promise<OperationView>;
  /** Lets a paused run go on, or starts a new attempt at one that ended short of its goal. */
  resumeOperation(operationId: string, trigger: string): Promise<OperationView>;
  /** Starts no new batch; those under way end first. */
  pauseOperation(operationId: string): Promise<OperationView>;
  /** Ends the run early, with a report. */
  cancelOperation(operationId: string): Promise<OperationView>;
  getOperation(operationId: string): Promise<OperationView>;
  /** Newest first. `cursor` is what the page before gave. */
  listOperations(page: {
    limit: number;
    cursor?: number;
  }): Promise<{ operations: OperationView[]; next: number | null }>;
  getProgress(operationId: string): Promise<Progress>;
  getSyncStatus(): Promise<SyncStatus>;
  readiness(): Promise<Readiness>;
  health(): Promise<HealthReport>;
}

export function createOperations(deps: OperationsDeps): Operations {
  const { config, db } = deps;
  const observer = createObserver(deps);
  const runs = createRuns(deps, observer);
  const readProgress = createProgressReader(deps);
  const { readiness, health } = createHealth(deps, observer);

  const view = async (row: OperationRow) => viewOf(config, await observer.observe(row));

  async function find(operationId: string): Promise<OperationRow> {
    const row = await findOperation(db, operationId);
    if (!row) throw new OperationNotFound(operationId);
    return row;
  }

  return {
    startSync: async (request) => await view(await runs.start(request)),
    resumeOperation: async (operationId, trigger) => await view(await runs.resume(operationId, trigger)),
    pauseOperation: async (operationId) => await view(await runs.pause(operationId)),
    cancelOperation: async (operationId) => await view(await runs.cancel(operationId)),
    getOperation: async (operationId) => await view(await find(operationId)),

    async listOperations({ limit, cursor }) {
      const rows = await listOperations(db, { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) });
      const shown = rows.slice(0, limit);
      const operations = await Promise.all(shown.map(view));
      return { operations, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    getProgress: async (operationId) => await readProgress(await observer.observe(await find(operationId))),
    getSyncStatus: createStatusReader(deps, observer),
    readiness,
    health,
  };
}
