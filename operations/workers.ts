/** Whether anybody works on the task queue. */
import { isGrpcServiceError } from '@temporalio/client';
import type { OperationsDeps } from './deps.ts';
import { callTemporal } from './temporal.ts';

/** `TaskQueueType.WORKFLOW` of Temporal's API. */
const WORKFLOW_QUEUE = 1;
/** `WorkerStatus.RUNNING` of Temporal's API. */
const RUNNING = 1;
/** A poll waits up to a minute for work, and the server remembers pollers for minutes after they are gone. */
const POLLER_FRESH_MS = 75_000;
/** Heartbeats that may be missing before a worker counts as gone; the interval is the worker's own. */
const MISSED_HEARTBEATS = 2.5;
const ASSUMED_INTERVAL_MS = 60_000;
const UNIMPLEMENTED = 12;

/**
 * Workers that poll the saga's task queue. A poller counts when it polled lately, and, where the worker sends heartbeats, is
 * running and has not missed them: a worker that was killed is noticed within some fifteen seconds.
 * @throws {TemporalUnavailable}
 */
export async function countWorkers({ config, temporal }: OperationsDeps, withinMs: number): Promise<number> {
  const { namespace, taskQueue } = config.temporal;
  const [{ pollers }, heartbeats] = await Promise.all([
    callTemporal(temporal, withinMs, () =>
      temporal.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: WORKFLOW_QUEUE,
      }),
    ),
    heartbeatsByIdentity(temporal, namespace, withinMs),
  ]);
  const now = Date.now();
  return (pollers ?? []).filter(({ identity, lastAccessTime }) => {
    if (now - msOf(lastAccessTime) > POLLER_FRESH_MS) return false;
    return heartbeats.get(identity ?? '') ?? true;
  }).length;
}

/** For each worker that sends heartbeats: whether it runs. Empty on a Temporal that does not know them. */
async function heartbeatsByIdentity(
  temporal: OperationsDeps['temporal'],
  namespace: string,
  withinMs: number,
): Promise<Map<string, boolean>> {
  const alive = new Map<string, boolean>();
  try {
    const { workersInfo } = await callTemporal(temporal, withinMs, () =>
      temporal.workflowService.listWorkers({ namespace, pageSize: 1000 }),
    );
    for (const { workerHeartbeat: beat } of workersInfo ?? []) {
      if (!beat?.workerIdentity) continue;
      const interval = msOf(beat.elapsedSinceLastHeartbeat) || ASSUMED_INTERVAL_MS;
      const fresh = Date.now() - msOf(beat.heartbeatTime) <= interval * MISSED_HEARTBEATS;
      alive.set(beat.workerIdentity, (alive.get(beat.workerIdentity) ?? false) || (fresh && beat.status === RUNNING));
    }
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== UNIMPLEMENTED) throw error;
  }
  return alive;
}

interface Stamp {
  seconds?: unknown;
  nanos?: number | null;
}

/** Milliseconds, of a span or since 1970. */
function msOf(stamp: Stamp | null | undefined): number {
  return Number(stamp?.seconds ?? 0) * 1000 + (stamp?.nanos ?? 0) / 1e6;
}
