/** The OpenAPI document of the product, made without any service. */
import { pino } from 'pino';
import { createApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { createDb } from '../db/connect.ts';
import { createWaiting } from '../http/waiting.ts';
import { createOperations } from '../operations/index.ts';
import { createTemporalClient } from '../temporal/connect.ts';

/** No socket is there to say where the request comes from. */
const HERE = { incoming: { socket: { remoteAddress: '127.0.0.1' } } };

/** The parts are real and connect when they are first used, which is never. */
export async function readOpenApiDocument(): Promise<string> {
  const config = loadConfig({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
  const db = createDb({ url: 'mysql://nobody@127.0.0.1:1/none', poolSize: 1 });
  const temporal = createTemporalClient(config);
  const log = pino({ level: 'silent' });
  const operations = createOperations({ config, db, temporal, log });
  try {
    const app = createApp({ config, operations, db, log, waiting: createWaiting(1) });
    return await (await app.request('/openapi.json', {}, HERE)).text();
  } finally {
    await temporal.connection.close();
    await db.destroy();
  }
}
