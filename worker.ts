/** The worker process: config → database → upstream → activities → worker; closes in the reverse order. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfig, required } from './config.ts';
import { createDb } from './db/connect.ts';
import { pendingMigrations } from './db/migrate.ts';
import { createUpstreamStateStore } from './db/upstream-state.ts';
import { createLog, describeError } from './log.ts';
import { bundleWorkflows } from './temporal/bundle.ts';
import { connectWorker } from './temporal/connect.ts';
import { createSyncWorker } from './temporal/worker.ts';
import { createUpstreamClient } from './upstream/client.ts';
import { startProber } from './upstream/prober.ts';

const config = loadConfig(process.env);
const log = createLog(config, 'worker');

try {
  await main();
} catch (error) {
  log.fatal({ err: error }, 'worker ends');
  const { message } = describeError(error);
  process.stderr.write(`license-sync worker: ${message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const databaseUrl = required(config.database.url, 'DATABASE_URL', 'the worker keeps its data in MySQL');
  required(config.external.baseUrl, 'EXTERNAL_LICENSE_API_URL', 'without it no sync could read anything');
  const db = createDb({ url: databaseUrl, poolSize: config.database.poolSize });
  const pending = await pendingMigrations(db);
  if (pending.length > 0) {
    throw new Error(`the database lacks ${pending.length} migrations; run: npx license-sync migrate`);
  }
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[level === 'ERROR' ? 'error' : 'warn']({ runtime: describeMeta(meta) }, message);
    }),
    // Ours: a drain that also ends the prober and the pool.
    shutdownSignals: [],
    // Progress tells from these whether anybody works; the default of a minute would notice a killed worker late.
    workerHeartbeatInterval: '5 seconds',
  });
  const upstreamState = createUpstreamStateStore(db);
  const upstream = createUpstreamClient({
    settings: config,
    state: upstreamState,
    processId: `worker-${process.pid}`,
  });
  const workflowBundle = config.temporal.workflowBundle
    ? { codePath: config.temporal.workflowBundle }
    : await bundleWorkflows();
  const connection = await connectWorker(config);
  const worker = await createSyncWorker({
    connection,
    deps: { config, db, upstream, upstreamState, log },
    workflowBundle,
  });
  const prober = config.monitoring.enableHealthChecks
    ? startProber({ client: upstream, state: upstreamState, intervalMs: config.external.probeInterval, log })
    : null;
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
    await connection.close();
    await upstream.close();
    await db.destroy();
  }
  log.info('worker stopped');
}

function describeMeta(meta: unknown): unknown {
  if (typeof meta !== 'object' || meta === null) return undefined;
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [key, value instanceof Error ? describeError(value) : String(value)]),
  );
}
