/** `sync_pushes` counted, and as people read it. */
import { type Selectable, sql } from 'kysely';
import { PUSH_STATES, type PushReport } from '../domain/push-report.ts';
import { type Db, sqlInstant } from './connect.ts';
import { countPushed } from './push-ledger.ts';
import type { LedgerKind, LedgerState, PushState, SqlInstant, SyncPushesTable } from './tables.ts';

export async function countPushes(db: Db, operation: number): Promise<PushReport> {
  const { rows } = await sql<{ state: PushState; count: string | number }>`
    SELECT state, COUNT(*) AS count FROM sync_pushes WHERE operation = ${operation} GROUP BY state
  `.execute(db);
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  const byState = Object.fromEntries(PUSH_STATES.map((state) => [state, counts.get(state) ?? 0]));
  return { ...(byState as Omit<PushReport, 'written'>), written: await countPushed(db, operation) };
}

/** Of a run that ended early: what was just being sent is neither sent for sure nor left for sure. */
export async function nameUnconfirmed(db: Db, operation: number): Promise<void> {
  const reason = 'it was being sent when the run ended: the next run with bidirectional=true looks upstream first';
  await sql`
    UPDATE sync_pushes p FORCE INDEX (by_state) STRAIGHT_JOIN push_ledger l FORCE INDEX (PRIMARY)
      ON l.source_key = p.source_key AND l.license_id = p.license_id AND l.license_version = p.license_version AND l.kind = 'push'
    SET p.state = 'unconfirmed', p.reason = ${reason}, p.updated_at = ${sqlInstant(Date.now())}
    WHERE p.operation = ${operation} AND p.state = 'planned' AND l.state = 'sent'
  `.execute(db);
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

/** What was sent last for a license. */
export interface LastPush {
  sourceKey: string;
  version: number;
  kind: LedgerKind;
  state: LedgerState;
  reason: string | null;
  at: SqlInstant;
  operationId: string | null;
}

/** Of the records that are linked to the license; null when nothing was sent to them for it. */
export async function lastPush(db: Db, licenseId: string): Promise<LastPush | null> {
  const row = await db
    .selectFrom('license_links as k')
    .innerJoin('push_ledger as p', (join) =>
      join.onRef('p.source_key', '=', 'k.source_key').onRef('p.license_id', '=', 'k.license_id'),
    )
    .leftJoin('sync_operations as o', 'o.id', 'p.operation')
    .select([
      'p.source_key',
      'p.license_version',
      'p.kind',
      'p.state',
      'p.reason',
      'p.created_at',
      'p.settled_at',
      'o.operation_id',
    ])
    .where('k.license_id', '=', licenseId)
    .orderBy('p.created_at', 'desc')
    .orderBy('p.license_version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  return {
    sourceKey: row.source_key,
    version: row.license_version,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    at: row.settled_at ?? row.created_at,
    operationId: row.operation_id,
  };
}
