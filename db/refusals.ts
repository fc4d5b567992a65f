/** Which licenses people said are different, whoever spoke for them then and speaks for them now. */
import { licenseRef } from '../domain/matching-subject.ts';
import type { Db } from './connect.ts';
import type { Trx } from './retry.ts';

/** Consolidations into consolidated licenses that are followed; people make two or three. */
const MAX_STEPS = 20;

/** Two licenses, in either order. */
export function licensePair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/**
 * Pairs of these licenses, as `licensePair` names them, of which somebody said that they are different. A verdict names the record or the
 * license that spoke then; it holds for the license that has that record now, or that this license was consolidated into.
 */
export async function refusedLicenses(db: Db | Trx, licenseIds: readonly string[]): Promise<Set<string>> {
  const owner = await ownersOf(db, licenseIds);
  const refs = [...owner.keys()].sort();
  if (refs.length === 0) return new Set();
  const rows = await db
    .selectFrom('pair_verdicts')
    .select(['a_ref', 'b_ref'])
    .where('verdict', '=', 'different')
    .where('a_ref', 'in', refs)
    .where('b_ref', 'in', refs)
    .execute();
  const pairs = new Set<string>();
  for (const row of rows) {
    const [a, b] = [owner.get(row.a_ref), owner.get(row.b_ref)];
    if (a !== undefined && b !== undefined && a !== b) pairs.add(licensePair(a, b));
  }
  return pairs;
}

/** Everything that speaks, or spoke, for these licenses: themselves, their records, and what was consolidated into them. */
async function ownersOf(db: Db | Trx, licenseIds: readonly string[]): Promise<Map<string, string>> {
  const owner = new Map(licenseIds.map((id) => [licenseRef(id), id]));
  if (licenseIds.length === 0) return owner;
  const links = await db
    .selectFrom('license_links')
    .select(['source_key', 'license_id'])
    .where('license_id', 'in', [...licenseIds])
    .execute();
  for (const link of links) owner.set(link.source_key, link.license_id);
  let masters = [...licenseIds];
  for (let step = 0; step < MAX_STEPS && masters.length > 0; step += 1) {
    const merged = await db
      .selectFrom('merges')
      .select(['master_id', 'duplicate_id'])
      .where('master_id', 'in', masters)
      .where('kind', '=', 'consolidation')
      .where('state', '=', 'applied')
      .execute();
    masters = [];
    for (const { master_id: master, duplicate_id: duplicate } of merged) {
      const root = owner.get(licenseRef(master));
      if (duplicate === null || root === undefined || owner.has(licenseRef(duplicate))) continue;
      owner.set(licenseRef(duplicate), root);
      masters.push(duplicate);
    }
  }
  return owner;
}
