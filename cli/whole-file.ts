/** A file that appears under its name only when all of it is there. */
import { open, rename, rm } from 'node:fs/promises';
import { CliError, EXIT } from './exit.ts';

/**
 * Replaces the file by what `fill` writes, when it has written all of it; otherwise everything stays as it was.
 * @returns what `fill` returns.
 * @throws {CliError} when the file cannot be written, and whatever `fill` throws.
 */
export async function writeWholeFile<T>(
  file: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const draft = `${file}.${process.pid}.part`;
  try {
    const handle = await open(draft, 'w');
    let result: T;
    try {
      result = await fill(async (chunk) => {
        await handle.writeFile(chunk);
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof CliError || !(error instanceof Error && 'code' in error)) throw error;
    throw new CliError(EXIT.failed, `${file} cannot be written (${error.code}); nothing was left behind`, {
      cause: error,
    });
  }
}
