import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceKeyOf } from '../../domain/identity.ts';
import { LICENSE_STATUSES } from '../../domain/license.ts';
import {
  createLicense,
  FIELD_MAPPINGS,
  MAPPED_FIELDS,
  said,
  sameValue,
  toExternalView,
  toLicenseFields,
} from '../../domain/mapping.ts';
import { anyRecord, fullRecord, license, record } from './arbitraries.ts';

describe('the policy table', () => {
  it('lets the external side win in business-critical fields only', () => {
    const by = (policy: string) => MAPPED_FIELDS.filter((field) => FIELD_MAPPINGS[field].policy === policy).sort();
    expect(by('external_wins')).toEqual(['activateDate', 'comingExpired', 'dba', 'monthlyFee', 'status', 'zip']);
    expect(by('fill_only')).toEqual(['note']);
    expect(by('observed')).toEqual(['lastActive']);
    expect(by('fill_empty')).toHaveLength(MAPPED_FIELDS.length - 8);
  });
});

describe('toLicenseFields', () => {
  it('maps every field', () => {
    expect(toLicenseFields(fullRecord, null)).toEqual({
      countid: 4785,
      appid: 'vbBP4ca',
      licenseType: 'product',
      dba: 'VALENCIA NAILS SPA',
      zip: '12345',
      mid: 'M1',
      status: 'active',
      startsAt: '2026-02-12T00:00:00.000Z',
      comingExpired: '2026-03-12',
      expiresAt: '2026-03-12T23:59:59.000Z',
      lastPayment: '49.9900',
      smsBalance: '18.5000',
      externalEmail: 'owner@example.com',
      packageData: { basic: true, print_check: true, staff_performance: false },
      notes: 'called in March',
      sendbatWorkspace: 'ws',
      lastActive: '2026-02-14T15:30:00.000Z',
      phone: '+1 555 0100',
      address: '1 Main St',
      city: 'Valencia',
    });
  });

  it('leaves out what the record does not say', () => {
    expect(toLicenseFields(record({ countid: null, dba: ' ', note: '' }), null)).toEqual({});
  });

  it('takes zero for a value', () => {
    const fields = toLicenseFields(record({ smsBalance: '0.0000', monthlyFee: '0.0000', status: 0 }), null);
    expect(fields).toMatchObject({ smsBalance: '0.0000', lastPayment: '0.0000', status: 'cancel' });
  });

  it.each([
    [1, 'expiring', 'expiring'],
    [1, 'active', 'active'],
    [1, 'expired', 'active'],
    [1, 'pending', 'active'],
    [1, 'draft', 'active'],
    [1, 'cancel', 'active'],
    [0, 'expiring', 'cancel'],
    [0, 'active', 'cancel'],
    [0, 'expired', 'expired'],
    [0, 'pending', 'pending'],
    [0, 'draft', 'draft'],
    [0, 'cancel', 'cancel'],
  ] as const)('turns status %s of an %s license into %s', (status, current, expected) => {
    expect(toLicenseFields(record({ status }), license({ status: current })).status).toBe(expected);
  });
});

describe('toExternalView', () => {
  it.each(LICENSE_STATUSES)('shows status %s as the external system knows it', (status) => {
    expect(toExternalView(license({ status })).status).toBe(status === 'active' || status === 'expiring' ? 1 : 0);
  });

  it('shows days without their time, the expiry from expiresAt before comingExpired', () => {
    const at = { startsAt: '2026-01-01T10:00:00.000Z', expiresAt: '2026-05-05T01:02:03.000Z' };
    expect(toExternalView(license({ ...at, comingExpired: '2026-04-04' }))).toMatchObject({
      activateDate: '2026-01-01',
      comingExpired: '2026-05-05',
    });
    expect(toExternalView(license({ comingExpired: '2026-04-04' })).comingExpired).toBe('2026-04-04');
  });

  it('shows blank text as nothing and amounts with four places', () => {
    const view = toExternalView(license({ notes: ' ', dba: '', lastPayment: '5', smsBalance: '-0.5' }));
    expect(view).toMatchObject({ note: null, dba: null, monthlyFee: '5.0000', smsBalance: '-0.5000' });
  });

  it('says of a created license exactly what the record said, status apart where it said none', () => {
    fc.assert(
      fc.property(anyRecord, (given) => {
        const view = toExternalView(createLicense(given, sourceKeyOf(given) ?? 'c:1'));
        for (const field of MAPPED_FIELDS) {
          if (field === 'status' && given.status === null) expect(view.status).toBe(0);
          else expect(view[field]).toEqual(said<unknown>(given[field]));
        }
      }),
    );
  });
});

describe('sameValue', () => {
  it('compares each field in its own way', () => {
    expect(sameValue('email', 'Owner@Example.com ', 'owner@example.com')).toBe(true);
    expect(sameValue('appid', ' ABC', 'abc')).toBe(true);
    expect(sameValue('dba', 'ABC', 'abc')).toBe(false);
    expect(sameValue('monthlyFee', '5', '5.0000')).toBe(true);
    expect(sameValue('package', { a: 1, b: { d: 1, c: 2 } }, { b: { c: 2, d: 1 }, a: 1 })).toBe(true);
    expect(sameValue('package', {}, null)).toBe(false);
    expect(sameValue('smsBalance', '0.0000', null)).toBe(false);
    expect(sameValue('status', 0, null)).toBe(false);
  });
});

describe('createLicense', () => {
  it('gives defaults to what a record does not say', () => {
    expect(createLicense(record(), 'c:4785')).toMatchObject({
      product: null,
      plan: 'Custom',
      status: 'pending',
      term: 'monthly',
      seatsTotal: 1,
      seatsUsed: 0,
      smsPurchased: 0,
      smsSent: 0,
      smsBalance: null,
      lastPayment: null,
      agents: 0,
      origin: 'external',
      externalSyncStatus: 'synced',
    });
  });

  it('makes the same license on every try', () => {
    const made = createLicense(fullRecord, 'c:4785');
    expect(createLicense({ ...fullRecord }, 'c:4785')).toEqual(made);
    expect(made).toMatchObject({ product: 'product', plan: 'Basic', status: 'active', countid: 4785 });
  });

  it.each([
    [{ basic: true }, 'Basic'],
    [{ basic: 1 }, 'Basic'],
    [{ basic: 'true' }, 'Basic'],
    [{ basic: 0 }, 'Custom'],
    [{ basic: '0' }, 'Custom'],
    [{ basic: 'false' }, 'Custom'],
    [{}, 'Custom'],
    [null, 'Custom'],
  ])('takes the plan from package %o', (packageData, plan) => {
    expect(createLicense(record({ package: packageData }), 'c:1').plan).toBe(plan);
  });
});
