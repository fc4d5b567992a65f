import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import { maskText, PERSONAL_KEY, REMOVED } from './domain/mask.ts';
import { currentLogFields } from './log-fields.ts';

/** Of one text; what is longer would only fill the disk. */
const MAX_TEXT = 4000;
const MAX_DEPTH = 6;
/** Frames of a stack that say where an error comes from. */
const FRAMES = 4;
const SECRET_KEY = /pass|pwd|secret|token|apikey|credential|authorization|cookie/i;
/** Numbers of rows, such as that of a token: they name a secret and are none. */
const ID_KEY = /Ids?$/;

/**
 * One JSON line an event, on standard output. Errors are written by name, code and message; a driver's error quotes values, so never whole.
 * Every text of a line is masked as it leaves, whatever it was logged as.
 */
export function createLog(config: Pick<Config, 'monitoring'>, name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level: config.monitoring.enableDetailedLogging ? 'debug' : 'info',
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // A copy: pino adds the line's own fields to it.
    mixin: () => ({ ...currentLogFields() }),
    serializers: { err: describeForLog },
    hooks: { streamWrite: maskLine },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** What may be said of an error in logs and on terminals. */
export function describeError(error: unknown): { name: string; code?: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = 'sqlMessage' in error ? 'the database refused a statement' : error.message;
  return { name: error.name, ...(code === undefined ? {} : { code }), message };
}

/** Where it comes from too: our own frames, without the first lines of the stack, which repeat the message. */
export function describeForLog(error: unknown): object {
  const said = describeError(error);
  if (!(error instanceof Error)) return said;
  const frames = (error.stack ?? '')
    .split('\n')
    .flatMap((line) => /^\s+at (.+)$/.exec(line)?.[1] ?? [])
    .filter((frame) => !/node_modules|node:/.test(frame));
  const type = 'type' in error && typeof error.type === 'string' ? { type: error.type } : {};
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { ...said, ...type, ...cause, ...(frames.length === 0 ? {} : { at: frames.slice(0, FRAMES) }) };
}

/** The last stop of every line, so that no field, message or error can come past it. */
function maskLine(line: string): string {
  try {
    return `${JSON.stringify(masked(JSON.parse(line), '', 0))}\n`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `${JSON.stringify({ msg: maskText(line.slice(0, MAX_TEXT)) })}\n`;
  }
}

function masked(value: unknown, key: string, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value;
  const hidden = (PERSONAL_KEY.test(key) || SECRET_KEY.test(key)) && !ID_KEY.test(key);
  if (typeof value === 'number') return hidden ? REMOVED : value;
  if (typeof value === 'string') return hidden && value !== '' ? REMOVED : maskedText(value);
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => masked(item, key, depth + 1));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, member]) => [maskText(name), masked(member, name, depth + 1)]),
  );
}

function maskedText(text: string): string {
  // The key of a record by its countid, which may have as many digits as a phone number.
  if (/^c:\d+$/.test(text)) return text;
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… [${text.length} characters]` : text;
  return maskText(cut);
}
