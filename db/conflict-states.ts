/** Which conflicts of a record and field are spoken for by another one: the list must not show the same clash once a run. */
import { sql } from 'kysely';
import type { Trx } from './retry.ts';

/**
 * Of the records and fields of which a conflict arose in this run, older open conflicts are superseded.
 * @param sourceKeys of records with new conflicts.
 */
export async function supersedeOlder(trx: Trx, operation: number, sourceKeys: readonly string[]): Promise<void> {
  if (sourceKeys.length === 0) return;
  await sql`
    UPDATE field_conflicts n FORCE INDEX (one_per_run)
      STRAIGHT_JOIN field_conflicts o FORCE INDEX (one_per_run)
        ON o.source_key = n.source_key AND o.field = n.field AND o.operation <> n.operation
    SET o.state = 'superseded', o.held = 0
    WHERE n.source_key IN (${sql.join([...sourceKeys])}) AND n.operation = ${operation} AND o.state = 'open'
  `.execute(trx);
}

/** Open conflicts of a record that feeds its license no more. */
export async function supersedeOfRecord(trx: Trx, sourceKey: string): Promise<void> {
  await trx
    .updateTable('field_conflicts')
    .set({ state: 'superseded', held: 0 })
    .where('source_key', '=', sourceKey)
    .where('state', '=', 'open')
    .execute();
}

/** Other open conflicts of the same record and field have nothing left to decide. */
export async function supersedeOthers(trx: Trx, settled: readonly number[]): Promise<void> {
  await sql`
    UPDATE field_conflicts n FORCE INDEX (PRIMARY)
      STRAIGHT_JOIN field_conflicts o FORCE INDEX (one_per_run) ON o.source_key = n.source_key AND o.field = n.field AND o.id <> n.id
    SET o.state = 'superseded', o.held = 0
    WHERE n.id IN (${sql.join([...settled])}) AND o.state = 'open'
  `.execute(trx);
}
