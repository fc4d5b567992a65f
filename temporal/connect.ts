import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type Config, required } from '../config.ts';

const WHAT = 'the address (host:port) of the Temporal frontend; `npm start` brings one up by itself';

/**
 * A client for starting and asking workflows. Connects on first use, so that a process can start before Temporal does.
 * @throws {ConfigError} when TEMPORAL_ADDRESS is not set.
 */
export function createTemporalClient(config: Config, interceptors: ClientInterceptors = {}): Client {
  const connection = Connection.lazy({ address: required(config.temporal.address, 'TEMPORAL_ADDRESS', WHAT) });
  return new Client({ connection, namespace: config.temporal.namespace, interceptors });
}

/** The connection of a worker. It is Rust's own and cannot be shared with a client. */
export async function connectWorker(config: Config): Promise<NativeConnection> {
  const address = required(config.temporal.address, 'TEMPORAL_ADDRESS', WHAT);
  return await NativeConnection.connect({ address }).catch((cause: unknown) => {
    throw new Error(`Temporal cannot be reached at ${address} (TEMPORAL_ADDRESS)`, { cause });
  });
}
