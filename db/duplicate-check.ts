/** What the check for duplicates tells of the licenses it found. */
import type { LicenseStatus } from '../domain/license.ts';
import { type Db, isoInstant } from './connect.ts';
import { rootsOf } from './redirects.ts';
import type { Trx } from './retry.ts';

export interface LicenseBrief {
  id: string;
  key: string;
  dba: string | null;
  status: LicenseStatus;
  updatedAt: string;
}

/** Licenses by id; those that are not there are left out. */
export async function licenseBriefs(db: Db | Trx, ids: readonly string[]): Promise<Map<string, LicenseBrief>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('licenses')
    .select(['id', 'key', 'dba', 'status', 'updated_at'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(
    rows.map(({ id, key, dba, status, updated_at: at }) => [id, { id, key, dba, status, updatedAt: isoInstant(at) }]),
  );
}

/** The license with this key, or the one that it was consolidated into in the end; null when there is none. */
export async function licenseHolding(db: Db, key: string): Promise<string | null> {
  const row = await db.selectFrom('licenses').select('id').where('key', '=', key).executeTakeFirst();
  return row ? ((await rootsOf(db, [row.id])).get(row.id) ?? null) : null;
}

/** Whether a license waits to be looked at again, so that what is found may be of yesterday. */
export async function hasStale(db: Db): Promise<boolean> {
  const row = await db.selectFrom('match_stale').select('license_id').limit(1).executeTakeFirst();
  return row !== undefined;
}
