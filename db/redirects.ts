/** Where the ids of consolidated licenses lead. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { identifiersOf, type LicenseFilter } from './license-filters.ts';
import type { Trx } from './retry.ts';

/** Consolidations in a row that are followed; people make two or three. */
const MAX_STEPS = 100;
const IDS_AT_ONCE = 1000;

/**
 * The live license that each id leads to: itself, or what it was consolidated into, at last. Ids that lead to none are left out: unknown
 * ones, and chains that somebody's own SQL broke or closed to a ring.
 */
export async function rootsOf(db: Db | Trx, ids: readonly string[]): Promise<Map<string, string>> {
  const into = new Map<string, string | null>();
  let next = [...new Set(ids)];
  for (let step = 0; step <= MAX_STEPS && next.length > 0; step += 1) {
    for (let from = 0; from < next.length; from += IDS_AT_ONCE) {
      const rows = await db
        .selectFrom('licenses')
        .select(['id', 'archived_into'])
        .where('id', 'in', next.slice(from, from + IDS_AT_ONCE))
        .execute();
      for (const row of rows) into.set(row.id, row.archived_into);
    }
    next = [...new Set(next.flatMap((id) => into.get(id) ?? []))].filter((id) => !into.has(id));
  }
  const roots = new Map<string, string>();
  for (const id of ids) {
    const root = rootIn(into, id);
    if (root !== null) roots.set(id, root);
  }
  return roots;
}

/** Archived licenses that one search follows: a placeholder may be shared by thousands. */
const MAX_FOLLOWED = 100;

/**
 * The filter with the licenses that its key, appid, countid or search text leads to by way of consolidated ones. One that shows archived
 * licenses too is left as it is.
 */
export async function followed(db: Db, filter: LicenseFilter): Promise<LicenseFilter> {
  if (filter.archived) return filter;
  const redirected: Record<string, string[]> = {};
  for (const { name, index, condition } of identifiersOf(filter)) {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM licenses FORCE INDEX (${sql.id(index)})
      WHERE ${condition} AND archived_into IS NOT NULL ORDER BY id LIMIT ${MAX_FOLLOWED}
    `.execute(db);
    const roots = await rootsOf(
      db,
      rows.map(({ id }) => id),
    );
    const ids = new Set([...(redirected[name] ?? []), ...roots.values()]);
    if (ids.size > 0) redirected[name] = [...ids].sort();
  }
  return Object.keys(redirected).length === 0 ? filter : { ...filter, redirected };
}

function rootIn(into: ReadonlyMap<string, string | null>, id: string): string | null {
  let at = id;
  for (let step = 0; step <= MAX_STEPS; step += 1) {
    const next = into.get(at);
    if (next === undefined) return null;
    if (next === null) return at;
    at = next;
  }
  return null;
}
