import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { type ActivityDeps, createActivities } from '../activities/index.ts';

export interface SyncWorkerOptions {
  connection: NativeConnection;
  deps: ActivityDeps;
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

/** A worker for the saga. Its limits keep one process well below 512 MB whatever the size of the data. */
export async function createSyncWorker({ connection, deps, workflowBundle }: SyncWorkerOptions): Promise<Worker> {
  const { config } = deps;
  return await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    workflowBundle,
    activities: createActivities(deps),
    // A cached workflow costs memory for as long as it lives; a run and its children under way are few.
    maxCachedWorkflows: 50,
    maxConcurrentWorkflowTaskExecutions: 20,
    // One connection for each step at work, and two to spare for what looks on.
    maxConcurrentActivityTaskExecutions: Math.max(1, config.database.poolSize - 2),
    // An activity learns of its cancellation from the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '5 seconds',
    shutdownGraceTime: '10 seconds',
    shutdownForceTime: '30 seconds',
  });
}
