/** Tells of ends that nobody told, and of a run that takes too long while it is still under way. */
import { raiseAlert } from '../db/alerts.ts';
import { isoInstant } from '../db/connect.ts';
import { noteRunEnd, RUN_SUBJECT, unnotedEnds } from '../db/run-end.ts';
import { findLive } from '../db/run-state.ts';
import { slowAlert } from '../domain/run-alerts.ts';
import type { OperationsDeps } from './deps.ts';

/** @returns one look at this time (Unix time in ms). */
export function createEndWatch({ config, db, log }: OperationsDeps): (nowMs: number) => Promise<void> {
  const limits = config.monitoring.alertThresholds;
  return async (nowMs) => {
    for (const id of await unnotedEnds(db)) await noteRunEnd(db, id, limits);
    const row = await findLive(db);
    // Who is waited for knows it.
    if (row?.status !== 'running' || row.operation_type === 'external_sync_dry_run') return;
    const workMs = nowMs - Date.parse(isoInstant(row.started_at)) - Number(row.people_ms);
    if (workMs <= limits.maxSyncDuration) return;
    const alert = slowAlert(
      { operationId: row.operation_id, trigger: row.triggered_by, workMs },
      limits.maxSyncDuration,
    );
    const raised = await raiseAlert(db, { ...alert, subject: RUN_SUBJECT, operationId: row.operation_id });
    if (raised) log.warn({ operationId: row.operation_id }, alert.message);
  };
}
