/** `webhooks` and `webhook_deliveries`: who is told of events, and what became of it. */
import { type Selectable, sql } from 'kysely';
import type { EventType } from '../domain/events.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { DeliveryState, EventsTable, WebhookDeliveriesTable, WebhooksTable } from './tables.ts';

export type WebhookRow = Selectable<WebhooksTable>;
export type DeliveryRow = Selectable<WebhookDeliveriesTable>;

export interface NewWebhook {
  name: string;
  url: string;
  secret: string;
  /** Null: all types. */
  types: readonly EventType[] | null;
  by: string;
}

/** @returns its id; null when a live webhook has the name. */
export async function insertWebhook(db: Db, { name, url, secret, types, by }: NewWebhook): Promise<number | null> {
  const now = sqlInstant(Date.now());
  const { numInsertedOrUpdatedRows, insertId } = await db
    .insertInto('webhooks')
    .values({
      name,
      live_name: name.toLowerCase(),
      url,
      secret,
      types: types === null ? null : JSON.stringify(types),
      created_at: now,
      created_by: by,
      updated_at: now,
    })
    .onDuplicateKeyUpdate({ name: sql`name` })
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? Number(insertId) : null;
}

/** Live ones, oldest first: they are few. */
export async function listWebhooks(db: Db): Promise<WebhookRow[]> {
  return await db.selectFrom('webhooks').selectAll().where('state', '<>', 'deleted').orderBy('id').execute();
}

/** A live one. */
export async function findWebhook(db: Db, id: number): Promise<WebhookRow | undefined> {
  return await db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id)
    .where('state', '<>', 'deleted')
    .executeTakeFirst();
}

export interface WebhookChange {
  url?: string;
  secret?: string;
  types?: readonly EventType[] | null;
  state?: 'active' | 'paused';
}

/** @returns whether there is such a live webhook. */
export async function updateWebhook(db: Db, id: number, { types, ...change }: WebhookChange): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set({
      ...change,
      ...(types === undefined ? {} : { types: types === null ? null : JSON.stringify(types) }),
      updated_at: sqlInstant(Date.now()),
    })
    .where('id', '=', id)
    .where('state', '<>', 'deleted')
    .executeTakeFirst();
  return numUpdatedRows > 0n || (await findWebhook(db, id)) !== undefined;
}

/** For good: address and secret are forgotten, deliveries under way are called off. @returns whether there was one. */
export async function deleteWebhook(db: Db, id: number): Promise<boolean> {
  const now = sqlInstant(Date.now());
  return await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('webhooks')
      .set({ state: 'deleted', live_name: null, url: '', secret: '', updated_at: now })
      .where('id', '=', id)
      .where('state', '<>', 'deleted')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await trx
      .updateTable('webhook_deliveries')
      .set({ state: 'cancelled', settled_at: now, last_error: 'the webhook was deleted' })
      .where('webhook', '=', id)
      .where('state', '=', 'pending')
      .execute();
    return true;
  });
}

/** A delivery of an event that only this webhook is told of. @returns its id. */
export async function insertDelivery(db: Db, webhook: number, event: number): Promise<number> {
  const { insertId } = await db
    .insertInto('webhook_deliveries')
    .values({ webhook, event, created_at: sqlInstant(Date.now()) })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

export interface DeliveryToStart {
  id: number;
  round: number;
}

/** Deliveries whose workflow is not started, oldest first. */
export async function deliveriesToStart(db: Db, most: number): Promise<DeliveryToStart[]> {
  return await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'round'])
    .where('state', '=', 'pending')
    .where('started_at', 'is', null)
    .orderBy('id')
    .limit(most)
    .execute();
}

export async function markStarted(db: Db, { id, round }: DeliveryToStart): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ started_at: sqlInstant(Date.now()) })
    .where('id', '=', id)
    .where('round', '=', round)
    .execute();
}

/** Deliveries whose workflow was started before then and that are not settled, in the order of their numbers. */
export async function startedDeliveries(
  db: Db,
  { after, before, limit }: { after: number; before: Date; limit: number },
): Promise<DeliveryToStart[]> {
  return await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'round'])
    .where('state', '=', 'pending')
    .where('started_at', '<', sqlInstant(before))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Its workflow is gone. A round of its own, because a Temporal that knew the last one would not start it twice. @returns whether this call did it. */
export async function startDeliveryAnew(db: Db, { id, round }: DeliveryToStart): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_deliveries')
    .set({ started_at: null, round: round + 1 })
    .where('id', '=', id)
    .where('round', '=', round)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** All that one try needs. */
export interface DueDelivery {
  delivery: DeliveryRow;
  event: Selectable<EventsTable>;
  webhook: WebhookRow;
}

export async function findDelivery(db: Db, id: number): Promise<DueDelivery | undefined> {
  const delivery = await db.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).executeTakeFirst();
  if (!delivery) return undefined;
  const [event, webhook] = await Promise.all([
    db.selectFrom('events').selectAll().where('id', '=', delivery.event).executeTakeFirstOrThrow(),
    db.selectFrom('webhooks').selectAll().where('id', '=', delivery.webhook).executeTakeFirstOrThrow(),
  ]);
  return { delivery, event, webhook };
}

export interface Attempt {
  status: number | null;
  /** Null when it was taken. */
  error: string | null;
  /** What it is from now on. */
  state: DeliveryState;
}

export async function recordAttempt(db: Db, id: number, { status, error, state }: Attempt): Promise<void> {
  const now = sqlInstant(Date.now());
  await db
    .updateTable('webhook_deliveries')
    .set({
      attempts: sql`attempts + 1`,
      last_status: status,
      last_error: error?.slice(0, 300) ?? null,
      last_attempt_at: now,
      state,
      settled_at: state === 'pending' ? null : now,
    })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** Ends a delivery without another try. @returns whether it was still pending. */
export async function settleDelivery(
  db: Db,
  id: number,
  state: 'failed' | 'cancelled',
  why: string | null,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_deliveries')
    .set({ state, settled_at: sqlInstant(Date.now()), ...(why === null ? {} : { last_error: why }) })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Asks for a delivery again. @returns false while it is under way. */
export async function reopenDelivery(db: Db, webhook: number, id: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', round: sql`round + 1`, started_at: null, settled_at: null })
    .where('id', '=', id)
    .where('webhook', '=', webhook)
    .where('state', '<>', 'pending')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export type ListedDelivery = DeliveryRow & { type: EventType; happened_at: string };

export interface DeliveryPage {
  limit: number;
  /** Id of the last one seen. */
  before?: number;
  state?: DeliveryState;
}

/** Newest first. */
export async function listDeliveries(
  db: Db,
  webhook: number,
  { limit, before, state }: DeliveryPage,
): Promise<ListedDelivery[]> {
  let query = db
    .selectFrom('webhook_deliveries as d')
    .innerJoin('events as e', 'e.id', 'd.event')
    .selectAll('d')
    .select(['e.type', 'e.created_at as happened_at'])
    .where('d.webhook', '=', webhook)
    .orderBy('d.id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('d.id', '<', before);
  if (state !== undefined) query = query.where('d.state', '=', state);
  return await query.execute();
}

/** One of them, as listed. */
export async function findListed(db: Db, webhook: number, id: number): Promise<ListedDelivery | undefined> {
  return await db
    .selectFrom('webhook_deliveries as d')
    .innerJoin('events as e', 'e.id', 'd.event')
    .selectAll('d')
    .select(['e.type', 'e.created_at as happened_at'])
    .where('d.webhook', '=', webhook)
    .where('d.id', '=', id)
    .executeTakeFirst();
}
