/**
 * A run of license records that is computed, not stored: record i is a function of (seed, i). Both the bundled businesses and the
 * invented ones are dressed as licenses here.
 */
import type { Business } from './business.ts';
import { inventBusiness, respell } from './business.ts';
import { createCodes } from './codes.ts';
import { dress } from './dress.ts';
import { Draws, mix } from './random.ts';
import type { RawRecord } from './record.ts';
import { FREE_MAIL, MAILBOXES } from './vocabulary.ts';

/** A record that repeats something of another one repeats it of one of the this many before it; lookups rely on that. */
const REACH = 255;
/** Countids are at most this far apart; the gaps leave room for records inserted later. */
const STRIDE = 3;
const REPEATED_BUSINESS = 0.04;
const SHARED_EMAIL = 0.03;
const NO_EMAIL = 0.07;
const SHARED_APPID = 0.004;

export interface SourceOptions {
  seed: number;
  /** Number of records. */
  size: number;
  /** Where its countids begin. */
  firstCountid: number;
  /** Given businesses instead of invented ones. */
  businesses?: readonly Business[];
}

export interface LicenseSource {
  readonly size: number;
  /** Ascending with the index. */
  countidAt(index: number): number;
  /** How many of its records have a countid below this one. */
  below(countid: number): number;
  /** `countid`: to be sent instead of its own, for records added later. */
  row(index: number, countid?: number): RawRecord;
  /** The name only, for searching a million of them. */
  dbaAt(index: number): string;
  /** Indexes of the records that may carry this folded appid or e-mail; to be checked against the record itself. */
  candidates(field: 'appid' | 'Email_license', folded: string): number[];
}

/** A pure function of its options; holds no records. */
export function createSource(options: SourceOptions): LicenseSource {
  const { seed, size, firstCountid, businesses } = options;
  const codes = createCodes(seed);
  const prefix = `${letter(mix(seed, 1))}${letter(mix(seed, 2))}`;

  const countidAt = (index: number) => firstCountid + index * STRIDE + (mix(seed ^ 0x1d, index) % STRIDE);
  // A record needs its business twice, for itself and for its e-mail address; inventing it is the dearest part.
  let last: { index: number; business: Business } | null = null;

  function originalAt(index: number): Business {
    const given = businesses?.[index];
    if (given) return given;
    if (last?.index !== index) last = { index, business: inventBusiness(seed, index) };
    return last.business;
  }

  function businessAt(index: number): Business {
    if (businesses) return originalAt(index);
    const draws = new Draws(seed ^ 0xd0b1e, index);
    if (index <= REACH || !draws.chance(REPEATED_BUSINESS)) return originalAt(index);
    return respell(originalAt(index - 1 - draws.below(REACH)), draws);
  }

  /** Whose e-mail address the record carries: its own, a neighbour's, that of the business it repeats, or nobody's. */
  function emailOwner(index: number): number | null {
    const draws = new Draws(seed ^ 0xe3a11, index);
    if (draws.chance(NO_EMAIL)) return null;
    if (index <= REACH) return index;
    if (draws.chance(SHARED_EMAIL)) return index - 1 - draws.below(20);
    const repeats = new Draws(seed ^ 0xd0b1e, index);
    const repeated = !businesses && repeats.chance(REPEATED_BUSINESS) && draws.chance(0.5);
    return repeated ? index - 1 - repeats.below(REACH) : index;
  }

  function emailAt(index: number): string | null {
    const owner = emailOwner(index);
    return owner === null ? null : emailOf(codes.codeOf(owner), originalAt(owner));
  }

  function appidOwner(index: number, draws: Draws): number {
    return index > REACH && draws.chance(SHARED_APPID) ? index - 1 - draws.below(REACH) : index;
  }

  function appidAt(index: number): string | number | null {
    const draws = new Draws(seed ^ 0xa991d, index);
    const owner = appidOwner(index, draws);
    const code = codes.codeOf(owner);
    if (owner === index) return appidOf(code, prefix, draws);
    return draws.chance(0.5) ? plainAppid(code, prefix) : plainAppid(code, prefix).toUpperCase();
  }

  return {
    size,
    countidAt,
    below(countid) {
      const index = Math.floor((countid - firstCountid) / STRIDE);
      if (index < 0) return 0;
      if (index >= size) return size;
      return countidAt(index) < countid ? index + 1 : index;
    },
    row(index, countid = countidAt(index)) {
      return dress({
        countid,
        business: businessAt(index),
        appid: appidAt(index),
        email: emailAt(index),
        code: codes.codeOf(index),
        draws: new Draws(seed ^ 0xd4e55, index),
      });
    },
    dbaAt: (index) => businessAt(index).dba,
    candidates(field, folded) {
      const code = codeIn(folded, prefix);
      if (code === null) return [];
      const owner = codes.indexOf(code);
      const found: number[] = [];
      for (let index = owner; index < size && index <= owner + REACH; index++) {
        const its = field === 'appid' ? appidOwner(index, new Draws(seed ^ 0xa991d, index)) : emailOwner(index);
        if (its === owner) found.push(index);
      }
      return found;
    },
  };
}

function emailOf(code: number, business: Business): string {
  const draws = new Draws(0xe3a11, code);
  if (draws.chance(0.6)) return `${business.owner}.${base36(code)}@${draws.pick(FREE_MAIL)}`;
  // A reserved ending: no mail can ever reach anybody.
  return `${draws.pick(MAILBOXES)}.${base36(code)}@${business.dba.toLowerCase().replace(/[^a-z0-9]/g, '')}.example`;
}

function appidOf(code: number, prefix: string, draws: Draws): string | number | null {
  const kind = draws.next();
  if (kind < 0.03) return null;
  if (kind < 0.06) return code;
  if (kind < 0.07) return `EXT-APP-${code}`;
  const plain = plainAppid(code, prefix);
  if (kind < 0.09) return ` ${plain} `;
  return plain;
}

/** Mixed case, as the real ones are; the case says nothing. */
function plainAppid(code: number, prefix: string): string {
  const text = base36(code);
  return `${prefix}${text.slice(0, 2).toUpperCase()}${text.slice(2)}`;
}

/** The code inside an appid or e-mail made here; null when there is none. */
function codeIn(folded: string, prefix: string): number | null {
  const at = folded.indexOf('@');
  if (at >= 0) {
    const coded = /\.([0-9a-z]{6})$/.exec(folded.slice(0, at))?.[1];
    return coded === undefined ? null : Number.parseInt(coded, 36);
  }
  const digits = /^(?:ext-app-)?(\d{1,10})$/.exec(folded)?.[1];
  if (digits !== undefined) return Number(digits);
  const coded = folded.startsWith(prefix) ? /^[0-9a-z]{6}$/.exec(folded.slice(prefix.length))?.[0] : undefined;
  return coded === undefined ? null : Number.parseInt(coded, 36);
}

function base36(code: number): string {
  return code.toString(36).padStart(6, '0');
}

function letter(number: number): string {
  return String.fromCharCode(97 + (number % 26));
}
