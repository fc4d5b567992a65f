import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../config.ts';
import { isWorthNarrowing, UpstreamError, type UpstreamErrorCode } from '../../upstream/errors.ts';
import { createTransport, type Transport } from '../../upstream/transport.ts';
import { type Handler, inTurn, json, type OddServer, pageOf, poison, startOddServer, text } from './odd-server.ts';
import { failureOf, settingsFor } from './support.ts';

const QUERY = new URLSearchParams({ page: '1', limit: '100', dba: 'Person & Sons' });

let server: OddServer;
let transport: Transport;

beforeAll(async () => {
  server = await startOddServer();
  transport = createTransport(settingsFor(server.url, { LICENSE_SYNC_EXTERNAL_MAX_ANSWER_BYTES: '10000' }).external);
});
afterAll(async () => {
  transport.close();
  await server.stop();
});

function get(signal: AbortSignal = new AbortController().signal, by = transport) {
  return by.send({ method: 'GET', path: '/api/v1/licenses', query: QUERY }, signal);
}

async function failure(handler: Handler): Promise<UpstreamError> {
  server.answer(handler);
  const error = await failureOf(get());
  const host = new URL(server.url).host;
  expect(error.message).toContain(host);
  expect(error.message).not.toMatch(/key-of-the-test|Person|secret-in-body/);
  return error;
}

describe('createTransport', () => {
  it('sends what the contract asks for, and no content type without a body', async () => {
    server.answer(pageOf([{ countid: 1 }]));
    const answer = await get();
    expect(answer.json).toEqual({ success: true, data: [{ countid: 1 }], meta: { page: 1, limit: 100, total: 1 } });
    expect(answer.bytes).toBe(JSON.stringify(answer.json).length);
    const [call] = server.calls;
    expect(call?.headers).toMatchObject({ 'x-api-key': 'key-of-the-test', 'user-agent': 'license-sync/0.1' });
    expect(call?.headers['content-type']).toBeUndefined();
    expect(call?.url.pathname).toBe('/api/v1/licenses');
    expect(call?.url.searchParams.get('dba')).toBe('Person & Sons');
  });

  it('sends a change as JSON of known length, in UTF-8, to the path as it is', async () => {
    let body = '';
    server.answer((request, response, call) => {
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => json({ success: true })(request, response, call));
    });
    const path = '/api/v1/licenses/%2E%2E/a%2Fb';
    await transport.send({ method: 'PUT', path, body: { dba: 'Café ü' } }, new AbortController().signal);
    const [call] = server.calls;
    expect(body).toBe('{"dba":"Café ü"}');
    expect(call).toMatchObject({ method: 'PUT', target: path });
    expect(call?.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '18' });
    expect(call?.headers['transfer-encoding']).toBeUndefined();
  });

  it('keeps a path that the address has', async () => {
    const below = createTransport(settingsFor(`${server.url}/license-api/`).external);
    server.answer(pageOf([]));
    await get(undefined, below);
    below.close();
    expect(server.calls[0]?.url.pathname).toBe('/license-api/api/v1/licenses');
  });

  it('uses one connection for calls one after another', async () => {
    server.answer(pageOf([]));
    await get();
    const before = server.connections();
    for (let call = 0; call < 5; call += 1) await get();
    expect(server.connections()).toBe(before);
  });

  it('reads JSON whatever its content type, with a byte order mark, or packed', async () => {
    server.answer(
      inTurn(
        text('\uFEFF{"success":true}', 200, { 'content-type': 'text/html' }),
        text(gzipSync('{"success":true}'), 200, { 'content-encoding': 'gzip' }),
      ),
    );
    expect((await get()).json).toEqual({ success: true });
    expect((await get()).json).toEqual({ success: true });
  });

  it.each([
    ['HTML with 200', text('<html>secret-in-body</html>', 200, { 'content-type': 'application/json' }), 'HTML'],
    ['truncated JSON', text('{"success":true,"data":[{"countid":1,"dba":"secret-in-body'), 'broken JSON'],
    ['an empty answer', text(''), 'nothing'],
  ])('calls %s a bad answer', async (_, handler, what) => {
    const error = await failure(handler);
    expect(error).toMatchObject({ code: 'bad_answer', errorClass: { retryable: true } });
    expect(error.message).toContain(what);
  });

  it.each([
    ['a 500 of theirs', poison],
    ['a 200 with success: false', json({ success: false, message: 'Expecting value: line 1 column 1 (char 0)' })],
    ['plain text', text('Expecting value: line 1 column 1 (char 0)', 500)],
    ['a number that JSON does not know', text('{"success":true,"data":[{"countid":1,"smsBalance":NaN}]}')],
    ['text that is not UTF-8', text(Buffer.from('{"success":true,"data":[{"dba":"Caf\xe9"}]}', 'latin1'))],
  ])('calls an answer poisoned that one record breaks: %s', async (_, handler) => {
    const error = await failure(handler);
    expect(error.code).toBe('poisoned');
    expect(isWorthNarrowing(error)).toBe(true);
  });

  it('takes success: false with 200 for the failure it is', async () => {
    const error = await failure(json({ success: false, message: 'Internal server error, secret-in-body' }));
    expect(error).toMatchObject({ code: 'internal_error', status: 200, errorClass: { retryable: true } });
  });

  it.each([
    [401, 'unauthorized', /EXTERNAL_LICENSE_API_KEY/, { type: 'auth', retryable: false }],
    [403, 'forbidden', /EXTERNAL_LICENSE_API_KEY/, { type: 'auth', retryable: false }],
    [404, 'not_found', /EXTERNAL_LICENSE_API_URL/, { retryable: false }],
    [400, 'bad_request', /400/, { retryable: false }],
    [500, 'server_error', /500/, { retryable: true }],
    [503, 'server_error', /503/, { retryable: true }],
  ])('names what HTTP %i means and what to do', async (status, code, message, errorClass) => {
    const error = await failure(json({ success: false, message: 'secret-in-body' }, status));
    expect(error).toMatchObject({ code, status, errorClass });
    expect(error.message).toMatch(message);
  });

  it('says until when a 429 asks to wait', async () => {
    const before = Date.now();
    const error = await failure(json({ success: false }, 429, { 'retry-after': '30' }));
    expect(error).toMatchObject({ code: 'rate_limited', errorClass: { type: 'rate_limit', retryable: true } });
    const waitMs = (error.retryAt?.getTime() ?? 0) - before;
    expect(waitMs).toBeGreaterThanOrEqual(30_000);
    expect(waitMs).toBeLessThan(40_000);
  });

  it('follows no redirect, so that the key goes nowhere else', async () => {
    const elsewhere = await startOddServer();
    const error = await failure(text('', 302, { location: elsewhere.url }));
    expect(error).toMatchObject({ code: 'redirected', errorClass: { retryable: false } });
    expect(error.message).toContain('EXTERNAL_LICENSE_API_URL');
    expect(elsewhere.calls).toHaveLength(0);
    await elsewhere.stop();
  });

  it.each([
    ['', {}],
    [', packed', { 'content-encoding': 'gzip' }],
  ])('stops reading an answer that is too large%s', async (_, headers) => {
    const body = `{"success":true,"data":["${'x'.repeat(1_000_000)}"]}`;
    const error = await failure(text('content-encoding' in headers ? gzipSync(body) : body, 200, headers));
    expect(error.code).toBe('too_large');
    expect(error.message).toContain('LICENSE_SYNC_EXTERNAL_MAX_ANSWER_BYTES');
    expect(isWorthNarrowing(error)).toBe(true);
  });

  it('notices a connection that breaks in mid-answer', async () => {
    const error = await failure((_, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('{"success":true,');
      setTimeout(() => response.destroy(), 20);
    });
    expect(error).toMatchObject({ code: 'network', errorClass: { type: 'network', retryable: true } });
  });

  it('notices a packed answer that breaks off', async () => {
    const error = await failure((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '500' });
      response.write(gzipSync('{"success":true}').subarray(0, 12));
      setTimeout(() => response.destroy(), 20);
    });
    expect(error.code).toBe('network');
  });

  it('names host and port of an API that is not there, without the credentials of its address', async () => {
    const closed = createServer();
    const port = await new Promise<number>((resolve) => {
      closed.listen(0, '127.0.0.1', () => resolve((closed.address() as { port: number }).port));
    });
    await new Promise((resolve) => closed.close(resolve));
    const gone = createTransport(settingsFor(`http://me:hunter2@127.0.0.1:${port}`).external);
    const error = await failureOf(get(undefined, gone));
    gone.close();
    expect(error.code).toBe('network');
    expect(error.message).toContain(`127.0.0.1:${port} (ECONNREFUSED): check EXTERNAL_LICENSE_API_URL`);
    expect(error.message).not.toMatch(/hunter2|me:/);
  });

  it('ends with the reason of the signal, before the call and in mid-body', async () => {
    const reason = new Error('cancelled by the caller');
    await expect(get(AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    server.answer((_, response) => {
      response.writeHead(200);
      response.write('{"success":');
      setTimeout(() => abort.abort(reason), 20);
    });
    await expect(get(abort.signal)).rejects.toBe(reason);
  });

  it('refuses settings that no header can carry, without showing them, and a missing address', () => {
    const { external } = settingsFor('http://127.0.0.1:1');
    const bad = () => createTransport({ ...external, apiKey: 'hunter2\r\nx-admin: 1' });
    expect(bad).toThrow(ConfigError);
    expect(bad).toThrow(/^EXTERNAL_LICENSE_API_KEY has characters(?!.*hunter2)/);
    expect(() => createTransport({ ...external, baseUrl: undefined })).toThrow(/EXTERNAL_LICENSE_API_URL is not set/);
  });
});

const EFFECTS: Record<UpstreamErrorCode, 'none' | 'unknown'> = {
  timeout: 'unknown',
  network: 'unknown',
  server_error: 'unknown',
  internal_error: 'unknown',
  bad_answer: 'unknown',
  poisoned: 'unknown',
  too_large: 'unknown',
  rate_limited: 'none',
  circuit_open: 'none',
  unauthorized: 'none',
  forbidden: 'none',
  not_found: 'none',
  bad_request: 'none',
  redirected: 'none',
};

describe('UpstreamError', () => {
  it('carries its class, and survives JSON without its cause', () => {
    const error = new UpstreamError('timeout', 'no answer', { cause: new Error('inner') });
    expect(error).toMatchObject({ name: 'UpstreamError', errorClass: { type: 'network', retryable: true } });
    expect(JSON.stringify(error)).not.toContain('inner');
  });

  it('says whether a change may have been made', () => {
    const effects = Object.entries(EFFECTS).map(([code]) => [
      code,
      new UpstreamError(code as UpstreamErrorCode, 'x').effect,
    ]);
    expect(Object.fromEntries(effects)).toEqual(EFFECTS);
  });
});
