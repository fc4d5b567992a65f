import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openLog } from './log-file.ts';
import type { ProcessIdentity } from './pids.mjs';

const program = fileURLToPath(new URL('reaper.mjs', import.meta.url));

const RESTART_MS = 200;

/** A child as the reaper knows it. */
export interface ReaperEntry extends ProcessIdentity {
  name: string;
  /** Higher ones are stopped first. */
  rank: number;
  graceMs: number;
}

/** The small process that stops the children when the launcher was killed and cannot. */
export interface Reaper {
  add(entry: ReaperEntry): void;
  remove(pid: number): void;
  pid(): number | undefined;
  /** Lets it end; it stops what is still on its list. */
  close(): void;
}

/** Starts the reaper, and again should it die: without it, a killed launcher would leave everything running. */
export function startReaper(logPath: string): Reaper {
  const entries = new Map<number, ReaperEntry>();
  let current: ChildProcess;
  let closed = false;

  const send = (event: { add: ReaperEntry } | { remove: number }) => current.stdin?.write(`${JSON.stringify(event)}\n`);

  const launch = () => {
    const log = openLog(logPath);
    const child = spawn(process.execPath, [program], { stdio: ['pipe', log, log], detached: true });
    closeSync(log);
    // A pipe to a reaper that has just died breaks; its exit is seen below and the list is sent to the next one.
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.once('exit', () => {
      if (!closed) setTimeout(launch, RESTART_MS).unref();
    });
    current = child;
    for (const entry of entries.values()) send({ add: entry });
  };

  launch();
  return {
    add: (entry) => {
      entries.set(entry.pid, entry);
      send({ add: entry });
    },
    remove: (pid) => {
      if (entries.delete(pid)) send({ remove: pid });
    },
    pid: () => current.pid,
    close: () => {
      closed = true;
      current.stdin?.end();
    },
  };
}
