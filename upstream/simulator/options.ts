/** The command line of the simulator. */
import { parseArgs } from 'node:util';

export interface CommandLine {
  /** Address to bind to. */
  host: string;
  port: number;
  /** Invented records, beside the bundled ones. */
  records: number;
  seed: number;
  bundled: boolean;
  apiKey: string | null;
  /** The most records a page may hold. */
  maxLimit: number;
  journal: string | null;
  sorted: boolean;
}

export const USAGE = `usage: node upstream/simulator/main.ts [options]

  --host ADDRESS    address to bind to (default 127.0.0.1)
  --port N          port there (0: a free one)
  --records N       N invented records beside the bundled ones
  --seed S          other invented records for another S (default 1)
  --no-bundled      without the bundled records
  --api-key KEY     calls must carry it as x-api-key
  --max-limit N     records a page may hold (default 100)
  --journal FILE    keeps changes in FILE and starts from them
  --sorted false    sortBy is not heeded; records come in an order of the server's own
`;

/** The command line cannot be used; the message says why. */
export class UsageError extends Error {}

/**
 * Null: help was asked for.
 * @throws {UsageError}
 */
export function readCommandLine(args: string[]): CommandLine | null {
  const values = parse(args);
  if (values.help) return null;
  if (values.sorted !== 'true' && values.sorted !== 'false') throw new UsageError('--sorted is true or false');
  if ([values.host, values['api-key'], values.journal].includes(''))
    throw new UsageError('--host, --api-key and --journal may not be empty');
  return {
    host: values.host,
    port: whole('--port', values.port, 0, 65_535),
    records: whole('--records', values.records, 0, 50_000_000),
    seed: whole('--seed', values.seed, 0, 2 ** 32 - 1),
    bundled: !values['no-bundled'],
    apiKey: values['api-key'] ?? null,
    maxLimit: whole('--max-limit', values['max-limit'], 1, 10_000),
    journal: values.journal ?? null,
    sorted: values.sorted === 'true',
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        records: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        'no-bundled': { type: 'boolean', default: false },
        'api-key': { type: 'string' },
        'max-limit': { type: 'string', default: '100' },
        journal: { type: 'string' },
        sorted: { type: 'string', default: 'true' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${flag} is to be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
