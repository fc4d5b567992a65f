/** What a run sends upstream, record by record, and what became of each. */
import { type Db, isoInstant } from '../db/connect.ts';
import { findOperation, type OperationRow } from '../db/operations.ts';
import { countPushes, listPushes, type PushRow } from '../db/push-report.ts';
import type { PushState } from '../db/tables.ts';
import type { PushedField } from '../domain/push.ts';
import { type PushReport, pushTotal } from '../domain/push-report.ts';
import type { OperationsDeps } from './deps.ts';
import { OperationNotFound, Refusal } from './errors.ts';
import { isLive } from './observe.ts';

export interface PushView {
  sourceKey: string;
  licenseId: string;
  /** By which people know the license. */
  dba: string | null;
  /** The version of the license that is sent. */
  licenseVersion: number;
  state: PushState;
  /** Under the names of the License API's fields, as in clashes of values. */
  fields: PushedField[];
  /** What a person should know; names no value. */
  reason: string | null;
  updatedAt: string;
}

export interface PushPage {
  pushes: PushView[];
  /** Of all states, whichever are asked for. */
  counts: PushReport;
  /** Key of the last one; null when there are no more. */
  next: string | null;
}

export interface Pushes {
  /**
   * In the order of their keys, after `after`; of a dry run: what it would send.
   * @throws {Refusal} `operation-not-found`; `pushes-expired` when they were dropped because they had grown old
   */
  list(
    operationId: string,
    query: { state?: PushState | undefined; limit: number; after?: string | undefined },
  ): Promise<PushPage>;
}

export function createPushes({ db }: Pick<OperationsDeps, 'db'>): Pushes {
  return {
    async list(operationId, { limit, ...query }) {
      const row = await findOperation(db, operationId);
      if (!row) throw new OperationNotFound(operationId);
      const rows = await listPushes(db, row.id, { ...query, limit: limit + 1 });
      // Counted afterwards: dropped while they were read, the rest would look like the end.
      const counts = await countPushes(db, row.id);
      await requireKept(db, row, counts);
      const shown = rows.slice(0, limit);
      return {
        pushes: shown.map(viewOf),
        counts,
        next: rows.length > limit ? (shown.at(-1)?.source_key ?? null) : null,
      };
    },
  };
}

/** An operation that has ended adds no rows, so fewer than it reported were dropped. */
async function requireKept(db: Db, { operation_id: operationId }: OperationRow, counts: PushReport): Promise<void> {
  const row = await findOperation(db, operationId);
  if (!row || isLive(row) || row.report === null) return;
  const { pushes } = JSON.parse(row.report) as { pushes?: PushReport | null };
  if (!pushes || pushTotal(counts) >= pushTotal(pushes)) return;
  throw new Refusal(
    'pushes-expired',
    `what operation ${operationId} was to send, record by record, was dropped, for it is older than LICENSE_SYNC_RETENTION_ROWS_DAYS; its report still has the counts`,
  );
}

function viewOf(row: PushRow): PushView {
  return {
    sourceKey: row.source_key,
    licenseId: row.license_id,
    dba: row.dba,
    licenseVersion: row.license_version,
    state: row.state,
    fields: JSON.parse(row.fields) as PushedField[],
    reason: row.reason,
    updatedAt: isoInstant(row.updated_at),
  };
}
