/** What people decide in a drill, and whether it is still in force. */
import type { Db } from '../db/connect.ts';
import type { Scene } from './scene.ts';

export type Verdict = 'approve' | 'reject';

const BY = 'drill';

export interface GivenVerdict {
  caseId: number;
  decision: Verdict;
}

/** Decides the first open case of two members that is not spoken for yet. */
export async function giveVerdict(scene: Scene, decision: Verdict, byApi = false): Promise<GivenVerdict | null> {
  const row = await scene.db
    .selectFrom('duplicate_cases as c')
    .select(['c.id', 'c.version'])
    .where('c.state', '=', 'open')
    .where((is) =>
      is(
        is.selectFrom('duplicate_members as m').select(is.fn.countAll().as('n')).whereRef('m.case_id', '=', 'c.id'),
        '=',
        2,
      ),
    )
    .orderBy('c.id')
    .executeTakeFirst();
  if (!row) return null;
  const asked = { decision, version: row.version };
  if (byApi) {
    const { status } = await scene.callApi('POST', `/api/v1/reviews/${row.id}/decide`, asked);
    if (status !== 200) throw new Error(`the verdict on case ${row.id} was answered with ${status}`);
  } else {
    await scene.operations.reviews.decide(row.id, { ...asked, note: null, masterId: null, fields: null, reviewer: BY });
  }
  return { caseId: row.id, decision };
}

/** One line for everything that people decided: what it says must outlive any fault. Two databases of one drill agree in their lines. */
export async function verdictLines(db: Db): Promise<string[]> {
  const cases = await db
    .selectFrom('duplicate_cases as c')
    .innerJoin('review_decisions as d', 'd.case_id', 'c.id')
    .select(['c.id', 'c.state', 'd.decision'])
    .where('d.decision', 'in', ['approve', 'reject'])
    .orderBy('c.id')
    .orderBy('d.id')
    .execute();
  const pairs = await db
    .selectFrom('pair_verdicts')
    .select(['a_ref', 'b_ref', 'verdict', 'case_id'])
    .where('case_id', 'is not', null)
    .orderBy('a_ref')
    .orderBy('b_ref')
    .execute();
  const merges = await db
    .selectFrom('merges')
    .select(['case_id', 'state', 'master_id', 'duplicate_id'])
    .where('case_id', 'is not', null)
    .orderBy('case_id')
    .orderBy('duplicate_id')
    .execute();
  const overrides = await db
    .selectFrom('match_overrides as o')
    .leftJoin('license_links as l', 'l.source_key', 'o.source_key')
    .select(['o.kind', 'o.source_key', 'o.license_id', 'l.license_id as linked'])
    .orderBy('o.id')
    .execute();
  return [
    ...cases.map(({ id, state, decision }) => `case ${id}: ${decision} given, ${state}`),
    ...pairs.map((pair) => `pair ${pair.a_ref} ${pair.b_ref}: ${pair.verdict}`),
    ...merges.map(
      (merge) => `merge of case ${merge.case_id}: ${merge.state}, ${merge.duplicate_id} into ${merge.master_id}`,
    ),
    ...overrides.map(
      ({ kind, source_key: record, license_id: license, linked }) =>
        `override ${record} ${kind} ${license}: ${linked === license ? 'linked' : 'not linked'}`,
    ),
  ];
}

/** What the lines say against themselves: a verdict that was given and is not in force. */
export function brokenVerdicts(lines: readonly string[]): string[] {
  return lines.filter(
    (line) =>
      / approve given, (?!approved$)/.test(line) ||
      / reject given, (?!rejected$)/.test(line) ||
      / always .*: not linked$/.test(line) ||
      / never .*: linked$/.test(line),
  );
}
