/**
 * What follows from pairs that look alike, after a run has applied its plan: licenses that are surely one are consolidated, the rest of what
 * matters is put before people. Pairs that are dealt with are marked, so each of them is settled once.
 */
import { sql } from 'kysely';
import { areAllAlike, casesOf, components, type Edge } from '../domain/duplicate-groups.ts';
import type { MatchingRules } from '../domain/matching/rules.ts';
import type { PairPlace } from '../workflows/messages.ts';
import type { SliceCounts } from './batches.ts';
import { type NewCase, openCases } from './case-opening.ts';
import { type Db, sqlInstant } from './connect.ts';
import { type ConsolidationGroup, consolidateGroups } from './consolidation.ts';
import { syncAuthor } from './license-rows.ts';
import { currentLicenses } from './match-subjects.ts';
import { lockLicenses } from './merge-writes.ts';
import { type PairVerdictRow, pairKey, readVerdicts } from './pair-verdicts.ts';
import { licensePair, refusedLicenses } from './refusals.ts';
import { inTransaction, type Trx } from './retry.ts';
import { type AskedPair, viewOf } from './settling-view.ts';

/** Pairs that one call settles. */
const PAIRS_AT_ONCE = 20_000;
const IN_LIST = 2000;
const GROUPS_AT_ONCE = 50;
const CASES_AT_ONCE = 100;

interface Pair {
  a: number;
  b: number;
  confidence: number;
  decision: 'auto' | 'review';
  refA: string;
  refB: string;
}

/** A pair between two licenses that nobody has decided. */
type OpenPair = Pair & AskedPair;

export interface SettleOptions {
  operation: number;
  rules: MatchingRules;
  /** How many subjects there are. */
  records: number;
  batchSize: number;
  checkpoint: () => void;
}

/**
 * Settles the strongest pairs behind `after`. Safe to repeat: what was committed is not done again. Pairs of records that have no license
 * yet stay for the next run.
 * @returns where to go on, null when that was all; and pairs looked at, groups consolidated, groups that could not be.
 */
export async function settlePairs(
  db: Db,
  after: PairPlace | null,
  options: SettleOptions,
): Promise<{ next: PairPlace | null; counts: SliceCounts }> {
  const pairs = await unsettled(db, after);
  const last = pairs.at(-1);
  if (!last) return { next: null, counts: { rows: 0, created: 0, updated: 0 } };
  const { open, done } = await sortOut(db, pairs);
  await markSettled(db, done);
  const { masters, unjoined, refused, joined } = await join(db, open, options);
  const now = (license: string) => masters.get(license) ?? license;
  const moved = open.map((pair) => ({ ...pair, licenseA: now(pair.licenseA), licenseB: now(pair.licenseB) }));
  // Within one license nothing is left to decide.
  await markSettled(
    db,
    moved.filter((pair) => pair.licenseA === pair.licenseB),
  );
  await ask(
    db,
    unjoined,
    moved.filter((pair) => pair.licenseA !== pair.licenseB),
    options,
  );
  return {
    next: { confidence: last.confidence, a: last.a, b: last.b },
    counts: { rows: pairs.length, created: joined, updated: refused },
  };
}

/** Consolidates the licenses that are surely one. */
async function join(
  db: Db,
  open: readonly OpenPair[],
  options: SettleOptions,
): Promise<{ masters: Map<string, string>; unjoined: string[][]; joined: number; refused: number }> {
  const masters = new Map<string, string>();
  const unjoined: string[][] = [];
  let count = 0;
  let refused = 0;
  const sure = edgesOf(open).filter((edge) => edge.decision === 'auto');
  const strength = new Map(sure.map(({ a, b, confidence }) => [`${a} ${b}`, confidence]));
  const sets = components(sure);
  for (let from = 0; from < sets.length; from += GROUPS_AT_ONCE) {
    options.checkpoint();
    const part = sets.slice(from, from + GROUPS_AT_ONCE);
    const view = await viewOf(db, part.flat(), options);
    const alike = (members: string[]) => areAllAlike(members, view.likeness, options.rules.thresholds.review);
    unjoined.push(...part.filter((members) => !alike(members)));
    const joined = part.filter(alike);
    const context = {
      by: syncAuthor(options.operation),
      now: sqlInstant(Date.now()),
      operation: options.operation,
      batchSize: options.batchSize,
    };
    const outcomes = await inTransaction(db, async (trx) => {
      // Whoever gives a verdict holds these locks too: one that was given since the look above is seen now.
      await lockLicenses(trx, joined.flat().sort());
      const refused = await refusedLicenses(trx, joined.flat());
      const allowed = joined.filter((members) =>
        areAllAlike(members, (a, b) => (refused.has(licensePair(a, b)) ? 0 : 1), 1),
      );
      joined.splice(0, joined.length, ...allowed);
      const groups = joined.map((members) => groupOf(members, strength));
      const done = await consolidateGroups(trx, groups, context);
      await nameKinds(
        trx,
        done.map((outcome, index) => ({
          kind: view.kindOf(joined[index] ?? []),
          ids: outcome.done ? outcome.mergeIds : [],
        })),
      );
      return done;
    });
    for (const [index, outcome] of outcomes.entries()) {
      const members = joined[index] ?? [];
      // Someone has changed one of them meanwhile: people look at what the next run finds.
      if (!outcome.done) {
        refused += 1;
        continue;
      }
      count += 1;
      for (const member of members) masters.set(member, outcome.masterId);
    }
  }
  return { masters, unjoined, joined: count, refused };
}

/** What kind of duplicates the ledger's lines were found as. */
async function nameKinds(
  trx: Trx,
  merges: readonly { kind: NewCase['kind']; ids: readonly number[] }[],
): Promise<void> {
  for (const kind of ['external', 'internal', 'cross_system'] as const) {
    const ids = merges.filter((merge) => merge.kind === kind).flatMap((merge) => merge.ids);
    if (ids.length > 0) await trx.updateTable('merges').set({ found_as: kind }).where('id', 'in', ids).execute();
  }
}

function groupOf(members: string[], strength: Map<string, number>): ConsolidationGroup {
  const known = members.flatMap((a, index) => members.slice(index + 1).flatMap((b) => strength.get(`${a} ${b}`) ?? []));
  return {
    masterId: null,
    duplicateIds: members,
    strategy: 'fill_empty',
    // Of a group: what its weakest sure pair says.
    confidence: known.length > 0 ? Math.min(...known) : null,
    caseId: null,
    note: null,
  };
}

/** Puts before people what they have to decide, with the pairs marked in the same transaction. */
async function ask(
  db: Db,
  unjoined: readonly string[][],
  pairs: readonly OpenPair[],
  options: SettleOptions,
): Promise<void> {
  const sets = components(pairs.map(({ licenseA: a, licenseB: b }) => ({ a, b })));
  const setOf = new Map(sets.flatMap((members, index) => members.map((member) => [member, index] as const)));
  const pairsOf = new Map<number, OpenPair[]>();
  for (const pair of pairs) {
    const index = setOf.get(pair.licenseA) ?? -1;
    const known = pairsOf.get(index);
    if (known) known.push(pair);
    else pairsOf.set(index, [pair]);
  }
  for (let from = 0; from < sets.length; from += CASES_AT_ONCE) {
    options.checkpoint();
    const part = sets.slice(from, from + CASES_AT_ONCE);
    const members = part.flat();
    const among = part.flatMap((_, index) => pairsOf.get(from + index) ?? []);
    const view = await viewOf(db, members, options);
    const within = new Set(members);
    const groups = casesOf(
      unjoined.filter((set) => set.some((member) => within.has(member))),
      edgesOf(among),
      view.likeness,
      options.rules.thresholds.review,
    );
    const now = sqlInstant(Date.now());
    const caseOf = view.caseMaker(among);
    for (let at = 0; at < groups.length; at += CASES_AT_ONCE) {
      options.checkpoint();
      const cases = groups.slice(at, at + CASES_AT_ONCE).flatMap((group) => caseOf(group) ?? []);
      await inTransaction(db, (trx) => openCases(trx, cases, { operation: options.operation, now }));
    }
    // Last: repeated from here on, the same cases are brought up to date.
    await markSettled(db, among);
  }
}

async function markSettled(db: Db, pairs: readonly { a: number; b: number }[]): Promise<void> {
  for (let from = 0; from < pairs.length; from += IN_LIST) {
    // A list of thousands of pairs would take the optimizer a gigabyte, because two indexes serve it.
    const part = JSON.stringify(pairs.slice(from, from + IN_LIST).map(({ a, b }) => [a, b]));
    await inTransaction(db, (trx) =>
      sql`
      UPDATE JSON_TABLE(${part}, '$[*]' COLUMNS (a INT UNSIGNED PATH '$[0]', b INT UNSIGNED PATH '$[1]')) n
        STRAIGHT_JOIN match_pairs p FORCE INDEX (PRIMARY) ON p.a = n.a AND p.b = n.b
      SET p.settled = 1
    `.execute(trx),
    );
  }
}

async function unsettled(db: Db, after: PairPlace | null): Promise<Pair[]> {
  const behind = after
    ? sql`AND (p.confidence < ${after.confidence} OR (p.confidence = ${after.confidence} AND (p.a > ${after.a} OR (p.a = ${after.a} AND p.b > ${after.b}))))`
    : sql``;
  const { rows } = await sql<{
    a: number;
    b: number;
    confidence: string;
    decision: Pair['decision'];
    ref_a: string;
    ref_b: string;
  }>`
    SELECT p.a, p.b, p.confidence, p.decision, x.ref AS ref_a, y.ref AS ref_b
    FROM match_pairs p FORCE INDEX (by_decision) JOIN match_subjects x ON x.id = p.a JOIN match_subjects y ON y.id = p.b
    WHERE p.decision IN ('auto', 'review') AND p.settled = 0 ${behind}
    ORDER BY p.confidence DESC, p.a, p.b LIMIT ${PAIRS_AT_ONCE}
  `.execute(db);
  return rows.map(({ ref_a: refA, ref_b: refB, confidence, ...row }) => ({
    ...row,
    confidence: Number(confidence),
    refA,
    refB,
  }));
}

/** Which pairs are to be decided, and which are settled by what is known already. */
async function sortOut(db: Db, pairs: readonly Pair[]): Promise<{ open: OpenPair[]; done: Pair[] }> {
  const open: OpenPair[] = [];
  const done: Pair[] = [];
  for (let from = 0; from < pairs.length; from += IN_LIST) {
    const part = pairs.slice(from, from + IN_LIST);
    const refs = part.flatMap(({ refA, refB }) => [refA, refB]);
    const licenses = await currentLicenses(db, refs);
    const verdicts = await readVerdicts(
      db,
      part.map(({ refA, refB }) => [refA, refB]),
    );
    const hashes = verdicts.size === 0 ? new Map<string, string>() : await hashesOf(db, [...verdicts.values()]);
    const never = await barred(db, refs);
    const unread = await notMirrored(db, refs);
    for (const pair of part) {
      const [licenseA, licenseB] = [licenses.get(pair.refA), licenses.get(pair.refB)];
      // A record that was not applied (yet), or of which only a dry run knows what it says now: the next run sees.
      if (licenseA === undefined || licenseB === undefined) continue;
      if (unread.has(pair.refA) || unread.has(pair.refB)) continue;
      const verdict = verdicts.get(pairKey(pair.refA, pair.refB));
      const said = verdict?.verdict === 'different' ? verdict : null;
      const unchanged =
        said !== null && hashes.get(said.a_ref) === said.a_hash && hashes.get(said.b_ref) === said.b_hash;
      const apart = never.has(`${pair.refA} ${licenseB}`) || never.has(`${pair.refB} ${licenseA}`);
      if (licenseA === licenseB || unchanged || apart) done.push(pair);
      else open.push({ ...pair, licenseA, licenseB, former: said });
    }
  }
  return { open, done };
}

async function hashesOf(db: Db, verdicts: readonly PairVerdictRow[]): Promise<Map<string, string>> {
  const refs = [...new Set(verdicts.flatMap((row) => [row.a_ref, row.b_ref]))];
  const rows = await db
    .selectFrom('match_subjects')
    .select(['ref', 'business_hash'])
    .where('ref', 'in', refs)
    .execute();
  return new Map(rows.map((row) => [row.ref, row.business_hash]));
}

/** Records that say something else in the index than in the mirror: a dry run has read them, and this run has not. */
async function notMirrored(db: Db, refs: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('match_subjects as s')
    .innerJoin('external_licenses as e', 'e.source_key', 's.ref')
    .select('s.ref')
    .where('s.ref', 'in', [...new Set(refs)])
    .whereRef('s.row_hash', '!=', 'e.row_hash')
    .execute();
  return new Set(rows.map(({ ref }) => ref));
}

/** Records and licenses that a person said are never one. */
async function barred(db: Db, refs: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('match_overrides')
    .select(['source_key', 'license_id'])
    .where('kind', '=', 'never')
    .where('source_key', 'in', [...new Set(refs)])
    .execute();
  return new Set(rows.map((row) => `${row.source_key} ${row.license_id}`));
}

/** The strongest pair between each two licenses. What a person once said no to is never sure again, however alike. */
function edgesOf(pairs: readonly OpenPair[]): Edge[] {
  const edges = new Map<string, Edge & { refused: boolean }>();
  for (const { licenseA, licenseB, confidence, decision, former } of pairs) {
    const [a, b] = licenseA < licenseB ? [licenseA, licenseB] : [licenseB, licenseA];
    const known = edges.get(`${a} ${b}`) ?? { a, b, confidence, decision: 'review', refused: false };
    known.confidence = Math.max(known.confidence, confidence);
    known.refused ||= former !== null;
    if (decision === 'auto') known.decision = 'auto';
    edges.set(`${a} ${b}`, known);
  }
  return [...edges.values()].map(({ refused, decision, ...edge }) => ({
    ...edge,
    decision: refused ? 'review' : decision,
  }));
}
