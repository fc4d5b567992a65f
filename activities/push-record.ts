/** One record of a push, from what is to be sent to what became of it. */
import { claimPush, PushOvertaken } from '../db/push-claims.ts';
import type { PushIntent } from '../db/push-intents.ts';
import { type LedgerKey, settleUnsent } from '../db/push-ledger.ts';
import type { PushResult } from '../db/push-results.ts';
import { says } from '../domain/push.ts';
import type { ActivityDeps } from './deps.ts';
import { type WriteOutcome, writeUpstream } from './upstream-write.ts';

export interface Pushed extends PushResult {
  /** Of the reading call; null when there was none. */
  latencyMs: number | null;
  rateLimited: number;
}

/**
 * Sends what a record is to be told, once. What is about to be sent stands in the ledger before.
 * @throws as `writeUpstream`.
 */
export async function pushRecord(
  deps: ActivityDeps,
  operation: number,
  intent: PushIntent,
  signal: AbortSignal,
): Promise<Pushed> {
  const { sourceKey, address, fields, record } = intent;
  const key: LedgerKey = { ...intent, kind: 'push' };
  try {
    const written = await writeUpstream(deps, { sourceKey, address, countid: record.countid }, fields, {
      beforeSend: (send) => claimPush(deps.db, operation, intent, send),
      notSent: () => settleUnsent(deps.db, key),
      signal,
    });
    if (written.outcome === 'written') return resultOf(intent, written);
    return withoutEffect(intent, written.outcome, written.reason);
  } catch (error) {
    if (!(error instanceof PushOvertaken)) throw error;
    return withoutEffect(intent, 'skipped', `${error.message}; the next run looks at it again`);
  }
}

function resultOf(
  intent: PushIntent,
  { shown, weighed, latencyMs, rateLimited }: Extract<WriteOutcome, { outcome: 'written' }>,
): Pushed {
  const { send: sent, agreed, conflicting } = weighed;
  const otherwise = sent.filter(({ field, after }) => !says(shown, field, after)).map(({ field }) => field);
  const reasons = [
    conflicting.length > 0 ? `${conflicting.join(', ')} was changed upstream meanwhile: the next run merges it` : null,
    otherwise.length > 0 ? `the API accepted ${otherwise.join(', ')} and shows another value: see its conflict` : null,
  ].filter((reason) => reason !== null);
  return {
    intent,
    state: reasons.length > 0 ? 'conflict' : sent.length > 0 || intent.maybeSent ? 'pushed' : 'agreed',
    reason: reasons.length > 0 ? reasons.join('; ') : null,
    shown,
    settled: [...agreed, ...sent.map(({ field }) => field)],
    sent,
    latencyMs,
    rateLimited,
  };
}

/** A record of which nothing was changed, as far as can be seen. */
export function withoutEffect(intent: PushIntent, state: PushResult['state'], reason: string): Pushed {
  return { intent, state, reason, shown: null, settled: [], sent: [], latencyMs: null, rateLimited: 0 };
}
