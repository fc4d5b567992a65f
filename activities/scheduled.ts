import { findOperation } from '../db/operations.ts';
import { noteRunEnd } from '../db/run-end.ts';
import { findLive } from '../db/run-state.ts';
import { insertSkipped } from '../db/scheduled.ts';
import { completeOptions, operationType } from '../domain/sync-options.ts';
import type { SkipInput, SkipResult } from '../workflows/messages.ts';
import { scheduleTrigger } from '../workflows/names.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Records that a schedule came due while a run was under way. When no run is under way in the tables, the one in the way is about to close:
 * then nothing is recorded unless this is the last look.
 */
export async function recordSkip({ config, db, log }: ActivityDeps, input: SkipInput): Promise<SkipResult> {
  // Recorded before the answer was lost: a run must not follow now.
  if (await findOperation(db, input.runId)) return { skipped: true };
  const live = await findLive(db);
  if (!live && !input.last) return { skipped: false };
  const inTheWay = live
    ? `operation ${live.operation_id} was under way (${live.status} in phase ${live.phase})`
    : 'a run that had reported did not close';
  const options = completeOptions(config, input.options);
  await insertSkipped(db, {
    operationId: input.runId,
    type: operationType(options, null),
    trigger: scheduleTrigger(input.schedule),
    options: JSON.stringify(options),
    workflowId: input.workflowId,
    reason: `schedule ${input.schedule} came due while ${inTheWay}`,
  });
  const skipped = await findOperation(db, input.runId);
  if (skipped) await noteRunEnd(db, skipped.id, config.monitoring.alertThresholds);
  log.info({ schedule: input.schedule, operationId: input.runId, inTheWay: live?.operation_id ?? null }, 'run skipped');
  return { skipped: true };
}
