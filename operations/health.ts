/** Whether this program can do its work, and what keeps it from it. */
import { pendingMigrations } from '../db/migrate.ts';
import { createUpstreamStateStore } from '../db/upstream-state.ts';
import type { OperationsDeps } from './deps.ts';
import { explainFailure, Refusal } from './errors.ts';
import { shared } from './memo.ts';
import type { Observer } from './observe.ts';
import { callTemporal } from './temporal.ts';

/** `ok`, or why not. */
export interface Check {
  ok: boolean;
  /** Null when ok. */
  reason: string | null;
}

export interface Readiness {
  ready: boolean;
  checks: { database: Check; migrations: Check; temporal: Check };
}

export interface HealthReport {
  status: 'healthy' | 'degraded' | 'unhealthy';
  checks: Readiness['checks'] & { workers: Check; externalApi: Check };
}

const CHECK_WITHIN_MS = 3000;
const CHECK_EVERY_MS = 500;
const FINE: Check = { ok: true, reason: null };

export function createHealth(deps: OperationsDeps, observer: Observer) {
  const { config, db, temporal, log } = deps;
  const upstream = createUpstreamStateStore(db);
  const readiness = shared(CHECK_EVERY_MS, checkReadiness);

  async function checkReadiness(): Promise<Readiness> {
    const [schema, temporalCheck] = await Promise.all([checkSchema(), checkTemporal()]);
    const checks = { ...schema, temporal: temporalCheck };
    return { ready: Object.values(checks).every(({ ok }) => ok), checks };
  }

  async function checkSchema(): Promise<Pick<Readiness['checks'], 'database' | 'migrations'>> {
    try {
      const pending = await within(CHECK_WITHIN_MS, pendingMigrations(db));
      const reason = `${pending.length} migrations have not run; run: npx license-sync migrate`;
      return { database: FINE, migrations: pending.length === 0 ? FINE : { ok: false, reason } };
    } catch (error) {
      const reason = explain(error);
      return { database: { ok: false, reason }, migrations: { ok: false, reason: 'not known without the database' } };
    }
  }

  async function checkTemporal(): Promise<Check> {
    try {
      await callTemporal(temporal, CHECK_WITHIN_MS, () =>
        temporal.workflowService.describeNamespace({ namespace: config.temporal.namespace }),
      );
      return FINE;
    } catch (error) {
      return { ok: false, reason: explain(error) };
    }
  }

  function explain(error: unknown): string {
    const known = explainFailure(error);
    if (known instanceof Refusal) return known.message;
    log.error({ err: error }, 'health check failed');
    return 'the check failed; see the log';
  }

  return {
    /** Everything a request may need is there. Looked up at most twice a second. */
    readiness,

    async health(): Promise<HealthReport> {
      const { ready, checks } = await readiness();
      const count = await observer.workers();
      const workers: Check =
        count === null || count > 0
          ? { ok: count !== null, reason: count === null ? 'not known without Temporal' : null }
          : { ok: false, reason: `none polls the task queue '${config.temporal.taskQueue}'` };
      const externalApi = checks.database.ok && checks.migrations.ok ? await checkUpstream() : NOT_KNOWN;
      const status = !ready ? 'unhealthy' : workers.ok && externalApi.ok ? 'healthy' : 'degraded';
      return { status, checks: { ...checks, workers, externalApi } };
    },
  };

  async function checkUpstream(): Promise<Check> {
    if (!config.external.baseUrl) return { ok: false, reason: 'EXTERNAL_LICENSE_API_URL is not set' };
    const { health, circuit, lastFailure } = await upstream.read();
    if (circuit !== 'closed') return { ok: false, reason: `the circuit is ${circuit.replace('_', ' ')}` };
    if (health === 'healthy' || health === 'unknown') return FINE;
    return { ok: false, reason: lastFailure === null ? health : `${health}: ${lastFailure}` };
  }
}

const NOT_KNOWN: Check = { ok: false, reason: 'not known without the database' };

/** A connection to a frozen server would otherwise be waited for without end. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Refusal('database-unavailable', 'the database cannot be used now (it does not answer in time)'));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
