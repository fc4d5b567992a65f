import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactRow } from '../../upstream/redact.ts';

describe('redactRow', () => {
  it('keeps what helps and leaves out what is personal or secret', () => {
    const row = {
      countid: 4785,
      appid: 'vbBP4ca',
      ActivateDate: '13/45/2026',
      lastActive: '02/14/2026 09:30',
      seen: '2026-02-14 09:30:00',
      Email_license: 'owner@example.com',
      phone: '+1 555 123 4567',
      pass: 'hunter2',
      Package: '{"basic":1,"pass":"hunter2","contact":{"mobile":5551234567}}',
      Note: 'call 555-123-4567 or (555) 987-6543, else owner@example.com; password: hunter2',
      deep: [{ Password: 'hunter2', mail: ['owner@example.com'], any: 15551234567 }],
    };
    const text = redactRow(row);
    expect(text).not.toMatch(/hunter2|owner@|555/);
    expect(JSON.parse(text)).toEqual({
      countid: 4785,
      appid: 'vbBP4ca',
      ActivateDate: '13/45/2026',
      lastActive: '02/14/2026 09:30',
      seen: '2026-02-14 09:30:00',
      Email_license: '[removed]',
      phone: '[removed]',
      Package: { basic: 1, contact: { mobile: '[removed]' } },
      Note: 'call [removed] or [removed], else [removed] password: [removed]',
      deep: [{ mail: ['[removed]'], any: '[removed]' }],
    });
  });

  it('shows nothing of a broken JSON text, in which a password may stand', () => {
    expect(redactRow({ Package: '{"pass":"hunter2",' })).toBe('{"Package":"[broken JSON text of 18 characters]"}');
  });

  it('takes what is no row at all', () => {
    expect(redactRow(null)).toBe('null');
    expect(redactRow(undefined)).toBe('null');
    expect(redactRow('write to owner@example.com')).toBe('"write to [removed]"');
    expect(redactRow([{ pass: 'hunter2', countid: 1 }])).toBe('[{"countid":1}]');
  });

  it('stays below its bound and valid JSON, however large the row', () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x"\u0001'.repeat(100)]));
    for (const raw of [wide, { Note: 'y'.repeat(1_000_000) }, Array.from({ length: 1000 }, () => wide)]) {
      const text = redactRow(raw);
      expect(text.length).toBeLessThanOrEqual(4000);
      expect(() => JSON.parse(text)).not.toThrow();
    }
  });

  it('gives valid JSON without any e-mail address for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.emailAddress(), (value, email) => {
        const text = redactRow({ value, deep: [{ anything: `x ${email} y`, list: [email] }], [email]: 1 });
        expect(text).not.toContain(email);
        JSON.parse(text);
      }),
    );
  });
});
