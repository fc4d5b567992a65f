/** Taking a plan as a file, whole or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { CliError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

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
      : await toFile(file, (write) => copy(body, format, write));
  return records;
}

async function toFile(
  file: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<number>,
): Promise<number> {
  const draft = `${file}.${process.pid}.part`;
  try {
    const handle = await open(draft, 'w');
    let records: number;
    try {
      records = await fill(async (chunk) => {
        await handle.writeFile(chunk);
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return records;
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof CliError || !(error instanceof Error && 'code' in error)) throw error;
    throw new CliError(EXIT.failed, `${file} cannot be written (${error.code}); nothing was left behind`, {
      cause: error,
    });
  }
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
