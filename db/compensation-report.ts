/** What was sent on account of merges, and what of it is still to be taken back; as people read it. */
import type { ExternalRecord } from '../domain/external.ts';
import { isAgreed } from '../domain/push.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import type { MergeRow } from './merges.ts';
import type { LedgerState } from './tables.ts';

/** In records. */
export interface MergeUpstream {
  /** Changed upstream for the master while the merge was in force. */
  sent: number;
  /** Of those, such as the next run that sends anything has to change again; 0 while the merge is in force. */
  due: number;
}

/** What is to be sent, or may have been. */
const UNSETTLED: LedgerState[] = ['due', 'sent'];

export async function mergeUpstream(
  db: Db,
  merge: Pick<MergeRow, 'master_id' | 'created_at' | 'undone_at'>,
): Promise<MergeUpstream> {
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

async function sentFor(
  db: Db,
  { master_id: masterId, created_at: from, undone_at: to }: Pick<MergeRow, 'master_id' | 'created_at' | 'undone_at'>,
): Promise<string[]> {
  let query = db
    .selectFrom('push_ledger')
    .select('source_key')
    .distinct()
    .where('license_id', '=', masterId)
    .where('kind', '=', 'push')
    .where('state', 'in', ['sent', 'done'])
    .where('created_at', '>=', from)
    .where('source_key', 'in', (eb) =>
      eb.selectFrom('license_links').select('source_key').where('license_id', '=', masterId),
    );
  if (to !== null) query = query.where('created_at', '<', to);
  return (await query.execute()).map((row) => row.source_key);
}
