/** What a run found and did about duplicates, counted from the tables. */
import { sql } from 'kysely';
import type { DuplicateFigures } from '../domain/duplicate-report.ts';
import { type BatchRef, SETTLING_PASS } from './batches.ts';
import type { Db } from './connect.ts';
import { cappedBlocks } from './match-pairs.ts';

/** Of `sync_batches.pass` in the phase `analyse`, beside the passes of the feed. */
const SCORING_PASS = 0;

type Run = Pick<BatchRef, 'operation' | 'attempt'>;

/** A batch of subjects: counts subjects, pairs scored, pairs kept. */
export function scoringBatch({ operation, attempt }: Run, range: Pick<BatchRef, 'batch' | 'from' | 'to'>): BatchRef {
  return { operation, attempt, phase: 'analyse', pass: SCORING_PASS, ...range };
}

/** The settling of a run: counts pairs, groups consolidated, groups that could not be. */
export function settlingBatch({ operation, attempt }: Run): BatchRef {
  return { operation, attempt, phase: 'analyse', pass: SETTLING_PASS, batch: 0, from: 0, to: 0 };
}

type Numbers<K extends string> = Record<K, string | number | null>;

/** Null when the run did not look for duplicates, or did not come to it. */
export async function countDuplicates(
  db: Db,
  { operation, blockCap }: { operation: number; blockCap: number },
): Promise<DuplicateFigures | null> {
  const { rows: batches } = await sql<Numbers<'subjects' | 'scored' | 'refused' | 'detection' | 'consolidation' | 'n'>>`
    SELECT COUNT(*) AS n,
      SUM(CASE WHEN pass = ${SCORING_PASS} THEN rows_done END) AS subjects,
      SUM(CASE WHEN pass = ${SCORING_PASS} THEN rows_created END) AS scored,
      SUM(CASE WHEN pass = ${SETTLING_PASS} THEN rows_updated END) AS refused,
      TIMESTAMPDIFF(MICROSECOND, MIN(CASE WHEN pass <> ${SETTLING_PASS} THEN started_at END),
        MAX(CASE WHEN pass <> ${SETTLING_PASS} THEN updated_at END)) AS detection,
      TIMESTAMPDIFF(MICROSECOND, MIN(CASE WHEN pass = ${SETTLING_PASS} THEN started_at END),
        MAX(CASE WHEN pass = ${SETTLING_PASS} THEN updated_at END)) AS consolidation
    FROM sync_batches WHERE operation = ${operation} AND phase = 'analyse'
      AND attempt = (SELECT MAX(attempt) FROM sync_batches WHERE operation = ${operation} AND phase = 'analyse')
  `.execute(db);
  const told = batches[0];
  if (!told || Number(told.n) === 0) return null;
  const { rows: pairs } = await sql<{ decision: string; n: number | string }>`
    SELECT decision, COUNT(*) AS n FROM match_pairs WHERE operation = ${operation} GROUP BY decision
  `.execute(db);
  const merges = await db
    .selectFrom('merges')
    .select(['kind', 'found_as', ({ fn }) => fn.countAll().as('n')])
    .where('operation', '=', operation)
    .groupBy(['kind', 'found_as'])
    .execute();
  const cases = await db
    .selectFrom('duplicate_cases')
    .select(['kind', 'reason', ({ fn }) => fn.countAll().as('n')])
    .where('operation', '=', operation)
    .groupBy(['kind', 'reason'])
    .execute();
  const pairsOf = (decision: string) => Number(pairs.find((row) => row.decision === decision)?.n ?? 0);
  const sum = <T extends { n: number | string | bigint }>(rows: readonly T[], which: (row: T) => boolean) =>
    rows.filter(which).reduce((total, row) => total + Number(row.n), 0);
  const ofKind = (kind: string) =>
    sum(merges, (row) => (row.kind === 'link' ? 'cross_system' : row.found_as) === kind) +
    sum(cases, (row) => row.kind === kind);
  // A look at the whole index, which only pays when something was compared.
  const capped = Number(told.scored ?? 0) > 0 ? await cappedBlocks(db, blockCap) : { blocks: 0, subjects: 0 };
  return {
    subjects: Number(told.subjects ?? 0),
    scored: Number(told.scored ?? 0),
    auto: pairsOf('auto'),
    review: pairsOf('review'),
    observed: pairsOf('observe'),
    cappedBlocks: capped.blocks,
    cappedSubjects: capped.subjects,
    linked: sum(merges, (row) => row.kind === 'link'),
    consolidated: sum(merges, (row) => row.kind === 'consolidation'),
    refused: Number(told.refused ?? 0),
    casesOpened: sum(cases, () => true),
    casesReturned: sum(cases, (row) => row.reason === 'returned'),
    kinds: { external: ofKind('external'), internal: ofKind('internal'), crossSystem: ofKind('cross_system') },
    detectionMs: Math.round(Number(told.detection ?? 0) / 1000),
    consolidationMs: Math.round(Number(told.consolidation ?? 0) / 1000),
  };
}
