import { existsSync } from 'node:fs';
import { lastLines, runCommand } from '../command.mjs';
import { findProgram } from '../which.ts';
import type { ServiceContext } from './context.ts';

const TIMEOUT_MS = 600_000;

/**
 * Installs packages where that is possible without asking anybody: as root on a Debian system.
 * @param forWhat what is missing, said before: `MySQL: none found`.
 * @returns false when it is not possible here, or failed (which is said).
 */
export async function installPackages(
  { env, log, signal }: ServiceContext,
  packages: readonly string[],
  forWhat: string,
): Promise<boolean> {
  const apt = findProgram('apt-get', env);
  if (!apt || process.geteuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]) => runCommand(apt, args, { env: quiet, timeoutMs: TIMEOUT_MS, signal });
  const install = () => run('install', '-y', '-qq', '--no-install-recommends', ...packages);

  log(`${forWhat}; installing it (apt-get install ${packages.join(' ')})`);
  if ((await install()).failure === null) return true;
  // A fresh system has no package lists yet, and old lists name versions that are gone.
  const update = await run('update', '-qq');
  const { failure, output } = update.failure === null ? await install() : update;
  if (failure === null) return true;
  log(`apt-get ${failure}; it said:\n${lastLines(output)}`);
  return false;
}
