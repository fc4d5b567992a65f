/** What was sent on account of a merge, and what of it is still to be taken back; as people read it. */
import type { ExternalRecord } from '../domain/external.ts';
import { isAgreed } from '../domain/push.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import { type MergeRow, mergeOf } from './merges.ts';
import type { LedgerState } from './tables.ts';

/** In records. */
export interface MergeUpstream {
  /** Changed upstream for the master while the merge was in force. */
  sent: number;
  /** Those of them that the next run that sends anything changes again; 0 while the merge is in force. */
  due: number;
}

/** Still to be sent, or perhaps not sent. */
const UNSETTLED: LedgerState[] = ['due', 'sent'];

export async function mergeUpstream(db: Db, merge: MergeRow): Promise<MergeUpstream> {
  const keys = await sentFor(db, merge);
  if (keys.length === 0 || merge.undone_at === null) return { sent: keys.length, due: 0 };
  const noted = await db
    .selectFrom('push_ledger')
    .select('source_key')
    .where('source_key', 'in', keys)
    .where('license_id', '=', merge.master_id)
    .where('kind', '=', 'compensation')
    .where('state', 'in', UNSETTLED)
    .execute();
  const due = new Set([...noted.map((row) => row.source_key), ...(await differing(db, keys))]);
  return { sent: keys.length, due: due.size };
}

/** Records of the master, then and now, to which something was sent for it. */
async function sentFor(db: Db, merge: MergeRow): Promise<string[]> {
  const { moved } = mergeOf(merge);
  const own = await db
    .selectFrom('license_links')
    .select('source_key')
    .where('license_id', '=', merge.master_id)
    .execute();
  const keys = [...new Set([...moved.map(({ sourceKey }) => sourceKey), ...own.map((row) => row.source_key)])];
  if (keys.length === 0) return [];
  let query = db
    .selectFrom('push_ledger')
    .select('source_key')
    .distinct()
    .where('source_key', 'in', keys)
    .where('license_id', '=', merge.master_id)
    .where('kind', '=', 'push')
    .where('state', 'in', ['sent', 'done'])
    .where('created_at', '>=', merge.created_at);
  if (merge.undone_at !== null) query = query.where('created_at', '<', merge.undone_at);
  return (await query.execute()).map((row) => row.source_key);
}

/** Of these records those whose license has something to tell them, so that it is sent like any edit. */
async function differing(db: Db, keys: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('license_links as k')
    .innerJoin('licenses as l', 'l.id', 'k.license_id')
    .selectAll('l')
    .select(['k.source_key', 'k.base'])
    .where('k.source_key', 'in', [...keys])
    .where('k.role', '=', 'primary')
    .where('l.archived_into', 'is', null)
    .execute();
  return rows
    .filter((row) => !isAgreed(licenseOf(row).license, JSON.parse(row.base) as ExternalRecord))
    .map((row) => row.source_key);
}
