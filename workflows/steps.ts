import * as wf from '@temporalio/workflow';
import type { RunSettings, SyncActivities } from './messages.ts';

export type Steps = wf.ActivityInterfaceFor<SyncActivities>;

/**
 * The run's steps with their limits. Which errors are worth another try is decided where they are understood, in
 * `activities/step.ts`: a database that is away is waited for, a defect is not tried for ever.
 */
export function stepsOf(settings: RunSettings): Steps {
  return wf.proxyActivities<SyncActivities>({
    startToCloseTimeout: settings.stepTimeoutMs,
    heartbeatTimeout: '15 seconds',
    cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: RETRY,
  });
}

/** What a run says of itself. Short and frequent, so as a local activity: it costs no round trip through the server. */
export type Announcements = Pick<SyncActivities, 'markPhase'>;

export function announcements(): wf.ActivityInterfaceFor<Announcements> {
  return wf.proxyLocalActivities<Announcements>({
    startToCloseTimeout: '30 seconds',
    // While the database is away it waits on the server's timers, not in workflow tasks that are kept alive.
    localRetryThreshold: '2 seconds',
    retry: RETRY,
  });
}

export const RETRY: wf.RetryPolicy = {
  initialInterval: '500 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '20 seconds',
};
