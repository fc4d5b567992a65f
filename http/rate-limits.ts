/** How many requests a minute: by token, and by address for those who have none that is known. In memory, so each API process counts its own. */
import type { Context } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { ClientKey } from './client-key.ts';
import { ApiProblem } from './problem.ts';

export interface RateLimits {
  /**
   * Before anything is looked up. A token that was valid within the last minute is let in from any address: who tries tokens from
   * behind the same proxy must not shut it out.
   * @param token what the token is known by.
   * @throws {ApiProblem} `too-many-requests` when the token, or the address of one that is not known, has used up its minute.
   */
  admit(c: Context, token: string): Promise<void>;
  /** The token is valid: counts the request, and says in the answer what is left. */
  count(c: Context, token: string): Promise<void>;
  /** The token is not valid: counts for the address. */
  countFailure(c: Context): Promise<void>;
  /** For addresses that need no token. @throws {ApiProblem} `too-many-requests` */
  countOpen(c: Context): Promise<void>;
}

const WINDOW_SECONDS = 60;

export interface RateLimitOptions {
  requestsPerMinute: number;
  failedAuthPerMinute: number;
  clientKey: ClientKey;
}

export function createRateLimits({ requestsPerMinute, failedAuthPerMinute, clientKey }: RateLimitOptions): RateLimits {
  const byToken = new RateLimiterMemory({ points: requestsPerMinute, duration: WINDOW_SECONDS });
  const failures = new RateLimiterMemory({ points: failedAuthPerMinute, duration: WINDOW_SECONDS });
  const open = new RateLimiterMemory({ points: requestsPerMinute, duration: WINDOW_SECONDS });

  return {
    async admit(c, token) {
      const used = await byToken.get(token);
      if (used !== null) {
        if (used.consumedPoints < requestsPerMinute) return;
        tell(c, 'token', requestsPerMinute, used);
        throw tooMany(`The token may send ${requestsPerMinute} requests a minute, and has.`, used);
      }
      const failed = await failures.get(clientKey(c));
      if (failed === null || failed.consumedPoints < failedAuthPerMinute) return;
      tell(c, 'failed-auth', failedAuthPerMinute, failed);
      throw tooMany('Too many tokens that are not valid came from this address.', failed);
    },

    async count(c, token) {
      tell(c, 'token', requestsPerMinute, await byToken.penalty(token));
    },

    async countFailure(c) {
      await failures.penalty(clientKey(c));
    },

    async countOpen(c) {
      const used = await open.penalty(clientKey(c));
      if (used.consumedPoints <= requestsPerMinute) return;
      tell(c, 'address', requestsPerMinute, used);
      throw tooMany(`An address may send ${requestsPerMinute} requests without a token a minute, and has.`, used);
    },
  };
}

/** As draft-ietf-httpapi-ratelimit-headers has it. */
function tell(c: Context, policy: string, quota: number, { consumedPoints, msBeforeNext }: RateLimiterRes): void {
  c.header('RateLimit-Policy', `"${policy}";q=${quota};w=${WINDOW_SECONDS}`);
  c.header('RateLimit', `"${policy}";r=${Math.max(0, quota - consumedPoints)};t=${secondsOf(msBeforeNext)}`);
}

function tooMany(detail: string, { msBeforeNext }: RateLimiterRes): ApiProblem {
  const seconds = Math.max(1, secondsOf(msBeforeNext));
  return new ApiProblem('too-many-requests', `${detail} Try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}

function secondsOf(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000));
}
