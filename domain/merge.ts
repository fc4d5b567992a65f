import { canonicalJson } from './canonical.ts';
import type { ExternalRecord } from './external.ts';
import type { License, LicenseField } from './license.ts';
import {
  type ExternalView,
  FIELD_MAPPINGS,
  type FieldPolicy,
  fieldsFrom,
  MAPPED_FIELDS,
  type MappedField,
  said,
  sameValue,
  toExternalView,
} from './mapping.ts';

/** Why a license field gets a new value. */
export type MergeRule =
  /** Only the external side changed. */
  | 'external_changed'
  /** The license had none. */
  | 'filled_empty'
  /** Both sides changed, or differed when they met, and the external side has the say. */
  | 'policy_external_wins'
  /** A value that only the external side observes. */
  | 'observed'
  /** Both sides agree; a license field that repeats the value was behind. */
  | 'aligned'
  /** Every record of the license has gone from the feed. */
  | 'vanished'
  /** A record of a vanished license is in the feed again. */
  | 'returned'
  /** The license was found to belong to a record. */
  | 'matched';

export interface FieldChange {
  field: LicenseField | 'externalSyncStatus';
  before: License[LicenseField | 'externalSyncStatus'];
  after: License[LicenseField | 'externalSyncStatus'];
  rule: MergeRule;
}

/** A clash of values, all three in external space; `base` is null when nothing had been agreed on. */
export interface FieldConflict {
  field: MappedField;
  internal: ExternalRecord[MappedField];
  external: ExternalRecord[MappedField];
  base: ExternalRecord[MappedField];
  resolution: 'took_external' | 'kept_internal';
  /** Not to be pushed before someone has resolved it: the external side does not know the internal value. */
  held: boolean;
}

export interface MergeInput {
  license: License;
  /** The external values last agreed on; null on first acquaintance. */
  base: ExternalRecord | null;
  incoming: ExternalRecord;
}

export interface MergeResult {
  changes: FieldChange[];
  conflicts: FieldConflict[];
  /** The external values agreed on from now on. */
  base: ExternalRecord;
}

/**
 * Merges what the external system says now into a license, field by field and in external space, so that what a mapping loses
 * (a time of day, a finer status, the case of an address) is no change. What the record does not say changes nothing.
 * Applying the changes and merging again with the returned base gives nothing.
 */
export function mergeRecord({ license, base, incoming }: MergeInput): MergeResult {
  const result: MergeResult = { changes: [], conflicts: [], base: mergeBase(base, incoming) };
  const view = toExternalView(license);
  for (const field of MAPPED_FIELDS) mergeField(field, { license, view, base, incoming }, result);
  return result;
}

/** The external values agreed on after a record was read: its own, and the former ones where it says nothing. */
export function mergeBase(base: ExternalRecord | null, incoming: ExternalRecord): ExternalRecord {
  if (base === null) return incoming;
  const former = base as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(incoming).map(([field, value]) => [field, said(value) ?? former[field] ?? null]),
  ) as unknown as ExternalRecord;
}

/** The fields whose internal value differs from what was last agreed on: what a push may send, unless it is held. */
export function changedInside(license: License, base: ExternalRecord): MappedField[] {
  const view = toExternalView(license);
  return MAPPED_FIELDS.filter((field) => isChangedInside(field, license, view[field], base));
}

interface Sides extends MergeInput {
  view: ExternalView;
}

function mergeField<F extends MappedField>(field: F, sides: Sides, result: MergeResult): void {
  const { license, base } = sides;
  const external = said<ExternalRecord[F]>(sides.incoming[field]);
  if (external === null) return;
  const agreed = said<ExternalRecord[F]>(base?.[field]);
  if (agreed !== null && sameValue(field, external, agreed)) return;

  const internal = sides.view[field] as ExternalRecord[F];
  if (sameValue(field, internal, external)) {
    if (field === 'comingExpired') alignExpiry(license, sides.incoming, result);
    return;
  }
  const changed = isChangedInside(field, license, internal, base);
  const { take, clash } = decide(FIELD_MAPPINGS[field].policy, { empty: isEmpty(internal), agreed, changed });
  if (take) result.changes.push(...changesFor(license, fieldsFrom(field, external, license), take));
  if (clash) {
    const resolution = take ? 'took_external' : 'kept_internal';
    result.conflicts.push({ field, internal, external, base: agreed, resolution, held: !take });
  }
}

interface Verdict {
  /** The rule by which the external value is taken; null to keep the internal one. */
  take: MergeRule | null;
  clash: boolean;
}

/** What to do with an external value that is new and differs from the internal one. */
function decide(policy: FieldPolicy, internal: { empty: boolean; changed: boolean; agreed: unknown }): Verdict {
  if (policy === 'observed') return { take: 'observed', clash: false };
  const { empty, changed } = internal;
  if (!changed && (empty || policy !== 'fill_only')) {
    return { take: internal.agreed === null && empty ? 'filled_empty' : 'external_changed', clash: false };
  }
  if (empty) {
    // Emptied on purpose since the last agreement, while the other side wrote something new: someone should know.
    const emptied = internal.agreed !== null;
    return { take: emptied && policy === 'external_wins' ? 'policy_external_wins' : 'filled_empty', clash: emptied };
  }
  return { take: policy === 'external_wins' ? 'policy_external_wins' : null, clash: true };
}

function isChangedInside<F extends MappedField>(
  field: F,
  license: License,
  internal: ExternalRecord[F],
  base: ExternalRecord | null,
): boolean {
  // The status of a license is never empty. Where the record has not named one, `pending` is our own default and nobody's edit.
  if (field === 'status' && base !== null && base.status === null && license.status === 'pending') return false;
  return !sameValue(field, internal, said<ExternalRecord[F]>(base?.[field]));
}

/** Nothing is lost by overwriting it. */
function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/**
 * Two license fields repeat the day of expiry, and the view shows but one of them. When the sides come to agree, the other follows;
 * a time of day set inside stays.
 */
function alignExpiry(license: License, incoming: ExternalRecord, result: MergeResult): void {
  const fields = fieldsFrom('comingExpired', incoming.comingExpired, license);
  if (license.expiresAt !== null) delete fields.expiresAt;
  result.changes.push(...changesFor(license, fields, 'aligned'));
}

function changesFor(license: License, fields: Partial<License>, rule: MergeRule): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const [name, after] of Object.entries(fields)) {
    const field = name as LicenseField;
    const before = license[field];
    if (canonicalJson(before) !== canonicalJson(after)) changes.push({ field, before, after, rule });
  }
  return changes;
}
