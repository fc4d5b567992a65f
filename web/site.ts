import type { Logger } from 'pino';
import type { ClientKey } from '../http/client-key.ts';
import type { ProgressFeed } from '../http/progress-feed.ts';
import type { Waiting } from '../http/waiting.ts';
import type { Operations } from '../operations/index.ts';

/** What pages work with. */
export interface Site {
  operations: Operations;
  log: Logger;
  /** Places for pages that stay open to be told what is new. */
  waiting: Waiting;
  feed: ProgressFeed;
  /** Unknown tokens that one address may send in a minute. */
  signInAttempts: number;
  clientKey: ClientKey;
}
