/** The API inside this process, behind a real HTTP server: for tests that look at its routes, or need no process of its own. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createApp } from '../../app.ts';
import { loadConfig } from '../../config.ts';
import { createDb } from '../../db/connect.ts';
import { createHttpServer } from '../../http/server.ts';
import { createWaiting } from '../../http/waiting.ts';
import { createLog } from '../../log.ts';
import { createOperations } from '../../operations/index.ts';
import { createTemporalClient } from '../../temporal/connect.ts';
import { createConsole } from '../../web/app.ts';
import { caller, type TestApi } from './api.ts';
import { WITHOUT_DUPLICATES } from './worker.ts';

export interface TestApp {
  app: OpenAPIHono;
  /** Of every page and form of the console: `METHOD /path/:id`. */
  pages: string[];
  url: string;
  /** What was logged so far, a JSON line an event. */
  log: string[];
  /** Calls with the given token; `undefined` sends that of the start, null none. */
  call: TestApi['call'];
  close(): Promise<void>;
}

/** @param token what `call` sends unless told otherwise. */
export async function startTestApp(env: Record<string, string>, token: string): Promise<TestApp> {
  const config = loadConfig({ ...WITHOUT_DUPLICATES, ...env });
  const db = createDb({ url: config.database.url ?? '', poolSize: 8 });
  const temporal = createTemporalClient(config);
  const lines: string[] = [];
  const detailed = { monitoring: { ...config.monitoring, enableDetailedLogging: true } };
  const log = createLog(detailed, 'api', { write: (line: string) => lines.push(line) });
  const operations = createOperations({ config, db, temporal, log });
  const waiting = createWaiting(20);
  const app = createApp({ config, operations, db, log, waiting });
  const site = { operations, log, waiting, feed: operations.getProgress, signInAttempts: 1, clientKey: () => '' };
  const server = createHttpServer({ fetch: app.fetch, limits: config.api, log });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    app,
    pages: createConsole(site)
      .routes.filter(({ path }) => !path.includes('*'))
      .map(({ method, path }) => `${method} ${path}`),
    url,
    log: lines,
    call: caller(url, token),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await temporal.connection.close();
      await db.destroy();
    },
  };
}
