/** `duplicate_cases`: the queue, one case, and what people did to it. */
import { type Selectable, sql } from 'kysely';
import type { CaseKind, CaseState } from '../domain/reviews.ts';
import type { Db } from './connect.ts';
import type { Trx } from './retry.ts';
import type {
  DuplicateCasesTable,
  DuplicateMembersTable,
  MergesTable,
  ReviewDecisionsTable,
  SqlInstant,
} from './tables.ts';

export type CaseRow = Selectable<DuplicateCasesTable>;
export type MemberRow = Selectable<DuplicateMembersTable>;
export type DecisionRow = Selectable<ReviewDecisionsTable>;
export type MergeRow = Selectable<MergesTable>;

export interface CaseFilter {
  /** Without it cases in every state. */
  state?: CaseState | undefined;
  kind?: CaseKind | undefined;
  /** A reviewer's name; null for cases that are nobody's. */
  assignedTo?: string | null | undefined;
  minConfidence?: number | undefined;
  /** Only those with less. */
  belowConfidence?: number | undefined;
  /** Whether cases that somebody holds back are shown: all of them by default. */
  held?: 'only' | 'exclude' | undefined;
}

/** Where the page before ended. */
export interface CasePlace {
  priority: string;
  id: number;
}

/** A page of the queue, what matters most first. */
export async function listCases(
  db: Db,
  filter: CaseFilter,
  { limit, after, now }: { limit: number; after: CasePlace | null; now: SqlInstant },
): Promise<CaseRow[]> {
  // The ids first: explanations are long, and rows that are sorted are not all shown.
  let query = matching(db, filter, now).select('c.id').orderBy('c.priority', 'desc').orderBy('c.id').limit(limit);
  if (after !== null) {
    const { priority, id } = after;
    query = query.where((is) =>
      is.or([is('c.priority', '<', priority), is.and([is('c.priority', '=', priority), is('c.id', '>', id)])]),
    );
  }
  const ids = (await query.execute()).map((row) => row.id);
  const rows = new Map((await casesById(db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** Ids and versions of all cases that a filter lets through, at most `limit`, what matters most first. */
export async function caseVersions(
  db: Db,
  filter: CaseFilter,
  { limit, now }: { limit: number; now: SqlInstant },
): Promise<{ id: number; version: number; confidence: number }[]> {
  const rows = await matching(db, filter, now)
    .select(['c.id', 'c.version', 'c.confidence'])
    .orderBy('c.priority', 'desc')
    .orderBy('c.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, confidence: Number(row.confidence) }));
}

/** The case of the queue right before or after a place; null at its end. */
export async function caseBeside(
  db: Db,
  filter: CaseFilter,
  { priority, id }: CasePlace,
  { side, now }: { side: 'before' | 'after'; now: SqlInstant },
): Promise<number | null> {
  const [beyond, later, up, down] =
    side === 'after' ? (['<', '>', 'asc', 'desc'] as const) : (['>', '<', 'desc', 'asc'] as const);
  const row = await matching(db, filter, now)
    .select('c.id')
    .where((is) =>
      is.or([is('c.priority', beyond, priority), is.and([is('c.priority', '=', priority), is('c.id', later, id)])]),
    )
    .orderBy('c.priority', down)
    .orderBy('c.id', up)
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

function matching(db: Db, filter: CaseFilter, now: SqlInstant) {
  const { state, kind, assignedTo, minConfidence, belowConfidence, held } = filter;
  let query = db.selectFrom('duplicate_cases as c');
  if (state !== undefined) query = query.where('c.state', '=', state);
  if (kind !== undefined) query = query.where('c.kind', '=', kind);
  if (assignedTo !== undefined) query = query.where('c.assigned_to', assignedTo === null ? 'is' : '=', assignedTo);
  if (minConfidence !== undefined) query = query.where('c.confidence', '>=', String(minConfidence));
  if (belowConfidence !== undefined) query = query.where('c.confidence', '<', String(belowConfidence));
  if (held === 'only') query = query.where('c.held_until', '>', now);
  if (held === 'exclude') {
    query = query.where((is) => is.or([is('c.held_until', 'is', null), is('c.held_until', '<=', now)]));
  }
  return query;
}

export interface CaseCount {
  state: CaseState;
  /** Lower end of the band of confidence: 90, 80, 70 or 0. */
  band: number;
  cases: number;
}

/** How many cases there are by state and band of confidence; read from an index alone. */
export async function countByStateAndBand(db: Db): Promise<CaseCount[]> {
  const { rows } = await sql<{ state: CaseState; band: string | number; cases: string | number }>`
    SELECT state, IF(confidence >= 90, 90, IF(confidence >= 80, 80, IF(confidence >= 70, 70, 0))) AS band,
           COUNT(*) AS cases
    FROM duplicate_cases FORCE INDEX (by_band) GROUP BY state, band
  `.execute(db);
  return rows.map(({ state, band, cases }) => ({ state, band: Number(band), cases: Number(cases) }));
}

export async function casesById(db: Db | Trx, ids: readonly number[]): Promise<CaseRow[]> {
  if (ids.length === 0) return [];
  return await db
    .selectFrom('duplicate_cases')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}

export async function findCase(db: Db | Trx, id: number): Promise<CaseRow | undefined> {
  return (await casesById(db, [id]))[0];
}

/** Locks one case until the end of the transaction; undefined when there is none. */
export async function lockCase(trx: Trx, id: number): Promise<CaseRow | undefined> {
  return await trx.selectFrom('duplicate_cases').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Members of cases, in the order of their refs. */
export async function membersOf(db: Db | Trx, caseIds: readonly number[]): Promise<MemberRow[]> {
  if (caseIds.length === 0) return [];
  return await db
    .selectFrom('duplicate_members')
    .selectAll()
    .where('case_id', 'in', [...caseIds])
    .orderBy('case_id')
    .orderBy('ref')
    .execute();
}

/** How many members each of these cases has. */
export async function countMembers(db: Db | Trx, caseIds: readonly number[]): Promise<Map<number, number>> {
  if (caseIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('duplicate_members')
    .select(['case_id', sql<string>`COUNT(*)`.as('members')])
    .where('case_id', 'in', [...caseIds])
    .groupBy('case_id')
    .execute();
  return new Map(rows.map(({ case_id: id, members }) => [id, Number(members)]));
}

/** Everything that people, and the review itself, did to a case, in order. */
export async function decisionsOf(db: Db | Trx, caseId: number): Promise<DecisionRow[]> {
  return await db.selectFrom('review_decisions').selectAll().where('case_id', '=', caseId).orderBy('id').execute();
}

export async function decisionByKey(db: Db | Trx, key: string): Promise<DecisionRow | undefined> {
  return await db.selectFrom('review_decisions').selectAll().where('decision_key', '=', key).executeTakeFirst();
}

/** What was made one by the verdicts on a case, in order. */
export async function mergesOfCase(db: Db | Trx, caseId: number): Promise<MergeRow[]> {
  return await db.selectFrom('merges').selectAll().where('case_id', '=', caseId).orderBy('id').execute();
}

/** The merge that each of these licenses went into and that was not undone. */
export async function mergesOfDuplicates(db: Db | Trx, licenseIds: readonly string[]): Promise<Map<string, MergeRow>> {
  if (licenseIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('merges')
    .selectAll()
    .where('duplicate_id', 'in', [...licenseIds])
    .where('state', '=', 'applied')
    .orderBy('id')
    .execute();
  return new Map(rows.flatMap((row) => (row.duplicate_id === null ? [] : [[row.duplicate_id, row]])));
}

/** Undecided cases, but for one, that have a member which stood for one of these licenses. */
export async function undecidedCasesOf(
  trx: Trx,
  licenseIds: readonly string[],
  exceptCase: number,
): Promise<{ id: number; version: number }[]> {
  if (licenseIds.length === 0) return [];
  return await trx
    .selectFrom('duplicate_members as m')
    .innerJoin('duplicate_cases as c', 'c.id', 'm.case_id')
    .select(['c.id', 'c.version'])
    .distinct()
    .where('m.license_id', 'in', [...licenseIds])
    .where('c.state', 'in', ['open', 'flagged'])
    .where('c.id', '!=', exceptCase)
    .orderBy('c.id')
    .execute();
}

export interface NewDecision {
  decision: DecisionRow['decision'];
  reviewer: string;
  /** The same one sent again is found by it. */
  key?: string;
  masterId?: string | null;
  fields?: object | null;
  note?: string | null;
  details?: object | null;
  /** The version of the case that it was made on. */
  version: number;
  now: SqlInstant;
}

/** Writes down what was done to a case. */
export async function insertDecision(trx: Trx, caseId: number, decision: NewDecision): Promise<void> {
  const { fields = null, details = null } = decision;
  await trx
    .insertInto('review_decisions')
    .values({
      case_id: caseId,
      decision: decision.decision,
      decision_key: decision.key ?? null,
      reviewer: decision.reviewer.slice(0, 100),
      master_id: decision.masterId ?? null,
      fields: fields === null ? null : JSON.stringify(fields),
      note: decision.note ?? null,
      details: details === null ? null : JSON.stringify(details),
      case_version: decision.version,
      created_at: decision.now,
    })
    .execute();
}

/** A person's remark, assignment or hold: changes nothing that a verdict is given on, so the version stays. */
export async function noteOnCase(
  trx: Trx,
  row: CaseRow,
  set: { assigned_to?: string | null; held_until?: SqlInstant | null },
  decision: Omit<NewDecision, 'version'>,
): Promise<void> {
  await trx
    .updateTable('duplicate_cases')
    .set({ ...set, updated_at: decision.now })
    .where('id', '=', row.id)
    .execute();
  await insertDecision(trx, row.id, { ...decision, version: row.version });
}
