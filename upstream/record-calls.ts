/** The calls about one record: where it is found, what its answers mean. How a call is made is the client's affair. */
import { z } from 'zod';
import { UpstreamError } from './errors.ts';
import type { UpstreamRequest } from './transport.ts';

/** How a record is named in the path. A key that stands on several records reaches the first of them: the caller must know better. */
export interface RecordAddress {
  by: 'appid' | 'email' | 'countid';
  value: string;
}

export interface RecordAnswer {
  /** As sent; null: the API has no record there. */
  raw: unknown;
  /** Of the call that succeeded, from sending to the last byte; 0 when there was no record. */
  latencyMs: number;
  /** How many times the API answered 429 on the way. */
  rateLimited: number;
}

export type UpdateAnswer =
  | {
      outcome: 'accepted';
      /** The record as the answer shows it, which is not always what was sent; null when the answer carries none. */
      raw: unknown;
      latencyMs: number;
      rateLimited: number;
    }
  | {
      outcome: 'rejected';
      /** HTTP status, 4xx. */
      status: number;
      /** The API's own message without personal data, secrets and the texts that were sent; at most 200 characters. */
      words: string;
    }
  | { outcome: 'missing' };

export interface RecordCalls {
  /**
   * One record as the API shows it now. Tried, held back and counted like a page.
   * @throws {UpstreamError} as `listPage`; `bad_request` without a call when the address is empty.
   * @throws the signal's reason when it was aborted.
   */
  readRecord(address: RecordAddress, signal?: AbortSignal): Promise<RecordAnswer>;
  /**
   * Changes some fields of one record. Sent once: again only after a 429, which made no change, and only within short waits.
   * @throws {UpstreamError} with `effect` unknown when the change may have been made: read the record before another try.
   * @throws the signal's reason when it was aborted, and an error when the client is closed: the change may have been made too.
   */
  updateRecord(
    address: RecordAddress,
    fields: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<UpdateAnswer>;
}

/** Makes a call as often as `tries` says, through the gate. */
export type MakeCall = <T>(
  request: UpstreamRequest,
  read: (json: unknown) => T,
  options: { tries: number; signal: AbortSignal | undefined },
) => Promise<{ value: T; latencyMs: number; rateLimited: number }>;

/** @param tries of a read. */
export function createRecordCalls(call: MakeCall, tries: number): RecordCalls {
  return {
    async readRecord(address, signal) {
      const request: UpstreamRequest = { method: 'GET', path: pathOf(address), about: 'record' };
      try {
        const { value: raw, latencyMs, rateLimited } = await call(request, shownRecord, { tries, signal });
        return { raw, latencyMs, rateLimited };
      } catch (error) {
        if (isMissing(error)) return { raw: null, latencyMs: 0, rateLimited: 0 };
        throw error;
      }
    },

    async updateRecord(address, fields, signal) {
      const request: UpstreamRequest = { method: 'PUT', path: pathOf(address), body: fields, about: 'record' };
      try {
        const { value: raw, latencyMs, rateLimited } = await call(request, answeredRecord, { tries: 1, signal });
        return { outcome: 'accepted', raw, latencyMs, rateLimited };
      } catch (error) {
        if (isMissing(error)) return { outcome: 'missing' };
        if (!(error instanceof UpstreamError) || error.code !== 'bad_request' || error.status === undefined)
          throw error;
        return { outcome: 'rejected', status: error.status, words: error.words ?? NO_WORDS };
      }
    },
  };
}

const PATHS = {
  appid: '/api/v1/licenses/',
  email: '/api/v1/licenses/email/',
  countid: '/api/v1/licenses/countid/',
} as const satisfies Record<RecordAddress['by'], string>;
const NO_WORDS = 'the External License API gave no reason';

const envelope = z.object({ success: z.literal(true), data: z.unknown().optional() });

/**
 * An empty value would be the path of the list; a segment of dots means another path to whatever tidies paths on the way. Half of a
 * character outside the BMP, which no path can carry, becomes U+FFFD as it does in the database.
 */
function pathOf({ by, value }: RecordAddress): string {
  if (value === '') {
    throw new UpstreamError('bad_request', `no call was made: a record cannot be addressed by an empty ${by}`);
  }
  const segment = encodeURIComponent(Buffer.from(value).toString());
  return `${PATHS[by]}${/^\.{1,2}$/.test(segment) ? segment.replaceAll('.', '%2E') : segment}`;
}

function shownRecord(json: unknown): unknown {
  const { success, data } = envelope.safeParse(json);
  if (success && (data.data === null || isRecord(data.data))) return data.data;
  throw new UpstreamError(
    'bad_answer',
    'the External License API answered in another form than agreed: no record under data',
  );
}

/** That it was accepted is the message; what the record is then can be read. */
function answeredRecord(json: unknown): unknown {
  const { success, data } = envelope.safeParse(json);
  if (success) return isRecord(data.data) ? data.data : null;
  throw new UpstreamError(
    'bad_answer',
    'the External License API answered a change in another form than agreed: success',
  );
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMissing(error: unknown): boolean {
  return error instanceof UpstreamError && error.code === 'not_found';
}
