/** Deliveries to webhooks: one try, and what is done when no try succeeded in time. */
import { ApplicationFailure } from '@temporalio/common';
import { raiseAlert, resolveAlert } from '../db/alerts.ts';
import { isoInstant } from '../db/connect.ts';
import { type DueDelivery, findDelivery, recordAttempt, settleDelivery } from '../db/webhooks.ts';
import { type EventBody, eventName } from '../domain/events.ts';
import { operationPath, REVIEWS_PATH } from '../http/links.ts';
import { type DeliveryAnswer, sendDelivery } from '../webhooks/send.ts';
import { signedHeaders } from '../webhooks/signature.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';

export const WEBHOOK_FAILING = 'webhook_failing';
/** Tries without success after which somebody should know. */
const TELL_AFTER = 5;
/** The receiver is gone and does not want to be asked again. */
const GONE = 410;

interface Input {
  deliveryId: number;
}

/** One try. A receiver that has taken it before the answer was lost gets it again under the same `webhook-id`. */
export async function sendWebhook(deps: ActivityDeps, { deliveryId }: Input, { signal }: StepContext): Promise<void> {
  const { config, db, log } = deps;
  const due = await findDelivery(db, deliveryId);
  if (due?.delivery.state !== 'pending') return;
  const { webhook } = due;
  if (webhook.state !== 'active') {
    await settleDelivery(db, deliveryId, 'cancelled', `the webhook was ${webhook.state}`);
    return;
  }
  const answer = await sendDelivery(deliveryOf(due, config.external.userAgent), {
    timeoutMs: config.webhooks.timeout,
    allowPrivate: config.webhooks.allowPrivateNetworks,
    signal,
  });
  signal.throwIfAborted();
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) {
    await recordAttempt(db, deliveryId, { status, error: null, state: 'delivered' });
    await resolveAlert(db, WEBHOOK_FAILING, subjectOf(webhook.id));
    log.info(
      { webhook: webhook.id, delivery: deliveryId, event: eventName(due.event.id), status },
      'webhook delivered',
    );
    return;
  }
  const error = status === null ? answer.fault : `the receiver answered ${status}`;
  const gone = status === GONE;
  await recordAttempt(db, deliveryId, { status, error, state: gone ? 'failed' : 'pending' });
  const attempts = due.delivery.attempts + 1;
  if (gone || attempts >= TELL_AFTER) await tell(deps, due, error);
  throw ApplicationFailure.create({
    message: `webhook ${webhook.id}: ${error}`,
    type: 'WEBHOOK_NOT_DELIVERED',
    nonRetryable: gone,
    ...delayOf(answer),
  });
}

export async function giveUpWebhook(deps: ActivityDeps, { deliveryId }: Input): Promise<void> {
  const { db, log } = deps;
  const due = await findDelivery(db, deliveryId);
  if (!due) return;
  if (!(await settleDelivery(db, deliveryId, 'failed', null))) return;
  log.warn({ webhook: due.webhook.id, delivery: deliveryId }, 'webhook delivery given up');
  await tell(deps, due, due.delivery.last_error ?? 'it was never tried');
}

async function tell({ db }: ActivityDeps, { webhook, delivery }: DueDelivery, why: string): Promise<void> {
  if (webhook.state === 'deleted') return;
  await raiseAlert(db, {
    kind: WEBHOOK_FAILING,
    subject: subjectOf(webhook.id),
    severity: 'warning',
    message: `Webhook ${webhook.id} '${webhook.name}' does not take what it is sent: ${why}. See its deliveries: npx license-sync webhooks deliveries ${webhook.id}. When the receiver works again: npx license-sync webhooks retry ${webhook.id} ${delivery.id}`,
    details: { webhook: webhook.id },
  });
}

function subjectOf(webhook: number): string {
  return `webhook:${webhook}`;
}

function deliveryOf({ event, webhook }: DueDelivery, userAgent: string) {
  const id = eventName(event.id);
  const told = JSON.parse(event.data) as Record<string, unknown>;
  const body = JSON.stringify({
    id,
    type: event.type,
    timestamp: isoInstant(event.created_at),
    data: { ...told, ...linkOf(event.type, told) },
  } satisfies EventBody);
  return {
    url: webhook.url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...signedHeaders(webhook.secret, id, Math.floor(Date.now() / 1000), body),
    },
  };
}

/** Where to read more, relative to the API's address. */
function linkOf(type: string, { operationId }: Record<string, unknown>): { link?: string } {
  if (type === 'cases.opened') return { link: `${REVIEWS_PATH}?state=open` };
  return typeof operationId === 'string' ? { link: operationPath(operationId) } : {};
}

function delayOf(answer: DeliveryAnswer): { nextRetryDelay?: number } {
  return answer.status !== null && answer.retryAfterMs !== null ? { nextRetryDelay: answer.retryAfterMs } : {};
}
