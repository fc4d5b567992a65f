/** What refs stand for now, read from the mirror and the licenses themselves and not from the index. */
import {
  businessHash,
  licenseContent,
  licenseIdOfRef,
  licenseRef,
  type SubjectContent,
} from '../domain/matching-subject.ts';
import type { Db } from './connect.ts';
import { licenseOf } from './license-rows.ts';
import type { Trx } from './retry.ts';

/** A subject as it is now. */
export interface SubjectNow extends SubjectContent {
  ref: string;
  businessHash: string;
  /** The license that a record is linked to, or that the ref names; null when there is none. */
  licenseId: string | null;
  /** The license that this one was consolidated into; a record's license never was. */
  archivedInto: string | null;
  /** Whether the record is in the feed; always for a license. */
  live: boolean;
}

/** Refs that nothing is known of are left out. */
export async function currentSubjects(db: Db | Trx, refs: readonly string[]): Promise<Map<string, SubjectNow>> {
  const found = new Map<string, SubjectNow>();
  const { licenseIds, sourceKeys } = sorted(refs);
  if (licenseIds.length > 0) {
    const rows = await db.selectFrom('licenses').selectAll().where('id', 'in', licenseIds).execute();
    for (const row of rows) {
      const content = licenseContent(licenseOf(row).license);
      const ref = licenseRef(row.id);
      found.set(ref, {
        ...content,
        ref,
        businessHash: businessHash(content.business),
        licenseId: row.id,
        archivedInto: row.archived_into,
        live: true,
      });
    }
  }
  if (sourceKeys.length > 0) {
    const rows = await db
      .selectFrom('external_licenses as e')
      .leftJoin('license_links as k', 'k.source_key', 'e.source_key')
      .select([
        'e.source_key',
        'e.dba',
        'e.external_email',
        'e.phone',
        'e.address',
        'e.city',
        'e.zip',
        'e.status',
        'e.appid',
        'e.activate_date',
        'e.coming_expired',
        'e.vanished_at',
        'k.license_id',
      ])
      .where('e.source_key', 'in', sourceKeys)
      .execute();
    for (const row of rows) {
      const { dba, external_email: email, phone, address, city, zip } = row;
      const business = { dba, email, phone, address, city, zip };
      found.set(row.source_key, {
        business,
        standing: { active: row.status === 1, appid: row.appid, from: row.activate_date, until: row.coming_expired },
        ref: row.source_key,
        businessHash: businessHash(business),
        licenseId: row.license_id,
        archivedInto: null,
        live: row.vanished_at === null,
      });
    }
  }
  return found;
}

/** The license that each ref stands for now, without those that stand for none or for one that was consolidated. */
export async function currentLicenses(db: Db | Trx, refs: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const { licenseIds, sourceKeys } = sorted(refs);
  if (licenseIds.length > 0) {
    const rows = await db
      .selectFrom('licenses')
      .select('id')
      .where('id', 'in', licenseIds)
      .where('archived_into', 'is', null)
      .execute();
    for (const { id } of rows) found.set(licenseRef(id), id);
  }
  if (sourceKeys.length > 0) {
    const rows = await db
      .selectFrom('license_links')
      .select(['source_key', 'license_id'])
      .where('source_key', 'in', sourceKeys)
      .execute();
    for (const row of rows) found.set(row.source_key, row.license_id);
  }
  return found;
}

function sorted(refs: readonly string[]): { licenseIds: string[]; sourceKeys: string[] } {
  const licenseIds: string[] = [];
  const sourceKeys: string[] = [];
  for (const ref of new Set(refs)) {
    const id = licenseIdOfRef(ref);
    if (id === null) sourceKeys.push(ref);
    else licenseIds.push(id);
  }
  return { licenseIds, sourceKeys };
}
