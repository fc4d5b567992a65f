/** What all faults of a drill stand on: MySQL and Temporal of their own, in a home that goes with them. */
import { type Connection, createConnection } from 'mysql2/promise';
import { loadConfig } from '../config.ts';
import { type Base, openBase } from '../stack/base.ts';
import { entryPoints } from '../stack/entry-points.ts';
import { neutralEnv } from '../stack/neutral-env.ts';
import { restartPrivateMysql } from '../stack/services/mysql.ts';
import { startMysqlAndTemporal } from '../stack/services.ts';
import { ensureWorkflowBundle } from '../stack/workflow-bundle.ts';
import { until } from './until.ts';

/** The account of the product's processes: without the right to write to a server that is set to read-only. */
const APP_USER = 'drill_app';
const ANSWERS_WITHIN_MS = 120_000;

export interface Ground {
  base: Base;
  /** host:port */
  temporalAddress: string;
  /** Path of the workflow bundle. */
  bundle: string;
  simulator: { port: number; key: string };
  apiPort: number;
  apiToken: string;
  /** What no sentence may hold. */
  secrets: readonly string[];
  /** Address of a database of this ground, for the product's own account. */
  databaseUrl(name: string): string;
  /** Runs statements as the server's administrator. */
  asAdmin<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** SIGKILL to a child by its name; false when it does not run just now. */
  kill(name: string): boolean;
  /** MySQL with other settings of the server; none: as ever. @throws {StackError} where that cannot be done. */
  restartMysql(settings: readonly string[]): Promise<void>;
  /** Waits until MySQL and Temporal answer again. */
  servicesAnswer(): Promise<void>;
  signal: AbortSignal;
  close(): Promise<void>;
}

/**
 * @param options.home an empty folder of the drill's own
 * @throws {StackError} when a service cannot be started; what was started is stopped again.
 */
export async function openGround(options: {
  home: string;
  log: (line: string) => void;
  signal: AbortSignal;
}): Promise<Ground> {
  const base = await openBase({ ...options, env: neutralEnv(process.env) });
  try {
    return await bringUp(base, options);
  } catch (error) {
    await base.close();
    throw error;
  }
}

async function bringUp(
  base: Base,
  { log, signal }: { log: (line: string) => void; signal: AbortSignal },
): Promise<Ground> {
  const { home, supervisor, context } = base;
  const { secrets } = home;
  const services = await startMysqlAndTemporal(base);
  const { temporalAddress } = services;
  const asAdmin = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await createConnection({ uri: services.databaseUrl, connectTimeout: 5000 });
    try {
      return await work(connection);
    } finally {
      connection.destroy();
    }
  };
  // Rights on databases alone hold none over the server: the administrator's own account may write to one that is read-only.
  await asAdmin(async (connection) => {
    const account = `'${APP_USER}'@'%'`;
    await connection.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${secrets.mysqlPassword}'`);
    await connection.query(`GRANT ALL PRIVILEGES ON \`drill\\_%\`.* TO ${account}`);
  });
  const bundle = await ensureWorkflowBundle({
    home,
    supervisor,
    env: { ...context.env, LICENSE_SYNC_HOME: home.dir },
    entry: entryPoints.bundle,
    log,
  });
  const answers = async () => {
    await asAdmin((connection) => connection.query('SELECT 1'));
    const { Connection: Temporal } = await import('@temporalio/client');
    const connection = await Temporal.connect({ address: temporalAddress, connectTimeout: 3000 });
    try {
      await connection.withDeadline(Date.now() + 3000, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      );
    } finally {
      await connection.close();
    }
    return true;
  };
  return {
    base,
    temporalAddress,
    bundle,
    simulator: { port: await context.portFor('simulator'), key: secrets.simulatorKey },
    apiPort: await context.portFor('api'),
    apiToken: secrets.apiToken,
    secrets: [secrets.mysqlPassword, secrets.simulatorKey, secrets.apiToken],
    databaseUrl(name) {
      const url = new URL(services.databaseUrl);
      url.username = APP_USER;
      url.password = secrets.mysqlPassword;
      url.pathname = `/${name}`;
      return url.href;
    },
    asAdmin,
    kill(name) {
      const pid = supervisor.processes().find((process) => process.name === name)?.pid;
      if (pid === undefined) return false;
      process.kill(pid, 'SIGKILL');
      return true;
    },
    restartMysql: (settings) =>
      restartPrivateMysql(context, secrets.mysqlPassword, {
        port: Number(new URL(services.databaseUrl).port),
        settings,
      }),
    servicesAnswer: async () => {
      await until('MySQL and Temporal answer again', () => answers().catch(() => false), {
        withinMs: ANSWERS_WITHIN_MS,
        signal,
      });
    },
    signal,
    close: base.close,
  };
}

/** Settings by which a process of the product finds everything of one scene. */
export function sceneEnv(
  ground: Ground,
  scene: { database: string; namespace: string },
  extra: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  return {
    ...ground.base.context.env,
    LICENSE_SYNC_HOME: ground.base.home.dir,
    DATABASE_URL: ground.databaseUrl(scene.database),
    TEMPORAL_ADDRESS: ground.temporalAddress,
    TEMPORAL_NAMESPACE: scene.namespace,
    EXTERNAL_LICENSE_API_URL: `http://127.0.0.1:${ground.simulator.port}`,
    EXTERNAL_LICENSE_API_KEY: ground.simulator.key,
    LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE: ground.bundle,
    LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC: 'true',
    PORT: String(ground.apiPort),
    ...PACE,
    ...extra,
  };
}

/** Short pauses, so that a fault takes seconds; small batches, so that it meets many of them; few reviews, which are not what is drilled. */
const PACE = {
  LICENSE_SYNC_EXTERNAL_TIMEOUT: '1500',
  LICENSE_SYNC_EXTERNAL_RETRY_DELAY: '20',
  LICENSE_SYNC_CIRCUIT_HALF_OPEN_AFTER: '700',
  LICENSE_SYNC_EXTERNAL_GIVE_UP_AFTER: '10000',
  LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '500',
  LICENSE_SYNC_REVIEW_MAX_OPEN: '10',
  LICENSE_SYNC_REVIEW_OPEN_PER_SECOND: '2',
};

/** The same settings as a process of the product would read them. */
export function sceneConfig(env: NodeJS.ProcessEnv) {
  return loadConfig(env);
}
