/** Which build a worker is: what it says of itself to Temporal, to operators and in the log. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Separates the build from the process in the name of a worker. */
const SEPARATOR = '/';

/**
 * The release, and the beginning of the hash of the workflow bundle: two workers with the same one follow the same histories.
 * @param bundle as it was loaded.
 */
export function buildOf(bundle: { code: string } | { codePath: string }): string {
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return `${version}+${createHash('sha256').update(code).digest('hex').slice(0, 8)}`;
}

/** Names a worker among all of them; at most 100 characters. */
export function workerName(pid: number, host: string, build: string): string {
  return `${pid}@${host.slice(0, 60)}${SEPARATOR}${build}`;
}

/** The build in a worker's name; null in one that has none. */
export function buildInName(name: string): string | null {
  const at = name.lastIndexOf(SEPARATOR);
  return at < 0 ? null : name.slice(at + 1);
}
