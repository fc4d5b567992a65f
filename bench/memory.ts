/** Peak memory of child processes. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MEASURED, type Measured, measuredAs } from './stand.ts';

const SAMPLE_EVERY_MS = 500;
const PS_TIMEOUT_MS = 5000;

/** Bytes since each process began, of several workers the one with most; null when it could not be read. */
export type Peaks = Record<Measured, number | null>;

export interface MemoryWatch {
  /** Looks once more, and says how high each process has been up to now. */
  peaks(): Promise<Peaks>;
  /** Processes that died and were started again meanwhile. */
  restarted(): string[];
  stop(): void;
}

/** The kernel keeps the mark itself; sampling catches what a process that dies takes with it. */
export function watchMemory(processes: () => { name: string; pid: number }[]): MemoryWatch {
  const highest = new Map<Measured, number>();
  const pids = new Map<string, Set<number>>();

  const sample = async () => {
    for (const { name, pid } of processes()) {
      const measured = measuredAs(name);
      if (measured === null) continue;
      pids.set(name, (pids.get(name) ?? new Set()).add(pid));
      const bytes = await peakOf(pid);
      if (bytes !== null) highest.set(measured, Math.max(bytes, highest.get(measured) ?? 0));
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);

  return {
    peaks: async () => {
      await sample();
      return Object.fromEntries(MEASURED.map((name) => [name, highest.get(name) ?? null])) as Peaks;
    },
    restarted: () => [...pids].flatMap(([name, seen]) => (seen.size > 1 ? [name] : [])),
    stop: () => clearInterval(timer),
  };
}

/** `VmHWM`; where there is no /proc what `ps` says now, so that the highest sample stands in for the mark. Null when the process is gone. */
export async function peakOf(pid: number): Promise<number | null> {
  try {
    if (process.platform === 'linux') {
      const kb = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
      return kb === undefined ? null : Number(kb) * 1024;
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)], { timeout: PS_TIMEOUT_MS });
    return Number(stdout) * 1024 || null;
  } catch {
    // It ended between being listed and being looked at.
    return null;
  }
}
