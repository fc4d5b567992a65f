import { type Base, type BaseOptions, openBase } from './base.ts';
import { entryPoints } from './entry-points.ts';
import { startMysql } from './services/mysql.ts';
import { startUpstream } from './services/simulator.ts';
import { startTemporal } from './services/temporal.ts';

/** Where the services are. */
export interface ServiceAddresses {
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
}

/** Services that run, and how to stop them. */
export interface Services extends ServiceAddresses {
  upstream: { url: string; key: string | undefined } | null;
  stop(): Promise<void>;
}

/**
 * MySQL and Temporal, and on request the License API, without the product itself: for tests and measurements.
 * @param options.upstream also start the simulated License API (or use `EXTERNAL_LICENSE_API_URL`)
 * @throws {StackError} when one of them cannot be had; the others are stopped again.
 */
export async function startServices(options: BaseOptions & { upstream?: boolean }): Promise<Services> {
  const base = await openBase(options);
  try {
    const addresses = await startMysqlAndTemporal(base);
    const { context, home } = base;
    const upstream = options.upstream
      ? await startUpstream(context, entryPoints.simulator, home.secrets.simulatorKey)
      : null;
    return { ...addresses, upstream, stop: base.close };
  } catch (error) {
    await base.close();
    throw error;
  }
}

/** Both at once: neither needs the other. */
export async function startMysqlAndTemporal({ context, home }: Base): Promise<ServiceAddresses> {
  const [mysql, temporal] = await Promise.allSettled([
    startMysql(context, home.secrets.mysqlPassword),
    startTemporal(context),
  ]);
  if (mysql.status === 'rejected') throw mysql.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  return {
    databaseUrl: mysql.value.databaseUrl,
    temporalAddress: temporal.value.address,
    temporalUiUrl: temporal.value.uiUrl,
  };
}
