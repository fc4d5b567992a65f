/** Pairs that resemble each other too little to ask anybody: kept by runs, listed on request. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';

export interface ObservedPair {
  a: number;
  b: number;
  /** With two decimals. */
  confidence: string;
}

/**
 * Observations, the most alike first.
 * @param after the last one of the page before.
 */
export async function listObserved(
  db: Db,
  { limit, after }: { limit: number; after?: ObservedPair | undefined },
): Promise<ObservedPair[]> {
  // Two walks along the index, each in its order, instead of sorting all of them.
  const walks = await Promise.all(
    [0, 1].map(async (settled) => {
      const behind = after
        ? sql`AND confidence <= ${after.confidence} AND (confidence < ${after.confidence} OR a < ${after.a} OR (a = ${after.a} AND b < ${after.b}))`
        : sql``;
      const { rows } = await sql<ObservedPair>`
        SELECT a, b, confidence FROM match_pairs FORCE INDEX (by_decision)
        WHERE decision = 'observe' AND settled = ${settled} ${behind}
        ORDER BY confidence DESC, a DESC, b DESC LIMIT ${limit}
      `.execute(db);
      return rows;
    }),
  );
  return walks
    .flat()
    .sort((one, other) => Number(other.confidence) - Number(one.confidence) || other.a - one.a || other.b - one.b)
    .slice(0, limit);
}

/** The records that are in the feed and linked to a license. */
export async function recordsOfLicense(db: Db, licenseId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('license_links as k')
    .innerJoin('external_licenses as e', 'e.source_key', 'k.source_key')
    .select('k.source_key')
    .where('k.license_id', '=', licenseId)
    .where('e.vanished_at', 'is', null)
    .orderBy('k.source_key')
    .limit(limit)
    .execute();
  return rows.map((row) => row.source_key);
}
