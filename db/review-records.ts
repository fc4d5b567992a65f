/** Licenses and records that are laid side by side in a review. */
import type { Selectable } from 'kysely';
import { type Db, isoInstant } from './connect.ts';
import type { ExternalLicensesTable, LicensesTable } from './tables.ts';

export type LicenseRow = Selectable<LicensesTable>;

/** An external record as the mirror knows it. */
export interface RecordView {
  sourceKey: string;
  countid: number | null;
  appid: string | null;
  licenseType: string | null;
  dba: string | null;
  status: number | null;
  activateDate: string | null;
  comingExpired: string | null;
  monthlyFee: number | null;
  smsBalance: number | null;
  email: string | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  zip: string | null;
  mid: string | null;
  lastActive: string | null;
  /** When it was found missing from the feed; null while it is there. */
  vanishedAt: string | null;
}

export async function licenseRowsById(db: Db, ids: readonly string[]): Promise<Map<string, LicenseRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('licenses')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Records by their refs, and which of the licenses are fed by a record that lives. */
export async function recordsOfLinks(
  db: Db,
  { licenseIds, refs }: { licenseIds: readonly string[]; refs: readonly string[] },
): Promise<{ byRef: Map<string, RecordView>; fed: Set<string> }> {
  const records =
    refs.length === 0
      ? []
      : await db
          .selectFrom('external_licenses')
          .selectAll()
          .where('source_key', 'in', [...refs])
          .execute();
  const feeding =
    licenseIds.length === 0
      ? []
      : await db
          .selectFrom('license_links as k')
          .innerJoin('external_licenses as e', 'e.source_key', 'k.source_key')
          .select('k.license_id')
          .where('k.license_id', 'in', [...licenseIds])
          .where('k.role', '=', 'primary')
          .where('e.vanished_at', 'is', null)
          .execute();
  return {
    byRef: new Map(records.map((row) => [row.source_key, viewOf(row)])),
    fed: new Set(feeding.map((row) => row.license_id)),
  };
}

function viewOf(row: Selectable<ExternalLicensesTable>): RecordView {
  return {
    sourceKey: row.source_key,
    countid: row.countid,
    appid: row.appid,
    licenseType: row.license_type,
    dba: row.dba,
    status: row.status,
    activateDate: row.activate_date,
    comingExpired: row.coming_expired,
    monthlyFee: amount(row.monthly_fee),
    smsBalance: amount(row.sms_balance),
    email: row.external_email,
    phone: row.phone,
    address: row.address,
    city: row.city,
    zip: row.zip,
    mid: row.mid,
    lastActive: isoInstant(row.last_active),
    vanishedAt: isoInstant(row.vanished_at),
  };
}

function amount(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal);
}
