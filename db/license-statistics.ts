/** Numbers over all licenses that are not archived. */
import { sql } from 'kysely';
import type { LicenseStatus } from '../domain/license.ts';
import type { Db } from './connect.ts';
import type { OperationRow } from './operations.ts';

export interface LicenseTotals {
  total: number;
  byStatus: Record<LicenseStatus, number>;
  /** Licenses that an external record feeds, or fed until it vanished. */
  withExternalData: number;
  /** Cells with a value among name, e-mail, zip, phone and address, over all licenses. */
  filledCells: number;
}

/** How many fields of a license `filledCells` looks at. */
export const COMPLETENESS_FIELDS = 5;

/** One pass over the table. */
export async function licenseTotals(db: Db): Promise<LicenseTotals> {
  const { rows } = await sql<Record<string, number | string | null>>`
    SELECT COUNT(*) AS total,
      SUM(status = 'draft') AS draft, SUM(status = 'active') AS active, SUM(status = 'expiring') AS expiring,
      SUM(status = 'expired') AS expired, SUM(status = 'pending') AS pending, SUM(status = 'cancel') AS cancel,
      COUNT(external_sync_status) AS withExternalData,
      COUNT(dba) + COUNT(external_email) + COUNT(zip) + COUNT(phone) + COUNT(address) AS filledCells
    FROM licenses FORCE INDEX (PRIMARY) WHERE archived_into IS NULL
  `.execute(db);
  const count = (name: string) => Number(rows[0]?.[name] ?? 0);
  return {
    total: count('total'),
    byStatus: {
      draft: count('draft'),
      active: count('active'),
      expiring: count('expiring'),
      expired: count('expired'),
      pending: count('pending'),
      cancel: count('cancel'),
    },
    withExternalData: count('withExternalData'),
    filledCells: count('filledCells'),
  };
}

/** Whether no two live licenses have the same appid; the index alone tells. */
export async function appidsAreUnique(db: Db): Promise<boolean> {
  const { rows } = await sql`
    SELECT appid_key FROM licenses FORCE INDEX (by_appid) WHERE appid_key IS NOT NULL AND archived_into IS NULL
    GROUP BY appid_key HAVING COUNT(*) > 1 LIMIT 1
  `.execute(db);
  return rows.length === 0;
}

/** The newest run that has ended and changed licenses. */
export async function lastChangingRun(db: Db): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('sync_operations')
    .selectAll()
    .where('operation_type', 'in', ['external_sync', 'plan_apply'])
    .where('ended_at', 'is not', null)
    .where(sql<number>`created_count + updated_count + linked_count + vanished_count`, '>', 0)
    .orderBy('ended_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
