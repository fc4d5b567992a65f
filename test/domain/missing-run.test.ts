import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMissingRun, lateFor, type MissingRunFacts, tooOld } from '../../domain/missing-run.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-23T12:00:00Z');
const facts = { lastSuccessMs: null, countFromMs: 0, graceMs: 15 * MINUTE, nowMs: NOON };

describe('a due time', () => {
  it('is late when the grace has passed without a success, and not a moment before', () => {
    const due = NOON - 15 * MINUTE;
    expect(lateFor([due], facts)).toEqual({ sinceMs: due, times: 1 });
    expect(lateFor([due + 1], facts)).toBeNull();
  });

  it('is answered by a success that ended after it, whoever started that run', () => {
    const due = NOON - 60 * MINUTE;
    expect(lateFor([due], { ...facts, lastSuccessMs: due + 1 })).toBeNull();
    expect(lateFor([due], { ...facts, lastSuccessMs: due - 1 })).not.toBeNull();
  });

  it('before the schedule was made, changed or resumed is not expected', () => {
    const due = NOON - 60 * MINUTE;
    expect(lateFor([due], { ...facts, countFromMs: due + 1 })).toBeNull();
    expect(lateFor([due], { ...facts, countFromMs: due })).not.toBeNull();
  });

  it('that nobody answered is counted from the first one, all of them', () => {
    const minutes = [300, 240, 180, 120, 60].map((ago) => NOON - ago * MINUTE);
    const lastSuccessMs = NOON - 200 * MINUTE;
    expect(lateFor(minutes, { ...facts, lastSuccessMs })).toEqual({ sinceMs: NOON - 180 * MINUTE, times: 3 });
  });

  it('never becomes less late as time goes on', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 1000 })).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(instants, fc.nat(1000), fc.nat(1000), fc.nat(100), (due, last, nowMs, graceMs) => {
        const known = { lastSuccessMs: last, countFromMs: 0, graceMs };
        const before = lateFor(due, { ...known, nowMs });
        const after = lateFor(due, { ...known, nowMs: nowMs + 10 });
        if (before) expect(after?.sinceMs).toBe(before.sinceMs);
      }),
    );
  });
});

describe('the age of the last success', () => {
  it('matters only when a bound is set', () => {
    expect(tooOld(0, 0, 0, NOON)).toBeNull();
    expect(tooOld(NOON - 2 * MINUTE, 0, MINUTE, NOON)).toEqual({ sinceMs: NOON - 2 * MINUTE, times: null });
    expect(tooOld(NOON - MINUTE, 0, MINUTE, NOON)).toBeNull();
  });

  it('is counted from the beginning when there has never been one', () => {
    expect(tooOld(null, NOON - 2 * MINUTE, MINUTE, NOON)?.sinceMs).toBe(NOON - 2 * MINUTE);
  });
});

describe('the message', () => {
  const night: MissingRunFacts = {
    lateness: { sinceMs: Date.parse('2026-11-23T03:00:00Z'), times: 1 },
    schedule: 'nightly',
    pausedItself: null,
    workers: 1,
    newest: null,
  };
  const newest = { operationId: 'op-1', sentence: 'Failed in phase fetch.', live: false, startedMs: NOON };

  it('names schedule and time, and what to do when no worker is there', () => {
    expect(describeMissingRun({ ...night, workers: 0 })).toBe(
      'No run has succeeded since schedule nightly was due at 2026-11-23T03:00:00Z. No worker polls the task queue: start one with `npm start` or `node worker.ts`.',
    );
  });

  it('counts the due times when there are more', () => {
    const many = { ...night, lateness: { ...night.lateness, times: 7 } };
    expect(describeMissingRun(many)).toContain('(7 due times have passed)');
  });

  it('tells of the run that is under way before anything else', () => {
    const live = { ...newest, live: true, sentence: 'Paused in phase plan.' };
    const message = describeMissingRun({ ...night, workers: 0, newest: live });
    expect(message).toContain('Operation op-1 is under way. Paused in phase plan.');
  });

  it('tells how the newest run ended, unless it was before', () => {
    expect(describeMissingRun({ ...night, newest })).toContain('operation op-1. Failed in phase fetch.');
    const before = { ...newest, startedMs: night.lateness.sinceMs - 1 };
    const message = describeMissingRun({ ...night, newest: before });
    expect(message).not.toContain('op-1');
    expect(message).toContain('npx license-sync schedule show nightly');
  });

  it('says that the schedule has paused itself', () => {
    const message = describeMissingRun({ ...night, pausedItself: 'paused due to workflow failure' });
    expect(message).toContain('npx license-sync schedule resume nightly');
  });

  it('without a schedule names the setting', () => {
    const message = describeMissingRun({ ...night, schedule: null, lateness: { ...night.lateness, times: null } });
    expect(message).toContain('LICENSE_SYNC_ALERTS_MISSING_RUN_AFTER');
  });
});
