import type { ExternalRecord } from './external.ts';
import { licenseIdFor } from './identity.ts';
import type { License } from './license.ts';
import type { MatchKind } from './linking.ts';
import { type FieldChange, type FieldConflict, mergeBase, mergeRecord } from './merge.ts';

/** The primary record feeds its license; secondaries are mirrored only. */
export type LinkRole = 'primary' | 'secondary';

/** What is known of a record's existing link. */
export interface LinkState {
  licenseId: string;
  role: LinkRole;
  /** The external values last agreed on; null when the link was made without any. */
  base: ExternalRecord | null;
  /** Hash of the record that was merged last; null when none was. */
  baseHash: string | null;
}

/** The license that a record without a link was found to belong to. */
export interface FoundMatch {
  licenseId: string;
  matchedBy: MatchKind;
  /** `secondary` when another record feeds the license already. */
  role: LinkRole;
}

/** A license and the version it was read at. */
export interface VersionedLicense {
  license: License;
  version: number;
}

export interface PlanInput {
  sourceKey: string;
  record: ExternalRecord;
  rowHash: string;
  link: LinkState | null;
  match: FoundMatch | null;
  /** The record had vanished from the feed and is there again. */
  returned: boolean;
  /** The license that a link or match names; not needed for a creation, nor for a secondary or an unchanged hash that did not return. */
  license: VersionedLicense | null;
}

export interface PlannedChange {
  sourceKey: string;
  rowHash: string;
  /** `updated`: the license is written; `linked`: the record joins a license that another one feeds. */
  outcome: 'created' | 'updated' | 'unchanged' | 'linked';
  licenseId: string;
  matchedBy: 'link' | MatchKind | 'created';
  /** The version that the license must still have when the change is applied; null when the license is not updated. */
  expectedVersion: number | null;
  /** Empty for a creation: it is the record itself. */
  changes: FieldChange[];
  conflicts: FieldConflict[];
  /** What the link agrees on afterwards, also where the outcome is `unchanged`. */
  base: ExternalRecord;
}

/** A change was asked for without the license it needs. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code = 'PLAN_LICENSE_MISSING';
}

/**
 * Decides what one record of the feed does. An existing link goes before a match.
 * @throws {PlanError} when the license that a primary link or match names was not passed along.
 */
export function planRow(input: PlanInput): PlannedChange {
  const { link, match } = input;
  if (link) return planLinked(input, link);
  if (match) return planMatched(input, match);
  return {
    ...untouched(input, licenseIdFor(input.sourceKey), 'created', input.record),
    outcome: 'created',
  };
}

function planLinked(input: PlanInput, link: LinkState): PlannedChange {
  const unchanged = untouched(input, link.licenseId, 'link', mergeBase(link.base, input.record));
  if (link.role === 'secondary') return unchanged;
  const nothingNew = link.baseHash === input.rowHash;
  if (nothingNew && !input.returned) return unchanged;
  const { license, version } = licenseOf(input, link.licenseId);
  const merged = nothingNew
    ? { changes: [], conflicts: [], base: unchanged.base }
    : mergeRecord({ license, base: link.base, incoming: input.record });
  const changes = input.returned ? [...merged.changes, ...becomesSynced(license, 'returned')] : merged.changes;
  if (changes.length === 0) return { ...unchanged, ...merged };
  return { ...unchanged, ...merged, changes, outcome: 'updated', expectedVersion: version };
}

/**
 * A license that no living record fed is in step with the feed from now on. Of a license of which every record had vanished, the primary one
 * says so when it is back; where only others are back, the best of them takes its place once the whole plan is carried out.
 */
export function becomesSynced({ externalSyncStatus: before }: License, rule: 'matched' | 'returned'): FieldChange[] {
  return before === 'synced' ? [] : [{ field: 'externalSyncStatus', before, after: 'synced', rule }];
}

/** A license that is matched anew is written even if no field changes: its sync status is. */
function planMatched(input: PlanInput, match: FoundMatch): PlannedChange {
  const plain = untouched(input, match.licenseId, match.matchedBy, input.record);
  if (match.role === 'secondary') return { ...plain, outcome: 'linked' };
  const { license, version } = licenseOf(input, match.licenseId);
  const merged = mergeRecord({ license, base: null, incoming: input.record });
  const changes = [...merged.changes, ...becomesSynced(license, 'matched')];
  return { ...plain, ...merged, changes, outcome: 'updated', expectedVersion: version };
}

function untouched(
  { sourceKey, rowHash }: PlanInput,
  licenseId: string,
  matchedBy: PlannedChange['matchedBy'],
  base: ExternalRecord,
): PlannedChange {
  return {
    sourceKey,
    rowHash,
    outcome: 'unchanged',
    licenseId,
    matchedBy,
    expectedVersion: null,
    changes: [],
    conflicts: [],
    base,
  };
}

function licenseOf({ sourceKey, license }: PlanInput, licenseId: string): VersionedLicense {
  if (license?.license.id !== licenseId) throw new PlanError(`the license of record ${sourceKey} was not read`);
  return license;
}
