/** The part of a pino logger that is used here. */
export interface UpstreamLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** For callers that have nowhere to write to, such as a one-off command. */
export const silentLog: UpstreamLog = { info: () => undefined, warn: () => undefined };
