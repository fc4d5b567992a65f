/** The real simulator as a child process, and its control calls as functions. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSimulatorControl, type SimulatorControl } from '../../upstream/simulator/control-client.ts';
import type { FaultSpec, SetFault } from '../../upstream/simulator/fault-box.ts';
import type { RawRecord } from '../../upstream/simulator/record.ts';
import type { StatsReport } from '../../upstream/simulator/stats.ts';

export type { FaultSpec, RawRecord, SetFault, SimulatorControl, StatsReport };

export interface SimulatorOptions {
  /** Invented records beside the bundled ones; without `bundled: true` only these. */
  records?: number;
  seed?: number;
  /** Default: only when `records` is not given. */
  bundled?: boolean;
  /** Default: `DEFAULT_API_KEY`; null: none is required. */
  apiKey?: string | null;
  maxLimit?: number;
  /** A file that keeps the changes over restarts. */
  journal?: string;
  sorted?: boolean;
  /** To come back under the same address after a stop. */
  port?: number;
}

export interface Simulator {
  url: string;
  apiKey: string | null;
  /** Records at the start. */
  records: number;
  pid: number;
  control: SimulatorControl;
  /** Ends the process: by SIGTERM, or another signal to see what a crash leaves behind. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export const DEFAULT_API_KEY = 'simulator-key';

const MAIN = fileURLToPath(new URL('../../upstream/simulator/main.ts', import.meta.url));

/** @throws {Error} with what the process said, when it does not start. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const apiKey = options.apiKey === undefined ? DEFAULT_API_KEY : options.apiKey;
  // The IPC channel makes the child end with this process, however that ends.
  const child = spawn(process.execPath, [MAIN, ...flags(options, apiKey)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-5000);
  });
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface(child.stdout).once('line', resolve);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the simulator ended with ${code}: ${complaint}`)));
  });
  const { url, records } = JSON.parse(line) as { url: string; records: number };
  return {
    url,
    apiKey,
    records,
    pid: child.pid ?? 0,
    control: createSimulatorControl(url),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

function flags(options: SimulatorOptions, apiKey: string | null): string[] {
  const { records, seed, bundled = records === undefined, maxLimit, journal, sorted, port } = options;
  return [
    ...(records === undefined ? [] : ['--records', String(records)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(bundled ? [] : ['--no-bundled']),
    ...(apiKey === null ? [] : [`--api-key=${apiKey}`]),
    ...(maxLimit === undefined ? [] : ['--max-limit', String(maxLimit)]),
    ...(journal === undefined ? [] : ['--journal', journal]),
    ...(sorted === undefined ? [] : ['--sorted', String(sorted)]),
    ...(port === undefined ? [] : ['--port', String(port)]),
  ];
}
