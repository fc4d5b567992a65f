import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../http/retry-after.ts';

const NOW = Date.UTC(2026, 1, 14, 12);
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();

describe('retryAfterMs', () => {
  it('reads seconds and dates', () => {
    expect(retryAfterMs('3', undefined, NOW)).toBe(3000);
    expect(retryAfterMs(inSeconds(90), undefined, NOW)).toBe(90_000);
  });

  it("measures a date by the API's own clock when it tells it", () => {
    expect(retryAfterMs(inSeconds(4000), inSeconds(3990), NOW)).toBe(10_000);
  });

  it('waits five seconds when nothing usable is said', () => {
    for (const text of [undefined, '', 'soon', '-5', 'NaN']) expect(retryAfterMs(text, undefined, NOW)).toBe(5000);
  });

  it('bounds what is said', () => {
    expect(retryAfterMs('0', undefined, NOW)).toBe(100);
    expect(retryAfterMs(inSeconds(-60), undefined, NOW)).toBe(100);
    expect(retryAfterMs('999999999', undefined, NOW)).toBe(86_400_000);
  });
});
