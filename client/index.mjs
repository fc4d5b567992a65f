/**
 * A typed client for the HTTP API. Plain JavaScript with types beside it, so that it runs wherever it is installed: Node strips no
 * types from what lies in node_modules.
 */
import createClient from 'openapi-fetch';

const ENDED = new Set(['completed', 'completed_with_findings', 'incomplete', 'failed', 'cancelled', 'skipped']);

export function createLicenseSyncClient({ baseUrl, token, fetch }) {
  return createClient({
    baseUrl: baseUrl.replace(/\/$/, ''),
    headers: { authorization: `Bearer ${token}` },
    ...(fetch === undefined ? {} : { fetch }),
  });
}

export async function untilEnded(client, operationId, { everyMs = 1000, signal } = {}) {
  for (;;) {
    const { data, error } = await client.GET('/api/v1/external-licenses/sync/operations/{id}', {
      params: { path: { id: operationId } },
      signal,
    });
    if (error !== undefined) throw new ProblemError(error);
    if (ENDED.has(data.data.status) || data.data.status === 'awaiting_approval') return data.data;
    await pause(everyMs, signal);
  }
}

export class ProblemError extends Error {
  name = 'ProblemError';

  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
