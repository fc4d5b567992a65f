/**
 * Wall-clock times of a zone as UTC instants. `Intl` knows the zones but takes microseconds a question, which a million
 * rows feel; a day on which the clocks do not change is asked about once.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days remembered per zone: more than twenty years of daily data, a few hundred kilobytes. */
const MAX_DAYS = 8192;
const MAX_ZONES = 16;

/** A wall-clock time as the milliseconds it would be at in UTC, to UTC milliseconds. */
export type ZoneClock = (wallMs: number) => number;

/** Clocks are pure functions of the zone's name, so sharing them between callers shares no state that could differ. */
const clocks = new Map<string, ZoneClock>();

/**
 * The clock of an IANA zone.
 *
 * Where the clocks are put back, a time that occurs twice is the first of the two; where they are put forward, a time
 * that does not occur is moved on by what was skipped (02:30 becomes 03:30). This is what `Temporal` calls "compatible".
 * @throws {RangeError} when the zone is unknown.
 */
export function zoneClock(timezone: string): ZoneClock {
  const known = clocks.get(timezone);
  if (known) return known;
  if (clocks.size >= MAX_ZONES) clocks.clear();
  const clock = createZoneClock(timezone);
  clocks.set(timezone, clock);
  return clock;
}

function createZoneClock(timezone: string): ZoneClock {
  const offsetAt = createOffsets(timezone);
  /** The day's offset, or NaN when it changes around that day. */
  const offsets = new Map<number, number>();

  function offsetOfDay(day: number): number {
    const known = offsets.get(day);
    if (known !== undefined) return known;
    if (offsets.size >= MAX_DAYS) offsets.clear();
    const before = offsetAt((day - 1) * DAY_MS);
    const offset = before === offsetAt((day + 2) * DAY_MS) ? before : Number.NaN;
    offsets.set(day, offset);
    return offset;
  }

  return (wallMs) => {
    const offset = offsetOfDay(Math.floor(wallMs / DAY_MS));
    return wallMs - (Number.isNaN(offset) ? offsetNearChange(wallMs, offsetAt) : offset);
  };
}

function offsetNearChange(wallMs: number, offsetAt: (utcMs: number) => number): number {
  const before = offsetAt(wallMs - DAY_MS);
  const after = offsetAt(wallMs + DAY_MS);
  const beforeHolds = offsetAt(wallMs - before) === before;
  const afterHolds = offsetAt(wallMs - after) === after;
  return beforeHolds || !afterHolds ? before : after;
}

function createOffsets(timezone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const part = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of format.formatToParts(utcMs)) {
      if (type in part) part[type as keyof typeof part] = Number(value);
    }
    const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
    // Parts carry no milliseconds; a negative instant needs the floor, not the truncation.
    return wall - Math.floor(utcMs / 1000) * 1000;
  };
}
