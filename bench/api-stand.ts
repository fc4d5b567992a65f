/** The API process over a MySQL of its own, as the product starts them: what measurements of single requests ask. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDb, type Db } from '../db/connect.ts';
import { openBase } from '../stack/base.ts';
import { entryPoints } from '../stack/entry-points.ts';
import { StackError } from '../stack/errors.ts';
import { createPortPicker } from '../stack/ports.ts';
import { startMysql } from '../stack/services/mysql.ts';
import { startMysqlAndTemporal } from '../stack/services.ts';
import { withLog } from '../stack/supervisor.ts';
import { typescript } from '../stack/typescript.ts';

const MIGRATE_TIMEOUT_MS = 180_000;
const READY_TIMEOUT_MS = 60_000;
const TOKEN = 'bench-token-of-this-process-only';
/** Where nobody listens. */
const NO_TEMPORAL = '127.0.0.1:9';

export interface ApiStandOptions {
  /** Folder of this invocation. */
  home: string;
  /** What is measured; its folder is called so. */
  name: string;
  /** Whether anything that is asked needs Temporal. */
  temporal: boolean;
  log: (line: string) => void;
  signal: AbortSignal;
}

export interface ApiStand {
  db: Db;
  url: string;
  /** Of an admin. */
  token: string;
  /** Of the API process. */
  pid: number;
  close(): Promise<void>;
}

/** @throws {StackError} when a server cannot be had; what was started is stopped again. */
export async function openApiStand({ home, name, temporal, log, signal }: ApiStandOptions): Promise<ApiStand> {
  const dir = join(home, name);
  mkdirSync(dir, { mode: 0o700 });
  const base = await openBase({ home: dir, env: { PATH: process.env.PATH ?? '' }, log, signal });
  try {
    const { databaseUrl, temporalAddress } = temporal
      ? await startMysqlAndTemporal(base)
      : { ...(await startMysql(base.context, base.home.secrets.mysqlPassword)), temporalAddress: NO_TEMPORAL };
    const port = await createPortPicker()();
    const env = { ...base.context.env, DATABASE_URL: databaseUrl, LICENSE_SYNC_API_TOKEN: TOKEN, PORT: String(port) };
    const migrate = { ...typescript(entryPoints.migrate), name: 'migrate', env };
    const code = await base.supervisor.run({ ...migrate, timeoutMs: MIGRATE_TIMEOUT_MS });
    if (code !== 0) throw new StackError(withLog('migrating failed', base.supervisor.logOf('migrate')));
    const url = `http://127.0.0.1:${port}`;
    await base.supervisor.start({
      ...typescript(entryPoints.api),
      name: 'api',
      env: { ...env, TEMPORAL_ADDRESS: temporalAddress },
      // Refused as long as nobody listens.
      ready: () =>
        fetch(`${url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    const pid = base.supervisor.processes().find(({ name: process }) => process === 'api')?.pid ?? 0;
    const db = createDb({ url: databaseUrl, poolSize: 2 });
    const close = async () => {
      await db.destroy();
      await base.close();
    };
    return { db, url, token: TOKEN, pid, close };
  } catch (error) {
    await base.close();
    throw error;
  }
}

/** The value that so many percent of the others do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
