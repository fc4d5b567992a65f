import type { ProcessIdentity } from './pids.mjs';

export class LockedError extends Error {
  readonly owner: ProcessIdentity;
}
export interface Lock {
  release(): void;
}
export function acquireLock(
  path: string,
  options?: { waitMs?: number; onWait?: (owner: ProcessIdentity) => void },
): Promise<Lock>;
