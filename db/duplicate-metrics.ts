/** Counts of what was found, decided and consolidated, over a bounded stretch of time. */
import { sql } from 'kysely';
import type { DuplicateCounts } from '../domain/duplicate-metrics.ts';
import type { DuplicateReport } from '../domain/duplicate-report.ts';
import type { Db } from './connect.ts';
import { DUPLICATE_ALERTS } from './duplicate-alerts.ts';
import type { SqlInstant } from './tables.ts';

type Numbers<K extends string> = Record<K, number | string | null>;

/** Of everything since then. */
export async function duplicateCounts(db: Db, since: SqlInstant): Promise<DuplicateCounts> {
  const [runs, cases, merges, alerts] = await Promise.all([
    runCounts(db, since),
    one<'opened' | 'approved' | 'rejected' | 'undone'>(
      db,
      sql`
        SELECT SUM(created_at >= ${since}) AS opened,
          SUM(decided_at >= ${since} AND state = 'approved') AS approved,
          SUM(decided_at >= ${since} AND state = 'rejected') AS rejected,
          SUM(decided_at >= ${since} AND state = 'undone') AS undone
        FROM duplicate_cases WHERE created_at >= ${since} OR decided_at >= ${since}
      `,
    ),
    one<'auto' | 'autoUndone' | 'merges' | 'undone'>(
      db,
      sql`
        SELECT COUNT(*) AS merges, SUM(state = 'undone') AS undone,
          SUM(case_id IS NULL AND operation IS NOT NULL) AS auto,
          SUM(case_id IS NULL AND operation IS NOT NULL AND state = 'undone') AS autoUndone
        FROM merges WHERE created_at >= ${since}
      `,
    ),
    one<'raised'>(
      db,
      sql`
        SELECT COUNT(*) AS raised FROM alerts
        WHERE kind IN (${sql.join(Object.values(DUPLICATE_ALERTS))}) AND first_seen_at >= ${since}
      `,
    ),
  ]);
  return {
    ...runs,
    approved: cases.approved,
    rejected: cases.rejected,
    undoneCases: cases.undone,
    casesOpened: cases.opened,
    autoMerges: merges.auto,
    autoUndone: merges.autoUndone,
    merges: merges.merges,
    mergesUndone: merges.undone,
    alerts: alerts.raised,
  };
}

type RunCounts = Pick<
  DuplicateCounts,
  | 'syncs'
  | 'pairsAuto'
  | 'pairsReview'
  | 'pairsScored'
  | 'detectionMs'
  | 'detectionRuns'
  | 'consolidationMs'
  | 'consolidationRuns'
  | 'mergesRefused'
>;

/** From the reports of runs that looked for duplicates and came to their end. */
async function runCounts(db: Db, since: SqlInstant): Promise<RunCounts> {
  const { rows } = await sql<{ told: string | null; planned: number }>`
    SELECT report AS told, operation_type = 'external_sync_dry_run' AS planned
    FROM sync_operations
    WHERE started_at >= ${since} AND status IN ('completed', 'completed_with_findings', 'incomplete') AND report IS NOT NULL
  `.execute(db);
  const counts: RunCounts = {
    syncs: 0,
    pairsAuto: 0,
    pairsReview: 0,
    pairsScored: 0,
    detectionMs: 0,
    detectionRuns: 0,
    consolidationMs: 0,
    consolidationRuns: 0,
    mergesRefused: 0,
  };
  for (const { told, planned } of rows) {
    // Taken apart here: what a JSON function gives comes as text from one kind of server and parsed from the other.
    const run =
      told === null ? null : (JSON.parse(told) as { duplicates?: Partial<DuplicateReport> | null }).duplicates;
    if (!run) continue;
    counts.syncs += 1;
    counts.pairsAuto += run.auto ?? 0;
    counts.pairsReview += run.review ?? 0;
    counts.pairsScored += run.scored ?? 0;
    counts.mergesRefused += run.refused ?? 0;
    if (run.detectionMs !== undefined) {
      counts.detectionMs += run.detectionMs;
      counts.detectionRuns += 1;
    }
    // A dry run settles nothing.
    if (run.consolidationMs !== undefined && Number(planned) === 0) {
      counts.consolidationMs += run.consolidationMs;
      counts.consolidationRuns += 1;
    }
  }
  return counts;
}

export interface QueueSize {
  state: 'open' | 'flagged';
  /** Since the case was opened. */
  age: 'day' | 'week' | 'month' | 'older';
  cases: number;
}

/** Cases that nobody has decided. @param now to tell their age by. */
export async function queueSizes(db: Db, now: SqlInstant): Promise<QueueSize[]> {
  const { rows } = await sql<{ state: QueueSize['state']; age: QueueSize['age']; cases: number | string }>`
    SELECT state,
      CASE
        WHEN created_at > ${now} - INTERVAL 1 DAY THEN 'day'
        WHEN created_at > ${now} - INTERVAL 7 DAY THEN 'week'
        WHEN created_at > ${now} - INTERVAL 30 DAY THEN 'month'
        ELSE 'older'
      END AS age,
      COUNT(*) AS cases
    FROM duplicate_cases WHERE state IN ('open', 'flagged') GROUP BY state, age ORDER BY state, age
  `.execute(db);
  return rows.map((row) => ({ ...row, cases: Number(row.cases) }));
}

async function one<K extends string>(db: Db, query: ReturnType<typeof sql>): Promise<Record<K, number>> {
  const { rows } = await (query as ReturnType<typeof sql<Numbers<K>>>).execute(db);
  const entries = Object.entries(rows[0] ?? {}) as [K, number | string | null][];
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value ?? 0)])) as Record<K, number>;
}
