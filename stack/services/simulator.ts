import { StackError } from '../errors.ts';
import { acceptsConnections } from '../ports.ts';
import { typescript } from '../typescript.ts';
import type { ServiceContext } from './context.ts';

/** Where licenses come from, and the key that opens it. */
export interface UpstreamService {
  url: string;
  key: string | undefined;
}

/**
 * `EXTERNAL_LICENSE_API_URL`; else the simulated License API with its bundled data. What was changed in it is kept in a journal.
 * @param entry path of the simulator's program
 */
export async function startUpstream(context: ServiceContext, entry: string, key: string): Promise<UpstreamService> {
  const given = context.env.EXTERNAL_LICENSE_API_URL?.trim();
  if (!given && context.env.DATABASE_URL?.trim()) {
    throw new StackError(
      'DATABASE_URL is set but EXTERNAL_LICENSE_API_URL is not: simulated records would go into that database; ' +
        'set both, or unset DATABASE_URL',
    );
  }
  if (given) {
    context.log(`License API: ${new URL(given).origin} (EXTERNAL_LICENSE_API_URL)`);
    return { url: given, key: context.env.EXTERNAL_LICENSE_API_KEY };
  }
  const port = await context.portFor('simulator');
  const args = ['--port', String(port), `--api-key=${key}`, '--journal', context.home.file('simulator.jsonl')];
  context.log(`License API: simulated, 127.0.0.1:${port}`);
  await context.supervisor.start({
    ...typescript(entry, args),
    name: 'simulator',
    env: context.env,
    ready: () => acceptsConnections('127.0.0.1', port),
  });
  return { url: `http://127.0.0.1:${port}`, key };
}
