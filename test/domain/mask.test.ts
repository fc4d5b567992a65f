import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from '../../domain/mask.ts';

describe('maskText', () => {
  it.each([
    ['write to owner@example.com, today', 'write to [removed] today'],
    ['call +1 (555) 010-2233 or 555-0147', 'call [removed] or [removed]'],
    ['call 5551234567', 'call [removed]'],
    ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer [removed]'],
    ['the token lsk_2f9A_x-1 was refused', 'the token [removed] was refused'],
    ['{"pass": "hunter2"}', '{"pass": [removed]'],
    ['password=hunter2 and on', 'password=[removed] and on'],
    ['mysql://user:secret@db:3306/x is away', '[removed] is away'],
  ])('%s', (text, masked) => expect(maskText(text)).toBe(masked));

  it.each([
    '2026-02-14 09:30:00',
    '2026-02-14T09:30:00.123Z',
    'operation 01208234-4413-7411-8208-806433889123 was under way',
    'fetch-01208234-4413-7411-8208-806433889123-1-1-20',
    'connect ECONNREFUSED 192.168.100.200:3306',
    'check EXTERNAL_LICENSE_API_KEY and that it is up',
    'countid 10002, license LS-5V2M-AD3D-BDET',
  ])('leaves alone: %s', (text) => expect(maskText(text)).toBe(text));

  it('leaves no address in any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.emailAddress(), fc.string(), (before, email, after) => {
        expect(maskText(`${before} ${email} ${after}`)).not.toContain(email);
      }),
    );
  });

  it('takes no time worth telling over a hostile text', () => {
    const since = performance.now();
    maskText(`${'1 '.repeat(2000)}${'x'.repeat(2000)}@`);
    expect(performance.now() - since).toBeLessThan(1000);
  });
});
