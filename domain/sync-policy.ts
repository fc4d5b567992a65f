/** What a sync does to a field that a person has edited: the mapping's policy, found by the license's field. */
import type { LicenseField } from './license.ts';
import { FIELD_MAPPINGS, type FieldPolicy, type MappedField } from './mapping.ts';

/** The field of a record that speaks of a field of the license, where the two have different names. */
const RENAMED: Partial<Record<LicenseField, MappedField>> = {
  startsAt: 'activateDate',
  expiresAt: 'comingExpired',
  lastPayment: 'monthlyFee',
  externalEmail: 'email',
  packageData: 'package',
  notes: 'note',
};

/** The record's field that feeds a field of the license; null when no record speaks of it. */
export function mappedFieldOf(field: LicenseField): MappedField | null {
  return RENAMED[field] ?? (field in FIELD_MAPPINGS ? (field as MappedField) : null);
}

/** Null when no record speaks of the field. */
export function policyOf(field: LicenseField): FieldPolicy | null {
  const mapped = mappedFieldOf(field);
  return mapped === null ? null : FIELD_MAPPINGS[mapped].policy;
}
