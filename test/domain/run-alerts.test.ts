import { describe, expect, it } from 'vitest';
import { type EndedRun, judgeRun, RUN_ALERT_KINDS } from '../../domain/run-alerts.ts';

const LIMITS = { maxSyncDuration: 600_000, maxErrorRate: 0.05, minMatchingRate: 0.95 };
const GOOD: EndedRun = {
  operationId: '01890000-0000-7000-8000-000000000000',
  type: 'external_sync',
  partial: false,
  status: 'completed',
  trigger: 'schedule:nightly',
  reason: null,
  workMs: 1000,
  fetched: 100,
  quarantined: 0,
  matchingRatio: 1,
};

/** `raise`, `resolve`, or nothing, by kind. */
function verdict(run: Partial<EndedRun>): Record<string, string> {
  const verdicts = judgeRun({ ...GOOD, ...run }, LIMITS);
  return Object.fromEntries(
    RUN_ALERT_KINDS.flatMap((kind) => {
      const one = verdicts.get(kind);
      return one === undefined ? [] : [[kind, one === null ? 'resolve' : 'raise']];
    }),
  );
}

const ALL_WELL = { run_failed: 'resolve', sync_slow: 'resolve', error_rate: 'resolve', matching_rate: 'resolve' };

describe('judgeRun', () => {
  it.each<[string, Partial<EndedRun>, Record<string, string>]>([
    ['a good run takes all back', {}, ALL_WELL],
    ['exactly at the limits is well', { workMs: 600_000, quarantined: 5, matchingRatio: 0.95 }, ALL_WELL],
    ['slow', { workMs: 600_001 }, { ...ALL_WELL, sync_slow: 'raise' }],
    ['too many errors', { quarantined: 6 }, { ...ALL_WELL, error_rate: 'raise' }],
    ['too few matched', { matchingRatio: 0.9499 }, { ...ALL_WELL, matching_rate: 'raise' }],
    ['failed', { status: 'failed', fetched: 0, matchingRatio: null }, { run_failed: 'raise' }],
    [
      'failed says nothing of being quick or matched',
      { status: 'failed' },
      { run_failed: 'raise', error_rate: 'resolve' },
    ],
    ['incomplete', { status: 'incomplete' }, { run_failed: 'raise', error_rate: 'resolve' }],
    ['a partial run that succeeds proves nothing', { partial: true, quarantined: 50 }, {}],
    ['a partial run that fails', { partial: true, status: 'failed' }, { run_failed: 'raise' }],
    ['an applied plan', { type: 'plan_apply', quarantined: 50 }, { run_failed: 'resolve', sync_slow: 'resolve' }],
    ['a dry run', { type: 'external_sync_dry_run', status: 'failed' }, {}],
    ['cancelled by a person', { status: 'cancelled', workMs: 9e9 }, {}],
    ['skipped', { status: 'skipped' }, {}],
    ['an empty mirror', { fetched: 0, matchingRatio: null }, { run_failed: 'resolve', sync_slow: 'resolve' }],
  ])('%s', (_, run, expected) => expect(verdict(run)).toEqual(expected));

  it('names the run, the cause and what to do', () => {
    const alert = judgeRun({ ...GOOD, status: 'failed', reason: 'the API refused the key' }, LIMITS).get('run_failed');
    expect(alert?.severity).toBe('critical');
    expect(alert?.message).toContain(GOOD.operationId);
    expect(alert?.message).toContain('the API refused the key');
    expect(alert?.message).toContain('npx license-sync runs resume');
    expect(judgeRun({ ...GOOD, status: 'incomplete' }, LIMITS).get('run_failed')?.severity).toBe('warning');
  });
});
