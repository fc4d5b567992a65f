/** What every command is given. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Config, loadConfig } from '../config.ts';
import { readJsonFile } from '../stack/json-file.ts';
import { resolveHome } from '../stack/paths.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

export type Env = Record<string, string | undefined>;

export interface CliContext {
  terminal: Terminal;
  env: Env;
  /** Fires on Ctrl-C. */
  interrupted: AbortSignal;
}

/** What is read of the file that a running local stack leaves in its home. */
const stackSchema = z.object({
  apiUrl: z.url(),
  token: z.string().min(1),
  databaseUrl: z.string().min(1),
  temporalAddress: z.string().min(1),
});
type StackFile = z.output<typeof stackSchema>;

/**
 * A client for the API that the settings name, else for the local stack's. A token of the stack is only ever sent to the stack.
 * @throws {CliError} saying what to do when there is neither.
 */
export function connect({ env }: CliContext): ApiClient {
  const { api } = loadConfig(env);
  if (api.url) {
    const stack = api.token ? null : readStack(env);
    const token = api.token ?? (stack?.apiUrl === api.url ? stack.token : undefined);
    if (token) return createApiClient(api.url, token);
    throw new CliError(EXIT.usage, 'LICENSE_SYNC_API_URL is set, but LICENSE_SYNC_API_TOKEN is not: set both');
  }
  const stack = readStack(env);
  if (stack) return createApiClient(stack.apiUrl, stack.token);
  throw new CliError(
    EXIT.notReachable,
    `no license-sync runs here (there is no ${stackPath(env)}): start one with npm start, or set LICENSE_SYNC_API_URL and LICENSE_SYNC_API_TOKEN`,
  );
}

/** Settings for commands that work without the API: the environment's, and where it says nothing the local stack's. */
export function settings({ env }: CliContext): Config {
  const stack = env.DATABASE_URL?.trim() ? null : readStack(env);
  if (!stack) return loadConfig(env);
  return loadConfig({
    ...env,
    DATABASE_URL: stack.databaseUrl,
    TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS?.trim() || stack.temporalAddress,
    LICENSE_SYNC_API_TOKEN: env.LICENSE_SYNC_API_TOKEN?.trim() || stack.token,
  });
}

function stackPath(env: Env): string {
  return join(resolveHome(env), 'stack.json');
}

function readStack(env: Env): StackFile | null {
  const path = stackPath(env);
  if (!existsSync(path)) return null;
  const read = stackSchema.safeParse(readJsonFile(path));
  if (read.success) return read.data;
  throw new CliError(EXIT.usage, `${path} does not say where the stack is; stop the stack and start it again`);
}
