import type { ExternalRecord } from './external.ts';
import { sha256 } from './hash.ts';

/** Countids up to here fit below the high bit of an id's first 48 bits. */
const MAX_COUNTID_IN_ID = 2 ** 47 - 1;
/** Crockford's base 32: no I, L, O or U, so that a key read aloud or off paper stays itself. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The form in which two appids are compared: trimmed, lower case; null when nothing is left. */
export function appidKey(appid: string | null | undefined): string | null {
  return folded(appid);
}

/** The form in which two e-mail addresses are compared: trimmed, lower case; null when nothing is left. */
export function emailKey(email: string | null | undefined): string | null {
  return folded(email);
}

/** Identity of an external record: `c:<countid>`, else `a:<appid key>`; null when it has neither and cannot be kept. */
export function sourceKeyOf(record: Pick<ExternalRecord, 'countid' | 'appid'>): string | null {
  if (record.countid !== null && Number.isSafeInteger(record.countid)) return `c:${record.countid}`;
  const key = appidKey(record.appid);
  return key === null ? null : `a:${key}`;
}

/**
 * The id of the license that a record creates: a UUID of version 8 (RFC 9562, 5.8), the same on every try.
 * Its first 48 bits are the countid, so ids sort by countid and inserts arrive in key order. For `a:` keys, and for a countid
 * that is negative or takes more than 47 bits, they are the high bit and hash bits: such ids come after all the others.
 */
export function licenseIdFor(sourceKey: string): string {
  const digest = sha256(sourceKey);
  const countid = countidIn(sourceKey);
  const head =
    countid === null ? withNibble(digest.slice(20, 32), 0b1000, 0b0111) : countid.toString(16).padStart(12, '0');
  const variant = withNibble(digest.slice(3, 7), 0b1000, 0b0011);
  return `${head.slice(0, 8)}-${head.slice(8)}-8${digest.slice(0, 3)}-${variant}-${digest.slice(7, 19)}`;
}

/**
 * The key printed on the license that a record creates, `LS-XXXX-XXXX-XXXX`: 60 bits of a hash, the same on every try.
 * Chance that any two of n = 1,000,000 keys are equal: p ≈ n² / (2 · 2⁶⁰) ≈ 4.3 · 10⁻⁷, by the birthday approximation
 * (https://en.wikipedia.org/wiki/Birthday_problem#Approximations).
 */
export function licenseKeyFor(sourceKey: string): string {
  const digest = sha256(`key:${sourceKey}`);
  return `LS-${[0, 5, 10].map((from) => base32(Number.parseInt(digest.slice(from, from + 5), 16))).join('-')}`;
}

function folded(value: string | null | undefined): string | null {
  return value?.trim().toLowerCase() || null;
}

function countidIn(sourceKey: string): number | null {
  if (!/^c:\d+$/.test(sourceKey)) return null;
  const countid = Number(sourceKey.slice(2));
  return countid <= MAX_COUNTID_IN_ID ? countid : null;
}

/** Replaces bits of the first hex digit: those outside `keep` are taken from `set`. */
function withNibble(hex: string, set: number, keep: number): string {
  return ((Number.parseInt(hex.charAt(0), 16) & keep) | set).toString(16) + hex.slice(1);
}

/** Twenty bits as four characters. */
function base32(bits: number): string {
  return [15, 10, 5, 0].map((shift) => CROCKFORD.charAt((bits >> shift) & 31)).join('');
}
