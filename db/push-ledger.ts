/** `push_ledger`: what was sent upstream, per record, license and version; written before the call, settled after it. */
import { sql } from 'kysely';
import type { PushedField } from '../domain/push.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { Trx } from './retry.ts';
import type { LedgerKind, LedgerState, SqlInstant } from './tables.ts';

export interface LedgerKey {
  sourceKey: string;
  licenseId: string;
  version: number;
  kind: LedgerKind;
}

export interface LedgerEntry {
  licenseId: string;
  version: number;
  state: LedgerState;
  fields: PushedField[];
  reason: string | null;
}

/** What still has to be settled. */
const OPEN: LedgerState[] = ['due', 'sent', 'retry'];

/** Pushes of these records, by source key. */
export async function ledgerOf(
  db: Db | Trx,
  rows: readonly { source_key: string }[],
): Promise<Map<string, LedgerEntry[]>> {
  const entries = new Map<string, LedgerEntry[]>();
  if (rows.length === 0) return entries;
  const found = await db
    .selectFrom('push_ledger')
    .selectAll()
    .where(
      'source_key',
      'in',
      rows.map((row) => row.source_key),
    )
    .where('kind', '=', 'push')
    .execute();
  for (const row of found) {
    const entry: LedgerEntry = {
      licenseId: row.license_id,
      version: row.license_version,
      state: row.state,
      fields: JSON.parse(row.fields) as PushedField[],
      reason: row.reason,
    };
    entries.set(row.source_key, [...(entries.get(row.source_key) ?? []), entry]);
  }
  return entries;
}

/**
 * Says that these fields are about to be sent. Committed before the call, so that whoever finds it unsettled knows that it may have been made.
 */
export async function noteSent(
  db: Db,
  key: LedgerKey,
  { fields, operation }: { fields: readonly PushedField[]; operation: number },
): Promise<void> {
  const now = sqlInstant(Date.now());
  const [before] =
    (await ledgerOf(db, [{ source_key: key.sourceKey }]))
      .get(key.sourceKey)
      ?.filter(({ licenseId, version }) => licenseId === key.licenseId && version === key.version) ?? [];
  const others = (before?.fields ?? []).filter(({ field }) => !fields.some((each) => each.field === field));
  const all = JSON.stringify([...others, ...fields]);
  await db
    .insertInto('push_ledger')
    .values({
      source_key: key.sourceKey,
      license_id: key.licenseId,
      license_version: key.version,
      kind: key.kind,
      state: 'sent',
      fields: all,
      operation,
      created_at: now,
    })
    .onDuplicateKeyUpdate({ state: 'sent', fields: all, operation, reason: null, settled_at: null })
    .execute();
}

/** What the API refused may be sent again, by the replay or by any run after it that reads the record. */
export async function allowAnotherTry(trx: Trx, sourceKeys: readonly string[]): Promise<void> {
  if (sourceKeys.length === 0) return;
  await trx
    .updateTable('push_ledger')
    .set({ state: 'retry', settled_at: null })
    .where('source_key', 'in', [...sourceKeys])
    .where('state', '=', 'rejected')
    .execute();
}

/** Says what became of what was sent. Does nothing where nothing was. */
export async function settleLedger(
  trx: Trx,
  key: LedgerKey,
  { state, reason, now }: { state: LedgerState; reason: string | null; now: SqlInstant },
): Promise<void> {
  await trx
    .updateTable('push_ledger')
    .set({ state, reason, settled_at: now })
    .where('source_key', '=', key.sourceKey)
    .where('license_id', '=', key.licenseId)
    .where('license_version', '=', key.version)
    .where('kind', '=', key.kind)
    .where('state', 'in', OPEN)
    .execute();
}

/** Records of which this operation has changed something upstream. */
export async function countPushed(db: Db, operation: number): Promise<number> {
  const { rows } = await sql<{ pushed: string | number }>`
    SELECT COUNT(DISTINCT source_key) AS pushed FROM push_ledger
    WHERE operation = ${operation} AND kind = 'push' AND state = 'done'
  `.execute(db);
  return Number(rows[0]?.pushed ?? 0);
}
