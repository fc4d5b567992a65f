/** What undone merges had sent upstream is taken back. */

import { advanceBatch } from '../db/batches.ts';
import { settleCompensation } from '../db/compensation-results.ts';
import { type DueCompensation, nextDue } from '../db/compensations.ts';
import { sqlInstant } from '../db/connect.ts';
import { underNamedLock } from '../db/named-lock.ts';
import { noteSent, settleUnsent } from '../db/push-ledger.ts';
import { inTransaction } from '../db/retry.ts';
import { canSend } from '../domain/push.ts';
import { isWorthNarrowing, UpstreamError } from '../upstream/errors.ts';
import type { RunRef, SyncActivities, Wait } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import type { StepContext } from './step.ts';
import { answersElsewhere, tryCircuit, waitFor } from './upstream-wait.ts';
import { UnreadableRecord, writeUpstream } from './upstream-write.ts';

/** A step ends after so many; the next one goes on. */
const PER_STEP = 500;
const AT_ONCE = 50;
const LOCK_WAIT_SECONDS = 60;

/**
 * Sends what is due, record by record: only where the record still says what was sent. One that cannot be written is named in the ledger and
 * tried again by the next run.
 */
export async function compensate(
  deps: ActivityDeps,
  { ref, after }: Parameters<SyncActivities['compensate']>[0],
  context: StepContext,
): Promise<Awaited<ReturnType<SyncActivities['compensate']>>> {
  const locked = await underNamedLock(deps.db, 'license-sync-compensate', LOCK_WAIT_SECONDS, () =>
    sendDue(deps, { ref, after }, context),
  );
  if (locked) return locked.result;
  throw new Error('compensations are still being sent by a step that was given up');
}

/** Behind the last record that an earlier step has dealt with: what cannot be sent now is not tried again by the same run. */
async function sendDue(
  deps: ActivityDeps,
  from: { ref: RunRef; after: string },
  { signal, checkpoint }: StepContext,
): Promise<{ after: string | null; wait: Wait | null }> {
  const { ref } = from;
  let { after } = from;
  for (let sent = 0; sent < PER_STEP; ) {
    const due = await nextDue(deps.db, after, AT_ONCE);
    if (due.length === 0) return { after: null, wait: null };
    for (const each of due) {
      checkpoint();
      try {
        await tryCircuit(deps, signal);
        await sendOne(deps, ref, each, signal);
      } catch (error) {
        const isItsOwn =
          error instanceof UnreadableRecord ||
          (error instanceof UpstreamError &&
            (isWorthNarrowing(error) || (await answersElsewhere(deps, error, signal))));
        if (!isItsOwn) return { after, wait: await waitFor(deps, ref, error, signal) };
        deps.log.warn(
          { sourceKey: each.key.sourceKey, reason: (error as Error).message },
          'a compensation could not be sent',
        );
      }
      after = each.key.sourceKey;
      sent += 1;
    }
  }
  return { after, wait: null };
}

async function sendOne(deps: ActivityDeps, ref: RunRef, due: DueCompensation, signal: AbortSignal): Promise<void> {
  const { key, fields, filledAgain, address, countid } = due;
  const sendable = fields.filter((each) => canSend(each) && !filledAgain.includes(each.field));
  const stuck = fields.filter((each) => !canSend(each) && !filledAgain.includes(each.field)).map(({ field }) => field);
  const written = await writeUpstream(deps, { sourceKey: key.sourceKey, address, countid }, sendable, {
    beforeSend: () => noteSent(deps.db, key, { fields: sendable, operation: ref.operation }),
    notSent: () => settleUnsent(deps.db, key),
    signal,
  });
  const batch = {
    operation: ref.operation,
    attempt: ref.attempt,
    phase: 'push' as const,
    pass: 0,
    batch: 0,
    from: 0,
    to: 0,
  };
  await inTransaction(deps.db, async (trx) => {
    const { operation } = ref;
    await settleCompensation(trx, {
      operation,
      key,
      fields: sendable,
      filledAgain,
      stuck,
      written,
      now: sqlInstant(Date.now()),
    });
    const changed = written.outcome === 'written' && written.weighed.send.length > 0;
    // What earlier runs have read is older than what upstream says now.
    if (changed) await advanceBatch(trx, batch, 0, { rows: 0, created: 0, updated: 1 });
  });
}
