import { describe, expect, it } from 'vitest';
import type { ExternalRecord } from '../../domain/external.ts';
import { createLicense, FIELD_MAPPINGS, fieldsFrom, MAPPED_FIELDS } from '../../domain/mapping.ts';
import { createdFields, externalNameOf, PLAN_FIELDS, writtenByCreation } from '../../domain/plan-fields.ts';

const FULL: ExternalRecord = {
  countid: 7,
  id: 'u-7',
  appid: 'co7',
  licenseType: 'product',
  dba: 'Seven Spa',
  zip: '77001',
  mid: 'M7',
  status: 1,
  activateDate: '2024-01-01',
  comingExpired: '2027-01-01',
  monthlyFee: '49.9900',
  smsBalance: '-3.0000',
  email: 'seven@example.com',
  package: { basic: true },
  note: 'a note',
  sendbatWorkspace: 'ws',
  lastActive: '2026-01-01T00:00:00.000Z',
  phone: '555',
  address: '7 Main St',
  city: 'Seven',
  extra: null,
};
const EMPTY = Object.fromEntries(Object.keys(FULL).map((name) => [name, null])) as unknown as ExternalRecord;

describe('the fields of a plan', () => {
  it('know for each license field the external one that feeds it', () => {
    const license = createLicense(FULL, 'c:7');
    for (const external of MAPPED_FIELDS) {
      for (const field of Object.keys(fieldsFrom(external, FULL[external], license))) {
        expect([field, externalNameOf(field)]).toEqual([field, external]);
      }
      expect(externalNameOf(external)).toBe(external);
    }
    expect(externalNameOf('agentsName')).toBeNull();
    expect(PLAN_FIELDS).toEqual(
      expect.arrayContaining([...Object.keys(FIELD_MAPPINGS), 'startsAt', 'externalSyncStatus']),
    );
    for (const name of ['id', 'key', 'pass', '__proto__']) expect(PLAN_FIELDS).not.toContain(name);
  });

  it('of a creation are all that is not null, and can be told from the record without creating it', () => {
    expect(createdFields(FULL, 'c:7')).toContainEqual({
      field: 'lastPayment',
      before: null,
      after: '49.9900',
      rule: 'created',
    });
    for (const record of [FULL, EMPTY, { ...EMPTY, licenseType: 'demo' }, { ...EMPTY, monthlyFee: '0.0000' }]) {
      const written = createdFields(record, 'c:7').map(({ field }) => field as string);
      const licenseFields = Object.keys(createLicense(FULL, 'c:7')).filter((name) => PLAN_FIELDS.includes(name));
      for (const field of licenseFields) {
        const from = writtenByCreation(field);
        const told = from === 'always' || (from !== 'never' && record[from] !== null);
        expect([field, told]).toEqual([field, written.includes(field)]);
      }
    }
  });
});
