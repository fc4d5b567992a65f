/** `api_tokens`: who may use the API. Only hashes are kept; a token that was revoked or has expired stays as a row, for what it signed. */
import { createHash } from 'node:crypto';
import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { Role } from '../domain/roles.ts';
import { canBeReplaced } from '../domain/token-life.ts';
import { type Db, isoInstant, sqlInstant } from './connect.ts';
import { databaseCode } from './errors.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { ApiTokensTable, Database, SqlInstant } from './tables.ts';

export type { Role } from '../domain/roles.ts';

/** A token without what it is checked by. */
export type TokenRow = Omit<Selectable<ApiTokensTable>, 'token_hash' | 'live_name'>;

const COLUMNS = [
  'id',
  'name',
  'role',
  'created_at',
  'created_by',
  'last_used_at',
  'expires_at',
  'revoked_at',
  'revoked_by',
] as const;
/** Stands as who revoked an expired token whose name was given to another one. */
const BY_EXPIRY = 'expiry';
/** Letters of a token's hash that tell it from another of the same name. */
const TELLING_CHARS = 6;
/** More would be no news any more. */
const MAX_ENDING = 1000;

/** SHA-256, hex: tokens are long and random, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Makes a token valid with a role; one that is known stays as it is, also when it was revoked. A name that is taken
 * gets a few letters of the token's hash. What is made here never expires.
 * @returns whether the token is valid now.
 */
export async function ensureToken(
  db: Db,
  token: string,
  name: string,
  role: Role,
): Promise<'valid' | 'revoked' | 'expired'> {
  const hash = hashToken(token);
  for (const free of [name, `${name} ${hash.slice(0, TELLING_CHARS)}`]) {
    await db
      .insertInto('api_tokens')
      .ignore()
      .values({ name: free, role, token_hash: hash, created_at: sqlInstant(Date.now()), created_by: 'environment' })
      .execute();
    const { state } = await findToken(db, token);
    if (state === 'live') return 'valid';
    if (state !== 'unknown') return state;
  }
  throw new Error(`no free name for the token '${name}'`);
}

export type FoundToken =
  | { state: 'live'; row: TokenRow }
  /** It came to its end by itself: whoever holds it may be told so. */
  | { state: 'expired' }
  | { state: 'revoked' }
  | { state: 'unknown' };

export async function findToken(db: Db, token: string): Promise<FoundToken> {
  const row = await db
    .selectFrom('api_tokens')
    .select(COLUMNS)
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row) return { state: 'unknown' };
  const { expires_at: expires, revoked_at: revoked } = row;
  if (expires !== null && expires <= sqlInstant(Date.now()) && (revoked === null || revoked >= expires)) {
    return { state: 'expired' };
  }
  return revoked === null ? { state: 'live', row } : { state: 'revoked' };
}

/** Whether the token may still be used. */
export async function isTokenLive(db: Db, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('api_tokens')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where(hasNotExpired(Date.now()))
    .executeTakeFirst();
  return row !== undefined;
}

/** Whatever has become of it. */
export async function findTokenById(db: Db, id: number): Promise<TokenRow | undefined> {
  return await db.selectFrom('api_tokens').select(COLUMNS).where('id', '=', id).executeTakeFirst();
}

/** Oldest first, expired ones too; `after` is the id of the last one seen. */
export async function listTokens(
  db: Db,
  page: { limit: number; after?: number; revoked: boolean },
): Promise<TokenRow[]> {
  let query = db.selectFrom('api_tokens').select(COLUMNS).orderBy('id').limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  if (!page.revoked) query = query.where('revoked_at', 'is', null);
  return await query.execute();
}

/** Live tokens that end in this span of time (Unix time in ms), those that end first before. */
export async function listEndingTokens(
  db: Db,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Promise<{ id: number; role: Role; expires_at: SqlInstant }[]> {
  return await db
    .selectFrom('api_tokens')
    .select(['id', 'role', 'expires_at'])
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sqlInstant(fromMs))
    .where('expires_at', '<=', sqlInstant(untilMs))
    .orderBy('expires_at')
    .limit(MAX_ENDING)
    .$narrowType<{ expires_at: SqlInstant }>()
    .execute();
}

/** @returns the new token's id; null when a live token has the name. An expired one gives its name up. */
export async function insertToken(
  db: Db,
  token: { value: string; name: string; role: Role; by: string; expiresMs: number | null },
): Promise<number | null> {
  await db
    .updateTable('api_tokens')
    .set({ revoked_at: sql.ref('expires_at'), revoked_by: BY_EXPIRY })
    .where('live_name', '=', token.name)
    .where('expires_at', '<=', sqlInstant(Date.now()))
    .execute();
  try {
    const { insertId } = await db
      .insertInto('api_tokens')
      .values({
        name: token.name,
        role: token.role,
        token_hash: hashToken(token.value),
        created_at: sqlInstant(Date.now()),
        created_by: token.by,
        expires_at: token.expiresMs === null ? null : sqlInstant(token.expiresMs),
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
    const nowMs = Date.now();
    const admins = await lockLiveAdmins(trx, nowMs);
    const token = await trx
      .selectFrom('api_tokens')
      .select(['id', 'revoked_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!token) return 'unknown';
    if (token.revoked_at !== null) return 'revoked';
    const leaving = admins.find((admin) => admin.id === id);
    const others = admins.filter((admin) => admin.id !== id).map(({ expiresMs }) => expiresMs);
    if (leaving && !canBeReplaced(leaving.expiresMs, others, nowMs)) return 'last-admin';
    await trx
      .updateTable('api_tokens')
      .set({ revoked_at: sqlInstant(nowMs), revoked_by: by })
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

async function lockLiveAdmins(trx: Trx, nowMs: number): Promise<{ id: number; expiresMs: number | null }[]> {
  const rows = await trx
    .selectFrom('api_tokens')
    .select(['id', 'expires_at'])
    .where('role', '=', 'admin')
    .where('revoked_at', 'is', null)
    .where(hasNotExpired(nowMs))
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    expiresMs: row.expires_at === null ? null : Date.parse(isoInstant(row.expires_at)),
  }));
}

function hasNotExpired(nowMs: number) {
  return (eb: ExpressionBuilder<Database, 'api_tokens'>) =>
    eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sqlInstant(nowMs))]);
}
