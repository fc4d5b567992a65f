import type { LinkRole } from './plan.ts';

/** What a record and a license can be recognised by, strongest first. */
export const KEY_KINDS = ['appid', 'email', 'countid'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];
/**
 * What makes a record and a license one; a person's word goes before every key. `origin`: the license was once made of this very record,
 * which has lost its link since. `similarity`: nothing names it, and it is alike beyond doubt.
 */
export type MatchKind = 'override' | KeyKind | 'origin' | 'similarity';

export interface KeyedRecord {
  sourceKey: string;
  countid: number | null;
  /** Whether it feeds a license already, or was given one by a stronger key. */
  linked: boolean;
}

export interface KeyedLicense {
  id: string;
  /** Whether a record feeds it already, or it was given to one by a stronger key. */
  linked: boolean;
}

/** Everything that carries one key, linked ones included: uniqueness is judged over all of it. */
export interface KeyGroup {
  /** `appidKey`, `emailKey` or the countid as text. */
  key: string;
  records: readonly KeyedRecord[];
  licenses: readonly KeyedLicense[];
  /** Pairs that are no candidates, whatever they share. */
  barred: readonly Barred[];
}

/** A record and a license that a person said are never one. */
export interface Barred {
  sourceKey: string;
  licenseId: string;
}

/** What carries a key that no live license carries, but one that was consolidated into another. */
export interface RedirectedGroup {
  records: readonly KeyedRecord[];
  /** The live licenses that the carriers lead to. */
  roots: readonly { id: string; license: 'free' | 'fed' }[];
  barred: readonly Barred[];
}

/** A record without a link, and a license that a person said it belongs to. */
export interface Override {
  sourceKey: string;
  countid: number | null;
  licenseId: string;
  /** `fed`: a record that has not vanished is linked to it. */
  license: 'free' | 'fed' | 'archived' | 'missing';
}

export interface Match {
  sourceKey: string;
  licenseId: string;
  matchedBy: MatchKind;
  role: LinkRole;
}

export type AmbiguityReason =
  /** Two or more licenses carry the key. */
  | 'several_licenses'
  /** The only license that carries the key is fed by another record. */
  | 'license_linked'
  /** Two or more records carry the key, which proves nothing for any of them. */
  | 'several_records'
  /** Two or more records carry the appid, and one with a lower countid got the license. */
  | 'lower_countid_matched'
  /** A person named a license that is not there. */
  | 'license_missing'
  /** A person named a license that was consolidated, and what it leads to is not there. */
  | 'license_archived';

export interface Ambiguity {
  sourceKey: string;
  reason: AmbiguityReason;
}

export interface MatchResult {
  matches: Match[];
  /** Records that a person should look at; they resemble a license and were not given it. */
  ambiguous: Ambiguity[];
}

/**
 * Decides who belongs to whom among all that carries one key. Linked records are never matched again, a linked license is never
 * given away. A barred pair is treated as if the two did not share the key. Both lists come in the order of countid (none last), then
 * source key; the order of the input does not matter.
 */
export function resolveMatches(kind: KeyKind, group: KeyGroup): MatchResult {
  const result: MatchResult = { matches: [], ambiguous: [] };
  const { candidatesOf, carriersOf } = candidates(group);
  const given = new Set<string>();
  for (const record of group.records.filter((each) => !each.linked).sort(byCountid)) {
    const [license, ...otherLicenses] = candidatesOf(record);
    if (license === undefined) continue;
    const reason = whyNot(kind, license, {
      unique: otherLicenses.length === 0,
      alone: carriersOf(license) === 1,
      given: given.has(license.id),
    });
    if (reason !== null) {
      result.ambiguous.push({ sourceKey: record.sourceKey, reason });
      continue;
    }
    given.add(license.id);
    result.matches.push({ sourceKey: record.sourceKey, licenseId: license.id, matchedBy: kind, role: 'primary' });
  }
  return result;
}

/**
 * Gives records whose key only licenses carry that were consolidated to what those were consolidated into, which a record may feed already:
 * then they join it. One record a key, the lowest countid; where a record with the key has its license, nobody else gets it.
 */
export function resolveRedirected(kind: KeyKind, groups: readonly RedirectedGroup[]): MatchResult {
  const ambiguous: Ambiguity[] = [];
  const named: Override[] = [];
  for (const { records, roots, barred } of groups) {
    const isTaken = records.some((record) => record.linked);
    let isGiven = false;
    for (const record of records.filter((each) => !each.linked).sort(byCountid)) {
      const { sourceKey, countid } = record;
      const not = barred.filter((pair) => pair.sourceKey === sourceKey).map(({ licenseId }) => licenseId);
      const [root, ...others] = roots.filter(({ id }) => !not.includes(id));
      if (root === undefined) continue;
      const reason =
        others.length > 0
          ? ('several_licenses' as const)
          : isTaken
            ? ('license_linked' as const)
            : isGiven
              ? ('lower_countid_matched' as const)
              : null;
      if (reason !== null) {
        ambiguous.push({ sourceKey, reason });
        continue;
      }
      isGiven = true;
      named.push({ sourceKey, countid, licenseId: root.id, license: root.license });
    }
  }
  const { matches } = resolveOverrides(named, kind);
  return { matches, ambiguous };
}

/**
 * Links records to licenses that are named outright: by people, or because the license was made of the record. Of several records for one
 * license that nothing feeds, the lowest countid feeds it; the others, and all for a license that is fed, join it. Lists come in the order
 * of countid, as above.
 */
export function resolveOverrides(overrides: readonly Override[], matchedBy: MatchKind = 'override'): MatchResult {
  const result: MatchResult = { matches: [], ambiguous: [] };
  const bySource = new Map<string, Override[]>();
  for (const override of [...overrides].sort(byCountid)) {
    bySource.set(override.sourceKey, [...(bySource.get(override.sourceKey) ?? []), override]);
  }
  const fed = new Set<string>();
  for (const [override, ...others] of bySource.values()) {
    if (override === undefined) continue;
    const { sourceKey, licenseId, license } = override;
    const reason = others.length > 0 ? 'several_licenses' : WHY_NOT_NAMED[license];
    if (reason !== null) {
      result.ambiguous.push({ sourceKey, reason });
      continue;
    }
    const role = license === 'fed' || fed.has(licenseId) ? 'secondary' : 'primary';
    fed.add(licenseId);
    result.matches.push({ sourceKey, licenseId, matchedBy, role });
  }
  return result;
}

/** A record and a license that nothing feeds, which are surely one business. */
export interface Resemblance {
  sourceKey: string;
  licenseId: string;
}

/**
 * Links records to the licenses that they resemble, where neither resembles another one. The order of the input does not matter.
 */
export function resolveResemblances(pairs: readonly Resemblance[]): Match[] {
  const count = (pick: (pair: Resemblance) => string) => {
    const counts = new Map<string, number>();
    for (const pair of pairs) counts.set(pick(pair), (counts.get(pick(pair)) ?? 0) + 1);
    return counts;
  };
  const ofRecord = count(({ sourceKey }) => sourceKey);
  const ofLicense = count(({ licenseId }) => licenseId);
  return pairs
    .filter(({ sourceKey, licenseId }) => ofRecord.get(sourceKey) === 1 && ofLicense.get(licenseId) === 1)
    .map((pair) => ({ ...pair, matchedBy: 'similarity' as const, role: 'primary' as const }))
    .sort((a, b) => (a.sourceKey < b.sourceKey ? -1 : 1));
}

const WHY_NOT_NAMED: Record<Override['license'], AmbiguityReason | null> = {
  free: null,
  fed: null,
  archived: 'license_archived',
  missing: 'license_missing',
};

/** Who may belong to whom. A group can hold a hundred thousand records of one address, so only barred pairs are looked at one by one. */
function candidates({ records, licenses, barred }: KeyGroup): {
  /** At most two of the licenses that the record may be: more are no clearer. */
  candidatesOf(record: KeyedRecord): KeyedLicense[];
  /** How many records may be the license. */
  carriersOf(license: KeyedLicense): number;
} {
  const barredLicenses = new Map<string, Set<string>>();
  const present = new Set(barred.length === 0 ? [] : records.map((record) => record.sourceKey));
  const fewer = new Map<string, number>();
  for (const { sourceKey, licenseId } of barred) {
    if (!present.has(sourceKey)) continue;
    const known = barredLicenses.get(sourceKey) ?? new Set();
    if (known.has(licenseId)) continue;
    barredLicenses.set(sourceKey, known.add(licenseId));
    fewer.set(licenseId, (fewer.get(licenseId) ?? 0) + 1);
  }
  return {
    candidatesOf({ sourceKey }) {
      const not = barredLicenses.get(sourceKey);
      return (not ? licenses.filter((license) => !not.has(license.id)) : licenses).slice(0, 2);
    },
    carriersOf: (license) => records.length - (fewer.get(license.id) ?? 0),
  };
}

/** Why the one license that a record may be is not given to it; null when it is. */
function whyNot(
  kind: KeyKind,
  license: KeyedLicense,
  { unique, alone, given }: { unique: boolean; alone: boolean; given: boolean },
): AmbiguityReason | null {
  if (!unique) return 'several_licenses';
  if (license.linked) return 'license_linked';
  // An address is shared by the shops of one owner; an appid that occurs twice still names one customer, so its first record keeps it.
  if (kind !== 'appid' && !alone) return 'several_records';
  return given ? 'lower_countid_matched' : null;
}

type Placed = Pick<KeyedRecord, 'sourceKey' | 'countid'>;

function byCountid(a: Placed, b: Placed): number {
  if (a.countid !== b.countid) {
    if (a.countid === null) return 1;
    if (b.countid === null) return -1;
    return a.countid - b.countid;
  }
  return a.sourceKey < b.sourceKey ? -1 : a.sourceKey > b.sourceKey ? 1 : 0;
}
