/** The figures of the product as a whole, from the database: the same whichever API process is asked. */

import { isoInstant } from '../db/connect.ts';
import { readCounts } from '../db/metric-counts.ts';
import { completeness, deliveriesByState, lastRuns, openFigures } from '../db/metrics.ts';
import { PRUNED_ALERTS_COUNT } from '../db/retention.ts';
import { findLastEnded, findLive } from '../db/run-state.ts';
import { totals } from '../db/statistics.ts';
import { createUpstreamStateStore } from '../db/upstream-state.ts';
import { livePulses, WORKER_ALIVE_MS } from '../db/worker-processes.ts';
import { labelText, type MetricName, type Sample } from '../domain/metrics.ts';
import type { OperationsDeps } from './deps.ts';
import type { DuplicateMetrics } from './duplicate-metrics.ts';
import { shared, sharedUnderKey } from './memo.ts';
import { stateOf } from './status.ts';

const READ_EVERY_MS = 2000;
/** Counting whole tables of a million rows takes seconds. */
const COUNT_EVERY_MS = 60_000;
const QUALITY_DAYS = 30;

/** @returns the samples; asked again within two seconds, the same ones. */
export function createMetricsReader(
  { db }: Pick<OperationsDeps, 'db'>,
  duplicateMetrics: (days: number) => Promise<DuplicateMetrics>,
): () => Promise<Sample[]> {
  const upstream = createUpstreamStateStore(db);
  const countAfter = sharedUnderKey(COUNT_EVERY_MS, async () => await Promise.all([totals(db), completeness(db)]));

  return shared(READ_EVERY_MS, async () => {
    const [stored, open, deliveries, last, live, pulses, runs, state, quality] = await Promise.all([
      readCounts(db),
      openFigures(db),
      deliveriesByState(db),
      findLastEnded(db),
      findLive(db),
      livePulses(db, new Date(Date.now() - WORKER_ALIVE_MS)),
      lastRuns(db),
      upstream.read(),
      duplicateMetrics(QUALITY_DAYS),
    ]);
    const [{ external, internal, linked }, complete] = await countAfter(stateOf(last));
    const { metrics } = quality;
    const samples: Sample[] = stored.filter(({ name }) => name !== PRUNED_ALERTS_COUNT);
    const pruned = stored.find(({ name }) => name === PRUNED_ALERTS_COUNT)?.value ?? 0;
    const put = (name: MetricName, value: number | null, labels: Record<string, string> = {}) => {
      if (value !== null) samples.push({ name, labels: labelText(labels), value });
    };
    put('license_sync_last_run_end_timestamp_seconds', secondsOf(last?.ended_at ?? null));
    put('license_sync_last_success_timestamp_seconds', runs.success === null ? null : runs.success / 1000);
    put('license_sync_data_as_of_timestamp_seconds', runs.wholeBegan === null ? null : runs.wholeBegan / 1000);
    put('license_sync_last_run_duration_seconds', last ? Number(last.duration_ms ?? 0) / 1000 : null);
    put('license_sync_last_run_error_ratio', last?.total_processed ? last.failed_count / last.total_processed : null);
    if (live) {
      put('license_sync_run_state', 1, { state: live.status });
      put('license_sync_run_started_timestamp_seconds', secondsOf(live.started_at));
    }
    put('license_sync_workers', pulses.length);
    put('license_sync_worker_resident_memory_max_bytes', Math.max(0, ...pulses.map((one) => one.residentBytes)));
    put('license_sync_steps_in_progress', sum(pulses.map(({ steps }) => steps)));
    put('license_sync_upstream_calls_in_progress', sum(pulses.map(({ calls }) => calls)));
    put('license_sync_matching_ratio', external === 0 ? 1 : linked / external);
    put('license_sync_licenses', internal);
    put('license_sync_external_records', external);
    for (const [field, ratio] of Object.entries(complete)) put('license_sync_completeness_ratio', ratio, { field });
    put('license_sync_upstream_circuit_state', 1, { state: state.circuit });
    put('license_sync_upstream_healthy', state.health === 'healthy' ? 1 : 0);
    put('license_sync_conflicts_open', open.conflicts);
    put('license_sync_quarantine_open', open.quarantine);
    put('license_sync_duplicate_cases_opened_total', open.casesOpened);
    put('license_sync_duplicate_cases_undecided', open.casesOpen, { state: 'open' });
    put('license_sync_duplicate_cases_undecided', open.casesFlagged, { state: 'flagged' });
    put('license_sync_consolidations_total', open.mergesByRun, { by: 'run' });
    put('license_sync_consolidations_total', open.mergesByPerson, { by: 'person' });
    put('license_sync_consolidations_undone_total', open.mergesUndone);
    put('license_sync_duplicate_alerts_total', open.duplicateAlerts + Number(pruned));
    put('license_sync_alerts_unresolved', open.alertsInfo, { severity: 'info' });
    put('license_sync_alerts_unresolved', open.alertsWarning, { severity: 'warning' });
    put('license_sync_alerts_unresolved', open.alertsCritical, { severity: 'critical' });
    put('license_sync_missing_runs', open.missingRuns);
    // Nothing judged yet: nothing was wrong.
    put('license_sync_duplicate_false_positive_ratio', metrics.falsePositiveRate.value ?? 0);
    put('license_sync_duplicate_accuracy_ratio', metrics.duplicateAccuracy.value ?? 1);
    put('license_sync_consolidation_success_ratio', metrics.consolidationSuccessRate.value ?? 1);
    for (const { state: of, deliveries: number } of deliveries) {
      put('license_sync_webhook_deliveries', number, { state: of });
    }
    return samples;
  });
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(isoInstant(instant)) / 1000;
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
