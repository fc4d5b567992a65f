/** A license as API and CLI show it: the original system's names, camel case for the internal fields, snake case for external ones. */
import type { Selectable } from 'kysely';
import { isoInstant } from '../db/connect.ts';
import { licenseOf } from '../db/license-rows.ts';
import type { LicensesTable } from '../db/tables.ts';
import type { License, LicenseStatus } from '../domain/license.ts';

export interface LicenseView {
  id: string;
  key: string;
  product: string | null;
  plan: string | null;
  status: LicenseStatus;
  term: string | null;
  seatsTotal: number | null;
  seatsUsed: number | null;
  startsAt: string | null;
  expiresAt: string | null;
  dba: string | null;
  zip: string | null;
  lastPayment: number | null;
  smsPurchased: number | null;
  smsSent: number | null;
  smsBalance: number | null;
  agents: number | null;
  agentsName: string | null;
  agentsCost: number | null;
  notes: string | null;
  appid: string | null;
  countid: number | null;
  mid: string | null;
  license_type: string | null;
  package_data: Record<string, unknown> | null;
  sendbat_workspace: string | null;
  coming_expired: string | null;
  external_email: string | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  last_active: string | null;
  external_sync_status: License['externalSyncStatus'];
  last_external_sync: string | null;
  origin: License['origin'];
  version: number;
  /** The license that this one was consolidated into; null for a live one. */
  archived_into: string | null;
  createdAt: string;
  updatedAt: string;
  createdBy: string;
  updatedBy: string;
}

export function viewOfLicense(row: Selectable<LicensesTable>): LicenseView {
  const { license, version } = licenseOf(row);
  return {
    id: license.id,
    key: license.key,
    product: license.product,
    plan: license.plan,
    status: license.status,
    term: license.term,
    seatsTotal: license.seatsTotal,
    seatsUsed: license.seatsUsed,
    startsAt: license.startsAt,
    expiresAt: license.expiresAt,
    dba: license.dba,
    zip: license.zip,
    lastPayment: jsonAmount(license.lastPayment),
    smsPurchased: license.smsPurchased,
    smsSent: license.smsSent,
    smsBalance: jsonAmount(license.smsBalance),
    agents: license.agents,
    agentsName: license.agentsName,
    agentsCost: jsonAmount(license.agentsCost),
    notes: license.notes,
    appid: license.appid,
    countid: license.countid,
    mid: license.mid,
    license_type: license.licenseType,
    package_data: license.packageData,
    sendbat_workspace: license.sendbatWorkspace,
    coming_expired: license.comingExpired,
    external_email: license.externalEmail,
    phone: license.phone,
    address: license.address,
    city: license.city,
    last_active: license.lastActive,
    external_sync_status: license.externalSyncStatus,
    last_external_sync: isoInstant(row.last_external_sync),
    origin: license.origin,
    version,
    archived_into: row.archived_into,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
    createdBy: row.created_by,
    updatedBy: row.updated_by,
  };
}

/** DECIMAL(14,4) has at most 14 digits, and a double keeps 15: nothing is lost by showing it as a number. */
function jsonAmount(amount: string | null): number | null {
  return amount === null ? null : Number(amount);
}
