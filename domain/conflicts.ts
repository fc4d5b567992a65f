/** Settling a clash of values: what a choice does to the license, and when it comes too late. */
import { canonicalJson } from './canonical.ts';
import type { ExternalRecord } from './external.ts';
import type { License, LicenseField, LicenseFields } from './license.ts';
import { fieldsFrom, type MappedField, said, sameValue, toExternalView } from './mapping.ts';

export type MappedValue = ExternalRecord[MappedField];

/** `keep`: the internal value stands; `take`: the external one does; `value`: a typed one, in external space. */
export type Choice = { choice: 'keep' } | { choice: 'take' } | { choice: 'value'; value: NonNullable<MappedValue> };

/** A clash as it was recorded; the values in external space. */
export interface RecordedConflict {
  field: MappedField;
  internal: MappedValue;
  external: MappedValue;
  resolution: 'took_external' | 'kept_internal';
}

export interface SettleInput {
  conflict: RecordedConflict;
  choice: Choice;
  /** The license as it is now. */
  license: License;
  /**
   * License fields as they were before the external value was taken, where that is on record: they say more than the value in external
   * space, such as a finer status or a time of day.
   */
  former: Partial<LicenseFields>;
  /** The external values last agreed on with the record of the conflict; null when it is not linked to the license any more. */
  agreed: ExternalRecord | null;
}

/** A license field that gets another value by the choice. */
export interface SettledField {
  field: LicenseField;
  before: License[LicenseField];
  after: License[LicenseField];
}

export type Settlement =
  /** What is to be written; empty when the license holds the result already. */
  | { outcome: 'settled'; changes: SettledField[] }
  /** The field holds something else than what the conflict left there. */
  | { outcome: 'edited_since'; holds: MappedValue }
  /** The record says something else by now than it did in the conflict. */
  | { outcome: 'record_moved_on'; says: MappedValue };

/** What the license holds in this field, in external space. */
export function presentValue(license: License, field: MappedField): MappedValue {
  return toExternalView(license)[field];
}

/**
 * What the choice does. It is made on what the conflict showed, so it holds only while the license still has what the conflict left
 * there, or has the result already; and an external value is taken only while the record still says it.
 */
export function settle({ conflict, choice, license, former, agreed }: SettleInput): Settlement {
  const { field, internal, external, resolution } = conflict;
  const holds = presentValue(license, field);
  const wanted = choice.choice === 'value' ? choice.value : choice.choice === 'take' ? external : internal;
  const isThere = equal(field, holds, wanted);
  // Typed text may differ in what the two sides do not tell apart, such as the case of an address.
  if (isThere && choice.choice !== 'value') return { outcome: 'settled', changes: [] };
  const left = resolution === 'took_external' ? external : internal;
  if (!isThere && !equal(field, holds, left)) return { outcome: 'edited_since', holds };
  if (choice.choice === 'take' && agreed !== null && !equal(field, said(agreed[field]), external)) {
    return { outcome: 'record_moved_on', says: agreed[field] };
  }
  const fields =
    choice.choice === 'keep' ? restored({ conflict, license, former }) : fieldsFrom(field, wanted, license);
  return { outcome: 'settled', changes: differences(license, fields) };
}

/** The internal value as it was before the external one was taken. */
function restored({ conflict, license, former }: Pick<SettleInput, 'conflict' | 'license' | 'former'>) {
  const { field, internal, external } = conflict;
  const written = licenseFieldsOf(field, external, license);
  const before = Object.fromEntries(Object.entries(former).filter(([name]) => written.includes(name as LicenseField)));
  const isWhole = equal(field, presentValue({ ...license, ...before }, field), internal);
  if (isWhole && Object.keys(before).length > 0) return before as Partial<LicenseFields>;
  if (internal !== null) return fieldsFrom(field, internal, license);
  return Object.fromEntries(written.map((name) => [name, null])) as Partial<LicenseFields>;
}

/** The license fields that a value of this field is written to. */
export function licenseFieldsOf(field: MappedField, value: MappedValue, license: License): LicenseField[] {
  return Object.keys(fieldsFrom(field, value, license)) as LicenseField[];
}

function differences(license: License, fields: Partial<LicenseFields>): SettledField[] {
  return (Object.entries(fields) as [LicenseField, License[LicenseField]][])
    .map(([field, after]) => ({ field, before: license[field], after }))
    .filter(({ before, after }) => canonicalJson(before) !== canonicalJson(after));
}

function equal(field: MappedField, a: MappedValue, b: MappedValue): boolean {
  return sameValue(field, a as ExternalRecord[typeof field], b as ExternalRecord[typeof field]);
}
