import * as wf from '@temporalio/workflow';
import { RETRY } from './steps.ts';
import type { DeliveryInput, WebhookActivities } from './webhook-messages.ts';

const LONGEST_PAUSE = '1 hour';
const GROWTH = 3;

/** Brings one event to one webhook: tries with growing pauses until the receiver takes it or the time is up. */
export async function deliverWebhook({ deliveryId, retryDelayMs, giveUpAfterMs }: DeliveryInput): Promise<void> {
  const { sendWebhook } = wf.proxyActivities<Pick<WebhookActivities, 'sendWebhook'>>({
    startToCloseTimeout: '2 minutes',
    // A worker that dies over it is noticed by this.
    heartbeatTimeout: '15 seconds',
    scheduleToCloseTimeout: giveUpAfterMs,
    retry: { initialInterval: retryDelayMs, backoffCoefficient: GROWTH, maximumInterval: LONGEST_PAUSE },
  });
  const { giveUpWebhook } = wf.proxyActivities<Pick<WebhookActivities, 'giveUpWebhook'>>({
    startToCloseTimeout: '1 minute',
    retry: RETRY,
  });
  try {
    await sendWebhook({ deliveryId });
  } catch (error) {
    await wf.CancellationScope.nonCancellable(() => giveUpWebhook({ deliveryId }));
    throw error;
  }
}
