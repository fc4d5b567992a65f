import { parseArgs } from 'node:util';
import { reasonOf } from './errors.ts';

/** What `npm start` was asked for. */
export interface StartFlags {
  once: boolean;
  sync: boolean;
  workers: number;
  help: boolean;
}

/** Flags that cannot be used; the message says which there are. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export const USAGE = `npm start -- [--once] [--no-sync] [--workers N]
  --once       stop everything after the report; exit code 0 completed, 3 awaits approval, else 1
  --no-sync    start no sync
  --workers N  worker processes, 1 to 16 (default 1)`;

const MOST_WORKERS = 16;

/** @throws {FlagError} on anything unknown. */
export function parseStartFlags(args: readonly string[]): StartFlags {
  const { once, 'no-sync': noSync, workers, help } = parse(args);
  if (!/^\d+$/.test(workers) || Number(workers) < 1 || Number(workers) > MOST_WORKERS) {
    throw new FlagError(`--workers ${workers}: expected a number from 1 to ${MOST_WORKERS}`);
  }
  if (once && noSync) throw new FlagError('--once and --no-sync together would start everything for nothing');
  return { once, sync: !noSync, workers: Number(workers), help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        'no-sync': { type: 'boolean', default: false },
        workers: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new FlagError(`${reasonOf(error).split('. ')[0]}\n${USAGE}`);
  }
}
