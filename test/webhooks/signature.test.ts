import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { drawSecret, signedHeaders } from '../../webhooks/signature.ts';

const now = () => Math.floor(Date.now() / 1000);

describe('signedHeaders', () => {
  it('are taken by the reference library, whatever the body', () => {
    for (const body of ['{}', '{"dba":"Café ☕"}', JSON.stringify({ n: 'x'.repeat(10_000) })]) {
      const secret = drawSecret();
      expect(new Webhook(secret).verify(body, { ...signedHeaders(secret, 'evt_1', now(), body) })).toEqual(
        JSON.parse(body),
      );
    }
  });

  it('are refused for another body, id, secret, or when they are old', () => {
    const secret = drawSecret();
    const headers = () => ({ ...signedHeaders(secret, 'evt_1', now(), '{"a":1}') });
    const webhook = new Webhook(secret);
    expect(() => webhook.verify('{"a":2}', headers())).toThrow();
    expect(() => webhook.verify('{"a":1}', { ...headers(), 'webhook-id': 'evt_2' })).toThrow();
    expect(() => new Webhook(drawSecret()).verify('{"a":1}', headers())).toThrow();
    expect(() => webhook.verify('{"a":1}', { ...signedHeaders(secret, 'evt_1', now() - 3600, '{"a":1}') })).toThrow();
  });
});

describe('drawSecret', () => {
  it('never draws the same one twice', () => {
    expect(new Set(Array.from({ length: 100 }, drawSecret)).size).toBe(100);
  });
});
