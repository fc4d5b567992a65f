import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import type { ScheduledSyncInput, ScheduledSyncResult, SyncActivities } from './messages.ts';
import { SYNC_WORKFLOW_ID, scheduleTrigger } from './names.ts';
import { RETRY } from './steps.ts';
import { causeOf, type licenseSync } from './sync.ts';

/** A run that has reported takes a moment to close; after so many looks the due time is given up. */
const MAX_TRIES = 6;
const CLOSING_PAUSE = '1 second';

/**
 * What a schedule starts, because a schedule appends a time to its workflow's id and the saga's must stay the same. Runs the saga as
 * its child, or records that one was under way. Ends as Failed when the run did, so that a schedule can pause on failure.
 *
 * Terminating this leaves the run alone; cancelling it cancels the run, which then ends with a report.
 */
export async function scheduledSync({ schedule, options }: ScheduledSyncInput): Promise<ScheduledSyncResult> {
  const { recordSkip } = wf.proxyActivities<Pick<SyncActivities, 'recordSkip'>>({
    startToCloseTimeout: '1 minute',
    retry: RETRY,
  });
  const { workflowId, runId } = wf.workflowInfo();
  for (let attempt = 1; ; attempt += 1) {
    const run = await startRun({ schedule, options });
    if (run) return await outcomeOf(run);
    const { skipped } = await recordSkip({ schedule, options, workflowId, runId, last: attempt >= MAX_TRIES });
    if (skipped) return { operationId: runId, status: 'skipped' };
    await wf.sleep(CLOSING_PAUSE);
  }
}

/** Null when a run is under way already. */
async function startRun({
  schedule,
  options,
}: ScheduledSyncInput): Promise<wf.ChildWorkflowHandle<typeof licenseSync> | null> {
  try {
    return await wf.startChild<typeof licenseSync>('licenseSync', {
      workflowId: SYNC_WORKFLOW_ID,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      parentClosePolicy: wf.ParentClosePolicy.ABANDON,
      cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      args: [{ trigger: scheduleTrigger(schedule), options }],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

async function outcomeOf(run: wf.ChildWorkflowHandle<typeof licenseSync>): Promise<ScheduledSyncResult> {
  try {
    const { operationId, status } = await run.result();
    return { operationId, status };
  } catch (error) {
    if (wf.isCancellation(error)) throw error;
    const { type, message } = causeOf(error);
    // A schedule shows this as the reason why it paused.
    throw wf.ApplicationFailure.nonRetryable(`operation ${run.firstExecutionRunId}: ${message}`, type);
  }
}
