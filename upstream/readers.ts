/**
 * One reader per kind of value. Written by hand rather than with Zod: rows come by the million, and a Zod object of twenty
 * unions costs several times what these do. Each takes what was sent and gives null for any spelling of nothing.
 */
import type { Day, Decimal, Instant } from '../domain/external.ts';
import { DecimalError, decimal } from '../domain/money.ts';
import { storableDocument } from './documents.ts';
import { type FieldName, MAX_CHARACTERS } from './fields.ts';
import { parseStamp, type Stamp } from './stamps.ts';
import { isStorable, Unreadable } from './unreadable.ts';
import type { ZoneClock } from './zoned-time.ts';

export type TextField = keyof typeof MAX_CHARACTERS;

/** The range of MySQL's DATETIME. */
const FIRST_INSTANT = Date.UTC(1000, 0, 1);
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Integers beyond it have lost digits on the way through JSON. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;

/** Text or a number, trimmed. */
export function readText(field: TextField, value: unknown): string | null {
  const text = trimmed(field, value);
  if (text === null) return null;
  if (!isStorable(text)) throw Unreadable.text(field);
  requireLength(field, text, MAX_CHARACTERS[field]);
  return text;
}

/** As `readText`, for values that are also kept in lower case: a few letters become two by that. */
export function readKeyText(field: TextField, value: unknown): string | null {
  const text = readText(field, value);
  if (text !== null) requireLength(field, text.toLowerCase(), MAX_CHARACTERS[field]);
  return text;
}

export function readCountid(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value.trim() : null;
  if (text === '') return null;
  const number = text === null ? value : /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw Unreadable.value('countid', `a whole number from 0 to ${MAX_EXACT}`, value);
  }
  // JSON knows -0.
  return number + 0;
}

export function readStatus(value: unknown): 0 | 1 | null {
  if (value === null || value === undefined) return null;
  if (value === 1 || value === true) return 1;
  if (value === 0 || value === false) return 0;
  if (typeof value === 'string') {
    switch (value.trim().toLowerCase()) {
      case '':
        return null;
      case '1':
      case 'active':
      case 'true':
        return 1;
      case '0':
      case 'inactive':
      case 'false':
        return 0;
    }
  }
  throw Unreadable.value('status', '1, 0, active or inactive', value);
}

/** The day as it is written, whatever time or zone stands behind it: moving it by a zone could make it another day. */
export function readDay(field: FieldName, value: unknown): Day | null {
  return readStamp(field, 'a day as MM/DD/YYYY or YYYY-MM-DD', value)?.day ?? null;
}

/** A time without a zone is a wall-clock time of the API's zone. */
export function readInstant(field: FieldName, value: unknown, clock: ZoneClock): Instant | null {
  const expected = 'a time as MM/DD/YYYY HH:MM or ISO 8601';
  const stamp = readStamp(field, expected, value);
  if (stamp === null) return null;
  const utcMs = stamp.offsetMs === null ? clock(stamp.wallMs) : stamp.wallMs - stamp.offsetMs;
  if (utcMs < FIRST_INSTANT || utcMs > LAST_INSTANT) throw Unreadable.value(field, expected, value);
  return new Date(utcMs).toISOString();
}

/** Zero sent as text says nothing about a fee: the API's way of leaving it empty. */
export function readFee(value: unknown): Decimal | null {
  const amount = readDecimal('monthlyFee', value);
  return typeof value === 'string' && amount === '0.0000' ? null : amount;
}

export function readDecimal(field: FieldName, value: unknown): Decimal | null {
  if (value === null || value === undefined) return null;
  const expected = 'an amount of at most ten digits before the point';
  if (typeof value !== 'number' && typeof value !== 'string') throw Unreadable.value(field, expected, value);
  try {
    return decimal(value);
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error;
    if (error.code === 'DECIMAL_INVALID') throw Unreadable.value(field, expected, value);
    throw new Unreadable('FIELD_OUT_OF_RANGE', `${field}: expected ${expected}, got a larger one`);
  }
}

/** An object, or a JSON text of one. An empty list is how some serializers write an empty object. */
export function readPackage(value: unknown): Record<string, unknown> | null {
  const expected = 'an object or a JSON text of one';
  let sent = value;
  if (typeof value === 'string') {
    if (value.trim() === '') return null;
    try {
      sent = JSON.parse(value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw Unreadable.value('Package', expected, value);
    }
  }
  if (sent === null || sent === undefined || (Array.isArray(sent) && sent.length === 0)) return null;
  if (typeof sent !== 'object' || Array.isArray(sent)) throw Unreadable.value('Package', expected, value);
  return storableDocument('Package', sent) as Record<string, unknown>;
}

function readStamp(field: FieldName, expected: string, value: unknown): Stamp | null {
  if (value === null || value === undefined) return null;
  const stamp = typeof value === 'string' ? parseStamp(value) : 'invalid';
  if (stamp === 'invalid') throw Unreadable.value(field, expected, value);
  return stamp;
}

function trimmed(field: TextField, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value.trim() || null;
  if (typeof value !== 'number') throw Unreadable.value(field, 'text', value);
  if (!(Math.abs(value) <= MAX_EXACT)) throw Unreadable.value(field, 'text or a number that JSON holds exactly', value);
  return String(value);
}

function requireLength(field: TextField, text: string, max: number): void {
  // UTF-16 units are never fewer than code points, so most texts need no counting.
  if (text.length <= max || [...text].length <= max) return;
  throw new Unreadable('FIELD_TOO_LONG', `${field}: expected at most ${max} characters, got more`);
}
