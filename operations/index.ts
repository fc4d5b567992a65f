/** What operators can do. API and CLI go through here, and nowhere around it. */
import { settleDecidedCases } from '../db/duplicate-alerts.ts';
import { findOperation, listOperations, type OperationRow } from '../db/operations.ts';
import { findLive } from '../db/run-state.ts';
import type { GuardNeed } from '../domain/guard.ts';
import type { Sample } from '../domain/metrics.ts';
import type { RunFilter } from '../domain/run-filter.ts';
import { type Alerts, createAlerts } from './alerts.ts';
import { type ApprovalRequest, createApprovals } from './approvals.ts';
import { type Batches, createBatches } from './batches.ts';
import { type Conflicts, createConflicts } from './conflicts.ts';
import { type Consolidation, createConsolidation } from './consolidation.ts';
import type { OperationsDeps } from './deps.ts';
import { createDispatcher } from './dispatch-events.ts';
import { createDuplicates, type Duplicates } from './duplicates.ts';
import { OperationNotFound } from './errors.ts';
import { createHealth, type HealthReport, type Readiness } from './health.ts';
import { createImport, type ImportLicenses } from './import.ts';
import { createRelationsReader, type ReadRelations } from './license-relations.ts';
import { createLicenses, type Licenses } from './licenses.ts';
import { createLineage, type Lineage } from './lineage.ts';
import { createMatchUpkeep } from './match-upkeep.ts';
import { createMetricsReader } from './metrics.ts';
import { createObserver, isLive } from './observe.ts';
import { createOverrides, type Overrides } from './overrides.ts';
import { createOverview, type Overview } from './overview.ts';
import { createPlans, type Plans } from './plans.ts';
import { createProgressReader, type Progress } from './progress.ts';
import { createPushes, type Pushes } from './pushes.ts';
import { createQuarantine, type Quarantine, type ReplayStarted } from './quarantine.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { createRuns, type StartRequest } from './runs.ts';
import { createScheduleStore } from './schedule-store.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { createSearches, type Searches } from './searches.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createStatusReader, type SyncStatus } from './status.ts';
import { type SyncChoices, syncChoices } from './sync-choices.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { type OperationView, viewOf } from './view.ts';
import { readExtras } from './view-extras.ts';
import { createWaitingReader, type Waiting } from './waiting.ts';
import { createEndWatch } from './watch-ends.ts';
import { createRunWatch } from './watch-runs.ts';
import { createTokenWatch } from './watch-tokens.ts';
import { createWorkflowWatch } from './watch-workflows.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export type { OperationsDeps } from './deps.ts';

/** All of it rejects with a `Refusal` for reasons that can be told, and with a driver's error when the database is away. */
export interface Operations {
  /** Starts a run. @throws {SyncAlreadyRunning} with the id of the operation under way. */
  startSync(request: StartRequest): Promise<OperationView>;
  /** Lets a paused run go on, or starts a new attempt at one that ended short of its goal. */
  resumeOperation(operationId: string, trigger: string): Promise<OperationView>;
  /** Starts no new batch; those under way end first. */
  pauseOperation(operationId: string): Promise<OperationView>;
  /** Lets a run go on that the mass-change guard holds back. @returns it, and what is still to be approved. */
  approveOperation(
    operationId: string,
    request: ApprovalRequest,
  ): Promise<{ operation: OperationView; stillDue: GuardNeed[] }>;
  /** Ends the run early, with a report. */
  cancelOperation(operationId: string): Promise<OperationView>;
  getOperation(operationId: string): Promise<OperationView>;
  /** The run under way; null when there is none. */
  findRunning(): Promise<OperationView | null>;
  /** Newest first. `cursor` is what the page before gave. */
  listOperations(
    page: RunFilter & { limit: number; cursor?: number | undefined },
  ): Promise<{ operations: OperationView[]; next: number | null }>;
  batches: Batches;
  /** What `startSync` may be asked for here. */
  syncChoices(): SyncChoices;
  plans: Pick<Plans, 'list' | 'get' | 'changes'> & {
    /** Starts the run that carries the plan out. @throws {SyncAlreadyRunning} */
    apply(planId: string, trigger: string): Promise<OperationView>;
  };
  pushes: Pushes;
  getProgress(operationId: string): Promise<Progress>;
  getSyncStatus(): Promise<SyncStatus>;
  /** What an operator looks at first. */
  getOverview(): Promise<Overview>;
  /** What waits for people. */
  countWaiting(): Promise<Waiting>;
  readiness(): Promise<Readiness>;
  health(): Promise<HealthReport>;
  tokens: Tokens;
  /** For the console; the API's callers send their token each time. */
  sessions: Sessions;
  licenses: Licenses & { import: ImportLicenses; relations: ReadRelations };
  /** What people typed to find something. */
  searches: Searches;
  conflicts: Conflicts;
  overrides: Overrides;
  consolidation: Consolidation;
  lineage: Lineage;
  duplicates: Duplicates;
  quarantine: Pick<Quarantine, 'list' | 'get'> & {
    /** Starts a run that reads only what could not be read. @throws {SyncAlreadyRunning} */
    replay(...request: Parameters<Quarantine['replay']>): Promise<ReplayView>;
  };
  reviews: Reviews;
  schedules: Schedules;
  alerts: Alerts;
  webhooks: Webhooks;
  /** Figures for `/metrics`. */
  readMetrics(): Promise<Sample[]>;
  /** Gives events to webhooks: to be called again and again. */
  dispatchEvents(): Promise<void>;
  /**
   * Raises and resolves the alerts of runs that are missing or slow at this time (Unix time in ms), tells of ends that nobody told, and
   * resolves alerts of cases decided since.
   */
  watchRuns(nowMs: number): Promise<void>;
  /** Takes up what the tables say is under way and Temporal knows nothing of, as after a restored backup. */
  watchWorkflows(nowMs: number): Promise<void>;
  /** Raises and resolves the alerts of tokens that end soon. */
  watchTokens(nowMs: number): Promise<void>;
}

/** A replay as it was started. */
export type ReplayView = Omit<ReplayStarted, 'operation'> & { operation: OperationView };

export function createOperations(deps: OperationsDeps): Operations {
  const { config, db } = deps;
  const observer = createObserver(deps);
  const scheduleStore = createScheduleStore(deps);
  const upkeep = createMatchUpkeep(deps);
  const watchForRuns = createRunWatch(deps, scheduleStore, observer);
  const watchForEnds = createEndWatch(deps);
  const watchForWorkflows = createWorkflowWatch(deps, observer);
  const duplicates = createDuplicates({ ...deps, upkeep });
  const runs = createRuns(deps, observer);
  const plans = createPlans(deps, runs);
  const approvals = createApprovals(deps, observer);
  const readProgress = createProgressReader(deps);
  const quarantine = createQuarantine(deps, observer, runs);
  const { readiness, health } = createHealth(deps, observer);

  async function view(row: OperationRow): Promise<OperationView> {
    const observation = await observer.observe(row);
    return viewOf(config, observation, await readExtras(db, observation.row));
  }

  async function find(operationId: string): Promise<OperationRow> {
    const row = await findOperation(db, operationId);
    if (!row) throw new OperationNotFound(operationId);
    return row;
  }

  const operations: Omit<Operations, 'getOverview'> = {
    startSync: async (request) => await view(await runs.start(request)),
    async resumeOperation(operationId, trigger) {
      await plans.requireResumable(await find(operationId));
      return await view(await runs.resume(operationId, trigger));
    },
    async approveOperation(operationId, request) {
      const { row, stillDue } = await approvals.approve(operationId, request);
      return { operation: await view(row), stillDue };
    },
    pauseOperation: async (operationId) => await view(await runs.pause(operationId)),
    cancelOperation: async (operationId) => await view(await runs.cancel(operationId)),
    getOperation: async (operationId) => await view(await find(operationId)),
    async findRunning() {
      const row = await findLive(db);
      const running = row ? await view(row) : null;
      return running && isLive(running) ? running : null;
    },

    async listOperations({ limit, cursor, ...filter }) {
      const before = cursor === undefined ? {} : { before: cursor };
      const rows = await listOperations(db, { ...filter, ...before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const operations = await Promise.all(shown.map(view));
      return { operations, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    batches: createBatches(deps),
    syncChoices: () => syncChoices(config),
    plans: { ...plans, apply: async (planId, trigger) => await view(await plans.apply(planId, trigger)) },
    pushes: createPushes(deps),
    getProgress: async (operationId) => await readProgress(await observer.observe(await find(operationId))),
    getSyncStatus: createStatusReader(deps, observer),
    countWaiting: createWaitingReader(deps),
    readiness,
    health,
    tokens: createTokens(deps),
    sessions: createSessions(deps),
    licenses: {
      ...createLicenses({ ...deps, upkeep }),
      import: createImport({ ...deps, upkeep }),
      relations: createRelationsReader(deps),
    },
    searches: createSearches(deps),
    conflicts: createConflicts(deps),
    overrides: createOverrides(deps),
    consolidation: createConsolidation(deps),
    lineage: createLineage(deps),
    duplicates,
    quarantine: {
      ...quarantine,
      async replay(...request) {
        const { operation, ...started } = await quarantine.replay(...request);
        return { ...started, operation: await view(operation) };
      },
    },
    reviews: createReviews(deps, observer),
    schedules: createSchedules(deps, scheduleStore),
    alerts: createAlerts(deps),
    webhooks: createWebhooks(deps),
    readMetrics: createMetricsReader(deps, duplicates.metrics),
    dispatchEvents: createDispatcher(deps),
    async watchRuns(nowMs) {
      await settleDecidedCases(db);
      await watchForEnds(nowMs);
      await watchForRuns(nowMs);
    },
    watchWorkflows: watchForWorkflows,
    watchTokens: createTokenWatch(deps),
  };
  return { ...operations, getOverview: createOverview(operations, deps) };
}
