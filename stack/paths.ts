import { homedir, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder, with a slash at its end. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** What was downloaded once and serves every stack of this work tree. */
export const cacheDir = resolve(projectRoot, '.cache');

/** Folder of the local stack's data: `LICENSE_SYNC_HOME`, relative to the project, `.data` when not set. */
export function resolveHome(env: NodeJS.ProcessEnv): string {
  const given = env.LICENSE_SYNC_HOME?.trim() || '.data';
  return resolve(projectRoot, given.replace(/^~(?=\/)/, homedir()));
}

/** A UNIX socket's path may have 107 characters at most; a longer one goes into the short temporary folder. */
export function socketPath(wanted: string, fallbackName: string): string {
  if (Buffer.byteLength(wanted) <= 100) return wanted;
  const inTmp = resolve(tmpdir(), fallbackName);
  return Buffer.byteLength(inTmp) <= 100 ? inTmp : resolve('/tmp', fallbackName);
}
