/**
 * A second reading of the API's raw records, written from the description of the API and not from the product's own: what each record
 * must be in the tables. Understands what the simulator sends, no more.
 */
import type { RawRecord } from '../support/simulator.ts';

export interface ExpectedRow {
  external: Record<string, unknown>;
  license: Record<string, unknown>;
}

const KNOWN =
  'countid id appid license_type dba zip mid status ActivateDate activateDate Coming_expired coming_expired comingExpired ' +
  'monthlyFee smsBalance sms_balance SmsBalance Email_license pass Package Note Sendbat_workspace lastActive phone address city';

/** JSON columns come as parsed values: compare them parsed. */
export function expectedRow(raw: RawRecord): ExpectedRow {
  const appid = text(raw.appid);
  const email = text(raw.Email_license);
  const status = statusOf(raw.status);
  const activated = dayOf(raw.ActivateDate ?? raw.activateDate);
  const expires = dayOf(raw.Coming_expired ?? raw.coming_expired ?? raw.comingExpired);
  const fee = isNoFee(raw.monthlyFee) ? null : money(raw.monthlyFee);
  const balance = raw.smsBalance ?? raw.sms_balance ?? raw.SmsBalance;
  const pack = typeof raw.Package === 'string' ? JSON.parse(raw.Package) : (raw.Package ?? null);
  const known = new Set(KNOWN.split(' '));
  const extra = Object.fromEntries(Object.entries(raw).filter(([key]) => !known.has(key)));
  const shared = {
    countid: raw.countid,
    appid,
    appid_key: appid?.toLowerCase() ?? null,
    license_type: text(raw.license_type),
    dba: text(raw.dba),
    zip: text(raw.zip),
    mid: text(raw.mid),
    external_email: email,
    email_key: email?.toLowerCase() ?? null,
    sms_balance: balance === undefined || balance === null ? null : money(balance),
    package_data: pack,
    sendbat_workspace: text(raw.Sendbat_workspace),
    coming_expired: expires,
    last_active: chicagoToUtc(raw.lastActive),
    phone: text(raw.phone),
    address: text(raw.address),
    city: text(raw.city),
  };
  return {
    external: {
      ...shared,
      source_key: `c:${raw.countid}`,
      external_id: text(raw.id),
      status,
      activate_date: activated,
      monthly_fee: fee,
      note: text(raw.Note),
      extra: Object.keys(extra).length === 0 ? null : extra,
      vanished_at: null,
    },
    license: {
      ...shared,
      status: status === null ? 'pending' : status === 1 ? 'active' : 'cancel',
      product: text(raw.license_type),
      plan: pack?.basic ? 'Basic' : 'Custom',
      starts_at: activated && `${activated} 00:00:00.000`,
      expires_at: expires && `${expires} 23:59:59.000`,
      last_payment: fee,
      notes: text(raw.Note),
      origin: 'external',
      external_sync_status: 'synced',
      version: 1,
      archived_into: null,
    },
  };
}

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return String(value).replace(/^\s+|\s+$/g, '') || null;
}

function statusOf(value: unknown): 0 | 1 | null {
  const byText: Record<string, 0 | 1> = { '1': 1, active: 1, '0': 0, inactive: 0 };
  return byText[String(value)] ?? null;
}

/** A zero counts only when it is sent as a number. */
function isNoFee(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && Number(value) === 0);
}

/** The simulator's amounts have at most four places, so rounding to four gives them exactly. */
function money(value: unknown): string {
  const rounded = Number(value).toFixed(4);
  return rounded === '-0.0000' ? '0.0000' : rounded;
}

function dayOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '' || String(value).startsWith('0000')) return null;
  const american = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(String(value));
  return american ? `${american[3]}-${american[1]}-${american[2]}` : String(value).slice(0, 10);
}

/** Daylight saving time by the rule of the United States since 2007; the hour that is skipped counts on in standard time. */
function chicagoToUtc(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  const parts = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d)$/.exec(String(value));
  if (!parts) return sqlTime(Date.parse(String(value)));
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const starts = Date.UTC(year, 2, sunday(year, 2, 2), 3);
  const ends = Date.UTC(year, 10, sunday(year, 10, 1), 2);
  return sqlTime(wall + (wall >= starts && wall < ends ? 5 : 6) * 3_600_000);
}

/** Day of the month of the n-th Sunday; `month` from 0. */
function sunday(year: number, month: number, nth: number): number {
  const weekday = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return 1 + ((7 - weekday) % 7) + 7 * (nth - 1);
}

function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
