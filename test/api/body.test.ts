/** What becomes of bodies, over a real connection: some clients claim no length, or a wrong one, or never end. */
import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createRoute, z } from '@hono/zod-openapi';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withJsonBody, withoutBody } from '../../api/body.ts';
import { createRouter } from '../../api/router.ts';
import { json } from '../../api/schemas.ts';
import { problemResponse, toProblem } from '../../http/problem.ts';

interface Problem {
  type?: string;
  detail?: string;
  line?: number;
  column?: number;
  errors?: unknown[];
}

let server: Server;
let url: string;

beforeAll(async () => {
  const row = z.strictObject({ name: z.string().max(5), count: z.number().int().optional() });
  const schema = z.strictObject({ title: z.string(), rows: z.array(row).optional() });
  const takes = createRoute({
    method: 'post',
    path: '/json',
    middleware: [withJsonBody],
    request: { body: { required: true, content: json(schema) } },
    responses: { 200: { description: 'What was read' } },
  });
  const nothing = createRoute({
    method: 'post',
    path: '/none',
    middleware: [withoutBody],
    responses: { 200: { description: 'Fine' } },
  });
  const app = createRouter();
  const log = pino({ level: 'silent' });
  app.onError((error, c) => problemResponse(c, toProblem(error, log)));
  app.openapi(takes, (c) => c.json(c.req.valid('json'), 200));
  app.openapi(nothing, (c) => c.json({}, 200));
  server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

async function post(
  body: string | Uint8Array<ArrayBuffer> | undefined,
  headers: Record<string, string> = {},
  path = '/json',
) {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: (await answer.json()) as Problem };
}

/** Sends chunk after chunk without a length, until the server answers. */
async function postEndlessly(path: string, chunk: string): Promise<{ status: number; sent: number }> {
  const outgoing = request(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  let sent = 0;
  let answered = false;
  // The server closes the connection once it has said what it thinks of this.
  outgoing.on('error', () => undefined);
  const response = new Promise<number>((resolve, reject) => {
    outgoing.once('response', (incoming) => {
      answered = true;
      incoming.resume();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.once('close', () => reject(new Error('closed without an answer')));
  });
  const closed = new Promise<void>((resolve) => outgoing.once('close', () => resolve()));
  while (!answered && sent < 50_000_000) {
    const room = outgoing.write(chunk);
    sent += chunk.length;
    await Promise.race([
      closed,
      new Promise<void>((resolve) => (room ? setImmediate(resolve) : outgoing.once('drain', resolve))),
    ]);
  }
  const status = await response;
  outgoing.destroy();
  return { status, sent };
}

describe('a body in JSON', () => {
  it('is read as it was sent, also in pieces that cut characters', async () => {
    const body = { title: 'Größe ✓ 😀', rows: [{ name: 'é', count: 2 }] };
    expect(await post(JSON.stringify(body))).toEqual({ status: 200, body });
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const outgoing = request(`${url}/json`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    for (const byte of bytes) outgoing.write(Uint8Array.of(byte));
    outgoing.end();
    const [incoming] = await once(outgoing, 'response');
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    expect(JSON.parse(text)).toEqual(body);
  });

  it('that is no JSON is refused with the place', async () => {
    const { status, body } = await post('{"title": "a",\n "rows": nothing}');
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body).toMatchObject({ line: 2, column: 10, detail: expect.stringContaining('line 2, column 10') });
  });

  it.each([
    ['{"title": "a", "title": "b"}', 'the member "title" stands here a second time'],
    ['{"title": "a", "tilte": "b"}', 'tilte: unknown member'],
    ['{"title": "a", "rows": [{"name": "b"}, {"name": "b", "Count": 1}]}', 'rows[1].Count: unknown member'],
    ['{"title": "a", "rows": [{"name": "too long"}]}', 'rows[0].name: '],
    ['{"title": "a", "__proto__": {}}', '__proto__: unknown member'],
    ['{}', 'title: '],
    ['[]', 'the body: '],
    ['null', 'the body: '],
    ['', 'line 1, column 1: expected a value'],
  ])('with odd members is refused by their names: %s', async (text, detail) => {
    const { status, body } = await post(text);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body.detail).toContain(detail);
  });

  it('with a thousand faults is refused in a few words', async () => {
    const rows = Array.from({ length: 1000 }, () => ({ nom: 'x'.repeat(5) }));
    const { status, body } = await post(JSON.stringify({ title: 'a', rows }));
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(20);
    expect(body.detail).toMatch(/; and 1980 more$/);
    const long = await post(JSON.stringify({ title: 'a', ['k'.repeat(100_000)]: 1 }));
    expect(JSON.stringify(long.body).length).toBeLessThan(2000);
  });

  it('that is no text in UTF-8, or says that it is compressed, is refused', async () => {
    const latin = await post(Uint8Array.of(0x7b, 0x22, 0xe9, 0x22, 0x7d));
    expect([latin.status, latin.body.detail]).toEqual([400, 'The body is not text in UTF-8.']);
    const cut = await post(Uint8Array.of(0x22, 0xc3));
    expect([cut.status, cut.body.detail]).toEqual([400, 'The body is not text in UTF-8.']);
    const packed = await post('{}', { 'content-encoding': 'gzip' });
    expect([packed.status, packed.body.detail]).toEqual([400, expect.stringContaining('Content-Encoding')]);
  });

  it.each(['text/plain', 'application/jsonp', 'multipart/form-data; boundary=x', ''])(
    'is refused as %s',
    async (type) => {
      const { status, body } = await post('{"title": "a"}', { 'content-type': type });
      expect([status, body.detail]).toEqual([400, expect.stringContaining('Content-Type: application/json')]);
    },
  );

  it('that is too large is refused, also when it names no length and never ends', async () => {
    const { status, body } = await post(JSON.stringify({ title: 'x'.repeat(1_100_000) }));
    expect([status, body.type]).toEqual([413, '/problems/body-too-large']);
    const endless = await postEndlessly('/json', ' '.repeat(65_536));
    expect(endless.status).toBe(413);
    expect(endless.sent).toBeLessThan(50_000_000);
  });
});

describe('a body where none is taken', () => {
  it('may be empty, and is refused otherwise', async () => {
    for (const fine of [undefined, '', '{}', ' {} \n']) expect((await post(fine, {}, '/none')).status).toBe(200);
    const { status, body } = await post('{"dryRun": true}', {}, '/none');
    expect([status, body.detail]).toEqual([400, expect.stringContaining('takes no body')]);
    expect((await postEndlessly('/none', '{"dryRun": true}'.repeat(100))).status).toBe(413);
  });
});
