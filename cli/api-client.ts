/** The HTTP API as commands call it. */
import type { Progress } from '../operations/progress.ts';
import type { SyncStatus } from '../operations/status.ts';
import type { OperationView } from '../operations/view.ts';
import { CliError, EXIT } from './exit.ts';

const ANSWER_WITHIN_MS = 30_000;
const BASE = '/api/v1/external-licenses/sync';
/** Problems that pass by themselves. */
const PASSING = new Set(['database-unavailable', 'temporal-unavailable', 'shutting-down', 'timed-out']);

/** The API cannot be reached, or cannot reach what it needs: trying again later makes sense. */
export class NotReachable extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.notReachable, message, options);
  }
}

/** A sync is under way already. */
export class AlreadyRunning extends CliError {
  readonly operationId: string;

  constructor(operationId: string) {
    super(
      EXIT.alreadyRunning,
      `a sync is under way already; follow it with: npx license-sync runs ${operationId} --wait`,
    );
    this.operationId = operationId;
  }
}

export interface ApiClient {
  /** @throws {AlreadyRunning} */
  startSync(query: Record<string, string>): Promise<OperationView>;
  operation(id: string): Promise<OperationView>;
  operations(limit: number): Promise<OperationView[]>;
  progress(id: string): Promise<Progress>;
  status(): Promise<SyncStatus>;
  steer(id: string, action: 'pause' | 'resume' | 'cancel'): Promise<OperationView>;
}

/** All calls reject with a `CliError`: a sentence and the exit code that goes with it. */
export function createApiClient(apiUrl: string, token: string): ApiClient {
  const base = apiUrl.replace(/\/+$/, '');

  async function call<T>(method: 'GET' | 'POST', path: string): Promise<T> {
    const { response, text } = await exchange(method, path);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      const what = `${base} answered ${response.status} with something that is no JSON`;
      // A proxy in front of an API that restarts.
      if (response.status >= 502) throw new NotReachable(what, { cause: error });
      throw new CliError(EXIT.failed, `${what}; is this the address of license-sync?`, { cause: error });
    }
    if (!response.ok) throw refusal(response.status, body);
    return (body as { data: T }).data;
  }

  async function exchange(method: string, path: string): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'user-agent': 'license-sync-cli' },
        // The token is for this address and no other.
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw new NotReachable(`the API at ${base} does not answer (${reasonOf(error)})`, { cause: error });
    }
  }

  const operationPath = (id: string) => `${BASE}/operations/${encodeURIComponent(id)}`;
  return {
    startSync(query) {
      const search = new URLSearchParams(query).toString();
      return call('POST', search ? `${BASE}?${search}` : BASE);
    },
    operation: (id) => call('GET', operationPath(id)),
    operations: (limit) => call('GET', `${BASE}/operations?limit=${limit}`),
    progress: (id) => call('GET', `${operationPath(id)}/progress`),
    status: () => call('GET', `${BASE}/status`),
    steer: (id, action) => call('POST', `${operationPath(id)}/${action}`),
  };
}

function refusal(status: number, body: unknown): CliError {
  const { type, title, detail, operationId } = (body ?? {}) as Record<string, unknown>;
  const code = typeof type === 'string' ? type.replace('/problems/', '') : '';
  const message = `${typeof title === 'string' ? title : `the API answered ${status}`}${typeof detail === 'string' ? `: ${detail}` : ''}`;
  if (code === 'sync-already-running' && typeof operationId === 'string') return new AlreadyRunning(operationId);
  if (PASSING.has(code) || (status >= 502 && code === '')) return new NotReachable(message);
  return new CliError(status === 400 ? EXIT.usage : EXIT.failed, message);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `not within ${ANSWER_WITHIN_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error.message;
}
