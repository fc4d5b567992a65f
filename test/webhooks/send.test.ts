/** One delivery against real servers. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendDelivery } from '../../webhooks/send.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const send = (url: string, options: { allowPrivate?: boolean; timeoutMs?: number } = {}) =>
  sendDelivery(
    { url, headers: { 'content-type': 'application/json' }, body: '{"a":"é"}' },
    { timeoutMs: 1000, allowPrivate: true, signal: new AbortController().signal, ...options },
  );

describe('sendDelivery', () => {
  it('posts the body and tells the status', async () => {
    let got = '';
    const url = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => {
        got += chunk.toString();
      });
      request.on('end', () => response.writeHead(201).end('thank you'));
    });
    expect(await send(url)).toEqual({ status: 201, retryAfterMs: null });
    expect(got).toBe('{"a":"é"}');
  });

  it('follows no redirect', async () => {
    let reached = false;
    const target = await serve((_, response) => {
      reached = true;
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(302, { location: target }).end());
    expect(await send(url)).toMatchObject({ status: 302 });
    expect(reached).toBe(false);
  });

  it('takes the wish to be asked later', async () => {
    const url = await serve((_, response) => response.writeHead(503, { 'retry-after': '7' }).end());
    expect(await send(url)).toEqual({ status: 503, retryAfterMs: 7000 });
  });

  it('gives up on a receiver that does not answer, and reads no endless answer', async () => {
    const silent = await serve(() => undefined);
    expect(await send(silent, { timeoutMs: 150 })).toEqual({ status: null, fault: 'no answer within 150 ms' });
    const endless = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    expect(await send(endless)).toMatchObject({ status: 200 });
  });

  it('says why there was no connection, without the address', async () => {
    const answer = await send('http://127.0.0.1:9/secret-path');
    expect(answer).toEqual({ status: null, fault: 'no connection (ECONNREFUSED)' });
  });

  it('does not connect where the name leads to an address that is not allowed', async () => {
    let reached = false;
    const url = await serve((_, response) => {
      reached = true;
      response.end();
    });
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await send(named, { allowPrivate: false })).toMatchObject({ fault: expect.stringContaining('private') });
    expect(await send(url, { allowPrivate: false })).toMatchObject({ fault: expect.stringContaining('private') });
    expect(reached).toBe(false);
    expect(await send(named)).toMatchObject({ status: 200 });
  });
});
