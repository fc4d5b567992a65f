/** `idempotency_keys`: which requests were carried out under a caller's key, and what was answered. */
import type { Selectable } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { IdempotencyKeysTable } from './tables.ts';

/** One try to carry a request out under a key. */
export interface KeyUse {
  tokenId: number;
  keyHash: string;
  requestHash: string;
  /** Drawn for this try, so that one that was thought dead cannot speak for its successor. */
  owner: string;
}

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Why the body was not kept; null when it was. */
  withheld: string | null;
}

export type Claim =
  | { state: 'mine' }
  /** The same request is being carried out at this moment. */
  | { state: 'under-way' }
  | { state: 'answered'; answer: KeptAnswer }
  /** The key stands for another request. */
  | { state: 'other-request' };

const KEPT_MS = 86_400_000;
const PRUNED_AT_ONCE = 1000;

/** Takes the key for `holdMs`, unless it has an answer, stands for another request, or is held by a living one. */
export async function claimKey(db: Db, use: KeyUse, holdMs: number): Promise<Claim> {
  return await inTransaction(db, async (trx) => {
    const now = Date.now();
    if (await insertUse(trx, use, now, holdMs)) return { state: 'mine' };
    const known = await lockUse(trx, use);
    if (known.created_at <= sqlInstant(now - KEPT_MS)) {
      await trx
        .deleteFrom('idempotency_keys')
        .where('token_id', '=', use.tokenId)
        .where('key_hash', '=', use.keyHash)
        .execute();
      await insertUse(trx, use, now, holdMs);
      return { state: 'mine' };
    }
    if (known.request_hash !== use.requestHash) return { state: 'other-request' };
    if (known.completed_at !== null) return { state: 'answered', answer: answerOf(known) };
    if (known.held_until > sqlInstant(now)) return { state: 'under-way' };
    // Whoever held it was killed, or its connection was: it would have kept an answer or given the key back.
    await trx
      .updateTable('idempotency_keys')
      .set({ owner: use.owner, held_until: sqlInstant(now + holdMs) })
      .where('token_id', '=', use.tokenId)
      .where('key_hash', '=', use.keyHash)
      .execute();
    return { state: 'mine' };
  });
}

/** Holds the key for `holdMs` more. */
export async function holdKey(db: Db, use: KeyUse, holdMs: number): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ held_until: sqlInstant(Date.now() + holdMs) })
    .where('token_id', '=', use.tokenId)
    .where('key_hash', '=', use.keyHash)
    .where('owner', '=', use.owner)
    .execute();
}

/** Keeps what was answered, for everyone who sends the request again. */
export async function keepAnswer(db: Db, use: KeyUse, answer: KeptAnswer): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({
      status: answer.status,
      headers: JSON.stringify(answer.headers),
      body: answer.withheld === null ? answer.body : null,
      withheld: answer.withheld,
      completed_at: sqlInstant(Date.now()),
    })
    .where('token_id', '=', use.tokenId)
    .where('key_hash', '=', use.keyHash)
    .where('owner', '=', use.owner)
    .execute();
}

/** Gives the key back: the request may be sent again and is carried out then. */
export async function releaseKey(db: Db, use: KeyUse): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('token_id', '=', use.tokenId)
    .where('key_hash', '=', use.keyHash)
    .where('owner', '=', use.owner)
    .execute();
}

/** Deletes keys older than a day, some at once; a request under one of them would be a new one. */
export async function pruneKeys(db: Db): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<=', sqlInstant(Date.now() - KEPT_MS))
    .limit(PRUNED_AT_ONCE)
    .execute();
}

/** @returns whether the key was new. */
async function insertUse(trx: Trx, use: KeyUse, now: number, holdMs: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('idempotency_keys')
    .ignore()
    .values({
      token_id: use.tokenId,
      key_hash: use.keyHash,
      request_hash: use.requestHash,
      owner: use.owner,
      held_until: sqlInstant(now + holdMs),
      created_at: sqlInstant(now),
    })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

async function lockUse(trx: Trx, use: KeyUse): Promise<Selectable<IdempotencyKeysTable>> {
  return await trx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('token_id', '=', use.tokenId)
    .where('key_hash', '=', use.keyHash)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

function answerOf(row: Selectable<IdempotencyKeysTable>): KeptAnswer {
  return {
    status: row.status ?? 0,
    headers: JSON.parse(row.headers ?? '{}') as Record<string, string>,
    body: row.body ?? '',
    withheld: row.withheld,
  };
}
