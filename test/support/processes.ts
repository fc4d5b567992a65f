/** Child processes of tests: the real entry points, with a known environment and an end that is waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Enough for all that a test makes a process say. */
const KEPT_CHARS = 5_000_000;
const STOP_WITHIN_MS = 30_000;

export interface TestProcess {
  pid: number;
  /** What it has said so far: the end of standard output and error together. */
  output(): string;
  /** SIGTERM, then SIGKILL when it does not end; the exit code, null after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Waits until it ends by itself; the exit code, null after a signal. */
  ended(): Promise<number | null>;
  /** SIGKILL: a crash. */
  kill(): Promise<void>;
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Path of a file of the project, from its root. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The environment of a test's processes: this one without the product's own settings, and then `extra`. */
export function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const ours = /^(LICENSE_SYNC_|EXTERNAL_LICENSE_API_|TEMPORAL_|TEST_|OTEL_|DATABASE_URL$|PORT$|HOST$|NODE_OPTIONS$)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return { ...inherited, ...extra };
}

export interface StartOptions {
  args?: readonly string[];
  env: Record<string, string>;
  /** What it says when it is ready. */
  ready: string;
  withinMs?: number;
}

/** Starts a TypeScript program of the project and waits until it is ready. */
export async function startProcess(
  entry: string,
  { args = [], env, ready, withinMs = 60_000 }: StartOptions,
): Promise<TestProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', projectFile(entry), ...args], {
    env: cleanEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let output = '';
  const listeners = new Set<() => void>();
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_CHARS);
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));

  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`${entry} ${why}:\n${output.slice(-3000)}`));
    };
    const timer = setTimeout(() => fail(`did not say '${ready}' in time`), withinMs);
    const look = () => {
      if (!output.includes(ready)) return;
      clearTimeout(timer);
      listeners.delete(look);
      resolve();
    };
    listeners.add(look);
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    async ended() {
      await ended;
      return child.exitCode;
    },
    stop: (signal = 'SIGTERM') => end(child, ended, signal),
    async kill() {
      await end(child, ended, 'SIGKILL');
    },
  };
}

/** Runs a program of the project to its end. */
export async function runProcess(
  entry: string,
  args: readonly string[],
  env: Record<string, string>,
  withinMs = 60_000,
): Promise<Finished> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', projectFile(entry), ...args], {
    env: cleanEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: withinMs,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
  return child.exitCode;
}
