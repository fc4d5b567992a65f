/** The API process: config → database → Temporal client → app; drains on SIGTERM. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { type Config, ConfigError, loadConfig, required } from './config.ts';
import { createDb } from './db/connect.ts';
import { announceDrain, drainServer } from './http/drain.ts';
import { createHttpServer } from './http/server.ts';
import { createWaiting } from './http/waiting.ts';
import { createLog, describeError } from './log.ts';
import { repeat } from './operations/every.ts';
import { createOperations } from './operations/index.ts';
import { createTemporalClient } from './temporal/connect.ts';
import { startTracing } from './tracing/index.ts';

/** Requests that may wait at the same time: streams of events, and `wait=true`. */
const WAITING_PLACES = 200;
/** Connections that may wait to be accepted: many come at once after a break of the network. The system may allow fewer. */
const BACKLOG = 4096;

try {
  const config = loadConfig(process.env);
  await main(config, createLog(config, 'api'));
} catch (error) {
  process.stderr.write(`license-sync API: ${explain(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
// All is closed in good order. Timers of calls to a Temporal that is away would only find their channel gone.
process.exit(0);

async function main(config: Config, log: Logger): Promise<void> {
  const databaseUrl = required(config.database.url, 'DATABASE_URL', 'the API keeps its data in MySQL');
  const tracing = await startTracing(config, 'api', log);
  const temporal = createTemporalClient(config, tracing.client);
  const db = createDb({ url: databaseUrl, poolSize: config.database.poolSize });
  const waiting = createWaiting(WAITING_PLACES);
  const operations = createOperations({ config, db, temporal, log });
  const app = createApp({ config, operations, db, log, waiting, tracing });
  try {
    const server = createHttpServer({ fetch: app.fetch, limits: config.api, log });
    await listen(server, config.api);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.api.port;
    log.info({ url: `http://${config.api.host}:${port}` }, 'API listens');
    const look = () => operations.watchRuns(Date.now());
    const watch = repeat(look, config.alerts.checkInterval, 'the look for missing runs', log);
    const lookAtWorkflows = () => operations.watchWorkflows(Date.now());
    const workflowWatch = repeat(lookAtWorkflows, config.alerts.checkInterval, 'the look for lost workflows', log);
    const dispatch = repeat(operations.dispatchEvents, config.webhooks.dispatchInterval, 'the delivery of events', log);
    const lookAtTokens = () => operations.watchTokens(Date.now());
    const tokenWatch = repeat(lookAtTokens, config.alerts.checkInterval, 'the look for tokens that end soon', log);
    await stopSignal();
    log.info({ unreadyForMs: config.drain.unreadyFor }, 'API drains');
    waiting.announceStop();
    await announceDrain(server, config.drain.unreadyFor, stopSignal());
    log.info('API listens no more');
    waiting.stop();
    await Promise.all([
      drainServer(server, config.drain.requestsWithin),
      watch.stop(),
      workflowWatch.stop(),
      dispatch.stop(),
      tokenWatch.stop(),
    ]);
  } finally {
    await temporal.connection.close();
    await db.destroy();
    await tracing.close();
  }
  log.info('API stopped');
}

async function listen(server: Server, { host, port }: Config['api']): Promise<void> {
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} on ${host} is in use by another program; stop that, or set PORT to another one`);
  }
}

async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function explain(error: unknown): string {
  return error instanceof ConfigError ? error.message : describeError(error).message;
}
