/** A record as the API sends it: nothing is promised about it. */
export type RawRecord = Record<string, unknown>;

/** The keys under which the API has been seen to send a field; the first is the usual one. */
export const KEY_VARIANTS = {
  ActivateDate: ['ActivateDate', 'activateDate'],
  Coming_expired: ['Coming_expired', 'coming_expired', 'comingExpired'],
  smsBalance: ['smsBalance', 'sms_balance', 'SmsBalance'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** The key a record uses for a field; the field's usual name when it has none of them. */
export function keyOf(row: RawRecord, field: string): string {
  const variants: readonly string[] = field in KEY_VARIANTS ? KEY_VARIANTS[field as keyof typeof KEY_VARIANTS] : [];
  return variants.find((key) => key in row) ?? field;
}

/** 1 or 0 out of the spellings of a status; null when it says neither. */
export function statusOf(value: unknown): 0 | 1 | null {
  if (value === 1 || value === '1' || value === 'active') return 1;
  if (value === 0 || value === '0' || value === 'inactive') return 0;
  return null;
}

/** How appids and e-mail addresses are compared by the API: padding and letter case do not count. */
export function foldKey(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return String(value).trim().toLowerCase() || null;
}
