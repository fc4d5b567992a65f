/** What approving a case would make of its licenses: the same rules as the approval, without writing anything. */
import { VERDICT_STRATEGY } from '../db/case-decisions.ts';
import { type CaseRow, membersOf } from '../db/cases.ts';
import { type Db, isoInstant } from '../db/connect.ts';
import { candidateOf } from '../db/consolidation.ts';
import { licenseOf } from '../db/license-rows.ts';
import { type LicenseRow, licenseRowsById, recordsOfLinks } from '../db/review-records.ts';
import { type Member, takeFields } from '../domain/consolidated-fields.ts';
import { chooseMaster } from '../domain/consolidation.ts';
import type { LicenseField } from '../domain/license.ts';
import { apiName } from '../domain/license-edit.ts';
import { Refusal } from './errors.ts';

/** What a reviewer would choose; null leaves it to the rules. */
export interface MergeWish {
  masterId: string | null;
  /** Field → id of the license whose value wins. */
  fields: Partial<Record<LicenseField, string>> | Record<string, string> | null;
}

export interface Foreseen {
  /** The license that would stay. */
  masterId: string;
  /** Where it would get another value than its own, by the API's names; `chosen` by the reviewer, `consolidated` by the rules. */
  taken: { field: string; licenseId: string; rule: 'chosen' | 'consolidated' }[];
}

/** @param wish.fields by the internal names. @throws {Refusal} `review-refused` when it cannot be done like this. */
export async function foresee(db: Db, row: CaseRow, { masterId, fields }: MergeWish, nowMs: number): Promise<Foreseen> {
  const members = await membersOf(db, [row.id]);
  const ids = [...new Set(members.map((member) => member.license_id))];
  const [rows, { fed }] = await Promise.all([
    licenseRowsById(db, ids),
    recordsOfLinks(db, { licenseIds: ids, refs: [] }),
  ]);
  const live = [...rows.values()].filter((license) => license.archived_into === null);
  if (live.length < 2) {
    throw new Refusal(
      'review-refused',
      `case ${row.id} has nothing to decide: fewer than two of its licenses are left`,
    );
  }
  const candidates = live.map((license) => ({
    ...candidateOf({ row: license, license: licenseOf(license).license, links: [] }),
    fed: fed.has(license.id),
  }));
  const best = chooseMaster(candidates, nowMs);
  const chosen = masterId ?? best.masterId;
  const membersById = new Map(live.map((license) => [license.id, memberOf(license)]));
  const master = membersById.get(chosen);
  if (!master) throw new Refusal('review-refused', `the license to stay is no member of case ${row.id} any more`);
  const duplicates = best.ranking.flatMap(({ licenseId }) =>
    licenseId === chosen ? [] : (membersById.get(licenseId) ?? []),
  );
  const result = takeFields({ master, duplicates, strategy: VERDICT_STRATEGY, fields: fields ?? {} });
  if ('fault' in result) throw new Refusal('review-refused', result.fault);
  return {
    masterId: chosen,
    taken: [...result.taken].flatMap(([licenseId, changes]) =>
      changes.map(({ field, rule }) => ({
        field: apiName(field),
        licenseId,
        rule: rule === 'chosen' ? ('chosen' as const) : ('consolidated' as const),
      })),
    ),
  };
}

function memberOf(row: LicenseRow): Member {
  return { license: licenseOf(row).license, updatedAt: isoInstant(row.updated_at), updatedBy: row.updated_by };
}
