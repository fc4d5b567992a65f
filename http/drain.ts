/** How a server that is told to stop ends: first it says so and serves on, then it takes nothing new, then it ends what is under way. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Serves on while whoever sends requests here notices that it should not: a load balancer asks `/readyz` every few seconds. What is
 * answered meanwhile closes its connection, so that the next request of the same client finds another process.
 * @param ms how long.
 * @param hurry ends the wait when it resolves.
 */
export async function announceDrain(server: Server, ms: number, hurry: Promise<void>): Promise<void> {
  if (ms === 0) return;
  server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
  const waiting = new AbortController();
  await Promise.race([sleep(ms, undefined, { signal: waiting.signal }), hurry]).finally(() => waiting.abort());
}

/**
 * Takes no connection any more and closes those without a request; requests under way may end.
 * @param ms how long they may take; then their connections are closed.
 */
export async function drainServer(server: Server, ms: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), ms);
  await closed;
  clearTimeout(timer);
}
