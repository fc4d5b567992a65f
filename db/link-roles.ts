/** `license_links.role`: exactly one link of a license is primary. */
import { choosePrimary } from '../domain/link-roles.ts';
import { supersedeOfRecord } from './conflict-states.ts';
import { isoInstant } from './connect.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/**
 * Makes the best linked record the primary one where the license has no primary whose record lives. The license must be locked.
 * Only the roles change: what the promoted record says still has to be merged into the license.
 * @returns the promoted source key; null when nothing was to be done.
 */
export async function promoteBest(trx: Trx, licenseId: string, now: SqlInstant): Promise<string | null> {
  const rows = await trx
    .selectFrom('license_links as k')
    .leftJoin('external_licenses as e', 'e.source_key', 'k.source_key')
    .select(['k.source_key', 'k.role', 'e.row_hash', 'e.vanished_at', 'e.status', 'e.last_active', 'e.countid'])
    .where('k.license_id', '=', licenseId)
    .orderBy('k.source_key')
    .execute();
  const chosen = choosePrimary(
    rows.map((row) => ({
      sourceKey: row.source_key,
      role: row.role,
      live: row.row_hash !== null && row.vanished_at === null,
      status: row.status === 1 ? 1 : row.status === 0 ? 0 : null,
      lastActive: isoInstant(row.last_active),
      countid: row.countid,
    })),
  );
  if (chosen === null) return null;
  // What a record that feeds the license no more said against it is nothing to decide any more.
  for (const row of rows) if (row.role === 'primary') await supersedeOfRecord(trx, row.source_key);
  await trx
    .updateTable('license_links')
    .set({ role: 'secondary', updated_at: now })
    .where('license_id', '=', licenseId)
    .where('role', '=', 'primary')
    .execute();
  await trx
    .updateTable('license_links')
    .set({ role: 'primary', updated_at: now })
    .where('source_key', '=', chosen.sourceKey)
    .execute();
  return chosen.sourceKey;
}
