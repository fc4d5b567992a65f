import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecimalError, decimal, equalDecimals } from '../../domain/money.ts';

/** Ten thousandths as text with four places, written independently of the code under test. */
function fromUnits(units: bigint): string {
  const size = units < 0n ? -units : units;
  return `${units < 0n ? '-' : ''}${size / 10_000n}.${String(size % 10_000n).padStart(4, '0')}`;
}

describe('decimal', () => {
  it.each([
    [49.99, '49.9900'],
    [0, '0.0000'],
    [-0, '0.0000'],
    ['-0.00', '0.0000'],
    [' 12.5 ', '12.5000'],
    ['1e3', '1000.0000'],
    ['1.25E+2', '125.0000'],
    [1e-7, '0.0000'],
    ['5e-5', '0.0001'],
    ['4.9e-5', '0.0000'],
    ['.5', '0.5000'],
    ['5.', '5.0000'],
    ['+7', '7.0000'],
    ['007', '7.0000'],
    [-18.5, '-18.5000'],
    ['1.00005', '1.0001'],
    ['-1.00005', '-1.0001'],
    ['1.00004999999999999999', '1.0000'],
    ['-0.00004', '0.0000'],
    ['9999999999.9999', '9999999999.9999'],
    ['0e99999999999999999999', '0.0000'],
    ['1e-99999999999999999999', '0.0000'],
    [0.1 + 0.2, '0.3000'],
    ['', null],
    ['   ', null],
  ])('reads %o as %o', (given, exact) => {
    expect(decimal(given)).toBe(exact);
  });

  it.each([
    [Number.NaN, 'DECIMAL_INVALID'],
    [Number.POSITIVE_INFINITY, 'DECIMAL_INVALID'],
    ['$49.99', 'DECIMAL_INVALID'],
    ['1,200.50', 'DECIMAL_INVALID'],
    ['.', 'DECIMAL_INVALID'],
    ['--1', 'DECIMAL_INVALID'],
    ['0x10', 'DECIMAL_INVALID'],
    ['1'.repeat(100_000), 'DECIMAL_INVALID'],
    ['10000000000', 'DECIMAL_OUT_OF_RANGE'],
    ['9999999999.99995', 'DECIMAL_OUT_OF_RANGE'],
    [1e21, 'DECIMAL_OUT_OF_RANGE'],
    ['1e999999999999', 'DECIMAL_OUT_OF_RANGE'],
  ])('refuses %o', (given, code) => {
    expect(() => decimal(given)).toThrow(expect.objectContaining({ name: 'DecimalError', code }));
  });

  it('does not repeat the value in its message', () => {
    try {
      decimal('owner@example.com');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DecimalError);
      expect(String(error)).not.toContain('owner');
    }
  });

  it('is exact in every digit, with and without an exponent, and reads its own output', () => {
    const limit = 10n ** 14n - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), fc.integer({ min: -6, max: 6 }), (units, shift) => {
        const text = fromUnits(units);
        expect(decimal(text)).toBe(text);
        expect(decimal(`${units}e-4`)).toBe(text);
        const moved = `${units}${shift < 0 ? '' : '0'.repeat(shift)}e${-4 - Math.max(shift, 0)}`;
        expect(decimal(moved)).toBe(text);
      }),
    );
  });

  it('rounds half away from zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 999n }), (units, rest) => {
        const text = `${fromUnits(units)}${String(rest).padStart(3, '0')}`;
        const rounded = fromUnits(units + (rest >= 500n ? 1n : 0n));
        expect(decimal(text)).toBe(rounded);
        expect(decimal(`-${text}`)).toBe(rounded === '0.0000' ? rounded : `-${rounded}`);
      }),
    );
  });
});

describe('equalDecimals', () => {
  it.each([
    ['1.5', '1.5000', true],
    ['0', '-0.0000', true],
    ['1.5', '1.5001', false],
    [null, '0.0000', false],
    ['0.0000', null, false],
    [null, null, true],
  ])('compares %o with %o', (a, b, equal) => {
    expect(equalDecimals(a, b)).toBe(equal);
  });
});
