/**
 * Pushes of which the answer was lost together with whoever waited for it. When the record is read again, it tells whether they were made: without this,
 * our own value would come back as an edit made upstream and win over a newer one of ours.
 */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { type PushedField, says } from '../domain/push.ts';
import { type Db, sqlInstant } from './connect.ts';
import { settleLedger } from './push-ledger.ts';
import { inTransaction, type Trx } from './retry.ts';

interface Unsettled {
  source_key: string;
  license_id: string;
  license_version: number;
  fields: string;
  content: string;
  linked: string | null;
  base: string | null;
}

const AT_ONCE = 500;

/** Settles what this run has read after it was sent. Safe to repeat. */
export async function settleUnsettled(db: Db, operation: number, checkpoint: () => void): Promise<void> {
  for (let after = ''; ; ) {
    checkpoint();
    const last = await inTransaction(db, (trx) => settlePart(trx, operation, after));
    if (last === null) return;
    after = last;
  }
}

async function settlePart(trx: Trx, operation: number, after: string): Promise<string | null> {
  const { rows } = await sql<Unsettled>`
    SELECT l.source_key, l.license_id, l.license_version, l.fields, r.content, k.license_id AS linked, k.base
    FROM push_ledger l FORCE INDEX (by_state)
      STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = ${operation} AND r.source_key = l.source_key AND r.state = 'staged'
      STRAIGHT_JOIN sync_pages p ON p.operation = r.operation AND p.pass = r.pass AND p.page = r.page AND p.fetched_at > l.created_at
      LEFT JOIN license_links k ON k.source_key = l.source_key
    WHERE l.kind = 'push' AND l.state = 'sent' AND l.source_key > ${after}
    ORDER BY l.source_key LIMIT ${AT_ONCE}
    FOR UPDATE
  `.execute(trx);
  const now = sqlInstant(Date.now());
  for (const row of rows) {
    const read = JSON.parse(row.content) as ExternalRecord;
    const made = (JSON.parse(row.fields) as PushedField[]).filter(({ field, after: sent }) => says(read, field, sent));
    const key = { sourceKey: row.source_key, licenseId: row.license_id, version: row.license_version };
    await settleLedger(trx, [{ ...key, kind: 'push', state: made.length > 0 ? 'done' : 'void', reason: null }], now);
    if (made.length === 0) continue;
    await trx
      .updateTable('sync_pushes')
      .set({ state: 'pushed', reason: null, updated_at: now })
      .where('operation', '=', operation)
      .where('source_key', '=', row.source_key)
      .where('license_version', '=', row.license_version)
      .where('state', 'in', ['planned', 'unconfirmed'])
      .execute();
    if (row.base === null || row.linked !== row.license_id) continue;
    const base = JSON.parse(row.base) as ExternalRecord;
    const agreed = { ...base, ...Object.fromEntries(made.map(({ field }) => [field, read[field]])) };
    await trx
      .updateTable('license_links')
      .set({ base: JSON.stringify(agreed), agreed_version: 0, updated_at: now })
      .where('source_key', '=', row.source_key)
      .execute();
  }
  return rows.at(-1)?.source_key ?? null;
}
