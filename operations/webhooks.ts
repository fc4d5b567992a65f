/** Webhooks as administrators see them. */
import { randomUUID } from 'node:crypto';
import { isoInstant, sqlInstant } from '../db/connect.ts';
import { recordEvent } from '../db/events.ts';
import { inTransaction } from '../db/retry.ts';
import type { DeliveryState } from '../db/tables.ts';
import {
  type DeliveryPage,
  deleteWebhook,
  findListed,
  findWebhook,
  insertDelivery,
  insertWebhook,
  type ListedDelivery,
  listDeliveries,
  listWebhooks,
  reopenDelivery,
  updateWebhook,
  type WebhookRow,
} from '../db/webhooks.ts';
import { type EventType, eventName } from '../domain/events.ts';
import { TOKEN_NAME, TOKEN_NAME_RULE } from '../domain/roles.ts';
import { addressFault } from '../webhooks/address.ts';
import { drawSecret } from '../webhooks/signature.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';

/** More than anyone needs, and few enough to be given each event in one statement. */
export const MAX_WEBHOOKS = 50;

export interface WebhookView {
  id: number;
  name: string;
  url: string;
  /** Null: all. */
  types: EventType[] | null;
  state: 'active' | 'paused';
  createdAt: string;
  createdBy: string;
  updatedAt: string;
}

export interface DeliveryView {
  id: number;
  eventId: string;
  type: EventType;
  state: DeliveryState;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  happenedAt: string;
  lastAttemptAt: string | null;
  settledAt: string | null;
}

export interface WebhookChanges {
  url?: string | undefined;
  types?: EventType[] | null | undefined;
  state?: 'active' | 'paused' | undefined;
}

export interface Webhooks {
  list(): Promise<WebhookView[]>;
  get(id: number): Promise<WebhookView>;
  /** @returns it, and the secret that its deliveries are signed with, which is shown this once. */
  create(webhook: {
    name: string;
    url: string;
    types: EventType[] | null;
    by: string;
  }): Promise<{ webhook: WebhookView; secret: string }>;
  update(id: number, changes: WebhookChanges, by: string): Promise<WebhookView>;
  /** Another secret in the place of the one in use, at once. */
  rotateSecret(id: number, by: string): Promise<{ webhook: WebhookView; secret: string }>;
  delete(id: number, by: string): Promise<void>;
  /** Sends a test event to this webhook alone. */
  test(id: number, by: string): Promise<DeliveryView>;
  deliveries(id: number, page: DeliveryPage): Promise<{ deliveries: DeliveryView[]; next: number | null }>;
  /** Sends an event again, under the same id, whatever became of it. */
  retry(id: number, deliveryId: number, by: string): Promise<DeliveryView>;
}

export function createWebhooks({ config, db, log }: Pick<OperationsDeps, 'config' | 'db' | 'log'>): Webhooks {
  async function find(id: number): Promise<WebhookRow> {
    const row = await findWebhook(db, id);
    if (!row) throw new Refusal('webhook-not-found', `there is no webhook ${id}`);
    return row;
  }

  function checkAddress(url: string): void {
    const fault = addressFault(url, config.webhooks.allowPrivateNetworks);
    if (fault !== null) throw new Refusal('webhook-address-invalid', `url: ${fault}`);
  }

  async function delivery(id: number, deliveryId: number): Promise<DeliveryView> {
    const row = await findListed(db, id, deliveryId);
    if (!row) throw new Refusal('delivery-not-found', `webhook ${id} has no delivery ${deliveryId}`);
    return deliveryView(row);
  }

  return {
    list: async () => (await listWebhooks(db)).map(view),
    get: async (id) => view(await find(id)),

    async create({ name, url, types, by }) {
      if (!TOKEN_NAME.test(name)) throw new Refusal('webhook-name-invalid', `name: ${TOKEN_NAME_RULE}`);
      checkAddress(url);
      if ((await listWebhooks(db)).length >= MAX_WEBHOOKS) {
        throw new Refusal('webhook-limit', `there are ${MAX_WEBHOOKS} webhooks; delete one that nobody needs first`);
      }
      const secret = drawSecret();
      const id = await insertWebhook(db, { name, url, secret, types, by });
      if (id === null) throw new Refusal('webhook-name-taken', `a webhook is called '${name}'; choose another name`);
      log.info({ webhook: id, by }, 'webhook created');
      return { webhook: view(await find(id)), secret };
    },

    async update(id, { url, types, state }, by) {
      await find(id);
      if (url !== undefined) checkAddress(url);
      await updateWebhook(db, id, {
        ...(url === undefined ? {} : { url }),
        ...(types === undefined ? {} : { types }),
        ...(state === undefined ? {} : { state }),
      });
      log.info({ webhook: id, by, state: state ?? null }, 'webhook changed');
      return view(await find(id));
    },

    async rotateSecret(id, by) {
      await find(id);
      const secret = drawSecret();
      await updateWebhook(db, id, { secret });
      log.info({ webhook: id, by }, 'secret of the webhook replaced');
      return { webhook: view(await find(id)), secret };
    },

    async delete(id, by) {
      if (!(await deleteWebhook(db, id))) throw new Refusal('webhook-not-found', `there is no webhook ${id}`);
      log.info({ webhook: id, by }, 'webhook deleted');
    },

    async test(id, by) {
      const { state } = await find(id);
      if (state !== 'active') throw new Refusal('webhook-state', `webhook ${id} is paused; activate it first`);
      const key = `webhook.test:${randomUUID()}`;
      const deliveryId = await inTransaction(db, async (trx) => {
        await recordEvent(trx, { type: 'webhook.test', key, data: { webhook: id, requestedBy: by } });
        const event = await trx
          .selectFrom('events')
          .select('id')
          .where('event_key', '=', key)
          .executeTakeFirstOrThrow();
        // For this webhook alone: nobody else is to be given it.
        await trx
          .updateTable('events')
          .set({ dispatched_at: sqlInstant(Date.now()) })
          .where('id', '=', event.id)
          .execute();
        return await insertDelivery(trx, id, event.id);
      });
      return await delivery(id, deliveryId);
    },

    async deliveries(id, { limit, ...page }) {
      await find(id);
      const rows = await listDeliveries(db, id, { ...page, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      return { deliveries: shown.map(deliveryView), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    async retry(id, deliveryId, by) {
      const { state } = await find(id);
      if (state !== 'active') throw new Refusal('webhook-state', `webhook ${id} is paused; activate it first`);
      await delivery(id, deliveryId);
      if (!(await reopenDelivery(db, id, deliveryId))) {
        throw new Refusal('delivery-state', `delivery ${deliveryId} is under way already`);
      }
      log.info({ webhook: id, delivery: deliveryId, by }, 'webhook delivery asked for again');
      return await delivery(id, deliveryId);
    },
  };
}

function view(row: WebhookRow): WebhookView {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    types: row.types === null ? null : (JSON.parse(row.types) as EventType[]),
    state: row.state === 'paused' ? 'paused' : 'active',
    createdAt: isoInstant(row.created_at),
    createdBy: row.created_by,
    updatedAt: isoInstant(row.updated_at),
  };
}

function deliveryView(row: ListedDelivery): DeliveryView {
  return {
    id: row.id,
    eventId: eventName(row.event),
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    happenedAt: isoInstant(row.happened_at),
    lastAttemptAt: isoInstant(row.last_attempt_at),
    settledAt: isoInstant(row.settled_at),
  };
}
