/** `web_sessions`: who is signed in to the console. A session lives no longer than its token; only hashes are kept. */
import type { Role } from '../domain/roles.ts';
import { type Db, sqlInstant } from './connect.ts';

export interface SessionRow {
  id_hash: string;
  token_id: number;
  name: string;
  role: Role;
  notice: string | null;
}

/** Also forgets the sessions that have expired. */
export async function insertSession(
  db: Db,
  { idHash, tokenId, nowMs, lifeMs }: { idHash: string; tokenId: number; nowMs: number; lifeMs: number },
): Promise<void> {
  await db.deleteFrom('web_sessions').where('expires_at', '<', sqlInstant(nowMs)).execute();
  await db
    .insertInto('web_sessions')
    .values({
      id_hash: idHash,
      token_id: tokenId,
      created_at: sqlInstant(nowMs),
      expires_at: sqlInstant(nowMs + lifeMs),
    })
    .execute();
}

/** The session with its token's name and role; undefined when it is over, or the token was revoked or has expired. */
export async function findSession(db: Db, idHash: string, nowMs: number): Promise<SessionRow | undefined> {
  return await db
    .selectFrom('web_sessions as s')
    .innerJoin('api_tokens as t', 't.id', 's.token_id')
    .select(['s.id_hash', 's.token_id', 's.notice', 't.name', 't.role'])
    .where('s.id_hash', '=', idHash)
    .where('s.expires_at', '>', sqlInstant(nowMs))
    .where('t.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('t.expires_at', 'is', null), eb('t.expires_at', '>', sqlInstant(nowMs))]))
    .executeTakeFirst();
}

export async function deleteSession(db: Db, idHash: string): Promise<void> {
  await db.deleteFrom('web_sessions').where('id_hash', '=', idHash).execute();
}

/** @param notice null once it has been shown. */
export async function setNotice(db: Db, idHash: string, notice: string | null): Promise<void> {
  await db.updateTable('web_sessions').set({ notice }).where('id_hash', '=', idHash).execute();
}
