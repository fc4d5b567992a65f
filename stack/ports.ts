import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { StackError } from './errors.ts';

/**
 * Ports are drawn below the range from which the system takes the near end of outgoing connections: while a service restarts, its
 * clients try to reconnect, and one of their own connections could otherwise sit on the service's port.
 */
const LOWEST = 20_000;
const HIGHEST = 31_999;
const TRIES = 200;

/** Whether a server can listen there now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(new StackError(`cannot listen on ${host}:${port} (${error.message})`));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Draws free ports and never the same one twice; `preferred` is taken when it is free. */
export function createPortPicker(): (preferred?: number) => Promise<number> {
  const given = new Set<number>();
  return async (preferred) => {
    const drawn = Array.from({ length: TRIES }, () => randomInt(LOWEST, HIGHEST + 1));
    for (const port of preferred === undefined ? drawn : [preferred, ...drawn]) {
      if (given.has(port) || !(await isPortFree(port))) continue;
      given.add(port);
      return port;
    }
    throw new StackError(`no free port found between ${LOWEST} and ${HIGHEST} on 127.0.0.1`);
  };
}

/** Whether something accepts connections there, within `timeoutMs`. */
export function acceptsConnections(host: string, port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
