/**
 * From any Node ≥ 20 to the TypeScript program: packages as package-lock.json names them, a Node that runs TypeScript, and then
 * that program in a process of its own. Only Node's own modules: nothing is installed yet when this runs.
 * Its lines go to stderr, so that a command's stdout stays the command's.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as os } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lastLines, runCommand } from './command.mjs';
import { acquireLock } from './lock.mjs';
import { identify, isAlive } from './pids.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const NODE_PACKAGE_VERSION = '24';
const INSTALL_TIMEOUT_MS = 600_000;
const NPM_ERROR_LINES = 8;
const PARENT_POLL_MS = 1000;

/** A step that cannot be done; the message says what happened and what to do next. */
export class BootstrapError extends Error {
  name = 'BootstrapError';
}

/**
 * Runs `work` as the whole program: an error it names is printed as one sentence and ends the process with exit code 1.
 * @param {(signal: AbortSignal) => Promise<number>} work gets a signal that fires on Ctrl-C and SIGTERM; returns the exit code.
 */
export async function main(work) {
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal);
  try {
    process.exitCode = await work(interrupted.signal);
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    console.error(`license-sync: ${error.message}`);
    process.exitCode = interrupted.signal.aborted ? 130 : 1;
  }
}

/**
 * Installs packages when package-lock.json changed since the last time. Two processes at once install once.
 * @param {{root?: string, dev?: boolean, signal?: AbortSignal}} [options] `dev`: the development packages are needed as well.
 * @throws {BootstrapError} when npm is missing or fails.
 */
export async function ensurePackages({ root = PROJECT, dev = false, signal } = {}) {
  if (packagesAreThere(root, dev)) return;
  const lock = await acquireLock(join(root, '.cache', 'packages.lock'), {
    waitMs: INSTALL_TIMEOUT_MS,
    onWait: (owner) => say(`waiting for process ${owner.pid}, which installs packages`),
  });
  try {
    if (packagesAreThere(root, dev)) return;
    const why = existsSync(join(root, 'node_modules')) ? 'package-lock.json changed' : 'there are none yet';
    say(`installing packages (npm ci), since ${why}`);
    await installPackages(root, signal);
    writeFileSync(stampFile(root), lockHash(root));
  } finally {
    lock.release();
  }
}

/**
 * A Node that runs TypeScript: this one, one on PATH, the project's own, or one installed by npm into the project's cache.
 * @param {{root?: string, current?: {version: string, path: string}, path?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<string>} path of the executable
 * @throws {BootstrapError} when none is found and none can be installed.
 */
export async function ensureNode({
  root = PROJECT,
  current = { version: process.versions.node, path: process.execPath },
  path = process.env.PATH ?? '',
  signal,
} = {}) {
  if (runsTypeScript(current.version)) return current.path;
  const cache = join(root, '.cache', 'node');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const cached = join(cache, 'node_modules', name, 'bin', 'node');
  const onPath = path.split(delimiter).map((dir) => join(dir, 'node'));
  for (const candidate of [...onPath, cached]) if (await isUsableNode(candidate)) return candidate;

  const lock = await acquireLock(join(root, '.cache', 'node.lock'), { waitMs: INSTALL_TIMEOUT_MS });
  try {
    if (await isUsableNode(cached)) return cached;
    say(
      `getting Node ${NODE_PACKAGE_VERSION} (npm package ${name}), since Node ${current.version} does not run TypeScript`,
    );
    mkdirSync(cache, { recursive: true });
    const args = ['install', '--prefix', cache, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await npm([...args, `${name}@${NODE_PACKAGE_VERSION}`], `installing ${name}`, { cwd: cache, signal });
    if (await isUsableNode(cached)) return cached;
  } finally {
    lock.release();
  }
  throw new BootstrapError(
    `the Node of package ${name} does not run on this machine; install Node 22.18 or newer and put it first on PATH`,
  );
}

/**
 * Runs a TypeScript entry point with inherited stdio and resolves with its exit code. It runs in a group of its own and gets every
 * signal once, from here: Ctrl-C reaches a terminal's whole foreground group and would otherwise arrive twice.
 * When this process dies without a word, `attached.mjs` on the other side notices.
 * @param {string} entry path inside the project
 * @param {readonly string[]} args
 * @param {{root?: string, dev?: boolean, signal?: AbortSignal}} [options]
 */
export async function runTypeScript(entry, args, { root = PROJECT, dev = false, signal } = {}) {
  await ensurePackages({ root, dev, signal });
  const node = await ensureNode({ root, signal });
  if (signal?.aborted) return 130;
  const attached = pathToFileURL(join(PROJECT, 'stack', 'attached.mjs')).href;
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', '--import', attached, join(root, entry), ...args],
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true },
  );
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH'];
  const forward = (name) => child.kill(name);
  for (const name of signals) process.on(name, forward);
  const stopWatching = watchNpm(() => child.kill('SIGTERM'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new BootstrapError(`${node} could not be run (${error.message})`)));
      child.once('exit', (code, killedBy) => resolve(code ?? 128 + (os.signals[killedBy] ?? 0)));
    });
  } finally {
    stopWatching();
    for (const name of signals) process.off(name, forward);
  }
}

/** Node runs TypeScript without a flag since 22.18 and 23.6. */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/** npm passes Ctrl-C and SIGTERM on, but killed by SIGKILL it would leave this process behind without anybody to stop it. */
function watchNpm(onGone) {
  // npm runs its script by a shell, which may or may not stand between.
  const npm = [process.ppid, parentOf(process.ppid)].filter(isNpm).map(identify)[0];
  if (!npm) return () => undefined;
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  return () => clearInterval(timer);
}

function parentOf(pid) {
  return Number(/^PPid:\s*(\d+)$/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
}

function isNpm(pid) {
  return readProc(pid, 'comm').startsWith('npm');
}

/** Empty where there is no /proc or no such process. */
function readProc(pid, file) {
  const path = `/proc/${pid}/${file}`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function packagesAreThere(root, dev) {
  const stamp = stampFile(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(root)) return true;
  return npmInstalledThese(root, dev);
}

/** npm writes down what it installed, last of all: somebody's own `npm ci` (an image without a network) counts as well. */
function npmInstalledThese(root, dev) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !dev)) return true;
    return installed[path]?.version === entry.version && existsSync(join(root, path, 'package.json'));
  });
}

function stampFile(root) {
  return join(root, 'node_modules', '.license-sync-packages');
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

async function isUsableNode(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  const { code, stdout } = await runCommand(path, ['--version'], { timeoutMs: 10_000 });
  return code === 0 && runsTypeScript(stdout.trim());
}

async function installPackages(root, signal) {
  // --include=dev: with NODE_ENV=production npm would leave out what the tests need and the stamp would be wrong.
  const flags = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
  await npm(['ci', ...flags], 'npm ci', { cwd: root, signal });
}

async function npm(args, what, options) {
  const result = await runNpm(args, options);
  if (result.failure !== null) throw npmError(what, result);
}

function runNpm(args, { cwd, signal }) {
  const [command, ...before] = npmCommand();
  return runCommand(command, [...before, ...args], { cwd, timeoutMs: INSTALL_TIMEOUT_MS, signal });
}

function npmError(what, { failure, output }) {
  // npm names the cause first and ends with pages of advice.
  const errors = output.split('\n').filter((line) => /^npm (error|ERR!) \S/.test(line));
  const said = lastLines(errors.slice(0, NPM_ERROR_LINES).join('\n')) || lastLines(output);
  const next = 'check the network or the npm settings and run the command again';
  return new BootstrapError(`${what} ${failure}; ${next}${said ? `. npm said:\n${said}` : ''}`);
}

/** npm from PATH; else the one that runs us; else the one beside this Node. */
function npmCommand() {
  const execpath = process.env.npm_execpath ?? '';
  const dirs = [...(process.env.PATH ?? '').split(delimiter), dirname(process.execPath)];
  const found = dirs.map((dir) => join(dir, 'npm')).find((file) => existsSync(file));
  if (found) return [found];
  if (basename(execpath) === 'npm-cli.js' && existsSync(execpath)) return [process.execPath, execpath];
  throw new BootstrapError('npm is not on PATH: install it together with Node, for packages have to be installed');
}

function say(line) {
  console.error(`license-sync: ${line}`);
}
