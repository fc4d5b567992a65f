/** What an operator looks at first: whether all is well, what runs, what comes next, what waits. */
import { type Wellbeing, wellbeing } from '../domain/wellbeing.ts';
import type { AlertView } from './alerts.ts';
import type { OperationsDeps } from './deps.ts';
import { explainFailure, Refusal } from './errors.ts';
import type { HealthReport } from './health.ts';
import type { Operations } from './index.ts';
import type { Progress } from './progress.ts';
import type { SyncStatus } from './status.ts';
import type { OperationView } from './view.ts';
import type { Waiting } from './waiting.ts';

export interface Overview {
  wellbeing: Wellbeing;
  status: SyncStatus;
  health: HealthReport;
  /** The run under way; null when there is none. */
  running: { operation: OperationView; progress: Progress } | null;
  /** Newest first. */
  runs: OperationView[];
  alerts: AlertView[];
  waiting: Waiting;
  /** The schedule that starts the next run; null when none will; undefined when Temporal cannot be asked. */
  next: { schedule: string; at: string } | null | undefined;
}

type Sources = Pick<
  Operations,
  | 'getSyncStatus'
  | 'health'
  | 'countWaiting'
  | 'listOperations'
  | 'alerts'
  | 'schedules'
  | 'getOperation'
  | 'getProgress'
>;

const RUNS_SHOWN = 30;
const ALERTS_SHOWN = 5;
/** So many schedules are asked for their next time. */
const SCHEDULES_ASKED = 100;

export function createOverview(of: Sources, { log }: Pick<OperationsDeps, 'log'>): () => Promise<Overview> {
  async function nextRun(): Promise<Overview['next']> {
    try {
      const { schedules } = await of.schedules.list({ limit: SCHEDULES_ASKED });
      const dues = schedules.flatMap(({ name, nextTimes: [at] }) => (at === undefined ? [] : [{ schedule: name, at }]));
      return dues.sort((a, b) => (a.at < b.at ? -1 : 1))[0] ?? null;
    } catch (error) {
      const known = explainFailure(error);
      if (!(known instanceof Refusal) || known.code !== 'temporal-unavailable') throw error;
      log.warn({ err: error }, 'the next run is not known');
      return undefined;
    }
  }

  async function running(status: SyncStatus): Promise<Overview['running']> {
    if (status.running === null) return null;
    const id = status.running.operationId;
    const [operation, progress] = await Promise.all([of.getOperation(id), of.getProgress(id)]);
    return { operation, progress };
  }

  return async () => {
    const [status, health, waiting, { operations: runs }, { alerts }, next] = await Promise.all([
      of.getSyncStatus(),
      of.health(),
      of.countWaiting(),
      of.listOperations({ limit: RUNS_SHOWN }),
      of.alerts.list({ limit: ALERTS_SHOWN, state: 'open' }),
      nextRun(),
    ]);
    const { lastSync } = status;
    const { externalApi: _, ...own } = health.checks;
    return {
      wellbeing: wellbeing({
        running: status.running,
        last: lastSync.state === null ? null : { status: lastSync.state, sentence: lastSync.sentence },
        circuit: status.health.circuitBreaker,
        troubles: Object.entries(own).flatMap(([part, { ok, reason }]) =>
          ok ? [] : [`${part} (${reason ?? 'no reason given'})`],
        ),
        openAlerts: waiting.alerts,
        waiting: { cases: waiting.reviews, conflicts: waiting.conflicts, quarantine: waiting.quarantine },
      }),
      status,
      health,
      running: await running(status),
      runs,
      alerts,
      waiting,
      next,
    };
  };
}
