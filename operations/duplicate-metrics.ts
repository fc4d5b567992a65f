/** How good the search for duplicates is, and how long the queue of those that wait for a person. */
import { sqlInstant } from '../db/connect.ts';
import { duplicateCounts, type QueueSize, queueSizes } from '../db/duplicate-metrics.ts';
import { type Metric, type MetricName, metricsOf } from '../domain/duplicate-metrics.ts';
import type { OperationsDeps } from './deps.ts';

export interface DuplicateMetrics {
  days: number;
  since: string;
  metrics: Record<MetricName, Metric>;
  queue: { total: number; sizes: QueueSize[] };
}

const DAY_MS = 86_400_000;

/** @returns a function of the number of days that it looks back. */
export function createDuplicateMetrics({
  db,
}: Pick<OperationsDeps, 'db'>): (days: number) => Promise<DuplicateMetrics> {
  return async (days) => {
    const now = Date.now();
    const since = new Date(now - days * DAY_MS);
    const [counts, sizes] = await Promise.all([
      duplicateCounts(db, sqlInstant(since)),
      queueSizes(db, sqlInstant(now)),
    ]);
    return {
      days,
      since: since.toISOString(),
      metrics: metricsOf(counts),
      queue: { total: sizes.reduce((sum, { cases }) => sum + cases, 0), sizes },
    };
  };
}
