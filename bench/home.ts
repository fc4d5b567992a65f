/** A folder for one invocation of the bench, on the file system where the product's own data would be. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../stack/paths.ts';
import { identify } from '../stack/pids.mjs';

/** Makes the folder, and removes those of invocations that were killed. */
export function makeBenchHome(): string {
  const parent = join(cacheDir, 'bench-homes');
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (Number(name) === process.pid || identify(Number(name)) === null) removeBenchHome(join(parent, name));
  }
  const home = join(parent, String(process.pid));
  mkdirSync(home, { mode: 0o700 });
  return home;
}

/** A server's last file may come while the folder is being emptied, hence the retries. */
export function removeBenchHome(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
