/** The fields of a row: how they are spelled, how long they may be, which keys must never be kept. */

/** The contract's own spelling; the order is the slot a value is collected into. */
export const FIELDS = [
  'countid',
  'id',
  'appid',
  'license_type',
  'dba',
  'zip',
  'mid',
  'status',
  'ActivateDate',
  'Coming_expired',
  'monthlyFee',
  'smsBalance',
  'Email_license',
  'Package',
  'Note',
  'Sendbat_workspace',
  'lastActive',
  'phone',
  'address',
  'city',
] as const;
export type FieldName = (typeof FIELDS)[number];

/** Longest text per field, in characters as MySQL counts them (code points); the columns of db/migrations. */
export const MAX_CHARACTERS = {
  id: 100,
  appid: 191,
  license_type: 50,
  dba: 255,
  zip: 20,
  mid: 100,
  Email_license: 254,
  // A TEXT column has 65,535 bytes and a character up to four.
  Note: 16_000,
  Sendbat_workspace: 255,
  phone: 50,
  address: 255,
  city: 100,
} as const satisfies Partial<Record<FieldName, number>>;

const SECRET = /pass|pwd|secret|token|apikey|credential/;

const slots = new Map<string, number>(FIELDS.map((field, slot) => [field, slot]));
const foldedSlots = new Map<string, number>(FIELDS.map((field, slot) => [folded(field), slot]));

/** What a key of a row means: the slot of a known field, or a key to keep, or one that is dropped unread. */
export type KeyMeaning = { slot: number; exact: boolean } | 'unknown' | 'dropped';

const exactMeanings = new Map<string, KeyMeaning>([...slots].map(([key, slot]) => [key, { slot, exact: true }]));

/** Finds the field in any letter case, with or without underscores: the API spells several fields in more than one way. */
export function meaningOf(key: string): KeyMeaning {
  const exact = exactMeanings.get(key);
  if (exact) return exact;
  if (isDroppedKey(key)) return 'dropped';
  const slot = foldedSlots.get(folded(key));
  return slot === undefined ? 'unknown' : { slot, exact: false };
}

/** Keys whose values are kept nowhere: secrets, and the one name that would change an object's prototype. */
export function isDroppedKey(key: string): boolean {
  return key === '__proto__' || SECRET.test(folded(key));
}

function folded(key: string): string {
  return key.toLowerCase().replace(/[_\-\s]/g, '');
}
