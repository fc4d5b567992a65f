/** What went wrong with a call or a record, as the original system tells them apart. */
export const ERROR_CLASSES = ['network', 'auth', 'rate_limit', 'validation', 'unknown'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
export type ErrorSeverity = 'low' | 'medium' | 'high';

export interface ErrorVerdict {
  type: ErrorClass;
  /** Whether trying again can help. */
  retryable: boolean;
  severity: ErrorSeverity;
}

/** What is looked at; anything may be missing or of another type, for errors come from everywhere. */
export interface SyncErrorLike {
  /** As in Node's system errors. */
  code?: unknown;
  /** HTTP status. */
  status?: unknown;
  message?: unknown;
}

const VERDICTS: Readonly<Record<ErrorClass, ErrorVerdict>> = {
  network: { type: 'network', retryable: true, severity: 'medium' },
  auth: { type: 'auth', retryable: false, severity: 'high' },
  rate_limit: { type: 'rate_limit', retryable: true, severity: 'medium' },
  validation: { type: 'validation', retryable: false, severity: 'low' },
  unknown: { type: 'unknown', retryable: true, severity: 'medium' },
};

/** The original's two codes, and the others by which the same failures show in Node and its fetch. */
const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Names the class of an error with its retryability and severity. Never throws, whatever is passed. */
export function classifySyncError(error: SyncErrorLike | null | undefined): ErrorVerdict {
  return { ...VERDICTS[classOf(error ?? {})] };
}

function classOf({ code, status, message }: SyncErrorLike): ErrorClass {
  if (NETWORK_CODES.has(code)) return 'network';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limit';
  if (typeof message === 'string' && /validation/i.test(message)) return 'validation';
  return 'unknown';
}
