import { describe, expect, it } from 'vitest';
import { PUSH_STATES, type PushReport, pushFindings, pushTotal } from '../../domain/push-report.ts';

const NONE = Object.fromEntries(['written', ...PUSH_STATES].map((name) => [name, 0])) as unknown as PushReport;

describe('pushes', () => {
  it('are counted once each, however many of them have changed something', () => {
    expect(pushTotal(NONE)).toBe(0);
    expect(pushTotal({ ...NONE, pushed: 3, conflict: 2, planned: 1, written: 4 })).toBe(6);
  });

  it('are nothing to look at when they went as planned, or were not needed any more', () => {
    expect(pushFindings({ ...NONE, pushed: 3, written: 3, agreed: 2, skipped: 1, planned: 4 })).toEqual([]);
  });

  it('that did not go are named, in the singular where it is one', () => {
    const found = pushFindings({ ...NONE, conflict: 1, unaddressable: 2, gone: 1, rejected: 3, unconfirmed: 1 });
    expect(found).toEqual([
      '1 push met another value upstream',
      '2 records could not be addressed upstream',
      '1 record to be pushed has gone upstream',
      '3 pushes refused by the API',
      '1 push not confirmed',
    ]);
  });
});
