import { describe, expect, it } from 'vitest';
import { parseRow } from '../../../upstream/contract.ts';
import { readBundledBusinesses } from '../../../upstream/simulator/bundled.ts';
import { createCodes } from '../../../upstream/simulator/codes.ts';
import { foldKey, keyOf, type RawRecord } from '../../../upstream/simulator/record.ts';
import { createSource, type LicenseSource } from '../../../upstream/simulator/source.ts';

const invented = (seed: number, size = 20_000) => createSource({ seed, size, firstCountid: 30_000 });
const rowsOf = (source: LicenseSource) => Array.from({ length: source.size }, (_, i) => source.row(i));
const bundled = () => {
  const businesses = readBundledBusinesses();
  return createSource({ seed: 1994, size: businesses.length, firstCountid: 10_001, businesses });
};

describe('a source of license records', () => {
  it('gives the same record for the same place, in whatever order it is asked', () => {
    const forward = rowsOf(invented(1, 500));
    const again = invented(1, 500);
    for (let i = 499; i >= 0; i--) expect(again.row(i)).toEqual(forward[i]);
  });

  it('gives other businesses and other gaps between countids for another seed', () => {
    const one = rowsOf(invented(1, 500));
    const two = rowsOf(invented(2, 500));
    expect(one.filter((row, i) => row.dba === two[i]?.dba).length).toBeLessThan(5);
    expect(one.map((row) => row.countid)).not.toEqual(two.map((row) => row.countid));
  });

  it('sends ascending countids with gaps, and knows how many lie below any number', () => {
    const source = invented(3, 2000);
    const countids = rowsOf(source).map((row) => Number(row.countid));
    expect(countids).toEqual([...new Set(countids)].sort((a, b) => a - b));
    for (let n = 29_990; n < 36_010; n += 7) expect(source.below(n)).toBe(countids.filter((c) => c < n).length);
  });

  it('finds every record by its appid and its e-mail without an index', () => {
    const source = invented(4, 4000);
    for (const [i, row] of rowsOf(source).entries()) {
      for (const field of ['appid', 'Email_license'] as const) {
        const key = foldKey(row[field]);
        if (key !== null) expect(source.candidates(field, key)).toContain(i);
      }
    }
  });

  it('tells the name without building the record', () => {
    const source = invented(5, 3000);
    for (const [i, row] of rowsOf(source).entries()) expect(source.dbaAt(i)).toBe(row.dba);
  });

  it.each([
    ['invented', () => invented(6)],
    ['bundled', bundled],
  ])('shows every quirk of the real feed in the %s records', (_, make) => {
    const rows = rowsOf(make());
    const share = (test: (row: RawRecord) => boolean) => rows.filter(test).length / rows.length;
    const appids = rows.map((row) => foldKey(row.appid)).filter((key) => key !== null);
    const emails = rows.map((row) => row.Email_license).filter((email) => email !== null);
    expect(share((row) => row.id === null)).toBeGreaterThan(0.07);
    expect(share((row) => row.id === null)).toBeLessThan(0.13);
    expect(share((row) => row.appid === null)).toBeGreaterThan(0);
    expect(share((row) => typeof row.appid === 'number')).toBeGreaterThan(0);
    expect(share((row) => /^ /.test(String(row.appid)))).toBeGreaterThan(0);
    expect(new Set(appids).size).toBeLessThan(appids.length);
    expect(new Set(emails).size).toBeLessThan(emails.length);
    expect(share((row) => row.Email_license === null)).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set([1, 0, '1', 'active', 'inactive']));
    expect(share((row) => row[keyOf(row, 'Coming_expired')] === '0000-00-00')).toBeGreaterThan(0);
    expect(share((row) => /^\d{4}-[01]/.test(String(row[keyOf(row, 'Coming_expired')])))).toBeGreaterThan(0.01);
    expect(share((row) => !(keyOf(row, 'Coming_expired') in row))).toBeGreaterThan(0);
    expect(share((row) => Number(row[keyOf(row, 'smsBalance')]) < 0)).toBeGreaterThan(0);
    expect(share((row) => !Number.isInteger(Number(row[keyOf(row, 'smsBalance')] ?? 0)))).toBeGreaterThan(0);
    expect(share((row) => typeof row.Package === 'string')).toBeGreaterThan(0);
    expect(share((row) => 'loyalty_points' in row || 'sales_region' in row)).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => keyOf(row, 'smsBalance')))).toEqual(
      new Set(['smsBalance', 'sms_balance', 'SmsBalance']),
    );
  });

  it('sends nothing in the bundled records that could not be read', () => {
    const rows = rowsOf(bundled());
    expect(rows).toHaveLength(864);
    expect(new Set(rows.map((row) => row.countid)).size).toBe(864);
    for (const row of rows) expect(parseRow(row, 'America/Chicago')).toMatchObject({ ok: true });
  });

  it('gives both listings of one restaurant the same ZIP, as they stand in one place', () => {
    const zips = new Map<string, Set<string>>();
    for (const { phone, address, zip } of readBundledBusinesses()) {
      const key = `${phone} ${address}`;
      zips.set(key, (zips.get(key) ?? new Set()).add(zip));
    }
    expect([...zips.values()].filter((set) => set.size > 1)).toEqual([]);
  });
});

describe('codes', () => {
  it('are all different and lead back to what they were made of', () => {
    const { codeOf, indexOf } = createCodes(9);
    const seen = new Set(Array.from({ length: 50_000 }, (_, i) => codeOf(i)));
    expect(seen.size).toBe(50_000);
    for (let i = 0; i < 2 ** 30; i += 9_999_991) expect(indexOf(codeOf(i))).toBe(i);
  });
});
