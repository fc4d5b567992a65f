import { classifySyncError, type ErrorVerdict, type SyncErrorLike } from '../domain/errors.ts';

export type UpstreamErrorCode =
  /** No whole answer within `external.timeout`. */
  | 'timeout'
  /** No connection, or one that broke. */
  | 'network'
  /** HTTP 5xx. */
  | 'server_error'
  /** `success: false` with HTTP 200. */
  | 'internal_error'
  /** No JSON, or JSON of another shape. */
  | 'bad_answer'
  /** One record of the window cannot be serialised upstream; a smaller window finds it. */
  | 'poisoned'
  /** Larger than `external.maxAnswerBytes`. */
  | 'too_large'
  | 'rate_limited'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  /** Any other HTTP 4xx. */
  | 'bad_request'
  | 'redirected'
  /** Not asked at all: the circuit is open. */
  | 'circuit_open';

/** What each code is to the original system's classification. */
const LIKE: Readonly<Record<UpstreamErrorCode, SyncErrorLike>> = {
  timeout: { code: 'ETIMEDOUT' },
  network: { code: 'ECONNRESET' },
  circuit_open: { code: 'ECONNREFUSED' },
  server_error: { status: 500 },
  internal_error: { status: 500 },
  bad_answer: {},
  poisoned: { status: 500 },
  too_large: { message: 'validation' },
  rate_limited: { status: 429 },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  not_found: { message: 'validation' },
  bad_request: { message: 'validation' },
  redirected: { message: 'validation' },
};

/** Failures that speak of the API's health. All others are answers, if unwelcome ones. */
const UNHEALTHY: ReadonlySet<UpstreamErrorCode> = new Set([
  'timeout',
  'network',
  'server_error',
  'internal_error',
  'bad_answer',
]);

/** Failures after which a change that was asked for may have been made all the same. */
const OF_UNKNOWN_EFFECT: ReadonlySet<UpstreamErrorCode> = new Set([
  'timeout',
  'network',
  'server_error',
  'internal_error',
  'bad_answer',
  'poisoned',
  'too_large',
]);

export interface UpstreamErrorDetails {
  status?: number;
  /** What the API said, fit to be shown. */
  words?: string;
  /** By this process's clock. */
  retryAt?: Date;
  cause?: unknown;
}

/** A call to the External License API that gave nothing. The message holds no key, no answer and no data of a person. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly code: UpstreamErrorCode;
  readonly errorClass: ErrorVerdict;
  /** HTTP status, when there was one. */
  readonly status: number | undefined;
  /** What the API said to a change that it refused, redacted; at most 200 characters. */
  readonly words: string | undefined;
  /** Before this a new try is pointless; by this process's clock. */
  readonly retryAt: Date | undefined;

  constructor(code: UpstreamErrorCode, message: string, { status, words, retryAt, cause }: UpstreamErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.errorClass = classifySyncError(LIKE[code]);
    this.status = status;
    this.words = words;
    this.retryAt = retryAt;
  }

  /** Whether a change that was asked for may have been made. */
  get effect(): 'none' | 'unknown' {
    return OF_UNKNOWN_EFFECT.has(this.code) ? 'unknown' : 'none';
  }
}

/** Whether the failure counts for the circuit. */
export function isUnhealthy(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && UNHEALTHY.has(error.code);
}

/** Whether a record of the window broke the answer. */
export function isPoisoned(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.code === 'poisoned';
}

/** Whether the API asked to wait, and until when. */
export function isRateLimit(error: unknown): error is UpstreamError & { retryAt: Date } {
  return error instanceof UpstreamError && error.code === 'rate_limited' && error.retryAt !== undefined;
}

/** Whether asking for fewer records at once can find the one that is in the way, or get round the limit. */
export function isWorthNarrowing(error: unknown): error is UpstreamError {
  return isPoisoned(error) || (error instanceof UpstreamError && error.code === 'too_large');
}
