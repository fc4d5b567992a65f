import fc from 'fast-check';
import { type ExternalRecord, NOTHING_SAID } from '../../domain/external.ts';
import { sourceKeyOf } from '../../domain/identity.ts';
import { LICENSE_STATUSES, type License } from '../../domain/license.ts';
import { createLicense } from '../../domain/mapping.ts';
import type { FieldChange } from '../../domain/merge.ts';

/** A record that says nothing but who it is; overrides say the rest. */
export function record(overrides: Partial<ExternalRecord> = {}): ExternalRecord {
  return { ...NOTHING_SAID, countid: 4785, ...overrides };
}

export const fullRecord = record({
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
  package: { basic: true, print_check: true, staff_performance: false },
  note: 'called in March',
  sendbatWorkspace: 'ws',
  lastActive: '2026-02-14T15:30:00.000Z',
  phone: '+1 555 0100',
  address: '1 Main St',
  city: 'Valencia',
});

/** A license as it was created by a record, with overrides. */
export function license(overrides: Partial<License> = {}, from: ExternalRecord = record()): License {
  return { ...createLicense(from, sourceKeyOf(from) ?? 'c:1'), ...overrides };
}

export function applied(target: License, changes: readonly FieldChange[]): License {
  return { ...target, ...Object.fromEntries(changes.map(({ field, after }) => [field, after])) };
}

/** Few distinct values, so that equality, near-equality and difference all come up. */
const words = fc.option(fc.constantFrom('', ' ', 'alpha', 'ALPHA', ' alpha ', 'beta', 'ß', '0'), { nil: null });
const days = fc.option(fc.constantFrom('2024-02-29', '2026-01-01', '2026-12-31'), { nil: null });
const instants = fc.option(
  fc.constantFrom('2024-02-29T00:00:00.000Z', '2026-01-01T09:30:00.000Z', '2026-12-31T23:59:59.000Z'),
  { nil: null },
);
const amounts = fc.option(fc.constantFrom('0.0000', '-12.5000', '18.5000', '49.9900'), { nil: null });
const packages = fc.option(
  fc.constantFrom<Record<string, unknown>>({}, { basic: true, x: 1 }, { x: 1, basic: true }, { basic: 0 }),
  { nil: null },
);
const countids = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });

export const anyRecord: fc.Arbitrary<ExternalRecord> = fc.record({
  countid: countids,
  id: words,
  appid: words,
  licenseType: words,
  dba: words,
  zip: words,
  mid: words,
  status: fc.constantFrom(0, 1, null),
  activateDate: days,
  comingExpired: days,
  monthlyFee: amounts,
  smsBalance: amounts,
  email: words,
  package: packages,
  note: words,
  sendbatWorkspace: words,
  lastActive: instants,
  phone: words,
  address: words,
  city: words,
  extra: packages,
});

export const anyLicense: fc.Arbitrary<License> = fc
  .record({
    status: fc.constantFrom(...LICENSE_STATUSES),
    startsAt: instants,
    expiresAt: instants,
    comingExpired: days,
    dba: words,
    zip: words,
    lastPayment: amounts,
    smsBalance: amounts,
    notes: words,
    appid: words,
    countid: countids,
    mid: words,
    licenseType: words,
    packageData: packages,
    sendbatWorkspace: words,
    externalEmail: words,
    phone: words,
    address: words,
    city: words,
    lastActive: instants,
  })
  .map((fields) => license(fields));
