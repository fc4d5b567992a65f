/**
 * A lock between processes: a directory that holds its owner's identity. It appears by one rename with the owner already
 * inside, so there is no moment in which a lock without an owner could be taken for a stale one.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive } from './pids.mjs';

/** Somebody else holds the lock; `owner` says who. */
export class LockedError extends Error {
  name = 'LockedError';
  constructor(path, owner) {
    super(`${path} is held by process ${owner?.pid ?? '(unknown)'}`);
    this.owner = owner;
  }
}

/**
 * Takes the lock at `path`, also from an owner that no longer runs.
 * @param {string} path
 * @param {{waitMs?: number, onWait?: (owner: {pid: number}) => void}} [options] how long to wait for a living owner; 0 is not at all.
 * @returns {Promise<{release: () => void}>}
 * @throws {LockedError} when a living process still holds it after `waitMs`.
 */
export async function acquireLock(path, { waitMs = 0, onWait } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const self = identify(process.pid);
  const deadline = Date.now() + waitMs;
  for (let waited = false; ; waited = true) {
    if (claim(path, self)) return { release: () => release(path, self) };
    const owner = readOwner(path);
    if (owner === null) continue;
    if (!isAlive(owner)) {
      evict(path, owner);
      continue;
    }
    if (Date.now() >= deadline) throw new LockedError(path, owner);
    if (!waited) onWait?.(owner);
    await sleep(150);
  }
}

function claim(path, self) {
  const own = mkdtempSync(`${path}.new-`);
  writeFileSync(join(own, 'owner.json'), JSON.stringify(self));
  try {
    // Renaming onto a directory that is not empty fails: whoever comes second finds the first one's owner file.
    renameSync(own, path);
    return true;
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns the owner, or null when the lock was released meanwhile. */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw new Error(`the lock ${path} cannot be read (${error.message}); remove it when nothing runs`);
  }
}

function evict(path, dead) {
  const aside = `${path}.stale-${process.pid}-${Date.now()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readOwner(aside);
  // Between reading and renaming another process may have evicted the same owner and moved in: give it back.
  if (moved !== null && (moved.pid !== dead.pid || moved.start !== dead.start)) renameSync(aside, path);
  else rmSync(aside, { recursive: true, force: true });
}

function release(path, self) {
  const owner = readOwner(path);
  if (owner?.pid === self.pid && owner.start === self.start) rmSync(path, { recursive: true, force: true });
}
