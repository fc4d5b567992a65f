import { createHash } from 'node:crypto';
import { type Db, sqlInstant } from './connect.ts';
import type { ApiTokensTable } from './tables.ts';

export type Role = ApiTokensTable['role'];

/** SHA-256, hex: tokens are long and random, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Makes a token valid with a role; one that is known stays as it is. */
export async function ensureToken(db: Db, token: string, name: string, role: Role): Promise<void> {
  await db
    .insertInto('api_tokens')
    .ignore()
    .values({ name, role, token_hash: hashToken(token), created_at: sqlInstant(Date.now()) })
    .execute();
}

/** The token's name and role; undefined when it is unknown or revoked. */
export async function findToken(db: Db, token: string): Promise<{ id: number; name: string; role: Role } | undefined> {
  return await db
    .selectFrom('api_tokens')
    .select(['id', 'name', 'role'])
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}
