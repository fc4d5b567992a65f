/** The worker process: config → database → upstream → activities → worker; closes in the reverse order. */
import { hostname } from 'node:os';
import { Runtime, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig, required } from './config.ts';
import { createDb, type Db } from './db/connect.ts';
import { pendingMigrations } from './db/migrate.ts';
import { createUpstreamStateStore } from './db/upstream-state.ts';
import { createLog, describeError } from './log.ts';
import { startRecorder } from './metrics/recorder.ts';
import { buildOf, workerName } from './temporal/build.ts';
import { bundleWorkflows } from './temporal/bundle.ts';
import { connectWorker } from './temporal/connect.ts';
import { coreLogging, sdkLogger } from './temporal/sdk-log.ts';
import { createSyncWorker } from './temporal/worker.ts';
import { startTracing, type Tracing } from './tracing/index.ts';
import { createUpstreamClient } from './upstream/client.ts';
import { startProber } from './upstream/prober.ts';

try {
  const config = loadConfig(process.env);
  await main(config, createLog(config, 'worker'));
} catch (error) {
  const message = error instanceof ConfigError ? error.message : describeError(error).message;
  process.stderr.write(`license-sync worker: ${message}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}

async function main(config: Config, log: Logger): Promise<void> {
  const databaseUrl = required(config.database.url, 'DATABASE_URL', 'the worker keeps its data in MySQL');
  required(config.external.baseUrl, 'EXTERNAL_LICENSE_API_URL', 'without it no sync could read anything');
  const db = createDb({ url: databaseUrl, poolSize: config.database.poolSize });
  const tracing = await startTracing(config, 'worker', log);
  // A process that cannot work must end, so that whoever looks after it starts another.
  try {
    await work(config, db, log, tracing);
  } catch (error) {
    log.fatal({ err: error }, 'worker ends');
    throw error;
  } finally {
    await db.destroy();
    await tracing.close();
  }
  log.info('worker stopped');
}

async function work(config: Config, db: Db, log: Logger, tracing: Tracing): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length > 0) {
    throw new Error(`the database lacks ${pending.length} migrations; run: npx license-sync migrate`);
  }
  installRuntime(config, log);
  const upstreamState = createUpstreamStateStore(db);
  const workflowBundle = config.temporal.workflowBundle
    ? { codePath: config.temporal.workflowBundle }
    : await bundleWorkflows(sdkLogger(log));
  const build = buildOf(workflowBundle);
  const name = workerName(process.pid, hostname(), build);
  const recorder = startRecorder({ db, log, process: name, calls: () => upstream.stats().inFlight });
  const upstream = createUpstreamClient({
    settings: config,
    state: upstreamState,
    processId: `worker-${process.pid}`,
    log,
    watch: recorder,
    tracing,
  });
  try {
    const connection = await connectWorker(config);
    try {
      const worker = await createSyncWorker({
        connection,
        deps: { config, db, upstream, upstreamState, log, recorder },
        workflowBundle,
        identity: name,
        tracing,
      });
      log.info({ build }, 'worker has its workflows');
      await poll(worker, config, log, () =>
        startProber({ client: upstream, state: upstreamState, intervalMs: config.external.probeInterval, log }),
      );
    } finally {
      await connection.close();
    }
  } finally {
    await upstream.close();
    await recorder.close();
  }
}

/** Polls until a signal asks for a drain. */
async function poll(
  worker: Worker,
  config: Config,
  log: Logger,
  startProbing: () => ReturnType<typeof startProber>,
): Promise<void> {
  const prober = config.monitoring.enableHealthChecks ? startProbing() : null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    });
  }
  log.info({ taskQueue: config.temporal.taskQueue }, 'worker polls');
  try {
    await worker.run();
  } finally {
    await prober?.stop();
  }
}

function installRuntime({ monitoring }: Config, log: Logger): void {
  const bindAddress = monitoring.workerMetricsAddress;
  Runtime.install({
    logger: sdkLogger(log),
    telemetryOptions: {
      logging: coreLogging(log),
      ...(bindAddress === undefined
        ? {}
        : {
            metrics: {
              prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
            },
          }),
    },
    // Ours: a drain that also ends the prober and the pool.
    shutdownSignals: [],
    // Progress tells from these whether anybody works; the default of a minute would notice a killed worker late.
    workerHeartbeatInterval: '5 seconds',
  });
}
