import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers are installed that a user's PATH often leaves out. */
const SYSTEM_DIRS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Path of a program, looked up on PATH and then where systems keep servers; null when there is none. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | null {
  const dirs = [...(env.PATH ?? '').split(delimiter), ...SYSTEM_DIRS].filter((dir) => dir !== '');
  return dirs.map((dir) => join(dir, name)).find(isExecutable) ?? null;
}

/** Whether this user may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
