import { fold, wordsIn } from './fold.ts';
import { FREE_MAIL, NO_MAIL } from './vocabulary.ts';

/** As many of a field with several values are looked at. */
const MOST = 3;
const MAX_FIELD = 300;

/**
 * Ten digits, or seven when no more are known; without country code and extension. Several numbers in one field are several.
 * One digit over and over, or counting up, is no number.
 */
export function phonesIn(field: string | null): string[] {
  if (field === null) return [];
  const text = field.slice(0, MAX_FIELD).normalize('NFKC').toLowerCase();
  // A slash may stand within a number (310/246-1501): it parts two only when both sides are long enough.
  const sides = text.split(/[;,/|]|\bor\b|\band\b/);
  const parts = sides.every((side) => digitsOf(side).length >= 7) ? sides : text.split(/[;|]/);
  const found = parts.map(phone).filter((one) => one !== null);
  return [...new Set(found)].slice(0, MOST);
}

function phone(text: string): string | null {
  const [main = ''] = text.split(/(?:x|ext\.?|extension|#)\s*\d{1,6}\s*$/);
  const digits = digitsOf(main);
  if (digits.length < 7) return null;
  const kept = digits.length < 10 ? digits.slice(-7) : digits.slice(-10);
  const line = kept.slice(-7);
  if (/^(\d)\1*$/.test(line) || line === '1234567' || kept === '1234567890') return null;
  return kept;
}

function digitsOf(text: string): string {
  return text.replace(/[^0-9]/g, '');
}

/** Addresses in lower case without `+tag`; what only fills a form is none. */
export function emailsIn(field: string | null): string[] {
  if (field === null) return [];
  const parts = field
    .slice(0, MAX_FIELD)
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s;,/|<>()"]+/);
  const found = parts.map(email).filter((one) => one !== null);
  return [...new Set(found)].slice(0, MOST);
}

function email(text: string): string | null {
  const [user = '', domain = '', ...more] = text.replace(/^mailto:/, '').split('@');
  const host = domain.replace(/^www\.|\.+$/g, '');
  if (more.length > 0 || user === '' || !/^[^.]+(?:\.[^.]+)+$/.test(host)) return null;
  const box = user.replace(/\+.*$/, '') || user;
  if (NO_MAIL.has(box) || NO_MAIL.has(host.slice(0, host.indexOf('.')))) return null;
  // Google delivers with and without dots.
  return `${/^(?:gmail|googlemail)\.com$/.test(host) ? box.replaceAll('.', '') || box : box}@${host}`;
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

/** Whether the part behind the @ is a business's own. */
export function isCompanyDomain(domain: string): boolean {
  return !FREE_MAIL.has(domain);
}

/** Five digits of a ZIP code; of a Canadian postal code the first three, which stand for an area of like size. */
export function zipIn(field: string | null): string | null {
  const text = fold(field).replace(/[^a-z0-9-]/g, '');
  if (/^[a-z]\d[a-z]-?(?:\d[a-z]\d)?$/.test(text)) return text.slice(0, 3);
  const digits = text.replace(/-.*$/, '');
  if (!/^\d+$/.test(digits)) return /\d/.test(digits) ? digits.slice(0, 8) : null;
  // A spreadsheet took the leading zero; nine digits are ZIP+4 without its dash.
  const five = digits.length === 4 ? `0${digits}` : digits.slice(0, 5);
  return /^(\d)\1*$/.test(five) ? null : five;
}

/** `New York City` is `new york`, `W. Hollywood` is `west hollywood`. */
export function cityIn(field: string | null): string | null {
  const found = wordsIn(fold(field)).map((word) => CITY_WORDS.get(word) ?? word);
  if (found.length > 1 && found.at(-1) === 'city') found.pop();
  return found.slice(0, 6).join(' ') || null;
}

const CITY_WORDS: ReadonlyMap<string, string> = new Map([
  ['st', 'saint'],
  ['ft', 'fort'],
  ['mt', 'mount'],
  ['n', 'north'],
  ['s', 'south'],
  ['e', 'east'],
  ['w', 'west'],
  ['twp', 'township'],
  ['hts', 'heights'],
]);
