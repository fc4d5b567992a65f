import type { Ports } from '../home.ts';
import type { Supervisor } from '../supervisor.ts';

/** What starting a service needs. */
export interface ServiceContext {
  /** The caller's environment, as it is. */
  env: NodeJS.ProcessEnv;
  home: { file(...parts: string[]): string };
  supervisor: Supervisor;
  log: (line: string) => void;
  /** Fires when the stack is told to stop. */
  signal: AbortSignal;
  /** Draws a free port, the service's last one when it is free, and keeps it for the next start. */
  portFor(service: keyof Ports): Promise<number>;
}
