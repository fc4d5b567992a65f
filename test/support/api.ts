/** The real API process, and calls to it. */
import { randomBytes } from 'node:crypto';
import type { Db } from '../../db/connect.ts';
import { ensureToken, type Role } from '../../db/tokens.ts';
import type { OperationView } from '../../operations/view.ts';
import { startProcess, type TestProcess } from './processes.ts';
import { WITHOUT_DUPLICATES } from './worker.ts';

export const SYNC = '/api/v1/external-licenses/sync';

/** What tests look for in bodies: an operation in the envelope, or a problem. */
export interface Body {
  data: OperationView & { links: Record<string, string> };
  type: string;
  detail: string;
  operationId: string;
  link: string;
}

export interface Answer<T = Body> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

export interface TestApi {
  url: string;
  process: TestProcess;
  /** Calls with the given token; null sends none. */
  call<T = Body>(method: string, path: string, token?: string | null, init?: RequestInit): Promise<Answer<T>>;
}

/** Starts `server.ts` on a free port. `token` is what `call` sends unless told otherwise. */
export async function startTestApi(env: Record<string, string>, token: string): Promise<TestApi> {
  const process = await startProcess('server.ts', {
    env: { PORT: '0', LICENSE_SYNC_DRAIN_UNREADY_FOR: '0', ...WITHOUT_DUPLICATES, ...env },
    ready: 'API listens',
  });
  const url = /"url":"([^"]+)"/.exec(process.output())?.[1];
  if (!url) throw new Error(`the API does not say where it listens: ${process.output()}`);
  return { url, process, call: caller(url, token) };
}

/** Calls to an API at this address. */
export function caller(url: string, token: string): TestApi['call'] {
  return async <T>(method: string, path: string, as: string | null = token, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...init,
      headers: { ...(as === null ? {} : { authorization: `Bearer ${as}` }), ...init.headers },
    });
    const text = await response.text();
    const isJson = text !== '' && /json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : {}) as T, text };
  };
}

/** A valid token of this role. */
export async function createToken(db: Db, role: Role): Promise<string> {
  const token = `test-${randomBytes(24).toString('base64url')}`;
  await ensureToken(db, token, `test ${role}`, role);
  return token;
}
