/** Opening cases for people to decide, refreshing those that are open, and closing those in which nothing is left to decide. */
import { sql } from 'kysely';
import type { CaseGroup } from '../domain/duplicate-groups.ts';
import { sha256 } from '../domain/hash.ts';
import { type CaseExplanation, ESCALATED_PRIORITY } from '../domain/reviews.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './connect.ts';
import { inTransaction, type Trx } from './retry.ts';
import type { DuplicateCasesTable, SqlInstant } from './tables.ts';

export interface NewCase {
  kind: DuplicateCasesTable['kind'];
  reason: CaseGroup['reason'] | 'returned';
  confidence: number;
  priority: number;
  explanation: CaseExplanation;
  members: { ref: string; licenseId: string; business: string; businessHash: string }[];
}

/** Names a set of members, whatever their order. */
export function membersKey(refs: readonly string[]): string {
  return sha256([...refs].sort().join('\n')).slice(0, 32);
}

/**
 * Opens cases. One that is open for the same members already is brought up to date instead, and gets a new version, so that a verdict given
 * on what it said before is refused; one that is open for some of the members only is replaced.
 * @returns how many are new.
 */
export async function openCases(
  trx: Trx,
  cases: readonly NewCase[],
  { operation, now }: { operation: number | null; now: SqlInstant },
): Promise<number> {
  if (cases.length === 0) return 0;
  const keyed = new Map(cases.map((each) => [membersKey(each.members.map(({ ref }) => ref)), each]));
  const keys = [...keyed.keys()].sort();
  const open = await trx
    .selectFrom('duplicate_cases')
    .select(['id', 'open_key'])
    .where('open_key', 'in', keys)
    .forUpdate()
    .execute();
  const known = new Map(open.map((row) => [row.open_key, row.id]));
  const fresh = keys.filter((key) => !known.has(key));
  for (const [key, id] of known) {
    const each = key === null ? undefined : keyed.get(key);
    if (each) await refresh(trx, id, each, now);
  }
  await insertRows(
    trx,
    'duplicate_cases',
    [
      'state',
      'kind',
      'reason',
      'confidence',
      'priority',
      'explanation',
      'members_key',
      'open_key',
      'operation',
      'created_at',
      'updated_at',
    ],
    fresh.flatMap((key) => {
      const each = keyed.get(key);
      if (!each) return [];
      return [
        [
          'open',
          each.kind,
          each.reason,
          each.confidence.toFixed(2),
          each.priority.toFixed(3),
          JSON.stringify(each.explanation),
          key,
          key,
          operation,
          now,
          now,
        ],
      ];
    }),
    { batchSize: 100 },
  );
  const made =
    fresh.length === 0
      ? []
      : await trx.selectFrom('duplicate_cases').select(['id', 'open_key']).where('open_key', 'in', fresh).execute();
  const idOf = new Map(made.map((row) => [row.open_key, row.id]));
  await insertMembers(
    trx,
    fresh.flatMap((key) => {
      const id = idOf.get(key);
      const each = keyed.get(key);
      return id === undefined || !each ? [] : [{ id, members: each.members }];
    }),
  );
  await replaceSmaller(trx, [...keyed.values()], now);
  return fresh.length;
}

async function refresh(trx: Trx, id: number, each: NewCase, now: SqlInstant): Promise<void> {
  await trx
    .updateTable('duplicate_cases')
    .set({
      kind: each.kind,
      reason: each.reason,
      confidence: each.confidence.toFixed(2),
      priority: sql<string>`${each.priority.toFixed(3)} + IF(escalated_at IS NULL, 0, ${ESCALATED_PRIORITY})`,
      explanation: JSON.stringify(each.explanation),
      version: sql`version + 1`,
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
  await trx.deleteFrom('duplicate_members').where('case_id', '=', id).execute();
  await insertMembers(trx, [{ id, members: each.members }]);
}

async function insertMembers(trx: Trx, cases: readonly { id: number; members: NewCase['members'] }[]): Promise<void> {
  await insertRows(
    trx,
    'duplicate_members',
    ['case_id', 'ref', 'license_id', 'business', 'business_hash'],
    cases.flatMap(({ id, members }) =>
      members.map((member) => [id, member.ref, member.licenseId, member.business, member.businessHash]),
    ),
    { batchSize: 500 },
  );
}

/** Open cases over some of the members of a larger one ask the same question twice. */
async function replaceSmaller(trx: Trx, cases: readonly NewCase[], now: SqlInstant): Promise<void> {
  for (const { members } of cases.filter((each) => each.members.length > 2)) {
    const licenses = members.map(({ licenseId }) => licenseId);
    const { rows } = await sql<{ case_id: number }>`
      SELECT m.case_id FROM duplicate_members m JOIN duplicate_cases c ON c.id = m.case_id AND c.open_key IS NOT NULL
      WHERE m.case_id IN (SELECT case_id FROM duplicate_members WHERE license_id IN (${sql.join(licenses)}))
      GROUP BY m.case_id
      HAVING COUNT(*) < ${members.length} AND SUM(m.license_id NOT IN (${sql.join(licenses)})) = 0
    `.execute(trx);
    await closeCases(
      trx,
      rows.map((row) => row.case_id),
      'a case with more members has taken its place',
      now,
    );
  }
}

/** Closes open cases without a verdict. */
export async function closeCases(
  trx: Db | Trx,
  ids: readonly number[],
  reason: string,
  now: SqlInstant,
): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable('duplicate_cases')
    .set({ state: 'superseded', open_key: null, closed_reason: reason, version: sql`version + 1`, updated_at: now })
    .where('id', 'in', [...ids])
    .where('open_key', 'is not', null)
    .execute();
}

const AT_ONCE = 500;

interface OpenCase {
  id: number;
  members: number | string;
  /** Different licenses that they are now. */
  licenses: number | string;
  gone: number | string;
  changed: number | string;
  moved: number | string;
}

/**
 * Closes the open cases in which nothing is left to decide: members that are one license by now, are not there any more, or say something
 * else than they did when they looked alike. What is left of a closed case is to be settled anew. Where a member has only become another
 * license, the case says so and goes on.
 * @returns how many were closed.
 */
export async function closeOutdated(db: Db, now: SqlInstant, checkpoint: () => void): Promise<number> {
  let closed = 0;
  for (let after = 0; ; ) {
    checkpoint();
    const { rows } = await sql<OpenCase>`
      SELECT c.id, COUNT(*) AS members,
        COUNT(DISTINCT COALESCE(k.license_id, SUBSTRING(m.ref, 3))) AS licenses,
        SUM(COALESCE(k.license_id, CASE WHEN m.ref LIKE 'l:%' THEN l.id END) IS NULL OR l.archived_into IS NOT NULL) AS gone,
        SUM(s.business_hash IS NOT NULL AND s.business_hash <> m.business_hash) AS changed,
        SUM(k.license_id IS NOT NULL AND k.license_id <> m.license_id) AS moved
      FROM (SELECT id FROM duplicate_cases WHERE open_key IS NOT NULL AND id > ${after} ORDER BY id LIMIT ${AT_ONCE}) c
        JOIN duplicate_members m ON m.case_id = c.id
        LEFT JOIN match_subjects s ON s.ref = m.ref
        LEFT JOIN license_links k ON k.source_key = m.ref
        LEFT JOIN licenses l ON l.id = COALESCE(k.license_id, SUBSTRING(m.ref, 3))
      GROUP BY c.id ORDER BY c.id
    `.execute(db);
    const last = rows.at(-1)?.id;
    if (last === undefined) return closed;
    after = last;
    const reasons = new Map<string, number[]>();
    const moved: number[] = [];
    for (const row of rows) {
      const reason = whyOutdated(row);
      if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), row.id]);
      else if (Number(row.moved) > 0) moved.push(row.id);
    }
    await inTransaction(db, async (trx) => {
      for (const [reason, ids] of reasons) {
        await closeCases(trx, ids, reason, now);
        await reopenPairs(trx, ids);
        closed += ids.length;
      }
      await followMembers(trx, moved, now);
    });
  }
}

function whyOutdated({ licenses, members, gone, changed }: OpenCase): string | null {
  if (Number(licenses) === 1) return 'its members are one license by now';
  if (Number(gone) > 0) return 'a member was consolidated into another license, or is not there any more';
  if (Number(changed) > 0) return 'a member says something else now, and they are not alike enough any more';
  return Number(licenses) < Number(members) ? 'two of its members are one license by now' : null;
}

/** Pairs among the members of cases that were closed without a verdict: those that are still alike are asked about again. */
async function reopenPairs(trx: Trx, caseIds: readonly number[]): Promise<void> {
  await sql`
    UPDATE duplicate_members m STRAIGHT_JOIN duplicate_members n ON n.case_id = m.case_id AND n.ref <> m.ref
      STRAIGHT_JOIN match_subjects x FORCE INDEX (ref) ON x.ref = m.ref
      STRAIGHT_JOIN match_subjects y FORCE INDEX (ref) ON y.ref = n.ref
      STRAIGHT_JOIN match_pairs p FORCE INDEX (PRIMARY) ON p.a = x.id AND p.b = y.id
    SET p.settled = 0
    WHERE m.case_id IN (${sql.join([...caseIds])}) AND p.decision IN ('auto', 'review')
  `.execute(trx);
}

/** Members whose record feeds another license than when the case was opened. A verdict on what it was before is refused. */
async function followMembers(trx: Trx, caseIds: readonly number[], now: SqlInstant): Promise<void> {
  if (caseIds.length === 0) return;
  await sql`
    UPDATE duplicate_members m JOIN license_links k ON k.source_key = m.ref
    SET m.license_id = k.license_id WHERE m.case_id IN (${sql.join([...caseIds])})
  `.execute(trx);
  await trx
    .updateTable('duplicate_cases')
    .set({ version: sql`version + 1`, updated_at: now })
    .where('id', 'in', [...caseIds])
    .execute();
}
