/** What a push sends: which fields the License API lets us write, and what becomes of each when the record is read before the write. */
import { canonicalJson } from './canonical.ts';
import type { ExternalRecord } from './external.ts';
import { rowHash } from './hash.ts';
import type { License, LicenseField } from './license.ts';
import { type MappedField, said, sameValue, toExternalView } from './mapping.ts';
import { changedInside } from './merge.ts';

/** The fields that the API takes in a PUT, and the keys under which it takes them. */
export const PUSH_KEYS = {
  dba: 'dba',
  zip: 'zip',
  status: 'status',
  monthlyFee: 'monthlyFee',
  smsBalance: 'smsBalance',
  note: 'Note',
} as const satisfies Partial<Record<MappedField, string>>;

export type PushField = keyof typeof PUSH_KEYS;

/** The license field that each of them stands for. */
export const LICENSE_FIELD_OF = {
  dba: 'dba',
  zip: 'zip',
  status: 'status',
  monthlyFee: 'lastPayment',
  smsBalance: 'smsBalance',
  note: 'notes',
} as const satisfies Record<PushField, LicenseField>;
export type PushValue = ExternalRecord[PushField];

/** One field of a push, in external space. */
export interface PushedField {
  field: PushField;
  /** What the record said when it was read; null where it said nothing. */
  before: PushValue;
  /** What is sent. Null only where a compensation empties what a push had filled. */
  after: PushValue;
}

export const PUSH_FIELDS = Object.keys(PUSH_KEYS) as readonly PushField[];
const NUMBERS: ReadonlySet<PushField> = new Set(['status', 'monthlyFee', 'smsBalance']);

/**
 * The fields to be sent for a license: changed inside since the two sides last agreed, writable upstream, and saying something (null never
 * overwrites, in neither direction).
 * @param read the record as it was read and merged: where it has gone silent since, it differs from what was agreed on.
 * @param held fields of which a clash is not decided yet: the external side does not know the internal value.
 */
export function fieldsToPush(
  license: License,
  { base, read }: { base: ExternalRecord; read: ExternalRecord },
  held: ReadonlySet<string>,
): PushedField[] {
  const view = toExternalView(license);
  const changed = new Set<string>(changedInside(license, base));
  return PUSH_FIELDS.filter((field) => changed.has(field) && view[field] !== null && !held.has(field)).map((field) => ({
    field,
    before: said(read[field]),
    after: view[field],
  }));
}

/** Whether nothing of a license waits to be sent, now or once a clash is decided. */
export function isAgreed(license: License, base: ExternalRecord): boolean {
  return fieldsToPush(license, { base, read: base }, new Set()).length === 0;
}

export interface WeighedPush {
  /** To be sent. */
  send: PushedField[];
  /** The record says so already. */
  agreed: PushField[];
  /** The record says something that is neither what was agreed on nor what would be sent. */
  conflicting: PushField[];
}

/** Sorts fields by what the record says just before the write. */
export function weighPush(fields: readonly PushedField[], shown: ExternalRecord): WeighedPush {
  const weighed: WeighedPush = { send: [], agreed: [], conflicting: [] };
  for (const each of fields) {
    if (says(shown, each.field, each.after)) weighed.agreed.push(each.field);
    else if (says(shown, each.field, each.before)) weighed.send.push(each);
    else weighed.conflicting.push(each.field);
  }
  return weighed;
}

/** Whether the record says this in a field, in whatever spelling. */
export function says<F extends PushField>(shown: ExternalRecord, field: F, value: PushValue): boolean {
  return sameValue(field, said(shown[field]), said(value) as ExternalRecord[F]);
}

/** The body of the PUT. Amounts are sent as numbers, for zero sent as text says nothing. */
export function pushBody(fields: readonly PushedField[]): Record<string, string | number> {
  return Object.fromEntries(
    fields.map(({ field, after }) => [
      PUSH_KEYS[field],
      after === null ? '' : NUMBERS.has(field) ? Number(after) : String(after),
    ]),
  );
}

/** Whether a value can be sent: a number cannot be emptied. */
export function canSend({ field, after }: PushedField): boolean {
  return after !== null || !NUMBERS.has(field);
}

/** The record that was read, with what these fields say by now: what the next reading shows when nothing else is new. */
export function withFields(
  record: ExternalRecord,
  shown: ExternalRecord,
  fields: readonly PushField[],
): { record: ExternalRecord; content: string; hash: string } {
  const next = { ...record, ...Object.fromEntries(fields.map((field) => [field, shown[field]])) };
  const content = canonicalJson(next);
  return { record: next, content, hash: rowHash(content) };
}
