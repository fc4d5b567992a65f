/** Who may use the API: making tokens, listing and revoking them. */
import { isoInstant } from '../db/connect.ts';
import { findTokenById, insertToken, listTokens, revokeToken, type TokenRow } from '../db/tokens.ts';
import { type Role, TOKEN_NAME, TOKEN_NAME_RULE } from '../domain/roles.ts';
import { expiryAfter } from '../domain/token-life.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';
import { drawToken } from './token-value.ts';
import { settleTokenAlert } from './watch-tokens.ts';

/** A token as it may be shown: never its value, nor what it is checked by. */
export interface TokenView {
  id: number;
  name: string;
  role: Role;
  createdAt: string;
  /** Name of the token that made this one; `environment` and `command line` stand for themselves. */
  createdBy: string;
  /** To the minute; null when it was never used. */
  lastUsedAt: string | null;
  /** Null: never. */
  expiresAt: string | null;
  revokedAt: string | null;
  /** `expiry`: it had expired, and its name was given to another one. */
  revokedBy: string | null;
}

export interface Tokens {
  /** What a token lives unless whoever makes it says otherwise; 0: for ever. */
  lifetimeDays: number;
  /** Oldest first. `after` is what the page before gave. */
  list(page: {
    limit: number;
    after?: number;
    revoked: boolean;
  }): Promise<{ tokens: TokenView[]; next: number | null }>;
  get(id: number): Promise<TokenView>;
  /** @returns the token and its value, which is nowhere else and cannot be had again. */
  create(token: {
    name: string;
    role: Role;
    by: string;
    /** 0: never; the setting's when it is not given. */
    expiresInDays?: number | undefined;
  }): Promise<{ token: TokenView; value: string }>;
  /** Revokes for good and at once; a revoked one stays as it is. @throws {Refusal} for the last administrator's. */
  revoke(id: number, by: string): Promise<TokenView>;
}

export function createTokens({ config, db, log }: Pick<OperationsDeps, 'config' | 'db' | 'log'>): Tokens {
  const { lifetimeDays } = config.tokens;

  async function get(id: number): Promise<TokenView> {
    const row = await findTokenById(db, id);
    if (!row) throw notFound(id);
    return viewOf(row);
  }

  return {
    lifetimeDays,

    async list({ limit, after, revoked }) {
      const rows = await listTokens(db, { limit: limit + 1, revoked, ...(after === undefined ? {} : { after }) });
      const shown = rows.slice(0, limit);
      return { tokens: shown.map(viewOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    get,

    async create({ name, role, by, expiresInDays = lifetimeDays }) {
      if (!TOKEN_NAME.test(name)) throw new Refusal('token-name-invalid', `name: ${TOKEN_NAME_RULE}`);
      const value = drawToken();
      const id = await insertToken(db, { value, name, role, by, expiresMs: expiryAfter(expiresInDays, Date.now()) });
      if (id === null) {
        throw new Refusal('token-name-taken', `a live token is called '${name}'; revoke it, or choose another name`);
      }
      log.info({ tokenId: id, role, by }, 'token created');
      return { token: await get(id), value };
    },

    async revoke(id, by) {
      const outcome = await revokeToken(db, id, by);
      if (outcome === 'unknown') throw notFound(id);
      if (outcome === 'last-admin') {
        throw new Refusal(
          'last-admin-token',
          `token ${id} is the last one of an administrator that lasts: nobody could make tokens any more; create another one first`,
        );
      }
      await settleTokenAlert(db, id);
      log.info({ tokenId: id, by }, 'token revoked');
      return await get(id);
    },
  };
}

function notFound(id: number): Refusal {
  return new Refusal('token-not-found', `there is no token ${id}`);
}

function viewOf(row: TokenRow): TokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: isoInstant(row.created_at),
    createdBy: row.created_by,
    lastUsedAt: isoInstant(row.last_used_at),
    expiresAt: isoInstant(row.expires_at),
    revokedAt: isoInstant(row.revoked_at),
    revokedBy: row.revoked_by,
  };
}
