/** How good the search for duplicates is, from counts: each figure with what it was made of, so that it can be checked and added up. */

/** Counts over a stretch of time. */
export interface DuplicateCounts {
  /** Runs that looked for duplicates and ended. */
  syncs: number;
  /** What those runs found: pairs taken for one, and pairs for a person. */
  pairsAuto: number;
  pairsReview: number;
  pairsScored: number;
  /** ms, summed over the runs that told; and how many those were. */
  detectionMs: number;
  detectionRuns: number;
  consolidationMs: number;
  consolidationRuns: number;
  /** Cases by what people decided of them. */
  approved: number;
  rejected: number;
  /** Cases whose approval was undone later. */
  undoneCases: number;
  /** Consolidations and links made by runs; and those of them that were undone. */
  autoMerges: number;
  autoUndone: number;
  /** All consolidations, whoever made them; and those undone. */
  merges: number;
  mergesUndone: number;
  /** Consolidations that runs wanted and that could not be done. */
  mergesRefused: number;
  casesOpened: number;
  alerts: number;
}

export interface Metric {
  /** Null when there is nothing to divide by. */
  value: number | null;
  unit: 'ratio' | 'ms' | 'count' | 'per sync';
  numerator: number;
  denominator: number | null;
  meaning: string;
}

export const METRIC_NAMES = [
  'detectionRate',
  'falsePositiveRate',
  'consolidationRate',
  'detectionTime',
  'consolidationTime',
  'duplicateAccuracy',
  'consolidationSuccessRate',
  'manualReviewsQueued',
  'autoConsolidations',
  'duplicateAlertsSent',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** The original system's figures, by its names. */
export function metricsOf(counts: DuplicateCounts): Record<MetricName, Metric> {
  const wrong = counts.rejected + counts.undoneCases + counts.autoUndone;
  const judged = counts.approved + counts.rejected + counts.undoneCases + counts.autoMerges;
  const standing = counts.merges - counts.mergesUndone;
  return {
    detectionRate: {
      ...quotient(counts.pairsAuto + counts.pairsReview, counts.syncs, 'per sync'),
      meaning: 'Pairs of look-alikes found (taken for one, or shown to a person) for each run that looked for them.',
    },
    falsePositiveRate: {
      ...quotient(wrong, judged, 'ratio'),
      meaning:
        'Share of what was found and judged that turned out wrong: cases rejected or undone and automatic merges undone, of all cases decided and automatic merges.',
    },
    consolidationRate: {
      ...quotient(standing, counts.syncs, 'per sync'),
      meaning:
        'Consolidations and links by likeness that stand, whoever made them, for each run that looked for duplicates.',
    },
    detectionTime: {
      ...quotient(counts.detectionMs, counts.detectionRuns, 'ms'),
      meaning: 'How long a run looks for duplicates, on average.',
    },
    consolidationTime: {
      ...quotient(counts.consolidationMs, counts.consolidationRuns, 'ms'),
      meaning: 'How long a run takes to consolidate and to open cases, on average.',
    },
    duplicateAccuracy: {
      ...quotient(judged - wrong, judged, 'ratio'),
      meaning:
        'Share of what was found and judged that turned out right: the rest to falsePositiveRate. An automatic merge counts as right until somebody undoes it.',
    },
    consolidationSuccessRate: {
      ...quotient(standing, counts.merges + counts.mergesRefused, 'ratio'),
      meaning: 'Share of consolidations begun that were done and not undone since.',
    },
    manualReviewsQueued: {
      ...counted(counts.casesOpened),
      meaning: 'Cases opened for people to decide.',
    },
    autoConsolidations: {
      ...counted(counts.autoMerges),
      meaning: 'Consolidations, and links of records to licenses they resemble, made by runs without asking.',
    },
    duplicateAlertsSent: {
      ...counted(counts.alerts),
      meaning: 'Alerts of several records for one license, and of records that resemble a license.',
    },
  };
}

function quotient(numerator: number, denominator: number, unit: Metric['unit']): Omit<Metric, 'meaning'> {
  return { value: denominator === 0 ? null : round(numerator / denominator), unit, numerator, denominator };
}

function counted(numerator: number): Omit<Metric, 'meaning'> {
  return { value: numerator, unit: 'count', numerator, denominator: null };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
