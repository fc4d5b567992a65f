import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, StackError, StoppedError } from './errors.ts';
import type { ProcessRecord } from './home.ts';
import { boundLog, openLog, tailOfLog } from './log-file.ts';
import { identify, signalGroup, stopGroup } from './pids.mjs';
import { startReaper } from './reaper.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const HEALTHY_AFTER_MS = 20_000;
const PROBE_EVERY_MS = 100;
const LOG_CHECK_MS = 30_000;
const LAST_WAIT_MS = 5000;
const DEFAULT_GRACE_MS = 10_000;

/** A program and how it is run. */
export interface ProgramSpec {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** How long it may take to end after SIGTERM, ms. */
  graceMs?: number;
}

/** A program that is kept running. */
export interface ServiceSpec extends ProgramSpec {
  /** Whether it answers; asked again and again until it says yes. */
  ready?: () => Promise<boolean>;
  readyTimeoutMs?: number;
}

/** A program that ends by itself. */
export interface TaskSpec extends ProgramSpec {
  timeoutMs?: number;
  /** Its output goes to the terminal instead of a log. */
  terminal?: boolean;
}

/** Runs children in process groups of their own, restarts services that die, and stops all of them, whatever happens to it. */
export interface Supervisor {
  /**
   * Starts a service and waits until it is ready. From then on it is restarted when it dies.
   * @throws {StackError} when it dies before, or is not ready in time.
   */
  start(spec: ServiceSpec): Promise<void>;
  /** Stops a service for good; one that does not run, or is between two starts, is only not started again. */
  end(name: string): Promise<void>;
  /** Runs a task to its end and resolves with its exit code. */
  run(spec: TaskSpec): Promise<number>;
  /** Path of a child's log. */
  logOf(name: string): string;
  /** Children that run now, in the order of their first start, and the reaper. */
  processes(): ProcessRecord[];
  /** Stops everything, the youngest first. */
  stop(): Promise<void>;
  /** SIGKILL to everything, at once. */
  kill(): void;
}

interface Child {
  spec: ServiceSpec | TaskSpec;
  /** Counts the starts; kept over restarts, so that what others stand on is stopped after them. */
  rank: number;
  process: ChildProcess;
  pid: number | undefined;
  start: string;
  startedAt: number;
  /** Resolves with how it ended, as half a sentence, and the exit code. */
  ended: Promise<{ how: string; code: number }>;
}

/**
 * @param options.onChange called whenever a child has come or gone.
 */
export function createSupervisor(options: {
  logDir: string;
  log: (line: string) => void;
  onChange?: () => void;
}): Supervisor {
  const { logDir, log, onChange = () => undefined } = options;
  const logOf = (name: string) => join(logDir, `${name}.log`);
  const children: Child[] = [];
  const reaper = startReaper(logOf('reaper'));
  const stopping = new AbortController();
  /** Of each service that is kept running: fires when it no longer is to. */
  const kept = new Map<string, AbortController>();
  const logCheck = setInterval(() => {
    for (const child of children) boundLog(logOf(child.spec.name));
  }, LOG_CHECK_MS);
  logCheck.unref();

  let starts = 0;

  const changed = () => {
    try {
      onChange();
    } catch (error) {
      // A full disk, say: no reason to give up on the children.
      log(`writing down which processes run failed (${reasonOf(error)})`);
    }
  };

  const launch = (spec: ServiceSpec | TaskSpec, rank = ++starts): Child => {
    const graceMs = spec.graceMs ?? DEFAULT_GRACE_MS;
    const process = spawnChild(spec, logOf(spec.name));
    const identity = process.pid === undefined ? null : identify(process.pid);
    const child: Child = {
      spec,
      rank,
      process,
      pid: process.pid,
      start: identity?.start ?? '',
      startedAt: Date.now(),
      ended: endOf(process).then((end) => {
        if (children.includes(child)) children.splice(children.indexOf(child), 1);
        // Whatever it left in its group goes with it, or a successor would meet it on the same port or files.
        if (child.pid !== undefined) {
          signalGroup(child.pid, 'SIGKILL');
          reaper.remove(child.pid);
        }
        changed();
        return end;
      }),
    };
    children.push(child);
    if (identity) reaper.add({ ...identity, name: spec.name, rank, graceMs });
    changed();
    return child;
  };

  const keepRunning = async (spec: ServiceSpec, first: Child, over: AbortSignal): Promise<void> => {
    let failures = 0;
    for (let child = first; ; child = launch(spec, first.rank)) {
      const { how } = await child.ended;
      if (over.aborted) return;
      failures = Date.now() - child.startedAt >= HEALTHY_AFTER_MS ? 0 : failures;
      const delay = restartDelay(failures);
      failures += 1;
      log(`${spec.name} ${how}; starting it again in ${delay / 1000} s (its log: ${logOf(spec.name)})`);
      if (!(await pause(delay, over))) return;
    }
  };

  const stopAll = () => {
    stopping.abort();
    for (const over of kept.values()) over.abort();
  };

  const stopChild = async (child: Child): Promise<void> => {
    if (child.pid !== undefined) await stopGroup({ pid: child.pid, start: child.start }, graceOf(child));
    const ended = await Promise.race([child.ended, sleep(LAST_WAIT_MS, null, { ref: false })]);
    if (ended) return;
    log(`${child.spec.name} (process ${child.pid}) does not end even by SIGKILL; it is left alone`);
    children.splice(children.indexOf(child), 1);
  };

  return {
    logOf,
    processes: () => {
      const reaperId = identify(reaper.pid() ?? 0);
      const all = oldestFirst(children).flatMap(({ spec, pid, start }) =>
        pid === undefined ? [] : [{ name: spec.name, pid, start }],
      );
      return reaperId ? [...all, { name: 'reaper', ...reaperId }] : all;
    },
    start: async (spec) => {
      if (stopping.signal.aborted) throw new StoppedError();
      const child = launch(spec);
      const ended = child.ended.then(({ how }) => {
        if (stopping.signal.aborted) throw new StoppedError();
        throw new StackError(withLog(`${spec.name} ${how} before it was ready`, logOf(spec.name)));
      });
      const settled = new AbortController();
      try {
        await Promise.race([ended, becomesReady(spec, logOf(spec.name), settled.signal)]);
      } finally {
        settled.abort();
      }
      const over = new AbortController();
      kept.set(spec.name, over);
      if (stopping.signal.aborted) over.abort();
      void keepRunning(spec, child, over.signal);
    },
    end: async (name) => {
      kept.get(name)?.abort();
      kept.delete(name);
      for (const child of children.filter(({ spec }) => spec.name === name)) await stopChild(child);
    },
    run: async (spec) => {
      if (stopping.signal.aborted) throw new StoppedError();
      const child = launch(spec);
      const timer = setTimeout(() => {
        log(`${spec.name} did not finish within ${(spec.timeoutMs ?? 0) / 1000} s and is stopped`);
        void stopChild(child);
      }, spec.timeoutMs);
      if (spec.timeoutMs === undefined) clearTimeout(timer);
      const { code } = await child.ended;
      clearTimeout(timer);
      if (stopping.signal.aborted) throw new StoppedError();
      return code;
    },
    stop: async () => {
      stopAll();
      clearInterval(logCheck);
      for (let child = oldestFirst(children).at(-1); child; child = oldestFirst(children).at(-1))
        await stopChild(child);
      reaper.close();
    },
    kill: () => {
      stopAll();
      for (const { pid } of children) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    },
  };
}

/** Pause before a restart: 0.5 s, doubling to 10 s. */
export function restartDelay(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS);
}

/** A message with the end of the log it speaks of. */
export function withLog(message: string, logPath: string): string {
  const tail = tailOfLog(logPath);
  return `${message}; its log is ${logPath}${tail ? `, which ends with\n${tail}` : ' (empty)'}`;
}

function spawnChild(spec: ServiceSpec | TaskSpec, logPath: string): ChildProcess {
  if ('terminal' in spec && spec.terminal) {
    return spawn(spec.command, [...spec.args], { env: spec.env, stdio: 'inherit', detached: true });
  }
  const log = openLog(logPath);
  try {
    return spawn(spec.command, [...spec.args], { env: spec.env, stdio: ['ignore', log, log], detached: true });
  } finally {
    closeSync(log);
  }
}

function endOf(process: ChildProcess): Promise<{ how: string; code: number }> {
  return new Promise((resolve) => {
    process.once('error', (error) => {
      if (process.pid === undefined) resolve({ how: `could not be run (${error.message})`, code: 127 });
    });
    process.once('exit', (code, killedBy) => {
      resolve(
        killedBy
          ? { how: `was ended by ${killedBy}`, code: 128 }
          : { how: `stopped with exit code ${code}`, code: code ?? 1 },
      );
    });
  });
}

async function becomesReady(spec: ServiceSpec, logPath: string, signal: AbortSignal): Promise<void> {
  if (!spec.ready) return;
  const timeoutMs = spec.readyTimeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  while (!(await spec.ready())) {
    if (Date.now() >= deadline) {
      throw new StackError(withLog(`${spec.name} did not answer within ${timeoutMs / 1000} s`, logPath));
    }
    if (!(await pause(PROBE_EVERY_MS, signal))) return;
  }
}

function oldestFirst(children: readonly Child[]): Child[] {
  return children.toSorted((a, b) => a.rank - b.rank);
}

function graceOf(child: Child): number {
  return child.spec.graceMs ?? DEFAULT_GRACE_MS;
}

/** @returns false when the signal fired first. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
