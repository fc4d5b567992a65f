/**
 * Codes that look drawn and can be read back: a permutation of [0, 2^30) per seed. An appid leads to its record by arithmetic,
 * so that a lookup among a million records needs neither an index in memory nor a scan.
 */
import { mix } from './random.ts';

const MASK = 2 ** 30 - 1;
const FACTOR = 0x2545f491 & MASK;
const INVERSE = inverseOf(FACTOR);

/** How many records one seed can number. */
export const MAX_CODES = MASK + 1;

export interface Codes {
  /** The code of a number below `MAX_CODES`. */
  codeOf(index: number): number;
  indexOf(code: number): number;
}

export function createCodes(seed: number): Codes {
  const key = mix(seed, 0xc0de) & MASK;
  return {
    codeOf: (index) => fold(Math.imul(fold(index ^ key), FACTOR) & MASK),
    indexOf: (code) => fold(Math.imul(fold(code), INVERSE) & MASK) ^ key,
  };
}

/** Its own inverse on 30 bits, because shifting by 15 twice shifts everything out. */
function fold(value: number): number {
  return value ^ (value >>> 15);
}

/** Newton's iteration: every step doubles the number of right bits. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let bits = 3; bits < 30; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse & MASK;
}
