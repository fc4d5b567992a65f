/**
 * Texts without e-mail addresses, phone numbers and secrets. The one place that knows what those look like: the quarantine, the log and
 * traces all use it.
 */

export const REMOVED = '[removed]';

/** Values under such a key are people's, whatever they look like. */
export const PERSONAL_KEY = /mail|phone|mobile|^cell|fax|^tel|contact/i;

const EMAIL = /\S*@\S*/g;
/** Ten to fifteen digits with the usual separators, or seven as 555-1234; no ISO date. */
const PHONE =
  /(?<![\dA-Za-z])(?!\d{4}-\d{2}-\d{2})(?:\+?\(?(?:\d[ ().-]{0,2}){9,14}\d|\(?\d{3}\)?[-. ]\d{4})(?![\dA-Za-z])/;
/** Digits that only look like a number to call: the id of a run, and the address of a machine. */
const UUID = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/;
const IPV4 = /(?<![\d.+])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/;
const PHONE_OR_NOT = new RegExp(`(${UUID.source}|${IPV4.source})|${PHONE.source}`, 'gi');
/** `password: …` written into a note, `Authorization: Bearer …`, and tokens of our own wherever they stand. */
const SECRET_IN_TEXT = /((?:pass\w*|pwd|secret|token|api[_ -]?key)["']?\s*[:=]\s*)\S+/gi;
const BEARER = /\b(bearer\s+)[\w.~+/=-]{8,}/gi;
const OUR_TOKEN = /\blsk_[\w-]+/g;

export function maskText(text: string): string {
  const named = text
    .replace(SECRET_IN_TEXT, `$1${REMOVED}`)
    .replace(BEARER, `$1${REMOVED}`)
    .replace(OUR_TOKEN, REMOVED)
    .replace(PHONE_OR_NOT, (found, kept?: string) => (kept === undefined ? REMOVED : found));
  // Without an @ the pattern would look from every position in vain.
  return named.includes('@') ? named.replace(EMAIL, REMOVED) : named;
}
