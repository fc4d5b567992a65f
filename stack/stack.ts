import { TOKEN_ENDED } from '../db/migrate-exit.ts';
import { type Base, type BaseOptions, openBase } from './base.ts';
import { type EntryPoints, entryPoints } from './entry-points.ts';
import { StackError, StoppedError } from './errors.ts';
import type { StackInfo } from './home.ts';
import { createPortPicker, isPortFree } from './ports.ts';
import { startUpstream } from './services/simulator.ts';
import { startMysqlAndTemporal } from './services.ts';
import { withLog } from './supervisor.ts';
import { typescript, WORKER_NODE_FLAGS } from './typescript.ts';
import { ensureWorkflowBundle } from './workflow-bundle.ts';

const MIGRATE_TIMEOUT_MS = 180_000;
const API_READY_TIMEOUT_MS = 90_000;
const WORKER_GRACE_MS = 15_000;
const PROBE_TIMEOUT_MS = 5000;

/** What a stack is started with. */
export interface StackOptions extends BaseOptions {
  /** Port of the API; 0 for a free one. */
  port?: number;
  /** Worker processes; 1 when not given. */
  workers?: number;
  /** Fires when nothing may wait for an orderly end any more. */
  kill?: AbortSignal;
  /** Other programs in place of the product's own. */
  entries?: Partial<EntryPoints>;
}

/** A whole stack that is up. */
export interface Stack {
  /** What `stack.json` says now; pids change when a child is restarted. */
  info(): StackInfo;
  /** Path of a child's log, by its name in `info().pids`. */
  logOf(name: string): string;
  /** Runs the product's CLI on the terminal against this stack; resolves with its exit code. */
  runCli(args: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Services, migration, workers and API, in that order, all supervised; `stack.json` is written when the API is ready.
 * @throws {StackError} when a step fails (what was started is stopped again); {StoppedError} when `signal` fires meanwhile.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const base = await openBase(options);
  const onKill = () => base.supervisor.kill();
  options.kill?.addEventListener('abort', onKill, { once: true });
  try {
    return await bringUp(base, options);
  } catch (error) {
    await base.close();
    // Being stopped makes the step under way fail in one way or another.
    throw options.signal?.aborted ? new StoppedError() : error;
  }
}

async function bringUp(base: Base, options: StackOptions): Promise<Stack> {
  const { home, supervisor, context } = base;
  const { log } = context;
  const entries = { ...entryPoints, ...options.entries };
  const host = context.env.HOST?.trim() || '127.0.0.1';
  const port = await choosePort(options.port ?? 0, host);

  const services = await startMysqlAndTemporal(base);
  const upstream = await startUpstream(context, entries.simulator, home.secrets.simulatorKey);
  const { LICENSE_SYNC_API_TOKEN: givenToken, ...inherited } = context.env;
  let token = givenToken?.trim() || home.secrets.apiToken;
  const env: NodeJS.ProcessEnv = {
    ...inherited,
    LICENSE_SYNC_HOME: home.dir,
    DATABASE_URL: services.databaseUrl,
    TEMPORAL_ADDRESS: services.temporalAddress,
    TEMPORAL_UI_URL: services.temporalUiUrl ?? '',
    EXTERNAL_LICENSE_API_URL: upstream.url,
    EXTERNAL_LICENSE_API_KEY: upstream.key,
    PORT: String(port),
  };
  const migrate = () =>
    supervisor.run({
      ...typescript(entries.migrate),
      name: 'migrate',
      env: { ...env, LICENSE_SYNC_API_TOKEN: token },
      timeoutMs: MIGRATE_TIMEOUT_MS,
    });

  log('migrating the database');
  let code = await migrate();
  if (code === TOKEN_ENDED) {
    if (token !== home.secrets.apiToken) {
      throw new StackError('the token in LICENSE_SYNC_API_TOKEN was revoked or has expired; set another one, or none');
    }
    log('the API token of this stack was revoked or has expired; making another one');
    token = home.renewApiToken();
    code = await migrate();
  }
  if (code !== 0) {
    throw new StackError(withLog(`migrating the database failed with exit code ${code}`, supervisor.logOf('migrate')));
  }
  const envWithToken = { ...env, LICENSE_SYNC_API_TOKEN: token };
  env.LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE = await ensureWorkflowBundle({
    home,
    supervisor,
    env,
    entry: entries.bundle,
    log,
  });

  const apiUrl = `http://${/^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host}:${port}`;
  const workers = options.workers ?? 1;
  log(`starting ${workers === 1 ? 'the worker' : `${workers} workers`} and the API, ${apiUrl}`);
  for (let n = 1; n <= workers; n++) {
    await supervisor.start({
      ...typescript(entries.worker, [], WORKER_NODE_FLAGS),
      name: `worker-${n}`,
      env,
      graceMs: WORKER_GRACE_MS,
    });
  }
  await supervisor.start({
    ...typescript(entries.api),
    name: 'api',
    env: {
      ...envWithToken,
      LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE: env.LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE,
      // Nothing stands in front of it that would have to notice first.
      LICENSE_SYNC_DRAIN_UNREADY_FOR: env.LICENSE_SYNC_DRAIN_UNREADY_FOR ?? '0',
    },
    ready: () => isReady(`${apiUrl}/readyz`),
    readyTimeoutMs: API_READY_TIMEOUT_MS,
  });

  const info = (): StackInfo => ({
    apiUrl,
    token,
    databaseUrl: services.databaseUrl,
    temporalAddress: services.temporalAddress,
    temporalUiUrl: services.temporalUiUrl,
    upstreamUrl: upstream.url,
    pids: {
      launcher: process.pid,
      ...Object.fromEntries(supervisor.processes().map(({ name, pid }) => [name, pid])),
    },
  });
  home.writeInfo(info());
  base.onChange(() => home.writeInfo(info()));
  return {
    info,
    logOf: supervisor.logOf,
    runCli: (args) =>
      supervisor.run({
        ...typescript(entries.cli, args),
        name: 'cli',
        env: { ...envWithToken, LICENSE_SYNC_API_URL: apiUrl },
        terminal: true,
      }),
    stop: base.close,
  };
}

async function choosePort(wanted: number, host: string): Promise<number> {
  if (wanted === 0) return createPortPicker()();
  if (await isPortFree(wanted, host)) return wanted;
  throw new StackError(
    `port ${wanted} on ${host} is in use by another program; stop that, or choose another port: PORT=${wanted + 1} npm start`,
  );
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    // Nobody listens yet: the caller asks again and knows when to give up.
    return false;
  }
}
