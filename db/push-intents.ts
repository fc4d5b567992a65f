/** The records that a run is about to write upstream, with all that the write and its bookkeeping need. */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import type { PushedField } from '../domain/push.ts';
import type { RecordAddress } from '../upstream/record-calls.ts';
import type { Db } from './connect.ts';
import { addressesOf } from './push-addresses.ts';
import { ledgerOf } from './push-ledger.ts';

export interface PushIntent {
  sourceKey: string;
  licenseId: string;
  version: number;
  fields: PushedField[];
  /** The record as it was read in this run. */
  record: ExternalRecord;
  rowHash: string;
  /** Where it stood in the feed. */
  page: number;
  position: number;
  /** Null: no key tells it from other records. */
  address: RecordAddress | null;
  /** Fields of this very version that the ledger has from earlier. */
  noted: PushedField[];
  /** An earlier try may have written it: nobody knows yet. */
  maybeSent: boolean;
}

interface Row {
  source_key: string;
  license_id: string;
  license_version: number;
  fields: string;
  page: number;
  position: number;
  row_hash: string;
  content: string;
  appid_key: string | null;
  email_key: string | null;
}

/** The next planned pushes of these pages, at most `limit`, in the order of their keys. */
export async function nextIntents(
  db: Db,
  operation: number,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<PushIntent[]> {
  const { rows } = await sql<Row>`
    SELECT p.source_key, p.license_id, p.license_version, p.fields, r.page, r.position, r.row_hash, r.content, r.appid_key, r.email_key
    FROM sync_pushes p FORCE INDEX (by_page)
      STRAIGHT_JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = p.operation AND r.source_key = p.source_key AND r.state = 'staged'
    WHERE p.operation = ${operation} AND p.page BETWEEN ${from} AND ${to} AND p.state = 'planned'
    ORDER BY p.source_key LIMIT ${limit}
  `.execute(db);
  const records = rows.map((row) => ({ row, record: JSON.parse(row.content) as ExternalRecord }));
  const addresses = await addressesOf(
    db,
    records.map(({ row, record }) => ({
      sourceKey: row.source_key,
      appid: record.appid,
      appidKey: row.appid_key,
      email: record.email,
      emailKey: row.email_key,
    })),
  );
  const ledger = await ledgerOf(db, rows);
  return records.map(({ row, record }) => {
    const entry = ledger
      .get(row.source_key)
      ?.find(({ licenseId, version }) => licenseId === row.license_id && version === row.license_version);
    return {
      sourceKey: row.source_key,
      licenseId: row.license_id,
      version: row.license_version,
      fields: JSON.parse(row.fields) as PushedField[],
      record,
      rowHash: row.row_hash,
      page: row.page,
      position: row.position,
      address: addresses.get(row.source_key) ?? null,
      noted: entry?.fields ?? [],
      maybeSent: entry?.state === 'sent',
    };
  });
}
