/** `external_licenses`: the last known state of every external record. */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows, insertRowsOneByOneIfRefused } from './bulk.ts';
import { type Db, sqlInstant } from './connect.ts';
import { EXTERNAL_COLUMNS, externalRow } from './external-rows.ts';
import { quarantineRow } from './quarantine.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

const COLUMNS = [...EXTERNAL_COLUMNS, 'seen_operation', 'created_at', 'updated_at'] as const;
/** When a record was first seen does not change. */
const ON_DUPLICATE = COLUMNS.filter((column) => column !== 'source_key' && column !== 'created_at');

const WRITTEN_AT_ONCE = 100;

interface Differing {
  source_key: string;
  row_hash: string;
  content: string;
  is_new: number;
}

/**
 * Writes the staged records of pages `from`…`to` whose hash differs from the mirror's, and the batch's progress with them.
 */
export async function mirrorSlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows: counted } = await sql<{ staged: number | string }>`
      SELECT COUNT(*) AS staged FROM sync_rows FORCE INDEX (PRIMARY)
      WHERE operation = ${ref.operation} AND page BETWEEN ${from} AND ${to} AND pass <= ${ref.pass} AND state = 'staged'
    `.execute(trx);
    const { rows } = await sql<Differing>`
      SELECT r.source_key, r.row_hash, r.content, e.source_key IS NULL AS is_new
      FROM sync_rows r FORCE INDEX (PRIMARY) LEFT JOIN external_licenses e ON e.source_key = r.source_key
      WHERE r.operation = ${ref.operation} AND r.pass <= ${ref.pass} AND r.page BETWEEN ${from} AND ${to} AND r.state = 'staged'
        AND (e.source_key IS NULL OR e.row_hash <> r.row_hash)
      ORDER BY r.source_key
    `.execute(trx);
    const now = sqlInstant(Date.now());
    const refused = await insertRowsOneByOneIfRefused(
      trx,
      'external_licenses',
      COLUMNS,
      rows.map((row) => [
        ...externalRow(row.source_key, row.row_hash, JSON.parse(row.content) as ExternalRecord),
        ref.operation,
        now,
        now,
      ]),
      { batchSize, onDuplicate: ON_DUPLICATE },
    );
    const kept = rows.filter((_, index) => !refused.has(index));
    for (const [index, reason] of refused) {
      await quarantineRow(trx, ref.operation, rows[index]?.source_key ?? '', 'not_storable', reason);
    }
    const created = kept.filter((row) => Number(row.is_new) === 1).length;
    await advanceBatch(trx, ref, to + 1, {
      rows: Number(counted[0]?.staged ?? 0),
      created,
      updated: kept.length - created,
    });
  });
}

/** Writes records that the mirror has, as they are by now, in the caller's transaction. */
export async function writeMirrored(
  trx: Trx,
  records: readonly { sourceKey: string; rowHash: string; record: ExternalRecord }[],
  { operation, now }: { operation: number; now: SqlInstant },
): Promise<void> {
  await insertRows(
    trx,
    'external_licenses',
    COLUMNS,
    records.map(({ sourceKey, rowHash, record }) => [...externalRow(sourceKey, rowHash, record), operation, now, now]),
    { batchSize: WRITTEN_AT_ONCE, onDuplicate: ON_DUPLICATE },
  );
}

/** Whether any record of the mirror is marked as vanished. */
export async function hasVanished(db: Db | Trx): Promise<boolean> {
  const row = await db
    .selectFrom('external_licenses')
    .select('source_key')
    .where('vanished_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
