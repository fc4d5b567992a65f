/** What a record and a license can be recognised by, strongest first. */
export const MATCH_KINDS = ['appid', 'email', 'countid'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];

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
}

export interface Match {
  sourceKey: string;
  licenseId: string;
  matchedBy: MatchKind;
}

export type AmbiguityReason =
  /** Two or more licenses carry the key. */
  | 'several_licenses'
  /** The only license that carries the key is fed by another record. */
  | 'license_linked'
  /** Two or more records carry the key, which proves nothing for any of them. */
  | 'several_records'
  /** Two or more records carry the appid, and one with a lower countid got the license. */
  | 'lower_countid_matched';

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
 * given away. Both lists come in the order of countid (none last), then source key; the order of the input does not matter.
 */
export function resolveMatches(kind: MatchKind, group: KeyGroup): MatchResult {
  const open = group.records.filter((record) => !record.linked).sort(byCountid);
  const [license, ...otherLicenses] = group.licenses;
  if (license === undefined) return { matches: [], ambiguous: [] };
  if (otherLicenses.length > 0) return { matches: [], ambiguous: open.map(because('several_licenses')) };
  if (license.linked) return { matches: [], ambiguous: open.map(because('license_linked')) };
  // An address is shared by the shops of one owner; an appid that occurs twice still names one customer, so its first record keeps it.
  if (kind !== 'appid' && group.records.length > 1) {
    return { matches: [], ambiguous: open.map(because('several_records')) };
  }
  const [first, ...rest] = open;
  if (first === undefined) return { matches: [], ambiguous: [] };
  return {
    matches: [{ sourceKey: first.sourceKey, licenseId: license.id, matchedBy: kind }],
    ambiguous: rest.map(because('lower_countid_matched')),
  };
}

function because(reason: AmbiguityReason): (record: KeyedRecord) => Ambiguity {
  return ({ sourceKey }) => ({ sourceKey, reason });
}

function byCountid(a: KeyedRecord, b: KeyedRecord): number {
  if (a.countid !== b.countid) {
    if (a.countid === null) return 1;
    if (b.countid === null) return -1;
    return a.countid - b.countid;
  }
  return a.sourceKey < b.sourceKey ? -1 : a.sourceKey > b.sourceKey ? 1 : 0;
}
