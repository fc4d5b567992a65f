/** `events`: what happened that others may want to know. Written with what happened, given to webhooks afterwards. */
import { sql } from 'kysely';
import type { EventType } from '../domain/events.ts';
import { type Db, sqlInstant } from './connect.ts';
import { addCounts } from './metric-counts.ts';
import type { Trx } from './retry.ts';

export interface NewEvent {
  type: EventType;
  /** Names the happening, at most 200 characters: recorded again, it is the same event. */
  key: string;
  /** No personal data, no secrets. */
  data: Record<string, unknown>;
}

/** Safe to repeat. @returns whether this call recorded it. */
export async function recordEvent(db: Db | Trx, { type, key, data }: NewEvent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('events')
    .values({ type, event_key: key, data: JSON.stringify(data), created_at: sqlInstant(Date.now()) })
    .onDuplicateKeyUpdate({ event_key: sql`event_key` })
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await addCounts(db, [{ name: 'license_sync_events_total', labels: { type }, by: 1 }]);
  return true;
}

/**
 * Gives events that nobody was given yet to the webhooks that want them: one delivery each. Several processes may do so at once; each
 * event is taken by one of them. Needs a transaction, which holds the events until it ends.
 * @returns how many were dispatched.
 */
export async function dispatchEvents(trx: Trx, most: number): Promise<number> {
  const events = await trx
    .selectFrom('events')
    .select(['id', 'type', 'created_at'])
    .where('dispatched_at', 'is', null)
    .orderBy('id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute();
  if (events.length === 0) return 0;
  const now = sqlInstant(Date.now());
  const hooks = await trx
    .selectFrom('webhooks')
    .select(['id', 'types', 'created_at'])
    .where('state', '=', 'active')
    .execute();
  const deliveries = events.flatMap((event) =>
    hooks
      .filter(({ types, created_at: since }) => event.created_at >= since && wants(types, event.type))
      .map(({ id }) => ({ webhook: id, event: event.id, created_at: now })),
  );
  if (deliveries.length > 0) {
    await trx
      .insertInto('webhook_deliveries')
      .values(deliveries)
      .onDuplicateKeyUpdate({ webhook: sql`webhook` })
      .execute();
  }
  const ids = events.map(({ id }) => id);
  await trx.updateTable('events').set({ dispatched_at: now }).where('id', 'in', ids).execute();
  return events.length;
}

function wants(types: string | null, type: EventType): boolean {
  return types === null || (JSON.parse(types) as EventType[]).includes(type);
}

/** Deletes events that were dispatched before then, with their deliveries. @returns how many. */
export async function pruneEvents(db: Db, before: Date, most: number): Promise<number> {
  const old = await db
    .selectFrom('events')
    .select('id')
    .where('created_at', '<', sqlInstant(before))
    .where('dispatched_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('webhook_deliveries')
            .select('id')
            .whereRef('webhook_deliveries.event', '=', 'events.id')
            .where('state', '=', 'pending'),
        ),
      ),
    )
    .limit(most)
    .execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await db.deleteFrom('webhook_deliveries').where('event', 'in', ids).execute();
  await db.deleteFrom('events').where('id', 'in', ids).execute();
  return old.length;
}
