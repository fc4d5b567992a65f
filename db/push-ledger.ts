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

const MAX_REASON = 500;
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
  db: Db | Trx,
  key: LedgerKey,
  { fields, operation }: { fields: readonly PushedField[]; operation: number },
): Promise<void> {
  const said = { state: 'sent' as const, fields: JSON.stringify(fields), operation, reason: null, settled_at: null };
  await db
    .insertInto('push_ledger')
    .values({
      source_key: key.sourceKey,
      license_id: key.licenseId,
      license_version: key.version,
      kind: key.kind,
      created_at: sqlInstant(Date.now()),
      ...said,
    })
    .onDuplicateKeyUpdate(said)
    .execute();
}

/** What was said to be sent has come to nothing for sure. A compensation is due as before. */
export async function settleUnsent(db: Db, key: LedgerKey): Promise<void> {
  const state = key.kind === 'compensation' ? 'due' : 'void';
  await settleLedger(db, [{ ...key, state, reason: null }], sqlInstant(Date.now()));
}

/** What the API refused may be sent again, by the replay or by any run after it: also where the replay itself cannot be started. */
export async function allowAnotherTry(trx: Trx, sourceKeys: readonly string[]): Promise<void> {
  if (sourceKeys.length === 0) return;
  await trx
    .updateTable('push_ledger')
    .set({ state: sql<LedgerState>`IF(kind = 'push', 'retry', 'due')`, settled_at: null })
    .where('source_key', 'in', [...sourceKeys])
    .where('state', '=', 'rejected')
    .execute();
}

/** Says what became of what was sent; of what was not, nothing. */
export async function settleLedger(
  trx: Db | Trx,
  entries: readonly (LedgerKey & { state: LedgerState; reason: string | null })[],
  now: SqlInstant,
): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(
    entries.map(({ sourceKey, licenseId, version, kind, state, reason }) => [
      sourceKey,
      licenseId,
      version,
      kind,
      state,
      reason?.slice(0, MAX_REASON) ?? null,
    ]),
  );
  await sql`
    UPDATE JSON_TABLE(${rows}, '$[*]' COLUMNS (
        source_key VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[0]', license_id CHAR(36) CHARACTER SET utf8mb4 PATH '$[1]',
        version INT UNSIGNED PATH '$[2]', kind VARCHAR(12) CHARACTER SET utf8mb4 PATH '$[3]',
        state VARCHAR(10) CHARACTER SET utf8mb4 PATH '$[4]', reason VARCHAR(500) CHARACTER SET utf8mb4 PATH '$[5]')) n
      STRAIGHT_JOIN push_ledger p FORCE INDEX (PRIMARY)
        ON p.source_key = n.source_key COLLATE utf8mb4_bin AND p.license_id = n.license_id COLLATE utf8mb4_bin
          AND p.license_version = n.version AND p.kind = n.kind COLLATE utf8mb4_bin
    SET p.state = n.state, p.reason = n.reason, p.settled_at = IF(n.state = 'due', NULL, ${now})
    WHERE p.state IN (${sql.join(OPEN)})
  `.execute(trx);
}

/** Records of which this operation has changed something upstream. */
export async function countPushed(db: Db, operation: number): Promise<number> {
  const { rows } = await sql<{ pushed: string | number }>`
    SELECT COUNT(DISTINCT source_key) AS pushed FROM push_ledger
    WHERE operation = ${operation} AND kind = 'push' AND state = 'done'
  `.execute(db);
  return Number(rows[0]?.pushed ?? 0);
}
