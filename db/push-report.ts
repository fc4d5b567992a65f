/** `sync_pushes` counted, and as people read it. */
import { type Selectable, sql } from 'kysely';
import { PUSH_STATES, type PushReport } from '../domain/push-report.ts';
import type { Db } from './connect.ts';
import { countPushed } from './push-ledger.ts';
import type { PushState, SyncPushesTable } from './tables.ts';

export async function countPushes(db: Db, operation: number): Promise<PushReport> {
  const { rows } = await sql<{ state: PushState; count: string | number }>`
    SELECT state, COUNT(*) AS count FROM sync_pushes WHERE operation = ${operation} GROUP BY state
  `.execute(db);
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  const byState = Object.fromEntries(PUSH_STATES.map((state) => [state, counts.get(state) ?? 0]));
  return { ...(byState as Omit<PushReport, 'written'>), written: await countPushed(db, operation) };
}

export type PushRow = Selectable<SyncPushesTable> & { dba: string | null };

/** In the order of their keys, after `after`. */
export async function listPushes(
  db: Db,
  operation: number,
  { state, after, limit }: { state?: PushState | undefined; after?: string | undefined; limit: number },
): Promise<PushRow[]> {
  let query = db
    .selectFrom('sync_pushes as p')
    .leftJoin('licenses as l', 'l.id', 'p.license_id')
    .selectAll('p')
    .select('l.dba')
    .where('p.operation', '=', operation)
    .orderBy('p.source_key')
    .limit(limit);
  if (state !== undefined) query = query.where('p.state', '=', state);
  if (after !== undefined) query = query.where('p.source_key', '>', after);
  return await query.execute();
}
