/** A folder for one invocation of a tool that brings its own stack, on the file system where the product's own data would be. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './paths.ts';
import { identify } from './pids.mjs';

/**
 * Makes the folder, and removes those of invocations that were killed.
 * @param tool its name; the folders of each tool lie side by side.
 */
export function makeScratchHome(tool: string): string {
  const parent = join(cacheDir, `${tool}-homes`);
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (Number(name) === process.pid || identify(Number(name)) === null) removeScratchHome(join(parent, name));
  }
  const home = join(parent, String(process.pid));
  mkdirSync(home, { mode: 0o700 });
  return home;
}

/** A server's last file may come while the folder is being emptied, hence the retries. */
export function removeScratchHome(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
