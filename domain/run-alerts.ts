/** What the end of a run has to tell: which alerts it raises, and which it takes back. */
import type { OperationType, RunStatus } from '../workflows/names.ts';

/** The original system's thresholds. */
export interface AlertThresholds {
  /** ms */
  maxSyncDuration: number;
  /** Share of the records read, 0–1. */
  maxErrorRate: number;
  /** Share of the live records that feed a license, 0–1. */
  minMatchingRate: number;
}

export const RUN_ALERT_KINDS = ['run_failed', 'sync_slow', 'error_rate', 'matching_rate'] as const;
export type RunAlertKind = (typeof RUN_ALERT_KINDS)[number];

export interface RunAlert {
  kind: RunAlertKind;
  severity: 'warning' | 'critical';
  message: string;
  details: Record<string, unknown>;
}

/** How a run ended. */
export interface EndedRun {
  operationId: string;
  type: OperationType;
  /** Reads only what it was asked for: its rates say nothing of the whole. */
  partial: boolean;
  status: RunStatus;
  trigger: string;
  /** Why it ended so; null when all is well. */
  reason: string | null;
  /** ms from start to end, without the time it waited for people. */
  workMs: number;
  fetched: number;
  quarantined: number;
  /** Linked records divided by live records after it; null when that was not counted, or there are none. */
  matchingRatio: number | null;
}

/** Each kind of alert that this run can judge, with the alert to raise, or null where all is well. Kinds that it says nothing of are absent. */
export function judgeRun(run: EndedRun, limits: AlertThresholds): Map<RunAlertKind, RunAlert | null> {
  const verdicts = new Map<RunAlertKind, RunAlert | null>();
  // A dry run moves no data, and a person who cancels a run knows of it.
  if (run.type === 'external_sync_dry_run' || run.status === 'cancelled' || run.status === 'skipped') return verdicts;
  const settled = run.status === 'completed' || run.status === 'completed_with_findings';
  if (!settled) verdicts.set('run_failed', failedAlert(run));
  else if (!run.partial) verdicts.set('run_failed', null);
  if (run.workMs > limits.maxSyncDuration) verdicts.set('sync_slow', slowAlert(run, limits.maxSyncDuration));
  else if (settled && !run.partial) verdicts.set('sync_slow', null);
  if (run.partial || run.type === 'plan_apply') return verdicts;
  if (run.fetched > 0) verdicts.set('error_rate', errorAlert(run, limits.maxErrorRate));
  if (settled && run.matchingRatio !== null) {
    verdicts.set('matching_rate', matchingAlert(run, run.matchingRatio, limits.minMatchingRate));
  }
  return verdicts;
}

function failedAlert({ operationId, trigger, status, reason }: EndedRun): RunAlert {
  const what = status === 'incomplete' ? 'ended as incomplete' : 'failed';
  return {
    kind: 'run_failed',
    severity: status === 'incomplete' ? 'warning' : 'critical',
    message: `The run started by ${trigger} ${what}: ${reason ?? 'no reason was written down'}. Mend the cause, then: npx license-sync runs resume ${operationId} --wait`,
    details: { operationId, status },
  };
}

/** Also of a run that is still under way. */
export function slowAlert(
  { operationId, trigger, workMs }: Pick<EndedRun, 'operationId' | 'trigger' | 'workMs'>,
  limitMs: number,
): RunAlert {
  return {
    kind: 'sync_slow',
    severity: 'warning',
    message: `The run started by ${trigger} has taken ${inSeconds(workMs)}, and ${inSeconds(limitMs)} is the limit (LICENSE_SYNC_MONITORING_ALERT_THRESHOLDS_MAX_SYNC_DURATION). See where the time goes: npx license-sync runs ${operationId}`,
    details: { operationId },
  };
}

function errorAlert({ operationId, fetched, quarantined }: EndedRun, limit: number): RunAlert | null {
  const rate = quarantined / fetched;
  if (rate <= limit) return null;
  return {
    kind: 'error_rate',
    severity: 'warning',
    message: `The last run could not read ${quarantined} of ${fetched} records (${inPercent(rate)}; the limit is ${inPercent(limit)}). They are in quarantine, each with its reason: npx license-sync quarantine list`,
    details: { operationId, quarantined, fetched },
  };
}

function matchingAlert({ operationId }: EndedRun, ratio: number, limit: number): RunAlert | null {
  if (ratio >= limit) return null;
  return {
    kind: 'matching_rate',
    severity: 'warning',
    message: `After the last run only ${inPercent(ratio)} of the live records feed a license (the limit is ${inPercent(limit)}). See which do not and why: npx license-sync runs ${operationId}`,
    details: { operationId, matchingRatio: Number(ratio.toFixed(4)) },
  };
}

function inPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function inSeconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
