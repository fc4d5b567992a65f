import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appidKey, emailKey, licenseIdFor, licenseKeyFor, sourceKeyOf } from '../../domain/identity.ts';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('keys of a record', () => {
  it.each([
    [' AbC ', 'abc'],
    ['EXT-APP-123', 'ext-app-123'],
    ['  ', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('folds %o', (given, key) => {
    expect(appidKey(given)).toBe(key);
    expect(emailKey(given)).toBe(key);
  });

  it.each([
    [{ countid: 4785, appid: 'x' }, 'c:4785'],
    [{ countid: 0, appid: null }, 'c:0'],
    [{ countid: null, appid: ' VbBP4ca ' }, 'a:vbbp4ca'],
    [{ countid: null, appid: ' ' }, null],
    [{ countid: null, appid: null }, null],
    [{ countid: 1.5, appid: 'x' }, 'a:x'],
  ])('names %o', (record, key) => {
    expect(sourceKeyOf(record)).toBe(key);
  });
});

describe('licenseIdFor', () => {
  it('starts with the countid', () => {
    expect(licenseIdFor('c:4785').slice(0, 13)).toBe('00000000-12b1');
    expect(licenseIdFor(`c:${2 ** 47 - 1}`).slice(0, 13)).toBe('7fffffff-ffff');
  });

  it('stays what it has been: ids are stored', () => {
    expect(licenseIdFor('c:4785')).toMatchInlineSnapshot(`"00000000-12b1-8819-96eb-1c4a9a21eaa2"`);
    expect(licenseIdFor('a:vbbp4ca')).toMatchInlineSnapshot(`"e6b0486e-bb41-8396-9103-b994abfa8e28"`);
  });

  it('sorts by countid and is a UUID of version 8', () => {
    const countid = fc.oneof(fc.nat(10_000), fc.integer({ min: 0, max: 2 ** 47 - 1 }));
    fc.assert(
      fc.property(countid, countid, (a, b) => {
        const [idA, idB] = [licenseIdFor(`c:${a}`), licenseIdFor(`c:${b}`)];
        expect(idA).toMatch(UUID_V8);
        expect(Math.sign(idA < idB ? -1 : idA > idB ? 1 : 0)).toBe(Math.sign(a - b));
      }),
    );
  });

  it('puts ids without a usable countid behind all others', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (appid) => {
        const id = licenseIdFor(`a:${appid}`);
        expect(id).toMatch(UUID_V8);
        expect(id > licenseIdFor(`c:${2 ** 47 - 1}`)).toBe(true);
        expect(licenseIdFor(`a:${appid}`)).toBe(id);
      }),
    );
    for (const odd of ['c:-5', `c:${2 ** 47}`, `c:${Number.MAX_SAFE_INTEGER}`]) {
      expect(licenseIdFor(odd)).toMatch(UUID_V8);
      expect(licenseIdFor(odd) > licenseIdFor(`c:${2 ** 47 - 1}`)).toBe(true);
    }
  });
});

describe('licenseKeyFor', () => {
  it('stays what it has been: keys are printed', () => {
    expect(licenseKeyFor('c:4785')).toMatchInlineSnapshot(`"LS-DV1D-A26G-Y1NS"`);
  });

  it('uses only characters that cannot be mistaken for each other, and differs from record to record', () => {
    const keys = Array.from({ length: 20_000 }, (_, countid) => licenseKeyFor(`c:${countid}`));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !/^LS(-[0-9A-HJKMNP-TV-Z]{4}){3}$/.test(key))).toEqual([]);
    expect(new Set(keys.join('').replaceAll('LS-', '').replaceAll('-', '')).size).toBe(32);
  });
});
