/** Verdicts of people, read to be replayed. */
import { type SqlBool, sql } from 'kysely';
import type { Db } from './connect.ts';
import type { PairVerdictRow } from './pair-verdicts.ts';

/** What a run signs is no verdict of a person. */
const BY_PEOPLE = sql<SqlBool>`decided_by NOT LIKE 'sync:%'`;

/** A verdict is kept for whatever speaks for the two; where records do, they count, and not the licenses that they feed once more. */
const AS_RECORDS = sql<SqlBool>`NOT EXISTS (SELECT 1 FROM license_links k
  WHERE (a_ref LIKE 'l:%' AND k.license_id = SUBSTRING(a_ref, 3)) OR (b_ref LIKE 'l:%' AND k.license_id = SUBSTRING(b_ref, 3)))`;

/** In the order of their refs. @param after the last one of the part before. */
export async function peoplesVerdicts(
  db: Db,
  { limit, after }: { limit: number; after: Pick<PairVerdictRow, 'a_ref' | 'b_ref'> | null },
): Promise<PairVerdictRow[]> {
  let query = db
    .selectFrom('pair_verdicts')
    .selectAll()
    .where(BY_PEOPLE)
    .where(AS_RECORDS)
    .orderBy('a_ref')
    .orderBy('b_ref')
    .limit(limit);
  if (after) {
    const { a_ref: a, b_ref: b } = after;
    query = query.where(sql<SqlBool>`(a_ref >= ${a} AND (a_ref > ${a} OR b_ref > ${b}))`);
  }
  return await query.execute();
}
