import { StackError, StoppedError } from './errors.ts';
import { type Home, openHome, type Ports } from './home.ts';
import { isAlive, stopGroup } from './pids.mjs';
import { createPortPicker } from './ports.ts';
import type { ServiceContext } from './services/context.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const ORPHAN_GRACE_MS = 10_000;

/** What every stack stands on, whatever it runs. */
export interface BaseOptions {
  /** Folder of the data, absolute. */
  home: string;
  /** Environment the children inherit, whole. */
  env: NodeJS.ProcessEnv;
  /** Gets one line a step. */
  log: (line: string) => void;
  /** Fires when the stack is to stop, also while it is starting. */
  signal?: AbortSignal;
}

/** A locked home with a supervisor in it, and nothing running yet. */
export interface Base {
  home: Home;
  supervisor: Supervisor;
  context: ServiceContext;
  /** Calls back whenever a child has come or gone, until the stack stops. */
  onChange(listener: () => void): void;
  /** Stops all children, then lets go of the home. */
  close(): Promise<void>;
}

/**
 * Locks the home and stops what a killed stack left running in it.
 * @throws {StackError} when another launcher runs there.
 */
export async function openBase({ home: dir, env, log, signal }: BaseOptions): Promise<Base> {
  const home = await openHome(dir);
  try {
    await stopOrphans(home, log);
  } catch (error) {
    home.release();
    throw error;
  }
  const stopping = new AbortController();
  const listeners: (() => void)[] = [];
  const supervisor = createSupervisor({
    logDir: home.file('logs'),
    log,
    onChange: () => {
      home.writeProcesses(supervisor.processes());
      if (!stopping.signal.aborted) for (const listener of listeners) listener();
    },
  });
  let closed: Promise<void> | null = null;
  const close = async () => {
    stopping.abort();
    home.removeInfo();
    await supervisor.stop();
    home.writeProcesses([]);
    home.release();
  };
  const closeOnce = () => {
    closed ??= close();
    return closed;
  };
  const onAbort = () => {
    closeOnce().catch((error: unknown) => log(`stopping failed: ${String(error)}`));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) {
    await closeOnce();
    throw new StoppedError();
  }
  return {
    home,
    supervisor,
    context: { env: withoutProxyForUs(env), home, supervisor, log, signal: stopping.signal, portFor: keptPorts(home) },
    onChange: (listener) => listeners.push(listener),
    close: closeOnce,
  };
}

/** Children of a launcher that was killed together with its reaper. */
async function stopOrphans(home: Home, log: (line: string) => void): Promise<void> {
  const orphans = home.readProcesses().filter((process) => process.name !== 'reaper' && isAlive(process));
  if (orphans.length === 0) return;
  log(`stopping what an earlier start left running: ${orphans.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`);
  for (const orphan of orphans.reverse()) {
    await stopGroup(orphan, ORPHAN_GRACE_MS);
    if (isAlive(orphan))
      throw new StackError(`${orphan.name} (process ${orphan.pid}) cannot be stopped; end it by hand`);
  }
  home.removeInfo();
}

function keptPorts(home: Home): (service: keyof Ports) => Promise<number> {
  const pick = createPortPicker();
  return async (service) => {
    const port = await pick(home.readPorts()[service]);
    // Read again: services start side by side, and another one may have written its port meanwhile.
    const ports = home.readPorts();
    if (ports[service] !== port) home.writePorts({ ...ports, [service]: port });
    return port;
  };
}

/** Everything local is spoken to directly, also where a proxy is set for the rest. */
function withoutProxyForUs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const direct = [env.NO_PROXY ?? env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return { ...env, NO_PROXY: direct, no_proxy: direct };
}
