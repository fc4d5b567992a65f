/** `pair_verdicts`: what was decided of two subjects, with what they said then. */
import { type Selectable, sql } from 'kysely';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import type { SubjectNow } from './match-subjects.ts';
import type { Trx } from './retry.ts';
import type { PairVerdictsTable, SqlInstant } from './tables.ts';

export type PairVerdictRow = Selectable<PairVerdictsTable>;

export interface JudgedPair {
  a: SubjectNow;
  b: SubjectNow;
  confidence: number | null;
}

const COLUMNS = [
  'a_ref',
  'b_ref',
  'verdict',
  'a_content',
  'b_content',
  'a_hash',
  'b_hash',
  'confidence',
  'case_id',
  'decided_by',
  'decided_at',
] as const;
const ON_DUPLICATE = COLUMNS.slice(2);
const ROWS_IN_ONE = 200;
const PAIRS_IN_ONE = 2000;

/** Two refs in the order in which a verdict names them. */
function orderedRefs(a: string, b: string): [string, string] {
  return a < b ? [a, b] : [b, a];
}

/** The key under which `readVerdicts` gives the verdict on two refs. */
export function pairKey(a: string, b: string): string {
  return orderedRefs(a, b).join('\n');
}

/**
 * Keeps a verdict on each pair; an earlier one on the same pair is replaced.
 * @param by.now when it was given.
 */
export async function keepVerdicts(
  trx: Trx,
  verdict: 'same' | 'different',
  pairs: readonly JudgedPair[],
  { by, now, caseId }: { by: string; now: SqlInstant; caseId: number | null },
): Promise<void> {
  const rows = new Map(
    pairs.map((pair) => {
      const [a, b] = pair.a.ref < pair.b.ref ? [pair.a, pair.b] : [pair.b, pair.a];
      return [
        pairKey(a.ref, b.ref),
        [
          a.ref,
          b.ref,
          verdict,
          contentOf(a),
          contentOf(b),
          a.businessHash,
          b.businessHash,
          pair.confidence,
          caseId,
          by.slice(0, 100),
          now,
        ],
      ];
    }),
  );
  // In one order, so that two writers of the same pairs wait for each other rather than for ever.
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await insertRows(trx, 'pair_verdicts', COLUMNS, sorted, { batchSize: ROWS_IN_ONE, onDuplicate: ON_DUPLICATE });
}

/** The verdicts on these pairs of refs, by `pairKey`. */
export async function readVerdicts(
  db: Db | Trx,
  pairs: readonly (readonly [string, string])[],
): Promise<Map<string, PairVerdictRow>> {
  const found = new Map<string, PairVerdictRow>();
  const wanted = [...new Map(pairs.map(([a, b]) => [pairKey(a, b), orderedRefs(a, b)])).values()];
  for (let from = 0; from < wanted.length; from += PAIRS_IN_ONE) {
    // A long list of pairs would cost the optimizer more memory than the rows do.
    const part = JSON.stringify(wanted.slice(from, from + PAIRS_IN_ONE));
    const { rows } = await sql<PairVerdictRow>`
      SELECT v.* FROM JSON_TABLE(${part}, '$[*]' COLUMNS (
          a VARCHAR(202) CHARACTER SET utf8mb4 PATH '$[0]', b VARCHAR(202) CHARACTER SET utf8mb4 PATH '$[1]')) n
        STRAIGHT_JOIN pair_verdicts v FORCE INDEX (PRIMARY)
          ON v.a_ref = n.a COLLATE utf8mb4_bin AND v.b_ref = n.b COLLATE utf8mb4_bin
    `.execute(db);
    for (const row of rows) found.set(pairKey(row.a_ref, row.b_ref), row);
  }
  return found;
}

/** All verdicts on a subject. */
export async function verdictsOn(trx: Trx, ref: string): Promise<PairVerdictRow[]> {
  const first = await trx.selectFrom('pair_verdicts').selectAll().where('a_ref', '=', ref).execute();
  const second = await trx.selectFrom('pair_verdicts').selectAll().where('b_ref', '=', ref).execute();
  return [...first, ...second];
}

/** Forgets the verdicts that a case gave, unless another one has replaced them since. */
export async function dropVerdicts(trx: Trx, caseId: number): Promise<void> {
  const rows = await trx.selectFrom('pair_verdicts').select(['a_ref', 'b_ref']).where('case_id', '=', caseId).execute();
  if (rows.length === 0) return;
  // By their keys: deleting what was looked for without an index would wait for whoever writes any other.
  await sql`
    DELETE FROM pair_verdicts
    WHERE (a_ref, b_ref) IN (${sql.join(rows.map((row) => sql`(${row.a_ref}, ${row.b_ref})`))}) AND case_id = ${caseId}
  `.execute(trx);
}

function contentOf({ business, standing }: SubjectNow): string {
  return JSON.stringify({ business, standing });
}
