/** `api_tokens`: who may use the API. Only hashes are kept; a revoked token stays as a row, for what it signed. */
import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Role } from '../domain/roles.ts';
import { type Db, sqlInstant } from './connect.ts';
import { databaseCode } from './errors.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { ApiTokensTable } from './tables.ts';

export type { Role } from '../domain/roles.ts';

/** A token without what it is checked by. */
export type TokenRow = Omit<Selectable<ApiTokensTable>, 'token_hash' | 'live_name'>;

const COLUMNS = ['id', 'name', 'role', 'created_at', 'created_by', 'last_used_at', 'revoked_at', 'revoked_by'] as const;
/** Letters of a token's hash that tell it from another of the same name. */
const TELLING_CHARS = 6;

/** SHA-256, hex: tokens are long and random, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Makes a token valid with a role; one that is known stays as it is, also when it was revoked. A name that is taken
 * gets a few letters of the token's hash.
 * @returns whether the token is valid now: false when it was revoked.
 */
export async function ensureToken(db: Db, token: string, name: string, role: Role): Promise<boolean> {
  const hash = hashToken(token);
  for (const free of [name, `${name} ${hash.slice(0, TELLING_CHARS)}`]) {
    await db
      .insertInto('api_tokens')
      .ignore()
      .values({ name: free, role, token_hash: hash, created_at: sqlInstant(Date.now()), created_by: 'environment' })
      .execute();
    const known = await db
      .selectFrom('api_tokens')
      .select('revoked_at')
      .where('token_hash', '=', hash)
      .executeTakeFirst();
    if (known) return known.revoked_at === null;
  }
  throw new Error(`no free name for the token '${name}'`);
}

/** The token's row; undefined when it is unknown or revoked. */
export async function findToken(db: Db, token: string): Promise<TokenRow | undefined> {
  return await db
    .selectFrom('api_tokens')
    .select(COLUMNS)
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

/** Whether the token may still be used. */
export async function isTokenLive(db: Db, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('api_tokens')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Live or revoked. */
export async function findTokenById(db: Db, id: number): Promise<TokenRow | undefined> {
  return await db.selectFrom('api_tokens').select(COLUMNS).where('id', '=', id).executeTakeFirst();
}

/** Oldest first; `after` is the id of the last one seen. */
export async function listTokens(
  db: Db,
  page: { limit: number; after?: number; revoked: boolean },
): Promise<TokenRow[]> {
  let query = db.selectFrom('api_tokens').select(COLUMNS).orderBy('id').limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  if (!page.revoked) query = query.where('revoked_at', 'is', null);
  return await query.execute();
}

/** @returns the new token's id; null when a live token has the name. */
export async function insertToken(
  db: Db,
  token: { value: string; name: string; role: Role; by: string },
): Promise<number | null> {
  try {
    const { insertId } = await db
      .insertInto('api_tokens')
      .values({
        name: token.name,
        role: token.role,
        token_hash: hashToken(token.value),
        created_at: sqlInstant(Date.now()),
        created_by: token.by,
      })
      .executeTakeFirstOrThrow();
    return Number(insertId);
  } catch (error) {
    if (databaseCode(error) === 'ER_DUP_ENTRY') return null;
    throw error;
  }
}

/** Revokes a token for good; one that is revoked stays as it is. @returns why not, when it was not possible. */
export async function revokeToken(db: Db, id: number, by: string): Promise<'revoked' | 'unknown' | 'last-admin'> {
  return await inTransaction(db, async (trx) => {
    // All administrators are locked, so that the last two cannot revoke each other at the same time.
    const admins = await lockLiveAdmins(trx);
    const token = await trx
      .selectFrom('api_tokens')
      .select(['id', 'revoked_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!token) return 'unknown';
    if (token.revoked_at !== null) return 'revoked';
    if (admins.length === 1 && admins[0] === id) return 'last-admin';
    await trx
      .updateTable('api_tokens')
      .set({ revoked_at: sqlInstant(Date.now()), revoked_by: by })
      .where('id', '=', id)
      .execute();
    return 'revoked';
  });
}

/** Notes that a token is in use, unless that was noted since `unlessSince`. */
export async function touchToken(db: Db, id: number, now: Date, unlessSince: Date): Promise<void> {
  await db
    .updateTable('api_tokens')
    .set({ last_used_at: sqlInstant(now) })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', sqlInstant(unlessSince))]))
    .execute();
}

async function lockLiveAdmins(trx: Trx): Promise<number[]> {
  const rows = await trx
    .selectFrom('api_tokens')
    .select('id')
    .where('role', '=', 'admin')
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.id);
}
