import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';

/** What operations work with; made once per process. */
export interface OperationsDeps {
  config: Config;
  db: Db;
  temporal: Client;
  log: Logger;
}
