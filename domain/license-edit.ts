/**
 * What people may write to a license: the fields under the names of the API, what each may hold, and how a sent value is brought
 * into the form in which licenses are kept. The same rules for an edit, a new license and a row of an imported file.
 */
import { canonicalJson } from './canonical.ts';
import { emailKey } from './identity.ts';
import { LICENSE_STATUSES, type License, type LicenseField, type LicenseFields } from './license.ts';
import type { RecordedField } from './lineage.ts';
import { decimal } from './money.ts';

type Kind = 'text' | 'email' | 'status' | 'whole' | 'amount' | 'instant' | 'day' | 'document';

export interface EditableField {
  /** Name in the API and in the header of an imported file. */
  name: string;
  field: LicenseField;
  kind: Kind;
  /** Characters of a text, or the highest number. */
  max: number;
  /** An amount below zero means something. */
  signed?: true;
  /** The time of day that a bare day stands for; 23:59:59 for an end. */
  ends?: true;
  /** Line breaks and tabs are part of the text. */
  lines?: true;
}

const MAX_INT = 2_147_483_647;
/** A TEXT column has 65,535 bytes and a character up to four. */
const MAX_TEXT = 16_000;
/** A TEXT column, less what the canonical form may add. */
const MAX_DOCUMENT_BYTES = 60_000;
const MAX_DOCUMENT_DEPTH = 20;

const text = (name: string, max: number, field = name as LicenseField): EditableField => ({
  name,
  field,
  kind: 'text',
  max,
});
const whole = (name: LicenseField, max = MAX_INT): EditableField => ({ name, field: name, kind: 'whole', max });
const amount = (name: LicenseField): EditableField => ({ name, field: name, kind: 'amount', max: 9_999_999_999.9999 });

/** THE table of what may be written, in the order in which licenses are shown. */
export const EDITABLE_FIELDS: readonly EditableField[] = [
  text('product', 255),
  text('plan', 255),
  { name: 'status', field: 'status', kind: 'status', max: 12 },
  text('term', 50),
  whole('seatsTotal'),
  whole('seatsUsed'),
  { name: 'startsAt', field: 'startsAt', kind: 'instant', max: 40 },
  { name: 'expiresAt', field: 'expiresAt', kind: 'instant', max: 40, ends: true },
  text('dba', 255),
  text('zip', 20),
  amount('lastPayment'),
  whole('smsPurchased'),
  whole('smsSent'),
  { ...amount('smsBalance'), signed: true },
  whole('agents'),
  { ...text('agentsName', MAX_TEXT), lines: true },
  amount('agentsCost'),
  { ...text('notes', MAX_TEXT), lines: true },
  text('appid', 191),
  whole('countid', Number.MAX_SAFE_INTEGER),
  text('mid', 100),
  text('license_type', 50, 'licenseType'),
  { name: 'package_data', field: 'packageData', kind: 'document', max: MAX_DOCUMENT_BYTES },
  text('sendbat_workspace', 255, 'sendbatWorkspace'),
  { name: 'coming_expired', field: 'comingExpired', kind: 'day', max: 10 },
  { name: 'external_email', field: 'externalEmail', kind: 'email', max: 254 },
  text('phone', 50),
  text('address', 255),
  text('city', 100),
];

/** Names that a license has in the API and nobody may write. `key` is chosen once, when the license is made. */
export const FIXED_NAMES: ReadonlySet<string> = new Set([
  'id',
  'key',
  'origin',
  'version',
  'archived_into',
  'external_sync_status',
  'last_external_sync',
  'last_active',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
]);

const byName = new Map(EDITABLE_FIELDS.map((field) => [field.name, field]));
const API_NAMES: ReadonlyMap<string, string> = new Map([
  ...EDITABLE_FIELDS.map(({ field, name }) => [field as string, name] as const),
  ['lastActive', 'last_active'],
  ['externalSyncStatus', 'external_sync_status'],
]);

/** The field with this name in the API; undefined when nobody may write it. */
export function editableField(name: string): EditableField | undefined {
  return byName.get(name);
}

/** What the API calls a field of the license. */
export function apiName(field: string): string {
  return API_NAMES.get(field) ?? field;
}

export interface FieldFault {
  /** Name in the API. */
  field: string;
  /** What was expected; never the value, which may be anything. */
  message: string;
}

export type ReadValue = { value: LicenseFields[LicenseField] } | { fault: string };

/** A value for a field as it will be kept; blank text says no more than null. */
export function readValue(field: EditableField, sent: unknown): ReadValue {
  const value = typeof sent === 'string' ? sent.trim() || null : (sent ?? null);
  if (value === null) return field.kind === 'status' ? fault(STATUS_RULE) : { value: null };
  return READERS[field.kind](value, field);
}

/** As `readValue`, for a cell of a file: text that may stand for a number or a document. A blank cell is null. */
export function readCell(field: EditableField, cell: string): ReadValue {
  const sent = cell.trim();
  if (sent === '') return { value: null };
  if (field.kind === 'whole') return readValue(field, /^\d{1,16}$/.test(sent) ? Number(sent) : sent);
  if (field.kind !== 'document') return readValue(field, sent);
  try {
    return readValue(field, JSON.parse(sent));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fault('expected a JSON object');
  }
}

/** Faults that concern two fields, each good by itself; `given` holds only what was sent. */
export function crossFaults(given: Partial<LicenseFields>): FieldFault[] {
  const { expiresAt, comingExpired } = given;
  if (expiresAt === undefined || comingExpired === undefined) return [];
  if ((expiresAt?.slice(0, 10) ?? null) === comingExpired) return [];
  return [{ field: 'coming_expired', message: 'expected the day of expiresAt, or one of the two alone' }];
}

/**
 * The fields that an edit writes: those given, and the one that repeats the day of expiry where only the other was given, because
 * the external system knows but one day.
 */
export function completed(given: Partial<LicenseFields>, current: License | null): Partial<LicenseFields> {
  const { expiresAt, comingExpired } = given;
  if (expiresAt !== undefined && comingExpired === undefined) {
    return { ...given, comingExpired: expiresAt?.slice(0, 10) ?? null };
  }
  if (comingExpired !== undefined && expiresAt === undefined) {
    const keepsTime = (current?.expiresAt?.slice(0, 10) ?? null) === comingExpired;
    if (keepsTime) return given;
    return { ...given, expiresAt: comingExpired === null ? null : `${comingExpired}T23:59:59.000Z` };
  }
  return given;
}

/** What an edit changes, in the form of the lineage; empty when the license holds all of it already. */
export function editChanges(
  license: License,
  given: Partial<LicenseFields>,
  rule: 'edited' | 'imported',
): RecordedField[] {
  const fields = completed(given, license);
  return (Object.keys(fields) as LicenseField[]).flatMap((field) => {
    const before = license[field];
    const after = fields[field] ?? null;
    if (canonicalJson(before) === canonicalJson(after)) return [];
    return [{ field, before, after, rule: field in given ? rule : 'aligned' }];
  });
}

/** The status of a license that was made without one. */
export const FIRST_STATUS = 'draft';

/** A license made by a person or a file; what is not given is null, the status `draft`. */
export function newLicense(
  identity: { id: string; key: string; origin: 'internal' | 'import' },
  given: Partial<LicenseFields>,
): License {
  const nothing = Object.fromEntries(EDITABLE_FIELDS.map(({ field }) => [field, null])) as unknown as LicenseFields;
  return {
    ...nothing,
    lastActive: null,
    ...completed(given, null),
    status: given.status ?? FIRST_STATUS,
    ...identity,
    externalSyncStatus: null,
  };
}

export const KEY_RULE = 'expected 1 to 64 letters, digits or the signs . _ : / -';
export const LICENSE_KEY = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

/** Whether a license may have this key: it is printed, typed and put into addresses. */
export function isLicenseKey(key: string): boolean {
  return LICENSE_KEY.test(key);
}

const STATUS_RULE = `expected one of ${LICENSE_STATUSES.join(', ')}`;
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/i;
const INSTANT_RULE = 'expected a time in ISO 8601 with its zone, such as 2026-02-14T15:30:00Z, or a day as YYYY-MM-DD';
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_RULE = 'expected a day as YYYY-MM-DD';
const AMOUNT = /^([+-]?)\d{1,10}(?:\.\d{1,4})?$/;
/** What every mail system takes; whether anybody reads it there is another question. */
const EMAIL = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\.]+(?:\.[^\s@<>,;:"()[\]\\.]+)+$/;
/** Half of a surrogate pair is no character, and nothing but text has the others. */
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}]/u;
const UNPRINTABLE_IN_LINES = /[^\P{Cc}\t\n\r]|\p{Surrogate}/u;

const READERS: Readonly<Record<Kind, (value: unknown, field: EditableField) => ReadValue>> = {
  text: readText,
  email: readEmail,
  status: (value) => {
    const status = LICENSE_STATUSES.find((known) => known === value);
    return status === undefined ? fault(STATUS_RULE) : { value: status };
  },
  whole: (value, { max }) => {
    const good = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;
    // JSON knows -0.
    return good ? { value: value + 0 } : fault(`expected a whole number from 0 to ${max}`);
  },
  amount: readAmount,
  instant: readInstant,
  day: (value) => {
    const day = typeof value === 'string' && isDay(value) ? value : null;
    return day === null ? fault(DAY_RULE) : { value: day };
  },
  document: readDocument,
};

function readText(value: unknown, { max, lines }: EditableField): ReadValue {
  if (typeof value !== 'string') return fault(`expected text of at most ${max} characters`);
  if ((lines ? UNPRINTABLE_IN_LINES : UNPRINTABLE).test(value)) {
    return fault(lines ? 'expected text without control characters' : 'expected text on one line');
  }
  // UTF-16 units are never fewer than characters, so most texts need no counting. Keys are kept in lower case, which may be longer.
  const fits = (written: string) => written.length <= max || [...written].length <= max;
  return fits(value) && fits(value.toLowerCase()) ? { value } : fault(`expected at most ${max} characters`);
}

function readEmail(value: unknown, field: EditableField): ReadValue {
  const read = readText(value, field);
  if ('fault' in read) return read;
  return EMAIL.test(emailKey(value as string) ?? '') ? read : fault('expected an e-mail address');
}

function readAmount(value: unknown, { signed }: EditableField): ReadValue {
  const rule = `expected an amount of at most ten digits and four decimal places${signed ? '' : ', not below zero'}`;
  if (typeof value !== 'number' && typeof value !== 'string') return fault(rule);
  const match = AMOUNT.exec(String(value));
  if (!match || (match[1] === '-' && !signed && Number(value) !== 0)) return fault(rule);
  return { value: decimal(value) };
}

function readInstant(value: unknown, { ends }: EditableField): ReadValue {
  const [, day, hour, minute, second = '00', fraction = '', zone] =
    (typeof value === 'string' ? INSTANT.exec(value) : null) ?? [];
  if (day === undefined || !isDay(day)) return fault(INSTANT_RULE);
  if (hour === undefined) return { value: `${day}T${ends ? '23:59:59' : '00:00:00'}.000Z` };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return fault(INSTANT_RULE);
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const instant = new Date(`${day}T${hour}:${minute}:${second}.${ms}${zone?.toUpperCase()}`);
  const iso = instant.toISOString();
  // The zone may lead out of the years that a DATETIME can hold.
  return /^[1-9]\d{3}-/.test(iso) ? { value: iso } : fault(INSTANT_RULE);
}

function readDocument(value: unknown, { max }: EditableField): ReadValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('expected a JSON object');
  if (isTooDeep(value, MAX_DOCUMENT_DEPTH)) return fault(`expected at most ${MAX_DOCUMENT_DEPTH} levels of nesting`);
  const written = canonicalJson(value);
  // JSON escapes what is unprintable; a lone surrogate is written as \udXXX and a NUL as \u0000.
  if (/\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(written.replace(/\\\\/g, ''))) return fault('expected whole characters');
  if (new TextEncoder().encode(written).length > max) return fault(`expected at most ${max} bytes of JSON`);
  return { value: value as Record<string, unknown> };
}

/** A day of the calendar in the years that a DATETIME can hold. */
function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined || Number(year) < 1000) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isTooDeep(member, levels - 1));
}

function fault(message: string): { fault: string } {
  return { fault: message };
}
