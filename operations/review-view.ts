/** A duplicate case as API and CLI show it: in the queue, and with everything that a verdict needs. */
import { type MemberTrouble, membersNow } from '../db/case-members.ts';
import {
  type CaseRow,
  type DecisionRow,
  decisionsOf,
  type MemberRow,
  type MergeRow,
  membersOf,
  mergesOfCase,
} from '../db/cases.ts';
import { type Db, isoInstant } from '../db/connect.ts';
import { candidateOf } from '../db/consolidation.ts';
import { licenseOf } from '../db/license-rows.ts';
import { type LicenseRow, licenseRowsById, type RecordView, recordsOfLinks } from '../db/review-records.ts';
import { chooseMaster, type RankedCandidate } from '../domain/consolidation.ts';
import type { Business } from '../domain/matching/business.ts';
import {
  type CaseExplanation,
  type CaseKind,
  type CaseState,
  describeCase,
  readExplanation,
} from '../domain/reviews.ts';
import { type LicenseView, viewOfLicense } from './license-view.ts';

export interface ReviewListItem {
  id: number;
  state: CaseState;
  kind: CaseKind;
  /** Why a person has to decide. */
  reason: CaseRow['reason'];
  confidence: number;
  priority: number;
  version: number;
  members: { ref: string; licenseId: string; dba: string | null; city: string | null }[];
  assignedTo: string | null;
  heldUntil: string | null;
  flaggedUntil: string | null;
  remindedAt: string | null;
  escalatedAt: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  closedReason: string | null;
  createdAt: string;
  updatedAt: string;
  /** Who is waited for and what to do next, or how it ended. */
  sentence: string;
}

export interface ReviewMember {
  ref: string;
  /** When the case was opened or last brought up to date. */
  licenseId: string;
  /** What it said then: this is what was scored. */
  business: Business;
  /** The license that it belongs to now; null when it belongs to none. */
  license: LicenseView | null;
  /** The external record; null for a license that no record speaks for. */
  record: RecordView | null;
  /** What happened to it since; null when it is as it was. */
  trouble: MemberTrouble | null;
}

export interface ReviewEvent {
  at: string;
  what: DecisionRow['decision'] | 'merged' | 'merge_undone';
  by: string;
  note: string | null;
  /** Of a verdict: the version of the case that it was made on. */
  version: number | null;
  masterId: string | null;
  duplicateId: string | null;
  mergeId: number | null;
  details: Record<string, unknown> | null;
}

export interface ReviewDetail extends Omit<ReviewListItem, 'members'> {
  members: ReviewMember[];
  /** Fields of the licenses that do not say the same, by license. */
  differences: { field: string; values: Record<string, unknown> }[];
  explanation: CaseExplanation;
  /** The license that would stay if nobody chose, and why; null when fewer than two are left. */
  suggestedMaster: { masterId: string; ranking: RankedCandidate[] } | null;
  history: ReviewEvent[];
}

export function listItemOf(row: CaseRow, members: readonly MemberRow[], nowIso: string): ReviewListItem {
  const times = {
    heldUntil: isoInstant(row.held_until),
    flaggedUntil: isoInstant(row.flagged_until),
    decidedAt: isoInstant(row.decided_at),
  };
  const situation = {
    caseId: row.id,
    state: row.state,
    confidence: Number(row.confidence),
    members: members.length,
    decidedBy: row.decided_by,
    closedReason: row.closed_reason,
    ...times,
  };
  return {
    id: row.id,
    state: row.state,
    kind: row.kind,
    reason: row.reason,
    confidence: Number(row.confidence),
    priority: Number(row.priority),
    version: row.version,
    members: members.map((member) => {
      const { dba, city } = JSON.parse(member.business) as Business;
      return { ref: member.ref, licenseId: member.license_id, dba, city };
    }),
    assignedTo: row.assigned_to,
    ...times,
    remindedAt: isoInstant(row.reminded_at),
    escalatedAt: isoInstant(row.escalated_at),
    decidedBy: row.decided_by,
    closedReason: row.closed_reason,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
    sentence: describeCase(situation, nowIso),
  };
}

/** The full comparison: members as they are now, what differs, why they look alike, who would stay, what happened so far. */
export async function detailOf(db: Db, row: CaseRow, nowMs: number): Promise<ReviewDetail> {
  const members = await membersOf(db, [row.id]);
  const present = await membersNow(db, members);
  const ids = [...new Set(present.flatMap(({ licenseId }) => licenseId ?? []))];
  const [licenses, records, decisions, merges] = await Promise.all([
    licenseRowsById(db, ids),
    recordsOfLinks(db, { licenseIds: ids, refs: members.map(({ ref }) => ref) }),
    decisionsOf(db, row.id),
    mergesOfCase(db, row.id),
  ]);
  const { members: _, ...summary } = listItemOf(row, members, new Date(nowMs).toISOString());
  const views = new Map([...licenses].map(([id, license]) => [id, viewOfLicense(license)]));
  return {
    ...summary,
    members: present.map(({ member, licenseId, trouble }) => ({
      ref: member.ref,
      licenseId: member.license_id,
      business: JSON.parse(member.business) as Business,
      license: licenseId === null ? null : (views.get(licenseId) ?? null),
      record: records.byRef.get(member.ref) ?? null,
      trouble,
    })),
    differences: differencesOf([...views.values()]),
    explanation: readExplanation(row.explanation),
    suggestedMaster: suggestionOf([...licenses.values()], records.fed, nowMs),
    history: historyOf(decisions, merges),
  };
}

/** What every license has of its own, so that it tells nothing. */
const OWN: ReadonlySet<string> = new Set([
  'id',
  'key',
  'version',
  'archived_into',
  'last_external_sync',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
]);

function differencesOf(views: readonly LicenseView[]): ReviewDetail['differences'] {
  const [first] = views;
  if (first === undefined || views.length < 2) return [];
  return (Object.keys(first) as (keyof LicenseView)[]).flatMap((field) => {
    if (OWN.has(field)) return [];
    const said = new Set(views.map((view) => JSON.stringify(view[field])));
    if (said.size < 2) return [];
    return [{ field, values: Object.fromEntries(views.map((view) => [view.id, view[field]])) }];
  });
}

function suggestionOf(
  rows: readonly LicenseRow[],
  fed: ReadonlySet<string>,
  nowMs: number,
): ReviewDetail['suggestedMaster'] {
  const live = rows.filter((row) => row.archived_into === null);
  if (live.length < 2) return null;
  const candidates = live.map((row) => ({
    ...candidateOf({ row, license: licenseOf(row).license, links: [] }),
    fed: fed.has(row.id),
  }));
  return chooseMaster(candidates, nowMs);
}

function historyOf(decisions: readonly DecisionRow[], merges: readonly MergeRow[]): ReviewEvent[] {
  const events: ReviewEvent[] = decisions.map((row) => ({
    at: isoInstant(row.created_at),
    what: row.decision,
    by: row.reviewer,
    note: row.note,
    version: row.case_version,
    masterId: row.master_id,
    duplicateId: null,
    mergeId: null,
    details: row.details === null ? null : (JSON.parse(row.details) as Record<string, unknown>),
  }));
  for (const row of merges) {
    const of = {
      version: null,
      masterId: row.master_id,
      duplicateId: row.duplicate_id,
      mergeId: row.id,
      details: null,
    };
    events.push({ ...of, at: isoInstant(row.created_at), what: 'merged', by: row.created_by, note: row.note });
    if (row.undone_at !== null) {
      const by = row.undone_by ?? 'someone';
      events.push({ ...of, at: isoInstant(row.undone_at), what: 'merge_undone', by, note: null });
    }
  }
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
