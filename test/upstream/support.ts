import { type Config, loadConfig } from '../../config.ts';
import { createDb, type Db } from '../../db/connect.ts';
import { createUpstreamStateStore, type UpstreamStateStore } from '../../db/upstream-state.ts';
import { createUpstreamClient, type UpstreamClient } from '../../upstream/client.ts';
import { UpstreamError } from '../../upstream/errors.ts';

/** Settings with pauses short enough for a test; `env` names others. */
export function settingsFor(url: string, env: Record<string, string> = {}): Pick<Config, 'external' | 'circuit'> {
  return loadConfig({
    EXTERNAL_LICENSE_API_URL: url,
    EXTERNAL_LICENSE_API_KEY: 'key-of-the-test',
    LICENSE_SYNC_EXTERNAL_RETRY_DELAY: '1',
    LICENSE_SYNC_EXTERNAL_TIMEOUT: '2000',
    ...env,
  });
}

export interface ClientProcess {
  client: UpstreamClient;
  state: UpstreamStateStore;
  stop(): Promise<void>;
}

/** A client with a pool and a name of its own, as in a process of its own. */
export function startClient(
  processId: string,
  databaseUrl: string,
  settings: Pick<Config, 'external' | 'circuit'>,
): ClientProcess {
  const db: Db = createDb({ url: databaseUrl, poolSize: 4 });
  const state = createUpstreamStateStore(db);
  const client = createUpstreamClient({ settings, state, processId });
  return {
    client,
    state,
    async stop() {
      client.close();
      await db.destroy();
    },
  };
}

/** The UpstreamError that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<UpstreamError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof UpstreamError) return error;
  throw error;
}
