/** Which licenses several records lay claim to by one key: pure, so that what is worth an alert is decided without tables. */

export type ClaimKind = 'appid' | 'email' | 'countid';

/** A license and the value it carries of one kind of key. */
export interface ClaimedLicense {
  id: string;
  kind: ClaimKind;
  /** `appidKey`, `emailKey` or the countid as text. */
  key: string;
}

export interface Claimant {
  sourceKey: string;
  /** The license that the record is linked to now. */
  licenseId: string | null;
}

export interface Claims {
  licenseId: string;
  kinds: ClaimKind[];
  /** Sorted. Records that carry a key of the license, and those linked to it. */
  sourceKeys: string[];
}

/**
 * Licenses that two or more records claim, at least one of them in vain: it carries the key, and is linked elsewhere. Claims that a person ruled
 * out are none. Most claimed first, then by id.
 * @param carriers records by kind and key (`kind:key`).
 * @param linked records by the license that they are linked to.
 * @param barred `source key|license id` of pairs that a person said are never one.
 */
export function claimedBySeveral(
  licenses: readonly ClaimedLicense[],
  carriers: ReadonlyMap<string, readonly Claimant[]>,
  linked: ReadonlyMap<string, readonly string[]>,
  barred: ReadonlySet<string>,
): Claims[] {
  const found = new Map<string, { kinds: Set<ClaimKind>; sourceKeys: Set<string> }>();
  for (const { id, kind, key } of licenses) {
    const claiming = (carriers.get(`${kind}:${key}`) ?? []).filter(
      ({ sourceKey }) => !barred.has(`${sourceKey}|${id}`),
    );
    if (claiming.every(({ licenseId }) => licenseId === id)) continue;
    const claims = found.get(id) ?? { kinds: new Set(), sourceKeys: new Set(linked.get(id) ?? []) };
    claims.kinds.add(kind);
    for (const { sourceKey } of claiming) claims.sourceKeys.add(sourceKey);
    found.set(id, claims);
  }
  return [...found]
    .map(([licenseId, { kinds, sourceKeys }]) => ({ licenseId, kinds: [...kinds], sourceKeys: [...sourceKeys].sort() }))
    .filter(({ sourceKeys }) => sourceKeys.length > 1)
    .sort((a, b) => b.sourceKeys.length - a.sourceKeys.length || (a.licenseId < b.licenseId ? -1 : 1));
}
