/** What tells how runs of long ago went, and is no record of the business: deleted when it is old, in small transactions. */
import { sql } from 'kysely';
import { type Db, sqlInstant } from './connect.ts';
import { DUPLICATE_ALERTS } from './duplicate-alerts.ts';
import { addCounts } from './metric-counts.ts';
import { inTransaction, type Trx } from './retry.ts';

/** Of alerts about duplicates all that were ever raised, deleted ones too; `openFigures` counts those that are left. */
export const PRUNED_ALERTS_COUNT = 'license_sync_duplicate_alerts_total';
/** Rows in one transaction: more would hold locks for long and fill the undo log. */
const AT_ONCE = 5000;
const ABOUT_DUPLICATES: ReadonlySet<string> = new Set(Object.values(DUPLICATE_ALERTS));

/**
 * Deletes batches, settled quarantine entries and unknown keys of runs that ended before then, and alerts that were over before then.
 * What is still open stays, however old it is. Safe to repeat; killed in between, the next call goes on.
 * @param checkpoint called between two transactions; throws to end the work.
 * @returns how many rows were deleted.
 */
export async function pruneHistory(db: Db, before: Date, checkpoint: () => void): Promise<number> {
  const instant = sqlInstant(before);
  // Numbers rise with time: so the rest of the table is not looked at.
  const { last } = await db
    .selectFrom('sync_operations')
    .select(({ fn }) => fn.max('id').as('last'))
    .where('ended_at', '<', instant)
    .executeTakeFirstOrThrow();
  const ended = sql`operation <= ${last} AND operation IN (SELECT id FROM sync_operations WHERE ended_at < ${instant})`;
  const steps: (() => Promise<number>)[] = [];
  if (last !== null) {
    steps.push(
      () => remove(db, 'sync_batches', ended),
      () => remove(db, 'sync_errors', sql`${ended} AND state <> 'open' AND replay_id IS NULL`),
      () => remove(db, 'schema_drift', ended),
    );
  }
  steps.push(() => inTransaction(db, (trx) => removeAlerts(trx, instant)));
  let removed = 0;
  for (const step of steps) {
    for (let gone = AT_ONCE; gone === AT_ONCE; removed += gone) {
      gone = await step();
      checkpoint();
    }
  }
  return removed;
}

async function remove(
  db: Db,
  table: 'sync_batches' | 'sync_errors' | 'schema_drift',
  which: ReturnType<typeof sql>,
): Promise<number> {
  const result = await sql`DELETE FROM ${sql.table(table)} WHERE ${which} LIMIT ${sql.lit(AT_ONCE)}`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** With what they were counted as, in one transaction: a counter that falls reads as a restart. */
async function removeAlerts(trx: Trx, instant: string): Promise<number> {
  const old = await trx
    .selectFrom('alerts')
    .select(['id', 'kind'])
    .where('state', '=', 'resolved')
    .where('resolved_at', '<', instant)
    .orderBy('id')
    .limit(AT_ONCE)
    .forUpdate()
    .execute();
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await trx.deleteFrom('alerts').where('id', 'in', ids).execute();
  const by = old.filter(({ kind }) => ABOUT_DUPLICATES.has(kind)).length;
  if (by > 0) await addCounts(trx, [{ name: PRUNED_ALERTS_COUNT, labels: {}, by }]);
  return old.length;
}
