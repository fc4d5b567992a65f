/** Dates and times as the API writes them, before any zone is applied. */
import type { Day } from '../domain/external.ts';

const DAY_MS = 86_400_000;
const US =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?([AP])\.?M\.?)?)?$/i;
const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d{2}:?\d{2}))?)?$/i;
/** MySQL's zero date in either order, with or without a time. */
const NOTHING = /^(?:0{4}-00?-00?|00?\/00?\/0{4})(?:[ T][0:.]*Z?)?$/i;

export interface Stamp {
  /** The day as it is written. */
  day: Day;
  /** The wall-clock time as if it were UTC. */
  wallMs: number;
  /** Offset that was written with it; null when none was. */
  offsetMs: number | null;
}

/** Null for an empty text or a zero date; `'invalid'` for what is no date, or none of MySQL's years 1000 to 9999. */
export function parseStamp(sent: string): Stamp | null | 'invalid' {
  const text = sent.trim();
  if (text === '' || NOTHING.test(text)) return null;
  const us = US.exec(text);
  if (us) {
    const [, month, day, year, hour, minute, second, fraction, half] = us;
    return stamp(year, month, day, timeMs(hourOf(hour, half), minute, second, fraction), null);
  }
  const iso = ISO.exec(text);
  if (!iso) return 'invalid';
  const [, year, month, day, hour, minute, second, fraction, offset] = iso;
  return stamp(year, month, day, timeMs(Number(hour ?? 0), minute, second, fraction), offsetMs(offset));
}

/** Any part that is out of range is NaN, and so is the sum. */
function stamp(year = '', month = '', day = '', timeMs: number, offsetMs: number | null): Stamp | 'invalid' {
  const wallMs = dayMs(Number(year), Number(month), Number(day)) + timeMs;
  if (Number.isNaN(wallMs) || Number.isNaN(offsetMs)) return 'invalid';
  return { day: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`, wallMs, offsetMs };
}

function dayMs(year: number, month: number, day: number): number {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day);
  // February 30th would quietly become March.
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : Number.NaN;
}

function timeMs(hour: number, minute = '0', second = '0', fraction = ''): number {
  const [m, s] = [Number(minute), Number(second)];
  if (!(hour <= 23) || m > 59 || s > 59) return Number.NaN;
  const ms = ((hour * 60 + m) * 60 + s) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return ms < DAY_MS ? ms : Number.NaN;
}

function hourOf(hour = '0', half: string | undefined): number {
  const written = Number(hour);
  if (half === undefined) return written;
  if (written < 1 || written > 12) return Number.NaN;
  return (written % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function offsetMs(offset: string | undefined): number | null {
  if (offset === undefined) return null;
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 15 || minutes > 59) return Number.NaN;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
