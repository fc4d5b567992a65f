import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import type { Waiting } from '../http/waiting.ts';
import type { Operations } from '../operations/index.ts';

/** What the routes work with. */
export interface ApiDeps {
  operations: Operations;
  /** For tokens only; everything else goes through `operations`. */
  db: Db;
  log: Logger;
  waiting: Waiting;
}
