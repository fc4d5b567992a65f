/** Starting the workflows that bring events to webhooks. */
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Config } from '../config.ts';
import type { deliverWebhook } from '../workflows/index.ts';
import { deliveryWorkflowId } from '../workflows/names.ts';

/** Starts a delivery; one that was started already is left alone, also when it has ended. */
export async function startDelivery(
  client: Client,
  config: Pick<Config, 'temporal' | 'webhooks'>,
  { id, round }: { id: number; round: number },
): Promise<void> {
  const { retryDelay: retryDelayMs, giveUpAfter: giveUpAfterMs } = config.webhooks;
  try {
    await client.workflow.start<typeof deliverWebhook>('deliverWebhook', {
      workflowId: deliveryWorkflowId(id, round),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      taskQueue: config.temporal.taskQueue,
      args: [{ deliveryId: id, retryDelayMs, giveUpAfterMs }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
