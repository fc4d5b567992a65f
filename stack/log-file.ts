import { closeSync, copyFileSync, fstatSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';
import { lastLines } from './command.mjs';

const ROTATE_AT_START_BYTES = 4_000_000;
const ROTATE_RUNNING_BYTES = 32_000_000;
const TAIL_BYTES = 16_000;

/** Opens a log for appending; a long one becomes `<path>.1` first. The caller closes the descriptor. */
export function openLog(path: string): number {
  if (sizeOf(path) > ROTATE_AT_START_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/**
 * Keeps the log of a running child within bounds. Children write to it directly, so that they never depend on the launcher;
 * they append, and therefore go on at the start of a file that was cut.
 */
export function boundLog(path: string): void {
  if (sizeOf(path) <= ROTATE_RUNNING_BYTES) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** The last lines of a log, indented; empty when there are none. */
export function tailOfLog(path: string, lines = 8): string {
  if (sizeOf(path) === 0) return '';
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return lastLines(buffer.toString('utf8'), lines);
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
