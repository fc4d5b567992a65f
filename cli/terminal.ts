/** Where commands write. Everything passes through here, so nothing from data reaches a terminal as it is. */
import { once } from 'node:events';
import { clean, safeJson } from './text.ts';

export interface Terminal {
  /** A line of the result. */
  line(text?: string): void;
  /** A part of a result that is a file of its own; resolves when there is room for more. */
  raw(chunk: Uint8Array): Promise<void>;
  /** The result as JSON. */
  json(value: unknown): void;
  /** A line for people that is no part of the result. */
  note(text: string): void;
  /** Rewrites the current line; only where `live` is true. */
  rewrite(text: string): void;
  /** Whether somebody looks at a terminal. */
  readonly live: boolean;
}

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let rewriting = false;
  const decoder = new TextDecoder();
  const settle = () => {
    if (rewriting) stdout.write('\r\x1b[2K');
    rewriting = false;
  };
  return {
    line(text = '') {
      settle();
      stdout.write(`${clean(text)}\n`);
    },
    async raw(chunk) {
      // Into a file or a pipe it goes as it is.
      const text = stdout.isTTY === true ? printable(decoder.decode(chunk, { stream: true })) : chunk;
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    json(value) {
      stdout.write(`${safeJson(value)}\n`);
    },
    note(text) {
      settle();
      for (const line of text.split('\n')) stderr.write(`${clean(line)}\n`);
    },
    rewrite(text) {
      rewriting = true;
      // One column less: a full line would wrap, and could not be rewritten.
      stdout.write(`\r\x1b[2K${clean(text).slice(0, Math.max(20, (stdout.columns ?? 80) - 1))}`);
    },
    live: stdout.isTTY === true,
  };
}

/** Lines stay lines. */
function printable(text: string): string {
  return text.replaceAll('\r', '').split('\n').map(clean).join('\n');
}
