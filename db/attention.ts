/** What waits for a person, in numbers; every count is read from an index. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';

export interface Attention {
  openConflicts: number;
  openQuarantine: number;
  /** Records that the License API does not give any more. */
  vanishedRecords: number;
  /** Records of which something that undone merges had sent upstream is to be taken back, by the next run that sends anything. */
  compensationsDue: number;
  /** Alerts that are not resolved. */
  openAlerts: number;
}

export async function countAttention(db: Db): Promise<Attention> {
  const { rows } = await sql<Record<keyof Attention, string | number>>`
    SELECT
      (SELECT COUNT(*) FROM field_conflicts WHERE state = 'open') AS openConflicts,
      (SELECT COUNT(*) FROM sync_errors WHERE state = 'open') AS openQuarantine,
      (SELECT COUNT(*) FROM external_licenses WHERE vanished_at IS NOT NULL) AS vanishedRecords,
      (SELECT COUNT(DISTINCT source_key) FROM push_ledger WHERE kind = 'compensation' AND state IN ('due', 'sent')) AS compensationsDue,
      (SELECT COUNT(*) FROM alerts WHERE state IN ('open', 'acknowledged')) AS openAlerts
  `.execute(db);
  const row = rows[0];
  return {
    openConflicts: Number(row?.openConflicts ?? 0),
    openQuarantine: Number(row?.openQuarantine ?? 0),
    vanishedRecords: Number(row?.vanishedRecords ?? 0),
    compensationsDue: Number(row?.compensationsDue ?? 0),
    openAlerts: Number(row?.openAlerts ?? 0),
  };
}
