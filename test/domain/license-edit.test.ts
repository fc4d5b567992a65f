import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { License, LicenseFields } from '../../domain/license.ts';
import {
  apiName,
  completed,
  EDITABLE_FIELDS,
  editableField,
  editChanges,
  FIXED_NAMES,
  newLicense,
  readCell,
  readValue,
} from '../../domain/license-edit.ts';
import { changedInside } from '../../domain/merge.ts';
import { fullRecord, license } from './arbitraries.ts';

function field(name: string) {
  const found = editableField(name);
  if (!found) throw new Error(`${name} cannot be edited`);
  return found;
}

/** Anything that somebody may send. */
const anything = fc.oneof(
  fc.anything(),
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.double().map(String),
  fc.constantFrom('active', '2026-02-28', '9999-12-31', '-0.0001', 'a@b.co', '0', ''),
);

describe('a sent value', () => {
  it('is read or refused, never anything else, and what was read is read again as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EDITABLE_FIELDS), anything, (of, sent) => {
        // JSON has no more than this.
        const value = sent === undefined ? null : JSON.parse(JSON.stringify(sent, dropBigints) ?? 'null');
        const read = readValue(of, value);
        if ('value' in read) expect(readValue(of, read.value)).toEqual(read);
        else expect(read.fault).toMatch(/^expected /);
      }),
    );
  });

  it('from a cell is the one that JSON would give', () => {
    expect(readCell(field('agents'), ' 5 ')).toEqual({ value: 5 });
    expect(readCell(field('agents'), '5.0')).toHaveProperty('fault');
    expect(readCell(field('lastPayment'), '49.9')).toEqual({ value: '49.9000' });
    expect(readCell(field('package_data'), '{"a":1}')).toEqual({ value: { a: 1 } });
    expect(readCell(field('package_data'), '[1]')).toHaveProperty('fault');
    expect(readCell(field('status'), ' ')).toEqual({ value: null });
    expect(readCell(field('zip'), '01234')).toEqual({ value: '01234' });
  });

  it.each([
    ['startsAt', '2026-02-14', '2026-02-14T00:00:00.000Z'],
    ['expiresAt', '2026-02-14', '2026-02-14T23:59:59.000Z'],
    ['startsAt', '2026-02-14T10:00+02:00', '2026-02-14T08:00:00.000Z'],
    ['startsAt', '2026-02-14t10:00:00.123456z', '2026-02-14T10:00:00.123Z'],
    ['startsAt', '2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['coming_expired', '9999-12-31', '9999-12-31'],
    ['smsBalance', -0, '0.0000'],
    ['lastPayment', '-0.0', '0.0000'],
    ['smsBalance', 0.1 + 0.2, null],
    ['lastPayment', 299.99, '299.9900'],
  ])('%s = %j is kept as %j', (name, sent, kept) => {
    const read = readValue(field(name), sent);
    expect('value' in read ? read.value : null).toBe(kept);
  });
});

describe('an edit', () => {
  const given: fc.Arbitrary<Partial<LicenseFields>> = fc.record(
    {
      dba: fc.option(fc.string({ minLength: 1 })),
      agents: fc.option(fc.nat()),
      expiresAt: fc.option(fc.constantFrom('2026-03-12T23:59:59.000Z', '2026-05-01T08:00:00.000Z')),
      comingExpired: fc.option(fc.constantFrom('2026-03-12', '2026-06-01')),
      packageData: fc.option(fc.dictionary(fc.string(), fc.jsonValue())),
    },
    { requiredKeys: [] },
  );

  it('changes what was given and nothing twice', () => {
    fc.assert(
      fc.property(given, (fields) => {
        const before = license({}, fullRecord);
        const changes = editChanges(before, fields, 'edited');
        const after = { ...before, ...Object.fromEntries(changes.map((change) => [change.field, change.after])) };
        for (const [name, value] of Object.entries(fields)) expect(after[name as keyof License]).toEqual(value);
        expect(editChanges(after, fields, 'edited')).toEqual([]);
        for (const change of changes) expect(change.before).toEqual(before[change.field]);
      }),
    );
  });

  it('of either expiry field is one that the external system can be told of', () => {
    const before = license({}, fullRecord);
    for (const fields of [
      { comingExpired: '2026-06-01' },
      { expiresAt: '2026-06-01T10:00:00.000Z' },
      { comingExpired: null },
    ]) {
      const after = { ...before, ...completed(fields, before) };
      expect(changedInside(after, fullRecord)).toEqual(['comingExpired']);
      expect(after.expiresAt?.slice(0, 10) ?? null).toBe(after.comingExpired);
    }
  });

  it('of the day alone keeps a time of day that is on that day', () => {
    const before = license({ expiresAt: '2026-06-01T10:00:00.000Z', comingExpired: null });
    expect(completed({ comingExpired: '2026-06-01' }, before)).toEqual({ comingExpired: '2026-06-01' });
  });
});

describe('the table of fields', () => {
  it('knows every field of a license, as one that may be written or one that may not', () => {
    const made = newLicense({ id: 'i', key: 'k', origin: 'internal' }, {});
    const named = new Set([...EDITABLE_FIELDS.map(({ name }) => name), ...FIXED_NAMES]);
    for (const name of Object.keys(made)) expect(named, name).toContain(apiName(name));
    expect(Object.keys(made).sort()).toEqual(Object.keys(license()).sort());
  });
});

function dropBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? null : value;
}
