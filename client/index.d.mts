import type { Client } from 'openapi-fetch';
import type { components, operations, paths } from './api-types.d.ts';

export type { components, operations, paths };

/** A method a verb (`GET`, `POST`, …); each takes a path of the OpenAPI document and answers `{ data, error, response }`. */
export type LicenseSyncClient = Client<paths>;

export type License = components['schemas']['License'];
export type Operation = components['schemas']['Operation'];
/** What `error` holds; `type` says which problem it is, and never changes. */
export type Problem = components['schemas']['Problem'];

export interface LicenseSyncClientOptions {
  /** Such as `http://127.0.0.1:5001`. */
  baseUrl: string;
  /** Sent as bearer token. */
  token: string;
  /** Instead of the global one. */
  fetch?: (request: Request) => Promise<Response>;
}

export function createLicenseSyncClient(options: LicenseSyncClientOptions): LicenseSyncClient;

/**
 * Looks at a run again and again until it has ended, or waits for somebody's approval: `status` says which.
 * @throws {ProblemError} when it cannot be looked at.
 */
export function untilEnded(
  client: LicenseSyncClient,
  operationId: string,
  options?: { everyMs?: number; signal?: AbortSignal },
): Promise<Operation>;

/** A problem document as an error. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem);
}
