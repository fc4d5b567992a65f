import type { Decimal } from './external.ts';

const PLACES = 4;
const INTEGER_DIGITS = 10;
/** Longer than any number that could fit; keeps a hostile text from being worked on. */
const MAX_LENGTH = 400;
const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?$/i;

/** A value that is no amount; the message tells what is wrong, never the value. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';
  readonly code: 'DECIMAL_INVALID' | 'DECIMAL_OUT_OF_RANGE';
  constructor(code: DecimalError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * An exact amount with four places, as DECIMAL(14,4) holds it. Digits beyond the fourth are rounded half away from zero, on the
 * digits themselves: a float never takes part in a sum. Reads exponents, surrounding blanks and a leading sign; blank text is null.
 * @throws {DecimalError} `DECIMAL_INVALID` when it is no finite number, `DECIMAL_OUT_OF_RANGE` beyond ten integer digits.
 */
export function decimal(value: number | string): Decimal | null {
  const text = String(value).trim();
  if (text === '') return null;
  const parts = text.length <= MAX_LENGTH ? NUMBER.exec(text) : null;
  if (!parts) throw new DecimalError('DECIMAL_INVALID', 'an amount is not a decimal number');
  const [, sign, whole = '', places = '', onlyPlaces = '', exponent = '0'] = parts;
  return format(scaled(whole, places + onlyPlaces, Number(exponent)), sign === '-');
}

/** Whether two amounts are the same number; null equals only null. */
export function equalDecimals(a: Decimal | null, b: Decimal | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && decimal(a) === decimal(b);
}

/** The amount in units of the last place, rounded, without its sign. */
function scaled(whole: string, places: string, exponent: number): bigint {
  const digits = (whole + places).replace(/^0+/, '');
  if (digits === '') return 0n;
  const leadingZeros = whole.length + places.length - digits.length;
  const integerDigits = whole.length - leadingZeros + exponent;
  if (integerDigits > INTEGER_DIGITS) throw outOfRange();
  const kept = integerDigits + PLACES;
  if (kept < 0) return 0n;
  const floor = BigInt(digits.slice(0, kept).padEnd(kept, '0') || '0');
  return digits.charAt(kept) >= '5' ? floor + 1n : floor;
}

function format(units: bigint, negative: boolean): Decimal {
  const digits = units.toString().padStart(PLACES + 1, '0');
  const whole = digits.slice(0, -PLACES);
  if (whole.length > INTEGER_DIGITS) throw outOfRange();
  return `${negative && units > 0n ? '-' : ''}${whole}.${digits.slice(-PLACES)}`;
}

function outOfRange(): DecimalError {
  return new DecimalError('DECIMAL_OUT_OF_RANGE', `an amount has more than ${INTEGER_DIGITS} digits before the point`);
}
