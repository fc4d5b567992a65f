import * as wf from '@temporalio/workflow';
import { REVIEW_QUEUE_WORKFLOW_ID } from './names.ts';
import { pokeSignal, type ReviewActivities } from './review-messages.ts';
import { RETRY } from './steps.ts';

/** Reviews opened, and as many told, in one step. */
const MOST_IN_ONE_STEP = 50;
const CONTINUE_AFTER_EVENTS = 2000;

/**
 * Opens the reviews of the cases that matter most, as many as may be open at once, at a bounded rate, and tells reviews whose case was
 * decided elsewhere. Poked whenever cases come or go; ends when nothing is left to do. No run ever waits for it.
 */
export async function reviewQueue(): Promise<void> {
  let poked = true;
  wf.setHandler(pokeSignal, () => {
    poked = true;
  });
  if (wf.workflowInfo().workflowId !== REVIEW_QUEUE_WORKFLOW_ID) {
    throw wf.ApplicationFailure.nonRetryable(
      `the queue must be started with the workflow id ${REVIEW_QUEUE_WORKFLOW_ID}, which keeps two from running at once`,
      'WRONG_WORKFLOW_ID',
    );
  }
  const { tendReviews } = wf.proxyActivities<Pick<ReviewActivities, 'tendReviews'>>({
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '15 seconds',
    retry: RETRY,
  });
  while (poked) {
    poked = false;
    wf.setCurrentDetails('Reviews are being opened; nothing to do for you.');
    const { more } = await tendReviews({ most: MOST_IN_ONE_STEP });
    poked ||= more;
    if (poked && wf.workflowInfo().historyLength > CONTINUE_AFTER_EVENTS) await wf.continueAsNew<typeof reviewQueue>();
  }
}
