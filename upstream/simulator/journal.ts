/**
 * What happened to the data, one JSON line an operation, written before the operation is answered: a simulator that was killed
 * comes back with the data its callers know. Writes go to the operating system, not through to the disk, because what is simulated
 * here is the death of a process.
 */
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Operation } from './dataset.ts';

/** What the operations refer to; a journal makes no sense over another base. */
export interface JournalBase {
  records: number;
  seed: number;
  bundled: boolean;
}

export interface Journal {
  append(operation: Operation): void;
  close(): void;
}

/** The journal cannot be used; the message says why. */
export class JournalError extends Error {}

/**
 * Opens or starts the journal and hands all its operations to `replay` first.
 * @throws {JournalError} when it was written over other data or a line other than the last is damaged.
 */
export function openJournal(path: string, base: JournalBase, replay: (operation: Operation) => void): Journal {
  const fd = openSync(path, existsSync(path) ? 'r+' : 'w+');
  let end: number;
  try {
    end = readLines(fd, (line, number) => {
      const entry = parse(line, path, number);
      if (number === 1) checkBase(entry, base, path);
      else replay(entry as Operation);
    });
    // The torn rest of a write that was cut off was never answered. It goes, or the next line would be glued to it.
    ftruncateSync(fd, end);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const write = (entry: object) => {
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, end + done);
    end += bytes.length;
  };
  if (end === 0) write({ op: 'base', ...base });
  return { append: write, close: () => closeSync(fd) };
}

/** Bytes up to the end of the last whole line. */
function readLines(fd: number, visit: (line: string, number: number) => void): number {
  const chunk = Buffer.alloc(1 << 16);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let end = 0;
  let number = 0;
  for (let offset = 0; ; ) {
    const got = readSync(fd, chunk, 0, chunk.length, offset);
    if (got === 0) return end;
    offset += got;
    const lines = (rest + decoder.write(chunk.subarray(0, got))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      visit(line, ++number);
      end += Buffer.byteLength(line) + 1;
    }
  }
}

function parse(line: string, path: string, number: number): { op?: unknown } {
  try {
    return JSON.parse(line);
  } catch {
    throw new JournalError(
      `${path}: line ${number} is damaged; restore the journal, or remove it to start with fresh data`,
    );
  }
}

function checkBase(entry: { op?: unknown }, base: JournalBase, path: string): void {
  if (JSON.stringify(entry) === JSON.stringify({ op: 'base', ...base })) return;
  throw new JournalError(
    `${path} was written over other data (${JSON.stringify(entry)}); start with the same --records, --seed and --no-bundled, or name another journal`,
  );
}
