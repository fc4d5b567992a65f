import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';
import type { UpstreamStateStore } from '../db/upstream-state.ts';
import type { Recorder } from '../metrics/recorder.ts';
import type { UpstreamClient } from '../upstream/client.ts';

/** What the steps of a run work with; made once per worker process. */
export interface ActivityDeps {
  config: Config;
  db: Db;
  upstream: UpstreamClient;
  upstreamState: UpstreamStateStore;
  log: Logger;
  recorder: Pick<Recorder, 'stepBegins'>;
}
