import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

/** One JSON line an event, on standard output. Errors are written by name, code and message; a driver's error quotes values, so never whole. */
export function createLog(config: Config, name: string): Logger {
  return pino({
    name,
    level: config.monitoring.enableDetailedLogging ? 'debug' : 'info',
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: ['*.token', '*.apiKey', '*.password', '*.pass', '*.email', '*.phone'], censor: '(hidden)' },
  });
}

/** What may be said of an error in logs and on terminals. */
export function describeError(error: unknown): { name: string; code?: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = 'sqlMessage' in error ? 'the database refused a statement' : error.message;
  return { name: error.name, ...(code === undefined ? {} : { code }), message };
}
