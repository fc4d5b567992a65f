/** Numbers, times and counts in words. */
import { type Html, html } from '../html.ts';

const NUMBER = new Intl.NumberFormat('en-US');
const UNITS: readonly [string, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `12,345`. */
export function count(n: number): string {
  return NUMBER.format(n);
}

/** `1 case`, `12 cases`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** @param ms milliseconds. @returns `12 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `98.7 %`, rounded down, so that 100 % is all. */
export function percentOf(ratio: number): string {
  return `${(Math.floor(ratio * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

/** How long ago or ahead, with the exact time at hand; a dash when there is none. @param iso ISO 8601, UTC. */
export function when(iso: string | null): Html {
  if (iso === null) return html`<span class="muted">–</span>`;
  return html`<time datetime="${iso}" title="${minuteOf(iso)}">${relative((Date.parse(iso) - Date.now()) / 1000)}</time>`;
}

/** The time itself, UTC, to the minute; a dash when there is none. */
export function instant(iso: string | null): Html {
  if (iso === null) return html`<span class="muted">–</span>`;
  return html`<time datetime="${iso}">${minuteOf(iso)}</time>`;
}

function minuteOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function relative(seconds: number): string {
  const size = Math.abs(seconds);
  for (const [unit, length] of UNITS) {
    const n = Math.floor(size / length);
    if (n >= 1) return seconds < 0 ? `${plural(n, unit)} ago` : `in ${plural(n, unit)}`;
  }
  return 'just now';
}
