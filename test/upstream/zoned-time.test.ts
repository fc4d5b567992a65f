import { describe, expect, it } from 'vitest';
import { zoneClock } from '../../upstream/zoned-time.ts';

function utc(zone: string, wall: string): string {
  return new Date(zoneClock(zone)(Date.parse(`${wall}Z`))).toISOString();
}

describe('zoneClock', () => {
  it('knows winter and summer time', () => {
    expect(utc('America/Chicago', '2026-01-15T12:00:00')).toBe('2026-01-15T18:00:00.000Z');
    expect(utc('America/Chicago', '2026-07-15T12:00:00')).toBe('2026-07-15T17:00:00.000Z');
  });

  it('moves a time that does not occur on by what was skipped', () => {
    expect(utc('America/Chicago', '2026-03-08T01:59:59')).toBe('2026-03-08T07:59:59.000Z');
    expect(utc('America/Chicago', '2026-03-08T02:30:00')).toBe('2026-03-08T08:30:00.000Z');
    expect(utc('America/Chicago', '2026-03-08T03:00:00')).toBe('2026-03-08T08:00:00.000Z');
  });

  it('takes the first of two times that are written alike', () => {
    expect(utc('America/Chicago', '2026-11-01T00:59:59')).toBe('2026-11-01T05:59:59.000Z');
    expect(utc('America/Chicago', '2026-11-01T01:30:00')).toBe('2026-11-01T06:30:00.000Z');
    expect(utc('America/Chicago', '2026-11-01T02:00:00')).toBe('2026-11-01T08:00:00.000Z');
  });

  it('knows changes of half an hour, zones across the date line, and a day that did not happen', () => {
    expect(utc('Australia/Lord_Howe', '2026-10-04T02:15:00')).toBe('2026-10-03T15:45:00.000Z');
    expect(utc('Pacific/Kiritimati', '2026-02-01T00:00:00')).toBe('2026-01-31T10:00:00.000Z');
    expect(utc('Pacific/Apia', '2011-12-31T00:00:00')).toBe('2011-12-30T10:00:00.000Z');
  });

  it('agrees with Intl for every hour of years, in either order of asking', () => {
    for (const zone of ['America/Chicago', 'Europe/London', 'Asia/Kathmandu', 'UTC', 'Australia/Lord_Howe']) {
      const clock = zoneClock(zone);
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2026, 0, 1); at += 3 * 3_600_000) {
        const wall = format.format(at);
        const back = clock(Date.parse(`${wall.replace(' ', 'T')}Z`));
        // An hour that occurs twice comes back as its first occurrence.
        expect([0, 3_600_000, 1_800_000]).toContain(at - back);
        expect(format.format(back)).toBe(wall);
      }
    }
  });

  it('refuses a zone that does not exist', () => {
    expect(() => zoneClock('Mars/Olympus')).toThrow(RangeError);
  });
});
