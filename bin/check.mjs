#!/usr/bin/env node
/** Formatter, lint and types; both tools always run, and either one fails the check. Needs Node ≥ 20 and nothing else. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensurePackages, main } from '../stack/bootstrap.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const TOOL_TIMEOUT_MS = 300_000;

const tools = [
  ['biome', 'check', '.'],
  ['tsc', '-p', '.'],
];

await main(async (signal) => {
  await ensurePackages({ dev: true, signal });
  const failed = tools.filter(([tool, ...args]) => {
    console.log(`check: ${tool} ${args.join(' ')}`);
    const bin = fileURLToPath(new URL(`../node_modules/.bin/${tool}`, import.meta.url));
    const { status, error } = spawnSync(bin, args, { cwd: root, stdio: 'inherit', timeout: TOOL_TIMEOUT_MS });
    if (error) console.error(`check: ${tool} could not be run (${error.message})`);
    return status !== 0;
  });
  console.log(failed.length === 0 ? 'check: passed' : `check: failed (${failed.map(([tool]) => tool).join(', ')})`);
  return failed.length === 0 ? 0 : 1;
});
