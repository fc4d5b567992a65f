/** Taking a plan as a file, whole or not at all. */
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { writeWholeFile } from './whole-file.ts';

/** More than the last line of an export takes. */
const TAIL_BYTES = 4096;

/**
 * Writes the export to a file, or to standard output when none is named. The file appears under its name only when all of it is there.
 * @returns how many records it holds.
 * @throws {CliError} when it was cut off, or the file cannot be written.
 */
export async function exportPlan(
  terminal: Pick<Terminal, 'raw'>,
  body: AsyncIterable<Uint8Array>,
  format: string,
  file: string | undefined,
): Promise<number> {
  const records =
    file === undefined
      ? await copy(body, format, (chunk) => terminal.raw(chunk))
      : await writeWholeFile(file, (write) => copy(body, format, write));
  return records;
}

async function copy(
  body: AsyncIterable<Uint8Array>,
  format: string,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<number> {
  let tail = Buffer.alloc(0);
  for await (const chunk of body) {
    await write(chunk);
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
  }
  const last = tail.toString().trimEnd().split('\n').at(-1) ?? '';
  const [, count] = END[format]?.exec(last) ?? [];
  if (count === undefined)
    throw new CliError(EXIT.failed, 'the export was cut off: its last line is missing; try again');
  return Number(count);
}

/** The last line of a whole export. */
const END: Record<string, RegExp> = {
  csv: /^# end,(\d+) records,*$/,
  jsonl: /^\{"end":true,"records":(\d+)\}$/,
};
