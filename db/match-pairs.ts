/** `match_pairs`: who resembles whom. Every pair is scored once, from its later subject. */
import { sql } from 'kysely';
import type { MatchingRules } from '../domain/matching/rules.ts';
import { confidenceOf, decisionOf } from '../domain/matching/score.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import type { Db } from './connect.ts';
import { type CrowdedBlocks, findCandidates, loadRange, loadSubjects, statisticsFor } from './match-candidates.ts';
import { inTransaction } from './retry.ts';

const COLUMNS = ['a', 'b', 'confidence', 'decision', 'operation'] as const;
const NARROW_BATCH = 2000;

/** Up to which subject all pairs are known. */
export async function scoredThrough(db: Db): Promise<number> {
  const row = await db
    .selectFrom('match_state')
    .select('value')
    .where('name', '=', 'scored_through')
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

export async function setScoredThrough(db: Db, subject: number): Promise<void> {
  await sql`
    INSERT INTO match_state (name, value) VALUES ('scored_through', ${subject})
    ON DUPLICATE KEY UPDATE value = GREATEST(value, VALUES(value))
  `.execute(db);
}

/**
 * Scores subjects `from`…`to` against all with a lower number that share a key, and keeps what is worth keeping. The batch counts
 * subjects as rows, pairs scored as created, and pairs kept as updated.
 * @param records how many subjects there are.
 * @param crowded kept from slice to slice of one step, so that no large block is counted for each of them.
 */
export async function scoreSlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  { rules, records, crowded }: { rules: MatchingRules; records: number; crowded: CrowdedBlocks },
): Promise<void> {
  const later = await loadRange(db, from, to);
  const { pairs, sizes } = await findCandidates(
    db,
    later.map(({ id, prepared }) => ({ prepared, before: id })),
    rules,
    crowded,
  );
  const known = new Map(later.map((subject) => [subject.id, subject]));
  const missing = pairs.map(([, id]) => id).filter((id) => !known.has(id));
  const subjects = new Map([...known, ...(await loadSubjects(db, missing))]);
  // Most subjects share no key with anyone, and what is rare about them need not be known.
  const compared = new Set(pairs.flatMap(([index, id]) => [id, later[index]?.id ?? id]));
  const statistics = await statisticsFor(
    db,
    [...subjects.values()].filter(({ id }) => compared.has(id)).map(({ prepared }) => prepared),
    { records, sizes },
  );
  const kept: SqlValue[][] = [];
  let scored = 0;
  for (const [index, id] of pairs) {
    const [one, other] = [subjects.get(id), later[index]];
    // A subject may have been replaced since; its successor has a higher number and comes later.
    if (!one || !other) continue;
    scored += 1;
    const confidence = confidenceOf(one.prepared, other.prepared, statistics, rules);
    const decision = decisionOf(confidence, rules);
    if (decision !== 'none') kept.push([one.id, other.id, confidence.toFixed(2), decision, ref.operation]);
  }
  await inTransaction(db, async (trx) => {
    await insertRows(trx, 'match_pairs', COLUMNS, kept, {
      batchSize: NARROW_BATCH,
      onDuplicate: ['confidence', 'decision', 'operation'],
    });
    await advanceBatch(trx, ref, to + 1, { rows: later.length, created: scored, updated: kept.length });
  });
}

/** Keys that more subjects share than the cap allows, and how many those are. */
export async function cappedBlocks(db: Db, cap: number): Promise<{ blocks: number; subjects: number }> {
  const { rows } = await sql<{ blocks: number | string; subjects: number | string | null }>`
    SELECT COUNT(*) AS blocks, SUM(size) AS subjects FROM (
      SELECT COUNT(*) AS size FROM match_keys FORCE INDEX (PRIMARY) GROUP BY key_hash HAVING COUNT(*) > ${cap}
    ) capped
  `.execute(db);
  return { blocks: Number(rows[0]?.blocks ?? 0), subjects: Number(rows[0]?.subjects ?? 0) };
}
