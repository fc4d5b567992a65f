/** Who is signed in to the console: sessions stand for tokens, and end with them. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { deleteSession, findSession, insertSession, setNotice } from '../db/sessions.ts';
import { findToken, touchToken } from '../db/tokens.ts';
import type { Role } from '../domain/roles.ts';
import type { OperationsDeps } from './deps.ts';

/** What is told once, after something was done. */
export interface Notice {
  tone: 'good' | 'info' | 'warn' | 'bad';
  text: string;
}

export interface Session {
  tokenId: number;
  name: string;
  role: Role;
  /** Proof that a form came from a page of this session. */
  csrf: string;
  notice: Notice | null;
}

export interface Sessions {
  /** @returns what the browser keeps, which is nowhere else; or why there is no session. */
  open(token: string): Promise<{ value: string; lifeSeconds: number } | 'expired' | 'unknown'>;
  /** Null when it is over, was closed, or its token was revoked or has expired. */
  find(value: string): Promise<Session | null>;
  close(value: string): Promise<void>;
  /** Keeps a notice for the next page; null forgets it. */
  tell(value: string, notice: Notice | null): Promise<void>;
}

const ID_BYTES = 32;
const MAX_TOKEN_LENGTH = 200;
const MAX_NOTICE_CHARS = 2000;
const HOUR_SECONDS = 3600;

export function createSessions({ config, db, log }: Pick<OperationsDeps, 'config' | 'db' | 'log'>): Sessions {
  const lifeSeconds = config.console.sessionHours * HOUR_SECONDS;

  return {
    async open(token) {
      if (token === '' || token.length > MAX_TOKEN_LENGTH) return 'unknown';
      const found = await findToken(db, token);
      if (found.state !== 'live') return found.state === 'expired' ? 'expired' : 'unknown';
      const tokenId = found.row.id;
      const value = randomBytes(ID_BYTES).toString('base64url');
      const nowMs = Date.now();
      await insertSession(db, { idHash: hashOf(value), tokenId, nowMs, lifeMs: lifeSeconds * 1000 });
      await touchToken(db, tokenId, new Date(nowMs), new Date(nowMs));
      log.info({ tokenId }, 'signed in to the console');
      return { value, lifeSeconds };
    },

    async find(value) {
      const row = await findSession(db, hashOf(value), Date.now());
      if (!row) return null;
      return {
        tokenId: row.token_id,
        name: row.name,
        role: row.role,
        csrf: createHmac('sha256', value).update('csrf').digest('base64url'),
        notice: row.notice === null ? null : (JSON.parse(row.notice) as Notice),
      };
    },

    close: async (value) => await deleteSession(db, hashOf(value)),

    async tell(value, notice) {
      const kept = notice && { ...notice, text: notice.text.slice(0, MAX_NOTICE_CHARS) };
      await setNotice(db, hashOf(value), kept && JSON.stringify(kept));
    },
  };
}

/** Session ids are long and random, so a slow hash would add nothing. */
function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
