import { describe, expect, it } from 'vitest';
import { age, percent } from '../../operations/status.ts';
import { seedStatus } from '../../operations/view.ts';

describe('the strings of the original status', () => {
  it('say 100.0% only when it is all', () => {
    expect([1, 0.9999, 0.987, 0, 0.29].map(percent)).toEqual(['100.0%', '99.9%', '98.7%', '0.0%', '29.0%']);
  });

  it('tell an age in its largest whole unit', () => {
    expect([0, 59, 60, 900, 3599, 3600, 7200, 86_400, 300_000].map(age)).toEqual([
      'just now',
      'just now',
      '1 minute ago',
      '15 minutes ago',
      '59 minutes ago',
      '1 hour ago',
      '2 hours ago',
      '1 day ago',
      '3 days ago',
    ]);
  });
});

describe('the original status of a run', () => {
  it('is a success only when no record was left behind', () => {
    expect(seedStatus({ status: 'completed', failed_count: 0 })).toBe('success');
    expect(seedStatus({ status: 'completed_with_findings', failed_count: 0 })).toBe('success');
    expect(seedStatus({ status: 'completed_with_findings', failed_count: 1 })).toBe('partial');
    expect(seedStatus({ status: 'incomplete', failed_count: 0 })).toBe('partial');
    expect(seedStatus({ status: 'cancelled', failed_count: 0 })).toBe('partial');
    expect(seedStatus({ status: 'failed', failed_count: 0 })).toBe('failed');
  });

  it('is not known while the run lives', () => {
    expect(seedStatus({ status: 'running', failed_count: 0 })).toBeNull();
    expect(seedStatus({ status: 'paused', failed_count: 0 })).toBeNull();
  });
});
