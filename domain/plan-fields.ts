/** A planned change as people read it: one line a license field, before and after. */
import type { ExternalRecord } from './external.ts';
import { createLicense, MAPPED_FIELDS, type MappedField } from './mapping.ts';
import type { FieldChange, MergeRule } from './merge.ts';

export interface PlannedField {
  field: FieldChange['field'];
  before: unknown;
  after: unknown;
  rule: MergeRule | 'created';
}

/** License fields that are called otherwise in the external record; the others have one name on both sides. */
const EXTERNAL_NAMES: Readonly<Record<string, MappedField>> = {
  startsAt: 'activateDate',
  expiresAt: 'comingExpired',
  lastPayment: 'monthlyFee',
  externalEmail: 'email',
  packageData: 'package',
  notes: 'note',
};

/** Made from another field when a license is created, and from nothing later. */
const FIRST_TAKEN_FROM: Readonly<Record<string, MappedField>> = { product: 'licenseType' };

const blank = changesOf(createLicense({} as ExternalRecord, 'c:0'));

/** Names by which a plan can be searched: the license's, and the external ones under which clashes are kept. */
export const PLAN_FIELDS: readonly string[] = [
  ...new Set([...blank.map(({ field }) => field), ...MAPPED_FIELDS]),
].toSorted();

/** Fields that every created license has, whatever its record says. */
const ALWAYS_SET: ReadonlySet<string> = new Set(
  blank.flatMap(({ field, after }) => (after === null ? [] : [field as string])),
);

/** The external field that stands for this one in a clash; null when none does. */
export function externalNameOf(field: string): MappedField | null {
  const name = EXTERNAL_NAMES[field] ?? field;
  return MAPPED_FIELDS.find((mapped) => mapped === name) ?? null;
}

/** Which creations write the field: `always`, `never`, or those whose record has a value for the external field named. */
export function writtenByCreation(field: string): 'always' | 'never' | MappedField {
  if (ALWAYS_SET.has(field)) return 'always';
  return FIRST_TAKEN_FROM[field] ?? externalNameOf(field) ?? 'never';
}

/** What a creation writes: every field of the new license that is not null. Id and key follow from the record and are no change. */
export function createdFields(record: ExternalRecord, sourceKey: string): PlannedField[] {
  return changesOf(createLicense(record, sourceKey)).filter(({ after }) => after !== null);
}

function changesOf(license: ReturnType<typeof createLicense>): PlannedField[] {
  const { id: _, key: __, origin: ___, ...fields } = license;
  return Object.entries(fields).map(([field, after]) => ({
    field: field as PlannedField['field'],
    before: null,
    after: after ?? null,
    rule: 'created',
  }));
}
