/** Whether the members of a case are what they were when it was opened, and what happened to those that are not. */
import type { Business } from '../domain/matching/business.ts';
import { BUSINESS_FIELDS, licenseIdOfRef, licenseRef } from '../domain/matching-subject.ts';
import { type MemberRow, type MergeRow, mergesOfDuplicates } from './cases.ts';
import { type Db, isoInstant } from './connect.ts';
import { currentSubjects, type SubjectNow } from './match-subjects.ts';
import type { Trx } from './retry.ts';

export interface MemberNow {
  member: MemberRow;
  /** Null when nothing is known of it any more. */
  subject: SubjectNow | null;
  /** The license that it belongs to now, also after a consolidation; null when it belongs to none. */
  licenseId: string | null;
  /** What happened to it; null when it is as it was. Names fields and licenses, never values. */
  trouble: MemberTrouble | null;
}

export interface MemberTrouble {
  kind: 'gone' | 'merged' | 'relinked' | 'changed';
  /** Of a changed one. */
  fields: string[];
  sentence: string;
}

/**
 * All that speaks for licenses now, or may one day, by license: the license itself and its records. A verdict is about all of it, or the same question would come back by way of what was not named in the case.
 */
export async function speakersOf(trx: Trx, licenseIds: readonly string[]): Promise<Map<string, SubjectNow[]>> {
  const links = await trx
    .selectFrom('license_links')
    .select(['source_key', 'license_id'])
    .where('license_id', 'in', [...licenseIds])
    .orderBy('source_key')
    .execute();
  const subjects = await currentSubjects(trx, [...licenseIds.map(licenseRef), ...links.map((link) => link.source_key)]);
  return new Map(
    licenseIds.map((id) => {
      const own = links.filter((link) => link.license_id === id);
      const records = own.flatMap((link) => subjects.get(link.source_key) ?? []);
      const itself = subjects.get(licenseRef(id));
      return [id, itself === undefined ? records : [itself, ...records]];
    }),
  );
}

/** The members of a case beside what they are now. */
export async function membersNow(db: Db | Trx, members: readonly MemberRow[]): Promise<MemberNow[]> {
  const subjects = await currentSubjects(
    db,
    members.map(({ ref }) => ref),
  );
  const moved = members.filter((member) => {
    const subject = subjects.get(member.ref);
    return subject === undefined || subject.licenseId !== member.license_id || subject.archivedInto !== null;
  });
  const merges = await mergesOfDuplicates(
    db,
    moved.map((member) => member.license_id),
  );
  return members.map((member) => {
    const subject = subjects.get(member.ref) ?? null;
    const merge = merges.get(member.license_id) ?? null;
    return {
      member,
      subject,
      licenseId: subject?.archivedInto ?? subject?.licenseId ?? null,
      trouble: troubleOf(member, subject, merge),
    };
  });
}

function troubleOf(member: MemberRow, subject: SubjectNow | null, merge: MergeRow | null): MemberTrouble | null {
  const { ref, license_id: was } = member;
  const what = licenseIdOfRef(ref) === null ? `record ${ref}` : `license ${was}`;
  if (subject === null) return { kind: 'gone', fields: [], sentence: `${what} is not there any more` };
  const { archivedInto, licenseId } = subject;
  if (archivedInto !== null || (licenseId !== was && merge !== null)) {
    const into = archivedInto ?? merge?.master_id ?? licenseId;
    const by = merge ? ` by ${merge.created_by} at ${isoInstant(merge.created_at)}` : '';
    return { kind: 'merged', fields: [], sentence: `license ${was} was merged into ${into}${by}` };
  }
  if (licenseId !== was) {
    const now = licenseId === null ? 'is linked to no license now' : `belongs to license ${licenseId} now`;
    return { kind: 'relinked', fields: [], sentence: `${what} belonged to license ${was} and ${now}` };
  }
  if (subject.businessHash === member.business_hash) return null;
  const before = JSON.parse(member.business) as Business;
  const fields = BUSINESS_FIELDS.filter((field) => before[field] !== subject.business[field]);
  const named = fields.length === 0 ? 'what it says' : `its ${fields.join(', ')}`;
  return { kind: 'changed', fields, sentence: `${what}: ${named} changed since the case was opened` };
}
