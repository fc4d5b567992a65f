/**
 * Every figure that `/metrics` shows: name, type, unit, labels with all their values, and which figure of the original system it is. Names and
 * units follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/), the text its exposition format 0.0.4.
 */

import type { OperationType } from '../workflows/names.ts';
import { EVENT_TYPES } from './events.ts';

export interface MetricSpec {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  /** All values that each label can have; series are shown from the start, at 0. Absent: no labels. */
  labels?: Record<string, readonly string[]>;
  /** Upper bounds of a histogram, in its unit. */
  buckets?: readonly number[];
  /** The original system's name for it: M1–M18, or a duplicate metric. */
  seed?: string;
}

const RUN_KINDS = ['sync', 'dry_run', 'plan_apply'] as const;
const KIND_OF: Record<OperationType, (typeof RUN_KINDS)[number]> = {
  external_sync: 'sync',
  external_sync_dry_run: 'dry_run',
  plan_apply: 'plan_apply',
};
const END_STATUSES = ['completed', 'completed_with_findings', 'incomplete', 'failed', 'cancelled', 'skipped'] as const;
const CALLS = ['page', 'record', 'update'] as const;
export type UpstreamCallKind = (typeof CALLS)[number];
const UPSTREAM_ERRORS = [
  'timeout',
  'network',
  'server_error',
  'internal_error',
  'bad_answer',
  'poisoned',
  'too_large',
  'rate_limited',
  'unauthorized',
  'forbidden',
  'not_found',
  'bad_request',
  'redirected',
  'circuit_open',
] as const;
export const STEP_PHASES = [
  'begin',
  'fetch',
  'mirror',
  'analyse',
  'plan',
  'apply',
  'push',
  'report',
  'reviews',
  'webhooks',
] as const;
export type StepPhase = (typeof STEP_PHASES)[number];
/** Fields of a license whose presence says how complete the data are. */
export const COMPLETENESS_FIELDS = ['appid', 'external_email', 'countid', 'dba', 'zip', 'phone', 'address'] as const;

const RUN_SECONDS = [1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1200, 3600, 10_800];
const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STEP_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

const counter = (help: string, more: Partial<MetricSpec> = {}): MetricSpec => ({ type: 'counter', help, ...more });
const gauge = (help: string, more: Partial<MetricSpec> = {}): MetricSpec => ({ type: 'gauge', help, ...more });
const histogram = (help: string, buckets: readonly number[], more: Partial<MetricSpec> = {}): MetricSpec => ({
  type: 'histogram',
  help,
  buckets,
  ...more,
});

export const METRICS = {
  license_sync_records_total: counter('Records of the feed by what became of them, in runs that ended.', {
    labels: { outcome: ['created', 'updated', 'unchanged', 'linked', 'repeated', 'quarantined'] },
    seed: 'M1 (sum), M2 (updated), M3 (created), M4 (quarantined)',
  }),
  license_sync_records_vanished_total: counter('Records marked as vanished upstream.'),
  license_sync_records_pushed_total: counter('Records changed in the License API.'),
  license_sync_runs_total: counter('Runs that ended.', { labels: { type: RUN_KINDS, status: END_STATUSES } }),
  license_sync_run_duration_seconds: histogram('How long runs took, waiting included.', RUN_SECONDS, {
    labels: { type: RUN_KINDS },
    seed: 'M5',
  }),
  license_sync_last_run_end_timestamp_seconds: gauge('When a sync last ended, however it did; 0: never.', {
    seed: 'M6',
  }),
  license_sync_last_success_timestamp_seconds: gauge('When a sync last ended well; 0: never.', { seed: 'M6' }),
  license_sync_last_run_duration_seconds: gauge('How long the sync that ended last took.'),
  license_sync_run_state: gauge('1 for the state of the run under way; all 0 when there is none.', {
    labels: { state: ['running', 'paused', 'awaiting_approval'] },
  }),
  license_sync_run_started_timestamp_seconds: gauge('When the run under way was started; 0: none is.'),
  license_sync_upstream_request_duration_seconds: histogram(
    'Calls to the License API, each try by itself, from sending to the last byte.',
    CALL_SECONDS,
    { labels: { call: CALLS, result: ['ok', 'error'] }, seed: 'M7' },
  ),
  license_sync_step_duration_seconds: histogram('Steps of runs: each takes a batch, or a part of one.', STEP_SECONDS, {
    labels: { phase: STEP_PHASES },
    seed: 'M8',
  }),
  license_sync_worker_resident_memory_max_bytes: gauge('Memory of the largest worker.', { seed: 'M9' }),
  license_sync_workers: gauge('Workers that gave a sign of life in the last 30 s.'),
  license_sync_steps_in_progress: gauge('Steps at work in all workers.', { seed: 'M10' }),
  license_sync_upstream_calls_in_progress: gauge('Calls to the License API under way in all workers.', { seed: 'M10' }),
  license_sync_matching_ratio: gauge(
    'Live records that feed a license, divided by live records; 1 when there are none.',
    {
      seed: 'M11',
    },
  ),
  license_sync_conflicts_total: counter('Fields that both sides had changed.', { seed: 'M12' }),
  license_sync_conflicts_open: gauge('Conflicts that nobody has resolved.', { seed: 'M12' }),
  license_sync_completeness_ratio: gauge('Licenses that have this field, divided by licenses; 1 when there are none.', {
    labels: { field: COMPLETENESS_FIELDS },
    seed: 'M13',
  }),
  license_sync_data_as_of_timestamp_seconds: gauge(
    'When the last sync that read the whole feed and ended well was started: nothing here is older; 0: never.',
    { seed: 'M14' },
  ),
  license_sync_last_run_error_ratio: gauge(
    'Quarantined records divided by records read, in the sync that ended last.',
    {
      seed: 'M15',
    },
  ),
  license_sync_upstream_circuit_state: gauge('1 for the state of the circuit in front of the License API.', {
    labels: { state: ['closed', 'open', 'half_open'] },
    seed: 'M16',
  }),
  license_sync_upstream_healthy: gauge('1 when the last check of the License API was good.'),
  license_sync_upstream_retries_total: counter('Calls to the License API that were tried again.', { seed: 'M17' }),
  license_sync_upstream_errors_total: counter('Calls to the License API that failed, each try by itself.', {
    labels: { code: UPSTREAM_ERRORS },
    seed: 'M18 (timeout)',
  }),
  license_sync_step_failures_total: counter('Steps that failed; Temporal tries them again unless that cannot help.', {
    labels: { phase: STEP_PHASES },
    seed: 'M17',
  }),
  license_sync_duplicate_pairs_total: counter('Pairs of look-alikes found: surely one, or for a person to decide.', {
    labels: { decision: ['auto', 'review'] },
    seed: 'detectionRate',
  }),
  license_sync_duplicate_false_positive_ratio: gauge('Share of what was judged in 30 days that turned out wrong.', {
    seed: 'falsePositiveRate',
  }),
  license_sync_consolidations_total: counter('Consolidations and links by likeness.', {
    labels: { by: ['run', 'person'] },
    seed: 'consolidationRate, autoConsolidations (run)',
  }),
  license_sync_consolidations_undone_total: counter('Consolidations that were undone.'),
  license_sync_duplicate_detection_duration_seconds: histogram('How long runs looked for duplicates.', RUN_SECONDS, {
    seed: 'detectionTime',
  }),
  license_sync_consolidation_duration_seconds: histogram('How long runs consolidated and opened cases.', RUN_SECONDS, {
    seed: 'consolidationTime',
  }),
  license_sync_duplicate_accuracy_ratio: gauge('Share of what was judged in 30 days that turned out right.', {
    seed: 'duplicateAccuracy',
  }),
  license_sync_consolidation_success_ratio: gauge('Share of consolidations begun in 30 days that stand.', {
    seed: 'consolidationSuccessRate',
  }),
  license_sync_duplicate_cases_opened_total: counter('Cases opened for people to decide.', {
    seed: 'manualReviewsQueued',
  }),
  license_sync_duplicate_cases_undecided: gauge('Cases that nobody has decided.', {
    labels: { state: ['open', 'flagged'] },
  }),
  license_sync_duplicate_alerts_total: counter('Alerts about possible duplicates.', { seed: 'duplicateAlertsSent' }),
  license_sync_alerts_unresolved: gauge('Alerts that are not resolved.', {
    labels: { severity: ['info', 'warning', 'critical'] },
  }),
  license_sync_missing_runs: gauge('Schedules, or the whole installation, without the successful run that was due.'),
  license_sync_quarantine_open: gauge('Records in quarantine.'),
  license_sync_licenses: gauge('Licenses that are not archived.'),
  license_sync_external_records: gauge('Live records of the mirror.'),
  license_sync_events_total: counter('Events recorded for webhooks.', { labels: { type: EVENT_TYPES } }),
  license_sync_webhook_deliveries: gauge('Deliveries that are kept, by state.', {
    labels: { state: ['pending', 'delivered', 'failed', 'cancelled'] },
  }),
} as const satisfies Record<string, MetricSpec>;
export type MetricName = keyof typeof METRICS;

export function runKindOf(type: OperationType): (typeof RUN_KINDS)[number] {
  return KIND_OF[type];
}

/** A value of a metric; of a histogram, of one of its series `_bucket`, `_sum`, `_count`. */
export interface Sample {
  name: string;
  /** As `labelText` writes them; empty without labels. */
  labels: string;
  value: number;
}

/** `outcome="created",type="sync"`. Values are the product's own words: nothing in them needs escaping. */
export function labelText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

export const HISTOGRAMS: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries(METRICS as Record<string, MetricSpec>).flatMap(([name, { buckets }]) =>
    buckets ? [[name, buckets]] : [],
  ),
);

/** What one measurement adds to the rows of a histogram: each bucket counts by itself, and is added up when shown. */
export function bucketCounts(
  histograms: ReadonlyMap<string, readonly number[]>,
  { name, labels, observed }: { name: string; labels: Record<string, string>; observed: number },
): { name: string; labels: string; by: number }[] {
  const bounds = histograms.get(name);
  if (!bounds) throw new Error(`${name} is no histogram`);
  const bound = bounds.find((upTo) => observed <= upTo);
  return [
    {
      name: `${name}_bucket`,
      labels: labelText({ ...labels, le: bound === undefined ? '+Inf' : String(bound) }),
      by: 1,
    },
    { name: `${name}_sum`, labels: labelText(labels), by: observed },
    { name: `${name}_count`, labels: labelText(labels), by: 1 },
  ];
}

/**
 * The metrics as text. What has no sample is shown as 0, so that every series is there from the start; samples of unknown series are left out.
 * @param samples of histograms as they are stored: buckets not yet added up.
 */
export function renderMetrics(samples: readonly Sample[]): string {
  const values = new Map(samples.map(({ name, labels, value }) => [`${name}{${labels}}`, value]));
  const sampleOf = (name: string, labels: string) => values.get(`${name}{${labels}}`) ?? 0;
  const lines: string[] = [];
  for (const [name, spec] of Object.entries(METRICS as Record<string, MetricSpec>)) {
    lines.push(`# HELP ${name} ${spec.help}`, `# TYPE ${name} ${spec.type}`);
    for (const labels of combinations(spec.labels ?? {})) {
      const text = labelText(labels);
      if (!spec.buckets) {
        lines.push(line(name, text, sampleOf(name, text)));
        continue;
      }
      let below = 0;
      for (const bound of [...spec.buckets.map(String), '+Inf']) {
        const bucket = labelText({ ...labels, le: bound });
        below += sampleOf(`${name}_bucket`, bucket);
        lines.push(line(`${name}_bucket`, bucket, below));
      }
      lines.push(line(`${name}_sum`, text, sampleOf(`${name}_sum`, text)));
      lines.push(line(`${name}_count`, text, below));
    }
  }
  return `${lines.join('\n')}\n`;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;
}

function combinations(labels: Record<string, readonly string[]>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
