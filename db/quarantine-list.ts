/** `sync_errors` as people work with them: list, look at one, ask for them to be read again. */
import { type Selectable, sql } from 'kysely';
import { storedOptions } from '../domain/sync-options.ts';
import type { Db } from './connect.ts';
import { allowAnotherTry } from './push-ledger.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { QuarantineState, SyncErrorsTable } from './tables.ts';

export type QuarantineRow = Selectable<SyncErrorsTable> & {
  operation_id: string | null;
  resolved_operation_id: string | null;
};

export type QuarantinePhase = QuarantineRow['phase'];

export interface QuarantineFilter {
  state?: QuarantineState | undefined;
  phase?: QuarantinePhase | undefined;
  operationId?: string | undefined;
  code?: string | undefined;
  type?: string | undefined;
}

/** Newest first; `before` is the id of the last one seen. What the API sent is only read for one, because it may be long. */
export async function listQuarantine(
  db: Db,
  { state, phase, operationId, code, type }: QuarantineFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<QuarantineRow[]> {
  let query = selectEntries(db).select(sql<null>`NULL`.as('raw_content')).orderBy('e.id', 'desc').limit(limit);
  if (state !== undefined) query = query.where('e.state', '=', state);
  if (phase !== undefined) query = query.where('e.phase', '=', phase);
  if (operationId !== undefined) query = query.where('o.operation_id', '=', operationId);
  if (code !== undefined) query = query.where('e.error_code', '=', code);
  if (type !== undefined) query = query.where('e.error_type', '=', type);
  if (before !== undefined) query = query.where('e.id', '<', before);
  return await query.execute();
}

export async function findQuarantined(db: Db, id: number): Promise<QuarantineRow | undefined> {
  return await selectEntries(db).select('e.raw_content').where('e.id', '=', id).executeTakeFirst();
}

function selectEntries(db: Db) {
  return db
    .selectFrom('sync_errors as e')
    .leftJoin('sync_operations as o', 'o.id', 'e.operation')
    .leftJoin('sync_operations as s', 's.id', 'e.resolved_operation')
    .select([
      'e.id',
      'e.operation',
      'e.phase',
      'e.pass',
      'e.page',
      'e.position',
      'e.positions',
      'e.state',
      'e.source_key',
      'e.error_type',
      'e.error_code',
      'e.severity',
      'e.retryable',
      'e.error_message',
      'e.replay_id',
      'e.resolved_operation',
      'e.created_at',
      'o.operation_id',
      's.operation_id as resolved_operation_id',
    ]);
}

/** Which entries are to be read again. */
export type ReplayTarget = { ids: readonly number[] } | { operationId: string } | { all: true };

/** The part of the feed that positions count in: a run that reads another part finds other records there. */
export interface FeedPart {
  status: 0 | 1 | null;
  dbaId: number | null;
}

export interface Marked {
  /** Entries that bear the mark now. */
  entries: number;
  part: FeedPart;
  /** Whether any of them could not be written upstream: the run that reads them again sends, too. */
  pushes: boolean;
  /** Entries that were asked for by id and are not marked, with the reason; and how many of an operation or of all. */
  skipped: { id: number; reason: 'unknown' | 'not_open' | 'other_part' }[];
  otherParts: number;
}

/**
 * Marks open entries, so that the run with this replay id reads them again; marks of earlier replays are replaced. Where they stand in
 * several parts of the feed, the whole feed goes first.
 */
export async function markForReplay(db: Db, target: ReplayTarget, replayId: number): Promise<Marked> {
  return await inTransaction(db, async (trx) => {
    const parts = await partsOf(trx, target);
    const [chosen, ...others] = parts;
    const operations = chosen?.operations ?? [];
    if (operations.length > 0) {
      let update = trx
        .updateTable('sync_errors')
        .set({ replay_id: replayId })
        .where('state', '=', 'open')
        .where('operation', 'in', operations);
      if ('ids' in target) update = update.where('id', 'in', target.ids);
      await update.execute();
    }
    const refused = await trx
      .selectFrom('sync_errors')
      .select('source_key')
      .where('replay_id', '=', replayId)
      .where('phase', '=', 'push')
      .execute();
    await allowAnotherTry(
      trx,
      refused.flatMap(({ source_key: key }) => key ?? []),
    );
    const { entries } = await trx
      .selectFrom('sync_errors')
      .select((eb) => eb.fn.countAll<number>().as('entries'))
      .where('replay_id', '=', replayId)
      .executeTakeFirstOrThrow();
    return {
      entries: Number(entries),
      part: { status: chosen?.status ?? null, dbaId: chosen?.dbaId ?? null },
      pushes: refused.length > 0,
      skipped: 'ids' in target ? await skippedIds(trx, target.ids, replayId) : [],
      otherParts: others.reduce((sum, part) => sum + part.entries, 0),
    };
  });
}

/** Takes the marks of a replay away that did not begin. */
export async function unmarkReplay(db: Db, replayId: number): Promise<void> {
  await db.updateTable('sync_errors').set({ replay_id: null }).where('replay_id', '=', replayId).execute();
}

interface Part extends FeedPart {
  operations: number[];
  entries: number;
}

async function partsOf(trx: Trx, target: ReplayTarget): Promise<Part[]> {
  let query = trx
    .selectFrom('sync_errors as e')
    .innerJoin('sync_operations as o', 'o.id', 'e.operation')
    .select((eb) => ['e.operation', 'o.options', eb.fn.countAll<number>().as('entries')])
    .where('e.state', '=', 'open')
    .groupBy(['e.operation', 'o.options'])
    .orderBy('e.operation');
  if ('ids' in target) query = query.where('e.id', 'in', target.ids);
  if ('operationId' in target) query = query.where('o.operation_id', '=', target.operationId);
  const parts = new Map<string, Part>();
  for (const { operation, options, entries } of await query.execute()) {
    const { status, dbaId } = storedOptions(options);
    const part = parts.get(`${status}|${dbaId}`) ?? { status, dbaId, operations: [], entries: 0 };
    part.operations.push(operation);
    part.entries += Number(entries);
    parts.set(`${status}|${dbaId}`, part);
  }
  const isWhole = ({ status, dbaId }: Part) => status === null && dbaId === null;
  return [...parts.values()].sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
}

async function skippedIds(trx: Trx, ids: readonly number[], replayId: number): Promise<Marked['skipped']> {
  const rows = await trx
    .selectFrom('sync_errors')
    .select(['id', 'state', 'replay_id'])
    .where('id', 'in', ids)
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id): Marked['skipped'] => {
    const row = found.get(id);
    if (!row) return [{ id, reason: 'unknown' }];
    if (row.replay_id === replayId) return [];
    return [{ id, reason: row.state === 'open' ? 'other_part' : 'not_open' }];
  });
}
