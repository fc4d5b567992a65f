/** Notices tokens that end soon, while there is time to replace them. Runs in the API process, beside the watch for missing runs. */
import { openSubjects, raiseAlert, resolveAlert } from '../db/alerts.ts';
import { type Db, isoInstant } from '../db/connect.ts';
import { listEndingTokens } from '../db/tokens.ts';
import { EXPIRY_NOTICE_MS } from '../domain/token-life.ts';
import type { OperationsDeps } from './deps.ts';

const TOKEN_EXPIRING = 'token_expiring';

/** Raises an alert for each live token that ends soon, and resolves those of tokens that have ended or were revoked. */
export function createTokenWatch({ db, log }: Pick<OperationsDeps, 'db' | 'log'>): (nowMs: number) => Promise<void> {
  return async (nowMs) => {
    const ending = await listEndingTokens(db, { fromMs: nowMs, untilMs: nowMs + EXPIRY_NOTICE_MS });
    for (const { id, role, expires_at } of ending) {
      const expiresAt = isoInstant(expires_at);
      // By its number: an alert goes further than the list of tokens, and a token may be called after a person.
      const message = `token ${id} (${role}) expires at ${expiresAt}: make another one, give it to whoever uses this one, and revoke this one`;
      const raised = await raiseAlert(db, {
        kind: TOKEN_EXPIRING,
        subject: subjectOf(id),
        severity: 'warning',
        message,
        details: { tokenId: id, role, expiresAt },
      });
      if (raised) log.warn({ tokenId: id }, message);
    }
    const still = new Set(ending.map(({ id }) => subjectOf(id)));
    for (const subject of await openSubjects(db, TOKEN_EXPIRING)) {
      if (!still.has(subject)) await resolveAlert(db, TOKEN_EXPIRING, subject);
    }
  };
}

/** The token was revoked: nobody need replace it any more. */
export async function settleTokenAlert(db: Db, id: number): Promise<void> {
  await resolveAlert(db, TOKEN_EXPIRING, subjectOf(id));
}

function subjectOf(id: number): string {
  return `token:${id}`;
}
