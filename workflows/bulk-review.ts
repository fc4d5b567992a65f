import * as wf from '@temporalio/workflow';
import { bulkIdOfWorkflow } from './names.ts';
import type { ReviewActivities } from './review-messages.ts';
import { RETRY } from './steps.ts';

/** Cases decided in one step; each is a transaction of its own. */
const MOST_IN_ONE_STEP = 250;
const CONTINUE_AFTER_EVENTS = 2000;

/**
 * Gives one verdict on many cases, which MySQL holds under the bulk verdict's id. Each case is decided or refused by itself; a step
 * that is repeated, on whichever worker, decides nothing twice.
 */
export async function bulkReview(): Promise<{ bulkId: string }> {
  const bulkId = bulkIdOfWorkflow(wf.workflowInfo().workflowId);
  if (bulkId === null) {
    throw wf.ApplicationFailure.nonRetryable(
      'a bulk verdict is started through the API or `license-sync reviews bulk`, which writes down first what is to be decided',
      'WRONG_WORKFLOW_ID',
    );
  }
  const { decideBulk, endBulk } = wf.proxyActivities<Pick<ReviewActivities, 'decideBulk' | 'endBulk'>>({
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '15 seconds',
    retry: RETRY,
  });
  let decided = 0;
  let refused = 0;
  try {
    for (let more = true; more; ) {
      wf.setCurrentDetails(
        `Cases are being decided, one by one: ${decided} done, ${refused} refused in this execution.`,
      );
      const step = await decideBulk({ bulkId, most: MOST_IN_ONE_STEP });
      more = step.more;
      decided += step.done;
      refused += step.refused;
      if (more && wf.workflowInfo().historyLength > CONTINUE_AFTER_EVENTS) await wf.continueAsNew<typeof bulkReview>();
    }
  } catch (error) {
    if (error instanceof wf.ContinueAsNew) throw error;
    // What was not reached stays pending, and whoever asks is told so.
    await wf.CancellationScope.nonCancellable(() => endBulk({ bulkId, state: 'failed' }));
    throw error;
  }
  await endBulk({ bulkId, state: 'completed' });
  wf.setCurrentDetails('Every case was decided or refused; the bulk verdict says which.');
  return { bulkId };
}
