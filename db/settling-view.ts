/** What is known of some licenses while it is decided which of them are one: their subjects, how alike those are, what people said of them. */
import { type CaseGroup, casePriority, type Likeness } from '../domain/duplicate-groups.ts';
import type { MatchingRules } from '../domain/matching/rules.ts';
import { confidenceOf, scorePair } from '../domain/matching/score.ts';
import type { Statistics } from '../domain/matching/statistics.ts';
import { BUSINESS_FIELDS, businessHash, licenseRef, type SubjectContent } from '../domain/matching-subject.ts';
import type { ChangeSinceVerdict } from '../domain/reviews.ts';
import type { NewCase } from './case-opening.ts';
import { type Db, isoInstant } from './connect.ts';
import { type IndexedSubject, loadSubjectsByRef, statisticsFor } from './match-candidates.ts';
import type { PairVerdictRow } from './pair-verdicts.ts';
import { licensePair, refusedLicenses } from './refusals.ts';

/** Explained pairs of one case. */
const PAIRS_SHOWN = 10;

/** Two subjects that nobody has decided, and what a person once said of them when something has changed since. */
export interface AskedPair {
  refA: string;
  refB: string;
  licenseA: string;
  licenseB: string;
  confidence: number;
  former: PairVerdictRow | null;
}

export interface SettlingView {
  likeness: Likeness;
  kindOf(members: readonly string[]): NewCase['kind'];
  /** Makes cases over these pairs; null when a member has no subject any more. */
  caseMaker(pairs: readonly AskedPair[]): (group: CaseGroup) => NewCase | null;
}

interface LicenseNow {
  fed: boolean;
  inUse: boolean;
  subjects: IndexedSubject[];
}

/** @param records how many subjects there are. */
export async function viewOf(
  db: Db,
  licenseIds: readonly string[],
  { rules, records }: { rules: MatchingRules; records: number },
): Promise<SettlingView> {
  const licenses = await licensesOf(db, licenseIds);
  const subjects = [...licenses.values()].flatMap((license) => license.subjects);
  const statistics = await statisticsFor(
    db,
    subjects.map(({ prepared }) => prepared),
    { records, sizes: new Map() },
  );
  const refused = await refusedLicenses(db, licenseIds);
  const subjectsOf = (id: string) => licenses.get(id)?.subjects ?? [];

  function likeness(a: string, b: string): number {
    if (refused.has(licensePair(a, b))) return 0;
    let lowest = 100;
    for (const one of subjectsOf(a)) {
      for (const other of subjectsOf(b)) {
        lowest = Math.min(lowest, confidenceOf(one.prepared, other.prepared, statistics, rules));
      }
    }
    return lowest;
  }

  function kindOf(members: readonly string[]): NewCase['kind'] {
    const fed = members.filter((id) => licenses.get(id)?.fed).length;
    return fed === 0 ? 'internal' : fed === members.length ? 'external' : 'cross_system';
  }

  return {
    likeness,
    kindOf,
    caseMaker(pairs) {
      const byPair = new Map<string, AskedPair[]>();
      for (const pair of pairs) {
        const key = licensePair(pair.licenseA, pair.licenseB);
        const known = byPair.get(key);
        if (known) known.push(pair);
        else byPair.set(key, [pair]);
      }
      return (group) => caseOf(group, byPair);
    },
  };

  function caseOf(group: CaseGroup, byPair: ReadonlyMap<string, AskedPair[]>): NewCase | null {
    const among = group.members
      .flatMap((a, index) => group.members.slice(index + 1).flatMap((b) => byPair.get(licensePair(a, b)) ?? []))
      .sort((x, y) => y.confidence - x.confidence);
    const members = group.members.map((id) => ({ id, subject: speaker(id, among, subjectsOf(id)) }));
    if (members.some(({ subject }) => subject === undefined)) return null;
    const shown = members.flatMap(({ id, subject }) => (subject ? [{ id, subject }] : []));
    const returned = among.flatMap(({ former }) => (former ? changesSince(former, shown) : []));
    const confidence = among[0]?.confidence ?? 0;
    return {
      kind: kindOf(group.members),
      reason: returned.length > 0 ? 'returned' : group.reason,
      confidence,
      priority: casePriority({
        confidence,
        active: shown.filter(({ subject }) => subject.content.standing.active).length,
        members: shown.length,
        inUse: group.members.filter((id) => licenses.get(id)?.inUse).length,
      }),
      explanation: {
        pairs: explained(
          shown.map(({ subject }) => subject),
          statistics,
          rules,
        ),
        returned: returned.length > 0 ? returned : null,
      },
      members: shown.map(({ id, subject }) => ({
        ref: subject.ref,
        licenseId: id,
        business: JSON.stringify(subject.content.business),
        businessHash: businessHash(subject.content.business),
      })),
    };
  }
}

/** Which subject speaks for a license in a case: the one that its strongest pair is about. */
function speaker(
  licenseId: string,
  strongestFirst: readonly AskedPair[],
  subjects: readonly IndexedSubject[],
): IndexedSubject | undefined {
  const pair = strongestFirst.find(({ licenseA, licenseB }) => licenseA === licenseId || licenseB === licenseId);
  const ref = pair && (pair.licenseA === licenseId ? pair.refA : pair.refB);
  return subjects.find((subject) => subject.ref === ref) ?? subjects[0];
}

function explained(
  subjects: readonly IndexedSubject[],
  statistics: Statistics,
  rules: MatchingRules,
): NewCase['explanation']['pairs'] {
  const pairs = subjects.flatMap((one, index) =>
    subjects.slice(index + 1).map((other) => ({
      a: one.ref,
      b: other.ref,
      score: scorePair(one.prepared, other.prepared, statistics, rules),
    })),
  );
  return pairs.sort((x, y) => y.score.confidence - x.score.confidence).slice(0, PAIRS_SHOWN);
}

/** What two subjects say now and did not say when a person said that they are different. */
function changesSince(former: PairVerdictRow, members: readonly { subject: IndexedSubject }[]): ChangeSinceVerdict[] {
  const said = [
    { ref: former.a_ref, content: JSON.parse(former.a_content) as SubjectContent },
    { ref: former.b_ref, content: JSON.parse(former.b_content) as SubjectContent },
  ];
  return said.flatMap(({ ref, content: { business: before } }) => {
    const after = members.find(({ subject }) => subject.ref === ref)?.subject.content.business;
    if (!after) return [];
    return BUSINESS_FIELDS.filter((field) => before[field] !== after[field]).map((field) => ({
      ref,
      field,
      before: before[field],
      after: after[field],
      decidedBy: former.decided_by,
      decidedAt: isoInstant(former.decided_at),
      caseId: former.case_id,
    }));
  });
}

async function licensesOf(db: Db, ids: readonly string[]): Promise<Map<string, LicenseNow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('licenses')
    .select(['id', 'agents', 'sms_sent', 'last_payment'])
    .where('id', 'in', [...ids])
    .execute();
  const links = await db
    .selectFrom('license_links')
    .select(['source_key', 'license_id'])
    .where('license_id', 'in', [...ids])
    .orderBy('source_key')
    .execute();
  const licenses = new Map(
    rows.map((row) => [
      row.id,
      {
        fed: false,
        inUse: (row.agents ?? 0) > 0 || (row.sms_sent ?? 0) > 0 || Number(row.last_payment ?? 0) > 0,
        subjects: [] as IndexedSubject[],
      },
    ]),
  );
  const owner = new Map([...ids].map((id) => [licenseRef(id), id]));
  for (const link of links) owner.set(link.source_key, link.license_id);
  for (const { license_id: id } of links) {
    const license = licenses.get(id);
    if (license) license.fed = true;
  }
  for (const subject of await loadSubjectsByRef(db, [...owner.keys()].sort())) {
    licenses.get(owner.get(subject.ref) ?? '')?.subjects.push(subject);
  }
  return licenses;
}
