/** Tells that a run has ended: its event, its alerts, its metrics. Once an attempt, whoever notices the end, and however often. */
import { runKindOf } from '../domain/metrics.ts';
import { type AlertThresholds, judgeRun, RUN_ALERT_KINDS } from '../domain/run-alerts.ts';
import { storedOptions } from '../domain/sync-options.ts';
import { raiseAlert, resolveAlert } from './alerts.ts';
import { type Db, isoInstant } from './connect.ts';
import { recordEvent } from './events.ts';
import { resolveGuardAlert } from './guard-alerts.ts';
import { addCounts, type CountsToAdd } from './metric-counts.ts';
import type { OperationRow } from './operations.ts';
import { inTransaction, type Trx } from './retry.ts';
import { totals } from './statistics.ts';

/** Subject of alerts that are about runs as such: the next good run takes them back. */
export const RUN_SUBJECT = 'sync';

/** What was counted of an operation, by metric and labels. */
type Counted = Record<string, number>;

/** Safe to repeat; does nothing for a run that has not ended. */
export async function noteRunEnd(db: Db, id: number, limits: AlertThresholds): Promise<void> {
  const row = await db.selectFrom('sync_operations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row?.ended_at || row.noted_attempt >= row.attempt) return;
  await tellAlerts(db, row, limits);
  await inTransaction(db, async (trx) => {
    const locked = await trx
      .selectFrom('sync_operations')
      .select(['noted_attempt', 'counted'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (locked.noted_attempt >= row.attempt) return;
    await recordEvent(trx, {
      type: 'run.ended',
      key: `run.ended:${row.operation_id}:${row.attempt}`,
      data: endOf(row),
    });
    await tellCases(trx, row);
    const before = locked.counted === null ? {} : (JSON.parse(locked.counted) as Counted);
    const counted = await count(trx, row, before);
    await trx
      .updateTable('sync_operations')
      .set({ noted_attempt: row.attempt, counted: JSON.stringify(counted) })
      .where('id', '=', id)
      .execute();
  });
}

/** Runs that ended and were not told, because whoever closed them died in between. */
export async function unnotedEnds(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom('sync_operations')
    .select('id')
    .where('ended_at', 'is not', null)
    .whereRef('noted_attempt', '<', 'attempt')
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map(({ id }) => id);
}

async function tellAlerts(db: Db, row: OperationRow, limits: AlertThresholds): Promise<void> {
  await resolveGuardAlert(db, row.operation_id);
  const partial = storedOptions(row.options).partial || row.replay_id !== null;
  const verdicts = judgeRun(
    {
      operationId: row.operation_id,
      type: row.operation_type,
      partial,
      status: row.status,
      trigger: row.triggered_by,
      reason: row.error_message,
      workMs: Math.max(0, Number(row.duration_ms ?? 0) - Number(row.people_ms)),
      fetched: row.total_processed,
      quarantined: row.failed_count,
      matchingRatio: saysHowManyMatch(row, partial) ? await matchingRatio(db) : null,
    },
    limits,
  );
  for (const kind of RUN_ALERT_KINDS) {
    const verdict = verdicts.get(kind);
    if (verdict === undefined) continue;
    if (verdict === null) await resolveAlert(db, kind, RUN_SUBJECT);
    else await raiseAlert(db, { ...verdict, subject: RUN_SUBJECT, operationId: row.operation_id });
  }
}

/** Counting reads whole tables: only after a run whose end is judged by it. */
function saysHowManyMatch({ operation_type: type, status }: OperationRow, partial: boolean): boolean {
  return type === 'external_sync' && !partial && (status === 'completed' || status === 'completed_with_findings');
}

async function matchingRatio(db: Db): Promise<number | null> {
  const { external, linked } = await totals(db);
  return external === 0 ? null : linked / external;
}

async function tellCases(trx: Trx, row: OperationRow): Promise<void> {
  const { opened } = await trx
    .selectFrom('duplicate_cases')
    .select(({ fn }) => fn.countAll<number | string>().as('opened'))
    .where('operation', '=', row.id)
    .executeTakeFirstOrThrow();
  if (Number(opened) === 0) return;
  await recordEvent(trx, {
    type: 'cases.opened',
    // A resumed run may open more: that is told again, with all of them.
    key: `cases.opened:${row.operation_id}:${opened}`,
    data: { operationId: row.operation_id, cases: Number(opened) },
  });
}

function endOf(row: OperationRow): Record<string, unknown> {
  return {
    operationId: row.operation_id,
    type: row.operation_type,
    status: row.status,
    trigger: row.triggered_by,
    attempt: row.attempt,
    startedAt: isoInstant(row.started_at),
    endedAt: isoInstant(row.ended_at),
    durationMs: Number(row.duration_ms ?? 0),
    fetched: row.total_processed,
    created: row.created_count,
    updated: row.updated_count,
    unchanged: row.unchanged_count,
    linked: row.linked_count,
    repeated: row.repeated_count,
    quarantined: row.failed_count,
    pending: row.pending_count,
    conflicts: row.conflict_count,
    vanished: row.vanished_count,
    pushed: row.pushed_count,
    reason: row.error_message,
  };
}

interface StoredReport {
  duplicates?: {
    auto?: number;
    review?: number;
    detectionMs?: number;
    consolidationMs?: number;
  } | null;
}

/** Adds what this attempt did beyond what was counted of the operation before. @returns what is counted now. */
async function count(trx: Trx, row: OperationRow, before: Counted): Promise<Counted> {
  const type = runKindOf(row.operation_type);
  const counts: CountsToAdd = [{ name: 'license_sync_runs_total', labels: { type, status: row.status }, by: 1 }];
  if (row.status !== 'skipped') {
    counts.push({
      name: 'license_sync_run_duration_seconds',
      labels: { type },
      observed: Number(row.duration_ms ?? 0) / 1000,
    });
  }
  const after: Counted = { ...before };
  const more = (name: string, labels: Record<string, string>, now: number) => {
    const key = [name, ...Object.values(labels)].join(' ');
    const by = now - (before[key] ?? 0);
    if (by <= 0) return;
    after[key] = now;
    counts.push({ name, labels, by });
  };
  // A dry run only says what would become of the records.
  if (row.operation_type !== 'external_sync_dry_run') {
    for (const [outcome, now] of Object.entries({
      created: row.created_count,
      updated: row.updated_count,
      unchanged: row.unchanged_count,
      linked: row.linked_count,
      repeated: row.repeated_count,
      quarantined: row.failed_count,
    })) {
      more('license_sync_records_total', { outcome }, now);
    }
    more('license_sync_conflicts_total', {}, row.conflict_count);
    more('license_sync_records_pushed_total', {}, row.pushed_count);
    more('license_sync_records_vanished_total', {}, row.vanished_count);
    const { duplicates } = row.report === null ? {} : (JSON.parse(row.report) as StoredReport);
    if (duplicates) {
      more('license_sync_duplicate_pairs_total', { decision: 'auto' }, duplicates.auto ?? 0);
      more('license_sync_duplicate_pairs_total', { decision: 'review' }, duplicates.review ?? 0);
      const { detectionMs, consolidationMs } = duplicates;
      if (detectionMs !== undefined) {
        counts.push({
          name: 'license_sync_duplicate_detection_duration_seconds',
          labels: {},
          observed: detectionMs / 1000,
        });
      }
      if (consolidationMs !== undefined) {
        counts.push({
          name: 'license_sync_consolidation_duration_seconds',
          labels: {},
          observed: consolidationMs / 1000,
        });
      }
    }
  }
  await addCounts(trx, counts);
  return after;
}
