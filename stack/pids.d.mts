/** A process, named so that a reused pid is not taken for it. */
export interface ProcessIdentity {
  pid: number;
  start: string;
}
export function identify(pid: number): ProcessIdentity | null;
export function isAlive(process: ProcessIdentity): boolean;
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean;
export function stopGroup(leader: ProcessIdentity, graceMs: number): Promise<void>;
