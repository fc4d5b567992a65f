import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExternalRecord } from '../../domain/external.ts';
import { pageEnvelope, parseRow } from '../../upstream/contract.ts';

const CHICAGO = 'America/Chicago';
const ROW = {
  countid: 4785,
  id: 'a1b2c3',
  appid: 'vbBP4ca',
  license_type: 'product',
  dba: 'VALENCIA NAILS SPA',
  zip: '12345',
  mid: 'M1',
  status: 1,
  ActivateDate: '02/12/2026',
  Coming_expired: '03/12/2026',
  monthlyFee: 49.99,
  smsBalance: 18.5,
  Email_license: 'owner@example.com',
  pass: 'hunter2',
  Package: { basic: true, print_check: true, staff_performance: false, sms_package_6000: 1 },
  Note: '',
  Sendbat_workspace: 'ws',
  lastActive: '02/14/2026 09:30',
};

function read(raw: unknown): ExternalRecord {
  const result = parseRow(raw, CHICAGO);
  if (!result.ok) throw new Error(result.reason);
  return result.record;
}

function field<K extends keyof ExternalRecord>(name: K, fields: Record<string, unknown>): ExternalRecord[K] {
  return read({ countid: 1, ...fields })[name];
}

function refusal(raw: unknown): { code: string; reason: string } {
  const result = parseRow(raw, CHICAGO);
  if (result.ok) throw new Error('the row was read');
  return result;
}

describe('parseRow', () => {
  it('reads the documented example', () => {
    expect(parseRow(ROW, CHICAGO)).toEqual({
      ok: true,
      unknownKeys: [],
      record: {
        countid: 4785,
        id: 'a1b2c3',
        appid: 'vbBP4ca',
        licenseType: 'product',
        dba: 'VALENCIA NAILS SPA',
        zip: '12345',
        mid: 'M1',
        status: 1,
        activateDate: '2026-02-12',
        comingExpired: '2026-03-12',
        monthlyFee: '49.9900',
        smsBalance: '18.5000',
        email: 'owner@example.com',
        package: { basic: true, print_check: true, staff_performance: false, sms_package_6000: 1 },
        note: null,
        sendbatWorkspace: 'ws',
        lastActive: '2026-02-14T15:30:00.000Z',
        phone: null,
        address: null,
        city: null,
        extra: null,
      },
    });
  });

  it('reads a row that has nothing but a key', () => {
    expect(read({ countid: 7 })).toMatchObject({ countid: 7, appid: null, status: null, package: null, extra: null });
  });

  it.each([
    ['activateDate', 'activateDate', '2026-02-12'],
    ['ACTIVATE_DATE', 'activateDate', '2026-02-12'],
    ['coming_expired', 'comingExpired', '2026-02-12'],
    ['comingExpired', 'comingExpired', '2026-02-12'],
  ] as const)('finds the field spelled %s', (key, name, day) => {
    expect(field(name, { [key]: '02/12/2026' })).toBe(day);
  });

  it.each(['sms_balance', 'SmsBalance', 'SMS_BALANCE', 'smsbalance'])('finds the balance spelled %s', (key) => {
    expect(field('smsBalance', { [key]: -12.25 })).toBe('-12.2500');
  });

  it("prefers the contract's own spelling, and any value to none", () => {
    expect(field('smsBalance', { sms_balance: 1, smsBalance: 2, SmsBalance: 3 })).toBe('2.0000');
    expect(field('smsBalance', { smsBalance: null, sms_balance: 1 })).toBe('1.0000');
    expect(field('smsBalance', { sms_balance: 1, smsBalance: '' })).toBe('1.0000');
  });

  it('trims text, takes numbers as text, and empty text as nothing', () => {
    expect(read({ countid: 1, appid: '  aB1 ', zip: 12345, dba: '   ', mid: 0 })).toMatchObject({
      appid: 'aB1',
      zip: '12345',
      dba: null,
      mid: '0',
    });
    expect(field('appid', { appid: 987654321 })).toBe('987654321');
  });

  it.each([
    [1, 1],
    [0, 0],
    ['1', 1],
    ['0', 0],
    ['active', 1],
    ['Inactive', 0],
    [' ACTIVE ', 1],
    [true, 1],
    [false, 0],
    [null, null],
    ['', null],
  ])('reads status %j as %j', (sent, status) => {
    expect(field('status', { status: sent })).toBe(status);
  });

  it.each([
    ['02/12/2026', '2026-02-12'],
    ['2/3/2026', '2026-02-03'],
    ['2026-02-12', '2026-02-12'],
    ['2026-02-12T23:59:59-08:00', '2026-02-12'],
    ['2026-02-12 00:00:00', '2026-02-12'],
    ['02/29/2024', '2024-02-29'],
    ['0000-00-00', null],
    ['00/00/0000', null],
    ['0000-00-00 00:00:00', null],
    ['', null],
    [null, null],
  ])('reads the day %j as %j', (sent, day) => {
    expect(field('activateDate', { ActivateDate: sent })).toBe(day);
  });

  it.each(['02/30/2026', '02/29/2025', '13/01/2026', '0999-01-01', '2026-00-10', 'soon', 20260212, true])(
    'does not guess at the day %j',
    (sent) => {
      const { code, reason } = refusal({ countid: 1, ActivateDate: sent });
      expect(code).toBe('FIELD_INVALID');
      expect(reason).toMatch(/^ActivateDate: expected a day as MM\/DD\/YYYY/);
    },
  );

  it.each([
    ['07/14/2026 09:30', '2026-07-14T14:30:00.000Z'],
    ['02/14/2026 9:30', '2026-02-14T15:30:00.000Z'],
    ['02/14/2026 09:30:15', '2026-02-14T15:30:15.000Z'],
    ['02/14/2026 09:30 PM', '2026-02-15T03:30:00.000Z'],
    ['02/14/2026', '2026-02-14T06:00:00.000Z'],
    ['2026-02-14T15:30:00.125Z', '2026-02-14T15:30:00.125Z'],
    ['2026-02-14T15:30:00+05:30', '2026-02-14T10:00:00.000Z'],
    ['2026-02-14 09:30', '2026-02-14T15:30:00.000Z'],
    ['0000-00-00 00:00', null],
  ])('reads lastActive %j as %j', (sent, instant) => {
    expect(field('lastActive', { lastActive: sent })).toBe(instant);
  });

  it.each([
    '02/14/2026 24:00',
    '02/14/2026 09:60',
    '02/14/2026 13:00 PM',
    '2026-02-14T10:00+19:00',
    '9999-12-31 23:59',
  ])('does not guess at the time %j', (sent) => {
    expect(refusal({ countid: 1, lastActive: sent }).reason).toMatch(/^lastActive: expected a time/);
  });

  it('keeps amounts exact, and tells a zero fee that was sent from one left empty', () => {
    expect(field('monthlyFee', { monthlyFee: 0 })).toBe('0.0000');
    expect(field('monthlyFee', { monthlyFee: '0.00' })).toBeNull();
    expect(field('monthlyFee', { monthlyFee: '49.99' })).toBe('49.9900');
    expect(field('smsBalance', { smsBalance: '0' })).toBe('0.0000');
    expect(field('smsBalance', { smsBalance: -0.125 })).toBe('-0.1250');
    expect(field('smsBalance', { smsBalance: '' })).toBeNull();
  });

  it('refuses amounts that the column cannot hold, and what is no amount', () => {
    expect(refusal({ countid: 1, smsBalance: 1e10 })).toMatchObject({ code: 'FIELD_OUT_OF_RANGE' });
    expect(refusal({ countid: 1, monthlyFee: 'free' })).toMatchObject({ code: 'FIELD_INVALID' });
    expect(refusal({ countid: 1, monthlyFee: true }).reason).toMatch(/^monthlyFee: expected an amount.*got a boolean$/);
  });

  it('takes the package as an object or as a JSON text of one', () => {
    expect(field('package', { Package: '{"basic":1,"sms":true}' })).toEqual({ basic: 1, sms: true });
    expect(field('package', { package: {} })).toEqual({});
    expect(field('package', { Package: '' })).toBeNull();
    expect(field('package', { Package: 'null' })).toBeNull();
    expect(field('package', { Package: [] })).toBeNull();
  });

  it.each(['{"basic":', '"basic"', '[1]', 5])('refuses the package %j', (sent) => {
    expect(refusal({ countid: 1, Package: sent }).reason).toMatch(/^Package: expected an object or a JSON text of one/);
  });

  it('keeps unknown keys as they come and reports them', () => {
    const result = parseRow({ countid: 1, campaign: 'x', Tier: { gold: [1, null] } }, CHICAGO);
    expect(result).toMatchObject({
      unknownKeys: ['campaign', 'Tier'],
      record: { extra: { campaign: 'x', Tier: { gold: [1, null] } } },
    });
  });

  it('drops passwords and the like, however they are spelled and however deep they stand', () => {
    const secret = 'hunter2';
    const result = parseRow(
      {
        ...ROW,
        pass: secret,
        Password: secret,
        admin_pass: secret,
        clientSecret: secret,
        accessToken: secret,
        'api-key': secret,
        more: [{ deep: { passwd: secret, kept: 1 } }],
        Package: { basic: 1, pass: secret },
      },
      CHICAGO,
    );
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(result).toMatchObject({
      ok: true,
      record: { extra: { more: [{ deep: { kept: 1 } }] }, package: { basic: 1 } },
      unknownKeys: ['more'],
    });
  });

  it('is not harmed by keys that name an object prototype', () => {
    const raw = JSON.parse(
      '{"countid":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","deep":{"__proto__":{"polluted":1}}}',
    );
    const record = read(raw);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(record.extra ?? {})).toEqual(['constructor', 'toString', 'deep']);
    expect(record.extra?.deep).toEqual({});
    expect(Object.getPrototypeOf(record.extra)).toBe(Object.prototype);
  });

  it.each([null, undefined, 'row', 5, true, [], [ROW]])('cannot read %j, which is no object', (raw) => {
    expect(refusal(raw).code).toBe('ROW_NOT_AN_OBJECT');
  });

  it.each([
    {},
    { countid: null, appid: null },
    { countid: '', appid: '  ' },
    { id: 'a1', Email_license: 'owner@example.com' },
  ])('cannot keep %j, which has no identity', (raw) => {
    expect(refusal(raw).code).toBe('ROW_WITHOUT_KEY');
  });

  it.each([
    [4785, 4785],
    ['4785', 4785],
    [' 4785 ', 4785],
    [0, 0],
    [-0, 0],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('reads countid %j as %j', (sent, countid) => {
    expect(Object.is(field('countid', { countid: sent }), countid)).toBe(true);
  });

  it.each([-1, 1.5, 2 ** 53, '12a', '-4', '1e3', '99999999999999999999', true, {}])('refuses countid %j', (sent) => {
    expect(refusal({ appid: 'a', countid: sent })).toMatchObject({ code: 'FIELD_INVALID' });
  });

  it('still takes a row by its appid when it has no countid', () => {
    expect(read({ appid: 'EXT-APP-123' })).toMatchObject({ countid: null, appid: 'EXT-APP-123' });
  });

  it.each([
    ['dba', 255],
    ['appid', 191],
    ['Email_license', 254],
    ['zip', 20],
    ['mid', 100],
    ['license_type', 50],
    ['id', 100],
    ['Sendbat_workspace', 255],
    ['phone', 50],
    ['address', 255],
    ['city', 100],
    ['Note', 16_000],
  ])('takes %s up to %i characters, of four bytes too, and no more', (name, max) => {
    expect(parseRow({ countid: 1, [name]: '😀'.repeat(max) }, CHICAGO)).toMatchObject({ ok: true });
    const { code, reason } = refusal({ countid: 1, [name]: 'x'.repeat(max + 1) });
    expect(code).toBe('FIELD_TOO_LONG');
    expect(reason).toBe(`${name}: expected at most ${max} characters, got more`);
  });

  it('measures an appid in lower case too, where it may be longer', () => {
    expect(refusal({ appid: 'İ'.repeat(191) }).code).toBe('FIELD_TOO_LONG');
  });

  it.each(['a\0b', 'a\uD800b', '\uDC00'])('refuses text that is not whole: %j', (text) => {
    for (const raw of [{ dba: text }, { Package: { x: text } }, { Package: { [text]: 1 } }, { other: [text] }]) {
      expect(refusal({ countid: 1, ...raw }).code).toBe('FIELD_NOT_STORABLE');
    }
  });

  it('refuses documents that are nested too deeply or too large for their column', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(refusal({ countid: 1, other: deep }).reason).toMatch(/^extra: expected at most 20 levels/);
    expect(refusal({ countid: 1, other: 'x'.repeat(70_000) }).code).toBe('FIELD_TOO_LONG');
    expect(parseRow({ countid: 1, other: 'x'.repeat(50_000) }, CHICAGO)).toMatchObject({ ok: true });
  });

  it('never quotes a value in its reasons', () => {
    const personal = 'owner@example.com +1 555 123 4567';
    for (const name of Object.keys(ROW).filter((key) => key !== 'pass')) {
      const result = parseRow({ ...ROW, [name]: { value: personal } }, CHICAGO);
      const asText = parseRow({ ...ROW, [name]: personal.repeat(600) }, CHICAGO);
      for (const one of [result, asText]) {
        if (!one.ok) expect(one.reason).not.toMatch(/owner|555/);
        if (!one.ok) expect(one.reason.length).toBeLessThanOrEqual(500);
      }
    }
  });

  it('gives a record or a reason for any JSON, and a record is stable when read again', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('02/14/2026 09:30', '0000-00-00', ' 1 ', 'active', '12.5', -3, '{}'),
    );
    const row = fc.record(Object.fromEntries([...Object.keys(ROW), 'extra1'].map((key) => [key, value])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.oneof(row, fc.jsonValue()), (raw) => {
        const first = parseRow(raw, CHICAGO);
        if (first.ok) expect(parseRow(JSON.parse(JSON.stringify(raw)), CHICAGO)).toEqual(first);
        else expect(first.reason).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

describe('pageEnvelope', () => {
  it('needs a list and a total, and takes numbers sent as text', () => {
    expect(pageEnvelope.safeParse({ success: true, data: [], meta: { total: '2836', limit: '100' } }).data).toEqual({
      success: true,
      data: [],
      meta: { total: 2836, limit: 100 },
    });
  });

  it.each([
    { success: true, data: null, meta: { total: 1 } },
    { success: true, data: [], meta: {} },
    { success: true, data: [], meta: { total: -1 } },
    { success: true, data: [] },
    { data: [], meta: { total: 1 } },
    [],
    null,
  ])('refuses %j', (answer) => {
    expect(pageEnvelope.safeParse(answer).success).toBe(false);
  });
});
