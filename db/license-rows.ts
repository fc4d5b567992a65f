import type { Selectable } from 'kysely';
import { appidKey, emailKey } from '../domain/identity.ts';
import type { License } from '../domain/license.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import type { SqlValue } from './bulk.ts';
import { isoInstant, sqlInstant } from './connect.ts';
import { jsonOrNull } from './external-rows.ts';
import type { LicensesTable } from './tables.ts';

/** How a run signs what it writes. */
export function syncAuthor(operation: number): string {
  return `sync:${operation}`;
}

/** The license's own columns in the order in which `licenseRow` gives their values. */
export const LICENSE_COLUMNS = [
  'id',
  'key',
  'product',
  'plan',
  'status',
  'term',
  'seats_total',
  'seats_used',
  'starts_at',
  'expires_at',
  'dba',
  'zip',
  'last_payment',
  'sms_purchased',
  'sms_sent',
  'sms_balance',
  'agents',
  'agents_name',
  'agents_cost',
  'notes',
  'appid',
  'appid_key',
  'countid',
  'mid',
  'license_type',
  'package_data',
  'sendbat_workspace',
  'coming_expired',
  'external_email',
  'email_key',
  'phone',
  'address',
  'city',
  'last_active',
  'origin',
  'external_sync_status',
] as const;

/** A license as values for `LICENSE_COLUMNS`. */
export function licenseRow(license: License): SqlValue[] {
  return [
    license.id,
    license.key,
    license.product,
    license.plan,
    license.status,
    license.term,
    license.seatsTotal,
    license.seatsUsed,
    instant(license.startsAt),
    instant(license.expiresAt),
    license.dba,
    license.zip,
    license.lastPayment,
    license.smsPurchased,
    license.smsSent,
    license.smsBalance,
    license.agents,
    license.agentsName,
    license.agentsCost,
    license.notes,
    license.appid,
    appidKey(license.appid),
    license.countid,
    license.mid,
    license.licenseType,
    jsonOrNull(license.packageData),
    license.sendbatWorkspace,
    license.comingExpired,
    license.externalEmail,
    emailKey(license.externalEmail),
    license.phone,
    license.address,
    license.city,
    instant(license.lastActive),
    license.origin,
    license.externalSyncStatus,
  ];
}

/** A row of `licenses` as the domain knows it. */
export function licenseOf(row: Selectable<LicensesTable>): VersionedLicense {
  const license: License = {
    id: row.id,
    key: row.key,
    product: row.product,
    plan: row.plan,
    status: row.status,
    term: row.term,
    seatsTotal: row.seats_total,
    seatsUsed: row.seats_used,
    startsAt: isoInstant(row.starts_at),
    expiresAt: isoInstant(row.expires_at),
    dba: row.dba,
    zip: row.zip,
    lastPayment: row.last_payment,
    smsPurchased: row.sms_purchased,
    smsSent: row.sms_sent,
    smsBalance: row.sms_balance,
    agents: row.agents,
    agentsName: row.agents_name,
    agentsCost: row.agents_cost,
    notes: row.notes,
    appid: row.appid,
    countid: row.countid,
    mid: row.mid,
    licenseType: row.license_type,
    packageData: row.package_data === null ? null : (JSON.parse(row.package_data) as Record<string, unknown>),
    sendbatWorkspace: row.sendbat_workspace,
    comingExpired: row.coming_expired,
    externalEmail: row.external_email,
    phone: row.phone,
    address: row.address,
    city: row.city,
    lastActive: isoInstant(row.last_active),
    origin: row.origin,
    externalSyncStatus: row.external_sync_status,
  };
  return { license, version: row.version };
}

function instant(value: string | null): string | null {
  return value === null ? null : sqlInstant(value);
}
