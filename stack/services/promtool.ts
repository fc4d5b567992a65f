/** What tests judge metrics and alert rules with. Taken out of Debian's package without installing it: that would start a server. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runCommand } from '../command.mjs';
import { StackError } from '../errors.ts';
import { cacheDir } from '../paths.ts';
import { findProgram, isExecutable } from '../which.ts';
import type { ServiceContext } from './context.ts';

const PACKAGE = 'prometheus';
const TIMEOUT_MS = 300_000;

/** @returns the path of promtool. @throws {StackError} that says what to do. */
export async function ensurePromtool(context: ServiceContext): Promise<string> {
  const given = context.env.TEST_PROMTOOL;
  if (given) {
    if (isExecutable(given)) return given;
    throw new StackError(`TEST_PROMTOOL names ${given}, which cannot be run`);
  }
  const cached = join(cacheDir, 'promtool');
  const found = findProgram('promtool', context.env) ?? (isExecutable(cached) ? cached : null);
  if (found !== null) return found;
  const why = await unpack(context, cached);
  if (why === null) return cached;
  throw new StackError(
    `the tests of metrics need promtool, and it could not be had (${why}): install Prometheus, or set TEST_PROMTOOL`,
  );
}

/** @returns why it could not be had; null when it is there. */
async function unpack({ env, log, signal }: ServiceContext, target: string): Promise<string | null> {
  const apt = findProgram('apt-get', env);
  const dpkg = findProgram('dpkg-deb', env);
  if (!apt || !dpkg) return 'there is no apt-get';
  log(`promtool: none found; getting it (apt-get download ${PACKAGE})`);
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, 'promtool-'));
  const run = (program: string, ...args: string[]) =>
    runCommand(program, args, { env, cwd: folder, timeoutMs: TIMEOUT_MS, signal });
  try {
    let got = await run(apt, 'download', '-qq', PACKAGE);
    // A fresh system has no package lists yet.
    if (got.failure !== null && process.geteuid?.() === 0) {
      await run(apt, 'update', '-qq');
      got = await run(apt, 'download', '-qq', PACKAGE);
    }
    if (got.failure !== null) return `apt-get ${got.failure}: ${lastLines(got.output)}`;
    const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (!deb) return 'apt-get brought nothing';
    const { failure, output } = await run(dpkg, '-x', deb, 'content');
    if (failure !== null) return `dpkg-deb ${failure}: ${lastLines(output)}`;
    renameSync(join(folder, 'content', 'usr', 'bin', 'promtool'), target);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
