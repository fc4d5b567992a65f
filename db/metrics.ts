/** What the tables say of the product as a whole, for metrics. */
import { sql } from 'kysely';
import { COMPLETENESS_FIELDS } from '../domain/metrics.ts';
import type { Db } from './connect.ts';
import { DUPLICATE_ALERTS } from './duplicate-alerts.ts';

export interface OpenFigures {
  conflicts: number;
  quarantine: number;
  casesOpened: number;
  casesOpen: number;
  casesFlagged: number;
  mergesByRun: number;
  mergesByPerson: number;
  mergesUndone: number;
  duplicateAlerts: number;
  alertsInfo: number;
  alertsWarning: number;
  alertsCritical: number;
  missingRuns: number;
}

/** Counts from indexes, or over tables of what people have to do with, which are small. */
export async function openFigures(db: Db): Promise<OpenFigures> {
  const { rows } = await sql<Record<keyof OpenFigures, number | string | null>>`
    SELECT
      (SELECT COUNT(*) FROM field_conflicts WHERE state = 'open') AS conflicts,
      (SELECT COUNT(*) FROM sync_errors WHERE state = 'open') AS quarantine,
      c.casesOpened, c.casesOpen, c.casesFlagged, m.mergesByRun, m.mergesByPerson, m.mergesUndone,
      a.duplicateAlerts, a.alertsInfo, a.alertsWarning, a.alertsCritical, a.missingRuns
    FROM
      (SELECT COUNT(*) AS casesOpened, SUM(state = 'open') AS casesOpen, SUM(state = 'flagged') AS casesFlagged FROM duplicate_cases) c,
      (SELECT SUM(case_id IS NULL AND operation IS NOT NULL) AS mergesByRun,
        SUM(case_id IS NOT NULL OR operation IS NULL) AS mergesByPerson, SUM(state = 'undone') AS mergesUndone FROM merges) m,
      (SELECT SUM(kind IN (${sql.join(Object.values(DUPLICATE_ALERTS))})) AS duplicateAlerts,
        SUM(state <> 'resolved' AND severity = 'info') AS alertsInfo,
        SUM(state <> 'resolved' AND severity = 'warning') AS alertsWarning,
        SUM(state <> 'resolved' AND severity = 'critical') AS alertsCritical,
        SUM(state <> 'resolved' AND kind = 'missing_run') AS missingRuns FROM alerts) a
  `.execute(db);
  return numbers(rows[0] ?? {});
}

export type Completeness = Record<(typeof COMPLETENESS_FIELDS)[number], number>;

/** Share of the licenses that have each field, 0–1. Reads the whole table: some seconds for a million. */
export async function completeness(db: Db): Promise<Completeness> {
  const { rows } = await sql<Record<string, number | string | null>>`
    SELECT COUNT(*) AS licenses, ${sql.join(
      COMPLETENESS_FIELDS.map(
        (field) => sql`SUM(${sql.ref(field)} IS NOT NULL AND ${sql.ref(field)} <> '') AS ${sql.ref(field)}`,
      ),
    )}
    FROM licenses WHERE archived_into IS NULL
  `.execute(db);
  const row = numbers(rows[0] ?? {});
  const licenses = row.licenses ?? 0;
  return Object.fromEntries(
    COMPLETENESS_FIELDS.map((field) => [field, licenses === 0 ? 1 : (row[field] ?? 0) / licenses]),
  ) as Completeness;
}

export async function deliveriesByState(db: Db): Promise<{ state: string; deliveries: number }[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select(['state', ({ fn }) => fn.countAll<number | string>().as('deliveries')])
    .groupBy('state')
    .execute();
  return rows.map(({ state, deliveries }) => ({ state, deliveries: Number(deliveries) }));
}

/** Unix times in ms of the syncs that others are measured by; null when there was none. */
export async function lastRuns(db: Db): Promise<{ success: number | null; wholeBegan: number | null }> {
  const { rows } = await sql<Record<'success' | 'wholeBegan', number | string | null>>`
    SELECT
      (SELECT MAX(UNIX_TIMESTAMP(ended_at)) FROM sync_operations
        WHERE operation_type = 'external_sync' AND status IN ('completed', 'completed_with_findings')) AS success,
      (SELECT MAX(UNIX_TIMESTAMP(started_at)) FROM sync_operations
        WHERE operation_type = 'external_sync' AND status IN ('completed', 'completed_with_findings') AND replay_id IS NULL
          AND options LIKE '%"comprehensive":true%' AND options LIKE '%"partial":false%') AS wholeBegan
  `.execute(db);
  const ms = (seconds: number | string | null | undefined) => (seconds == null ? null : Number(seconds) * 1000);
  return { success: ms(rows[0]?.success), wholeBegan: ms(rows[0]?.wholeBegan) };
}

function numbers<K extends string>(row: Partial<Record<K, number | string | null>>): Record<K, number> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value ?? 0)])) as Record<
    K,
    number
  >;
}
