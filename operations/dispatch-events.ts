/** Gives new events to webhooks. Runs in the API processes; each event is taken by one of them, each delivery started once. */
import { dispatchEvents, pruneEvents } from '../db/events.ts';
import { inTransaction } from '../db/retry.ts';
import { deliveriesToStart, markStarted } from '../db/webhooks.ts';
import { prunePulses } from '../db/worker-processes.ts';
import { startDelivery } from '../temporal/webhooks.ts';
import type { OperationsDeps } from './deps.ts';
import { callTemporal } from './temporal.ts';

const AT_ONCE = 100;
const ANSWER_WITHIN_MS = 10_000;
const PRUNE_EVERY_MS = 600_000;
const PRUNE_AT_ONCE = 500;
const DAY_MS = 86_400_000;

/**
 * @returns one look: gives what is new to whom wants it, and starts what was given. Killed in between, the next look goes on.
 * @throws when the database or Temporal is away.
 */
export function createDispatcher(deps: OperationsDeps): () => Promise<void> {
  const { config, db, temporal, log } = deps;
  let pruneAt = 0;

  return async () => {
    for (let given = AT_ONCE; given === AT_ONCE; ) {
      given = await inTransaction(db, (trx) => dispatchEvents(trx, AT_ONCE));
    }
    const due = await deliveriesToStart(db, AT_ONCE);
    for (const delivery of due) {
      await callTemporal(temporal, ANSWER_WITHIN_MS, () => startDelivery(temporal, config, delivery));
      await markStarted(db, delivery);
    }
    if (due.length > 0) log.info({ deliveries: due.length }, 'webhook deliveries started');
    if (performance.now() < pruneAt) return;
    pruneAt = performance.now() + PRUNE_EVERY_MS;
    const before = new Date(Date.now() - config.retention.eventsDays * DAY_MS);
    const pruned = await pruneEvents(db, before, PRUNE_AT_ONCE);
    await prunePulses(db, new Date(Date.now() - DAY_MS));
    if (pruned > 0) log.info({ events: pruned }, 'old events deleted');
  };
}
