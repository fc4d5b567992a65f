/** The receiver of docs/webhooks.md, as it stands there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPortPicker } from '../../stack/ports.ts';
import { drawSecret, signedHeaders } from '../../webhooks/signature.ts';
import { eventually } from '../support/eventually.ts';
import { projectFile } from '../support/processes.ts';

const SECRET = drawSecret();
const BODY = '{"id":"evt_1","type":"webhook.test"}';
let folder: string;
let child: ChildProcess;
let url: string;
let said = '';

beforeEach(async () => {
  const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(projectFile('docs/webhooks.md'), 'utf8')) ?? [];
  folder = mkdtempSync(join(tmpdir(), 'receiver-'));
  writeFileSync(join(folder, 'receiver.mjs'), code);
  const port = await createPortPicker()();
  url = `http://127.0.0.1:${port}/`;
  said = '';
  child = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
    env: { ...process.env, WEBHOOK_SECRET: SECRET, RECEIVER_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually(
    () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    (up) => up,
  );
});

afterEach(async () => {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  rmSync(folder, { recursive: true });
});

const post = async (headers: object, body = BODY) =>
  (await fetch(url, { method: 'POST', body, headers: { ...headers } })).status;
const now = () => Math.floor(Date.now() / 1000);

describe('the receiver of docs/webhooks.md', () => {
  it('takes what is signed, acts on it once, and refuses all else', async () => {
    const headers = signedHeaders(SECRET, 'evt_1', now(), BODY);
    expect(await post(headers)).toBe(204);
    expect(await post(headers)).toBe(204);
    expect(said).toBe(`${BODY}\n`);
    expect(await post(headers, `${BODY} `)).toBe(401);
    expect(await post(signedHeaders(drawSecret(), 'evt_2', now(), BODY))).toBe(401);
    expect(await post(signedHeaders(SECRET, 'evt_3', now() - 3600, BODY))).toBe(401);
    expect(await post({})).toBe(401);
    expect(said).toBe(`${BODY}\n`);
  });
});
