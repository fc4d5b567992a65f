/**
 * Which process is which. A pid alone proves nothing: it may have been given to somebody else since it was written down, so
 * a process is named by its pid and the moment it started. Plain JavaScript: the reaper and the bootstrap use it as well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 40;

/** @param {number} pid @returns {{pid: number, start: string} | null} null when no such process runs (a zombie does not). */
export function identify(pid) {
  const start = existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid);
  return start === null ? null : { pid, start };
}

/** Whether exactly this process still runs. */
export function isAlive(process) {
  return identify(process.pid)?.start === process.start;
}

/** Sends a signal to the process group a process leads. @returns {boolean} false when the group is gone. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
    throw error;
  }
}

/** SIGTERM to the group, SIGKILL when its leader still runs after `graceMs`. Resolves once the leader is gone. */
export async function stopGroup(leader, graceMs) {
  if (!isAlive(leader)) return;
  signalGroup(leader.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && isAlive(leader)) await sleep(POLL_MS);
  // Also after an orderly end: whatever the leader left behind in its group has nobody to stop it any more.
  signalGroup(leader.pid, 'SIGKILL');
  const killed = Date.now() + 5000;
  while (Date.now() < killed && isAlive(leader)) await sleep(POLL_MS);
}

function startFromProc(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
  // The command stands in parentheses and may contain anything, so fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function startFromPs(pid) {
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5000 });
  const line = ps.stdout?.trim() ?? '';
  if (ps.status !== 0 || line === '' || line.startsWith('Z')) return null;
  return line.replace(/^\S+\s+/, '');
}
