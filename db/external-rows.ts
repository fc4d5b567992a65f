import type { ExternalRecord } from '../domain/external.ts';
import { appidKey, emailKey } from '../domain/identity.ts';
import type { SqlValue } from './bulk.ts';
import { sqlInstant } from './connect.ts';

/** The mirror's columns in the order in which `externalRow` gives their values. */
export const EXTERNAL_COLUMNS = [
  'source_key',
  'row_hash',
  'countid',
  'external_id',
  'appid',
  'appid_key',
  'license_type',
  'dba',
  'zip',
  'mid',
  'status',
  'activate_date',
  'coming_expired',
  'monthly_fee',
  'sms_balance',
  'external_email',
  'email_key',
  'package_data',
  'note',
  'sendbat_workspace',
  'last_active',
  'phone',
  'address',
  'city',
  'extra',
] as const;

/** A record as values for `EXTERNAL_COLUMNS`. */
export function externalRow(sourceKey: string, rowHash: string, record: ExternalRecord): SqlValue[] {
  return [
    sourceKey,
    rowHash,
    record.countid,
    record.id,
    record.appid,
    appidKey(record.appid),
    record.licenseType,
    record.dba,
    record.zip,
    record.mid,
    record.status,
    record.activateDate,
    record.comingExpired,
    record.monthlyFee,
    record.smsBalance,
    record.email,
    emailKey(record.email),
    jsonOrNull(record.package),
    record.note,
    record.sendbatWorkspace,
    record.lastActive === null ? null : sqlInstant(record.lastActive),
    record.phone,
    record.address,
    record.city,
    jsonOrNull(record.extra),
  ];
}

export function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
