/**
 * What the External License API sends, and the one form in which the product takes it. The envelope is read with Zod, rows by
 * hand-written readers (see `readers.ts` for why).
 */
import { z } from 'zod';
import type { ExternalRecord } from '../domain/external.ts';
import { storableDocument } from './documents.ts';
import { FIELDS, type FieldName, meaningOf } from './fields.ts';
import {
  readCountid,
  readDay,
  readDecimal,
  readFee,
  readInstant,
  readKeyText,
  readPackage,
  readStatus,
  readText,
} from './readers.ts';
import { Unreadable, type UnreadableCode } from './unreadable.ts';
import { zoneClock } from './zoned-time.ts';

export { redactRow } from './redact.ts';

const wholeNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+\s*$/)
      .transform(Number),
  ])
  .pipe(z.int().min(0));

/** A page of records. `totalPages`, `hasNext` and `hasPrev` are not read: only `total` says where the end is. */
export const pageEnvelope = z.object({
  success: z.literal(true),
  data: z.array(z.unknown()),
  meta: z.object({
    total: wholeNumber,
    page: wholeNumber.nullish(),
    limit: wholeNumber.nullish(),
  }),
});

/** An answer by which the API says that it failed, whatever its HTTP status. */
export const failureEnvelope = z.object({ success: z.literal(false), message: z.unknown() });

export type RowResult =
  | { ok: true; record: ExternalRecord; unknownKeys: string[] }
  | {
      ok: false;
      code: UnreadableCode;
      /** Names the field and what was expected, never a value; at most 500 characters. */
      reason: string;
    };

/**
 * Reads one row of a page. Where a field is there in several spellings, the contract's own wins, else the first one
 * that has a value.
 * @param timezone IANA zone of times that come without one.
 * @returns the record with the keys that the contract does not know, or why the row cannot be read. Never throws for a row.
 * @throws {RangeError} when the zone is unknown.
 */
export function parseRow(raw: unknown, timezone: string): RowResult {
  const clock = zoneClock(timezone);
  try {
    const { values, extra, unknownKeys } = collect(raw);
    const of = (field: FieldName) => values[SLOT[field]];
    const record: ExternalRecord = {
      countid: readCountid(of('countid')),
      id: readText('id', of('id')),
      appid: readKeyText('appid', of('appid')),
      licenseType: readText('license_type', of('license_type')),
      dba: readText('dba', of('dba')),
      zip: readText('zip', of('zip')),
      mid: readText('mid', of('mid')),
      status: readStatus(of('status')),
      activateDate: readDay('ActivateDate', of('ActivateDate')),
      comingExpired: readDay('Coming_expired', of('Coming_expired')),
      monthlyFee: readFee(of('monthlyFee')),
      smsBalance: readDecimal('smsBalance', of('smsBalance')),
      email: readKeyText('Email_license', of('Email_license')),
      package: readPackage(of('Package')),
      note: readText('Note', of('Note')),
      sendbatWorkspace: readText('Sendbat_workspace', of('Sendbat_workspace')),
      lastActive: readInstant('lastActive', of('lastActive'), clock),
      phone: readText('phone', of('phone')),
      address: readText('address', of('address')),
      city: readText('city', of('city')),
      extra: extra === null ? null : (storableDocument('extra', extra) as Record<string, unknown>),
    };
    if (record.countid === null && record.appid === null) {
      throw new Unreadable(
        'ROW_WITHOUT_KEY',
        'expected a countid or an appid, got neither: the record has no identity',
      );
    }
    return { ok: true, record, unknownKeys };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ok: false, code: error.code, reason: error.message };
  }
}

const SLOT = Object.fromEntries(FIELDS.map((field, slot) => [field, slot])) as Record<FieldName, number>;

interface Collected {
  values: unknown[];
  extra: Record<string, unknown> | null;
  unknownKeys: string[];
}

function collect(raw: unknown): Collected {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new Unreadable('ROW_NOT_AN_OBJECT', 'expected an object, got something else');
  }
  const row = raw as Record<string, unknown>;
  const values: unknown[] = new Array(FIELDS.length).fill(null);
  const unknownKeys: string[] = [];
  let extra: Record<string, unknown> | null = null;
  for (const key of Object.keys(row)) {
    const meaning = meaningOf(key);
    if (meaning === 'dropped') continue;
    if (meaning === 'unknown') {
      extra ??= {};
      extra[key] = row[key];
      unknownKeys.push(key);
    } else if (!isNothing(row[key]) && (meaning.exact || isNothing(values[meaning.slot]))) {
      values[meaning.slot] = row[key];
    }
  }
  return { values, extra, unknownKeys };
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
