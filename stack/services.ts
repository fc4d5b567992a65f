import type { Base } from './base.ts';
import { startMysql } from './services/mysql.ts';
import { startTemporal } from './services/temporal.ts';

/** Where the services are. */
export interface ServiceAddresses {
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
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
