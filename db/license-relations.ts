/** What stands beside a license: the records that are linked to it, and the duplicate cases that name it. */
import { type Db, isoInstant } from './connect.ts';
import { type RecordView, recordsOfLinks } from './review-records.ts';
import type { DuplicateCasesTable, LicenseLinksTable } from './tables.ts';

export interface LinkedRecord {
  sourceKey: string;
  role: LicenseLinksTable['role'];
  /** How the two were found to belong together. */
  matchedBy: string;
  /** 0…100; null where a key decided. */
  confidence: number | null;
  linkedAt: string;
  /** What the record said when it was read last; null when it was never read. */
  record: RecordView | null;
}

export interface CaseOfLicense {
  id: number;
  state: DuplicateCasesTable['state'];
  confidence: number;
  decidedBy: string | null;
  createdAt: string;
  decidedAt: string | null;
}

/** The one that feeds the license first. */
export async function linkedRecords(db: Db, licenseId: string, limit: number): Promise<LinkedRecord[]> {
  const rows = await db
    .selectFrom('license_links')
    .select(['source_key', 'role', 'matched_by', 'confidence', 'created_at'])
    .where('license_id', '=', licenseId)
    .orderBy('role')
    .orderBy('source_key')
    .limit(limit)
    .execute();
  const { byRef } = await recordsOfLinks(db, { licenseIds: [], refs: rows.map((row) => row.source_key) });
  return rows.map((row) => ({
    sourceKey: row.source_key,
    role: row.role,
    matchedBy: row.matched_by,
    confidence: row.confidence === null ? null : Number(row.confidence),
    linkedAt: isoInstant(row.created_at),
    record: byRef.get(row.source_key) ?? null,
  }));
}

/** Newest first, decided ones as well. */
export async function casesOfLicense(db: Db, licenseId: string, limit: number): Promise<CaseOfLicense[]> {
  const rows = await db
    .selectFrom('duplicate_cases')
    .select(['id', 'state', 'confidence', 'decided_by', 'created_at', 'decided_at'])
    .where('id', 'in', (is) => is.selectFrom('duplicate_members').select('case_id').where('license_id', '=', licenseId))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    confidence: Number(row.confidence),
    decidedBy: row.decided_by,
    createdAt: isoInstant(row.created_at),
    decidedAt: isoInstant(row.decided_at),
  }));
}
