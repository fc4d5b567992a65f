/** What is measured: the product's services and one worker, in a home of their own, started as the product starts them. */
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { pino } from 'pino';
import { type Config, loadConfig } from '../config.ts';
import { createDb, type Db } from '../db/connect.ts';
import { createOperations, type Operations } from '../operations/index.ts';
import { openBase } from '../stack/base.ts';
import { entryPoints } from '../stack/entry-points.ts';
import { StackError } from '../stack/errors.ts';
import { neutralEnv } from '../stack/neutral-env.ts';
import { acceptsConnections, createPortPicker } from '../stack/ports.ts';
import { startMysqlAndTemporal } from '../stack/services.ts';
import { withLog } from '../stack/supervisor.ts';
import { typescript, WORKER_NODE_FLAGS } from '../stack/typescript.ts';
import { ensureWorkflowBundle } from '../stack/workflow-bundle.ts';
import { createTemporalClient } from '../temporal/connect.ts';

const MIGRATE_TIMEOUT_MS = 180_000;
const WORKER_READY_TIMEOUT_MS = 90_000;
const WORKER_GRACE_MS = 15_000;
const API_READY_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 5000;
/** `TaskQueueType.WORKFLOW` of Temporal's API. */
const WORKFLOW_QUEUE = 1;

/** What has its memory watched: each of the workers, and what they work with. */
export const MEASURED = ['worker', 'simulator', 'mysql', 'temporal'] as const;
export type Measured = (typeof MEASURED)[number];

function workerName(n: number): string {
  return `worker-${n}`;
}

/** What a process is, by its name in the supervisor; null for one that is not watched. */
export function measuredAs(name: string): Measured | null {
  return MEASURED.find((each) => name === each || (each === 'worker' && /^worker-\d+$/.test(name))) ?? null;
}

export interface Upstream {
  url: string;
  key: string;
}

export interface Stand {
  db: Db;
  databaseUrl: string;
  databaseVersion: string;
  temporal: Client;
  operations: Operations;
  upstream: Upstream;
  /** Starts the API beside them. */
  startApi(): Promise<{ url: string; token: string }>;
  /** Children that run now. */
  processes(): { name: string; pid: number }[];
  close(): Promise<void>;
}

export interface StandOptions {
  /** Folder of this stand. */
  home: string;
  /** Folder that keeps the workflow bundle for the next stand. */
  shared: string;
  /** Worker processes; 1 when not given. */
  workers?: number;
  /** Folder for CPU profiles of the workers; none when not given. */
  profile?: string | null;
  /** Records the simulated License API gives, all invented. */
  records: number;
  log: (line: string) => void;
  signal: AbortSignal;
  /** Fires when nothing may wait for an orderly end any more. */
  kill: AbortSignal;
}

/** @throws {StackError} when a step fails; what was started is stopped again. */
export async function openStand(options: StandOptions): Promise<Stand> {
  const base = await openBase({ ...options, env: neutralEnv(process.env) });
  const onKill = () => base.supervisor.kill();
  options.kill.addEventListener('abort', onKill, { once: true });
  const closers = [base.close, async () => options.kill.removeEventListener('abort', onKill)];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return { ...(await bringUp(base, options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bringUp(
  base: Awaited<ReturnType<typeof openBase>>,
  { records, workers = 1, profile = null, shared, log }: StandOptions,
  closers: (() => Promise<void>)[],
): Promise<Omit<Stand, 'close'>> {
  const { home, supervisor, context } = base;
  const { databaseUrl, temporalAddress } = await startMysqlAndTemporal(base);
  const upstream = await startSimulator(base, records);
  const env: NodeJS.ProcessEnv = {
    ...context.env,
    LICENSE_SYNC_HOME: home.dir,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    EXTERNAL_LICENSE_API_URL: upstream.url,
    EXTERNAL_LICENSE_API_KEY: upstream.key,
  };
  const migrate = { ...typescript(entryPoints.migrate), name: 'migrate', env, timeoutMs: MIGRATE_TIMEOUT_MS };
  const code = await supervisor.run(migrate);
  if (code !== 0) throw new StackError(withLog(`migrating ended with exit code ${code}`, supervisor.logOf('migrate')));
  env.LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE = await ensureWorkflowBundle({
    home: { dir: shared, file: (...parts) => [shared, ...parts].join('/') },
    supervisor,
    env,
    entry: entryPoints.bundle,
    log,
  });

  const config = loadConfig(env);
  const db = createDb({ url: databaseUrl, poolSize: 4 });
  closers.push(() => db.destroy());
  const temporal = createTemporalClient(config);
  closers.push(() => temporal.connection.close());
  const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
  for (let n = 1; n <= workers; n += 1) {
    await supervisor.start({
      ...typescript(entryPoints.worker, [], [...WORKER_NODE_FLAGS, ...profiling]),
      name: workerName(n),
      env,
      graceMs: WORKER_GRACE_MS,
      ready: () => isPolledBy(n, temporal, config),
      readyTimeoutMs: WORKER_READY_TIMEOUT_MS,
    });
  }
  return {
    db,
    databaseUrl,
    databaseVersion: await versionOf(db),
    temporal,
    operations: createOperations({ config, db, temporal, log: pino({ level: 'silent' }) }),
    upstream,
    startApi: () => startApi(base, env),
    processes: () => supervisor.processes().map(({ name, pid }) => ({ name, pid })),
  };
}

async function startApi(
  { home, supervisor }: Awaited<ReturnType<typeof openBase>>,
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; token: string }> {
  const port = await createPortPicker()();
  const token = home.secrets.apiToken;
  const withToken = { ...env, LICENSE_SYNC_API_TOKEN: token, PORT: String(port) };
  // Makes the token known.
  const migrate = {
    ...typescript(entryPoints.migrate),
    name: 'migrate',
    env: withToken,
    timeoutMs: MIGRATE_TIMEOUT_MS,
  };
  const code = await supervisor.run(migrate);
  if (code !== 0) throw new StackError(withLog(`migrating ended with exit code ${code}`, supervisor.logOf('migrate')));
  await supervisor.start({
    ...typescript(entryPoints.api),
    name: 'api',
    env: withToken,
    ready: () => acceptsConnections('127.0.0.1', port),
    readyTimeoutMs: API_READY_TIMEOUT_MS,
  });
  return { url: `http://127.0.0.1:${port}`, token };
}

async function startSimulator(
  { home, supervisor, context }: Awaited<ReturnType<typeof openBase>>,
  records: number,
): Promise<Upstream> {
  const port = await context.portFor('simulator');
  const key = home.secrets.simulatorKey;
  const args = ['--port', String(port), `--api-key=${key}`, '--records', String(records), '--no-bundled'];
  context.log(`License API: simulated, ${records.toLocaleString('en-US')} records, 127.0.0.1:${port}`);
  await supervisor.start({
    ...typescript(entryPoints.simulator, args),
    name: 'simulator' satisfies Measured,
    env: context.env,
    ready: () => acceptsConnections('127.0.0.1', port),
  });
  return { url: `http://127.0.0.1:${port}`, key };
}

/** Otherwise the first run's time would contain the workers' own start. */
async function isPolledBy(
  workers: number,
  temporal: Client,
  { temporal: { namespace, taskQueue } }: Config,
): Promise<boolean> {
  const { pollers } = await temporal.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
    temporal.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: WORKFLOW_QUEUE,
    }),
  );
  return new Set((pollers ?? []).map(({ identity }) => identity)).size >= workers;
}

async function versionOf(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`SELECT VERSION() AS version`.execute(db);
  return rows[0]?.version ?? 'unknown';
}
