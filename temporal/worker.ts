import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { type ActivityDeps, createActivities } from '../activities/index.ts';
import { noTracing, type Tracing } from '../tracing/index.ts';

export interface SyncWorkerOptions {
  connection: NativeConnection;
  deps: ActivityDeps;
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  /** What Temporal shows of who took a step. */
  identity: string;
  /** Default: none. */
  tracing?: Tracing;
}

/** A step that is told to end does so between two slices of its work; one that does not is left behind. */
export const GIVE_BACK_WITHIN_MS = 20_000;

/** A worker for the saga. Its limits keep one process well below 512 MB whatever the size of the data. */
export async function createSyncWorker(options: SyncWorkerOptions): Promise<Worker> {
  const { connection, deps, workflowBundle, identity, tracing = noTracing } = options;
  const { config } = deps;
  return await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    workflowBundle,
    identity,
    activities: createActivities(deps),
    interceptors: { client: tracing.client, activity: tracing.activities },
    sinks: tracing.sinks,
    // A cached workflow costs memory for as long as it lives; a run and its children under way are few.
    maxCachedWorkflows: 50,
    maxConcurrentWorkflowTaskExecutions: 20,
    // One connection for each step at work, and two to spare for what looks on.
    maxConcurrentActivityTaskExecutions: Math.max(1, config.database.poolSize - 2),
    // An activity learns of its cancellation from the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '5 seconds',
    // Steps that are left after it are given back at once: Temporal hands them to another worker, and waits for no time-out.
    shutdownGraceTime: config.drain.stepsWithin,
    shutdownForceTime: config.drain.stepsWithin + GIVE_BACK_WITHIN_MS,
  });
}
