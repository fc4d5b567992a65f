/** The simulated External License API over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, deliver, refusal } from './answer.ts';
import { BodyError, readObject } from './body.ts';
import { createControl } from './control.ts';
import { createFaultBox } from './fault-box.ts';
import { createLicenseRoutes, type LicenseAddress } from './license-routes.ts';
import { createList, type ListOptions } from './list.ts';
import { createStats } from './stats.ts';
import type { Store } from './store.ts';

export interface SimulatorOptions extends ListOptions {
  /** Required in `x-api-key`; null: anybody may call. */
  apiKey: string | null;
}

const LICENSES = '/api/v1/licenses';
const CONTROL = '/__control/';
const API_BODY_BYTES = 1_000_000;
const CONTROL_BODY_BYTES = 50_000_000;

/** Not listening yet. */
export function createSimulator(store: Store, options: SimulatorOptions): Server {
  const faults = createFaultBox();
  const stats = createStats();
  const list = createList(store, faults, stats, options);
  const licenses = createLicenseRoutes(store, faults, stats);
  const control = createControl(store, faults, stats);

  async function callControl(request: IncomingMessage, response: ServerResponse, path: string): Promise<Answer | null> {
    if (!isLoopback(request.socket.remoteAddress))
      return refusal(403, 'control calls are answered on this machine only');
    return control(
      request.method ?? '',
      path.slice(CONTROL.length),
      await readObject(request, CONTROL_BODY_BYTES),
      response,
    );
  }

  async function callApi(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    const method = request.method ?? '';
    const address = path.startsWith(`${LICENSES}/`) ? readAddress(path.slice(LICENSES.length + 1)) : null;
    const route = path === LICENSES ? `${method} /licenses` : address ? `${method} /licenses/${address.by}` : 'unknown';
    stats.call(route);
    if (options.apiKey !== null && request.headers['x-api-key'] !== options.apiKey) {
      return refusal(401, 'Invalid or missing API key');
    }
    if (path === LICENSES) {
      if (method === 'GET') return list(query);
      if (method === 'POST') return licenses.create(await readObject(request, API_BODY_BYTES));
    } else if (address) {
      if (method === 'GET') return licenses.get(address);
      if (method === 'PUT') return licenses.put(address, await readObject(request, API_BODY_BYTES));
      if (method === 'DELETE') return licenses.remove(address);
    }
    return refusal(404, 'Route not found');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    try {
      const answer = path.startsWith(CONTROL)
        ? await callControl(request, response, path)
        : await callApi(request, path, mark < 0 ? '' : url.slice(mark + 1));
      if (answer) await deliver(response, answer);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      await deliver(response, refusal(400, error.message, { connection: 'close' }));
    }
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const isApi = !request.url?.startsWith(CONTROL);
    if (isApi) {
      stats.begin();
      response.on('close', () => stats.end());
    }
    handle(request, response).catch((error: unknown) => {
      // A defect of the simulator must not look like a simulated fault: it is said on stderr as well.
      console.error(error);
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
  return server;
}

/** `{appid}`, `email/{email}` or `countid/{n}`; null when it is none of them. */
function readAddress(tail: string): LicenseAddress | null {
  const [first = '', second, third] = tail.split('/');
  if (third !== undefined) return null;
  const by = second === undefined ? 'appid' : first;
  if (by !== 'appid' && by !== 'email' && by !== 'countid') return null;
  if (second !== undefined && by === 'appid') return null;
  const value = decode(second ?? first);
  return value ? { by, value } : null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}
