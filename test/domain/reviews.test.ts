import { describe, expect, it } from 'vitest';
import { type CaseState, describeCase, nextDue, pairsOf, readExplanation, readSignal } from '../../domain/reviews.ts';

const HOUR = 3_600_000;
const LIMITS = { remindAfter: 3 * HOUR, escalateAfter: 7 * HOUR };
const NEW = {
  state: 'open' as CaseState,
  heldUntilMs: null,
  flaggedUntilMs: null,
  remindedAtMs: null,
  escalatedAtMs: null,
};

describe('nextDue', () => {
  it('reminds first, then escalates, then leaves people alone', () => {
    expect(nextDue(NEW, 1000, LIMITS)).toEqual({ kind: 'remind', atMs: 1000 + 3 * HOUR });
    expect(nextDue({ ...NEW, remindedAtMs: 5 }, 1000, LIMITS)).toEqual({ kind: 'escalate', atMs: 1000 + 7 * HOUR });
    expect(nextDue({ ...NEW, remindedAtMs: 5, escalatedAtMs: 6 }, 1000, LIMITS)).toBeNull();
  });

  it('waits until a case is not held back any more', () => {
    expect(nextDue({ ...NEW, heldUntilMs: 20 * HOUR }, 0, LIMITS)).toEqual({ kind: 'remind', atMs: 20 * HOUR });
    expect(nextDue({ ...NEW, heldUntilMs: HOUR }, 0, LIMITS)).toEqual({ kind: 'remind', atMs: 3 * HOUR });
  });

  it('brings a flagged case back, and counts anew from then on', () => {
    const flagged = { ...NEW, flaggedUntilMs: 50 * HOUR };
    expect(nextDue({ ...flagged, state: 'flagged' }, 0, LIMITS)).toEqual({ kind: 'return', atMs: 50 * HOUR });
    expect(nextDue(flagged, 0, LIMITS)).toEqual({ kind: 'remind', atMs: 53 * HOUR });
  });

  it.each(['approved', 'rejected', 'superseded', 'undone'] as const)('is nothing once a case is %s', (state) => {
    expect(nextDue({ ...NEW, state }, 0, LIMITS)).toBeNull();
  });
});

describe('readSignal', () => {
  it('takes who decides, a note and a license', () => {
    expect(readSignal({ reviewer: ' ann ', note: 'n', masterId: 'm', more: 1 })).toEqual({
      reviewer: 'ann',
      note: 'n',
      masterId: 'm',
    });
    expect(readSignal({ reviewer: 'ann' })).toEqual({ reviewer: 'ann', note: null, masterId: null });
  });

  it.each([undefined, null, 5, 'ann', [], {}, { reviewer: 5 }, { reviewer: ' ' }, { reviewer: 'a', note: 3 }])(
    'says what is wrong with %j',
    (given) => {
      expect(readSignal(given)).toEqual({ fault: expect.stringMatching(/.{10}/) });
    },
  );

  it('keeps a note that the database can store', () => {
    const read = readSignal({ reviewer: 'ann', note: `a\0b\ud800${'x'.repeat(5000)}` });
    expect('note' in read && read.note?.startsWith('a\ufffdb\ufffdx')).toBe(true);
    expect('note' in read && read.note).toHaveLength(1000);
  });
});

describe('describeCase', () => {
  const of = {
    caseId: 7,
    confidence: 88.1,
    members: 2,
    heldUntil: null,
    flaggedUntil: '2026-02-01T10:30:00.000Z',
    decidedBy: 'ann',
    decidedAt: '2026-01-02T03:04:05.000Z',
    closedReason: null,
  };
  const now = '2026-01-10T00:00:00.000Z';

  it('says who is waited for, or how it ended', () => {
    expect(describeCase({ ...of, state: 'open' }, now)).toContain('license-sync reviews show 7');
    expect(describeCase({ ...of, state: 'flagged' }, now)).toContain('comes back at 2026-02-01 10:30 UTC');
    expect(describeCase({ ...of, state: 'approved' }, now)).toContain('ann approved it at 2026-01-02 03:04 UTC');
    expect(describeCase({ ...of, state: 'superseded', closedReason: 'why' }, now)).toContain('why');
  });

  it('says that it is held back, as long as it is', () => {
    const held = { ...of, state: 'open' as const, heldUntil: '2026-01-11T00:00:00.000Z' };
    expect(describeCase(held, now)).toBe('Held back until 2026-01-11 00:00 UTC.');
    expect(describeCase(held, '2026-01-12T00:00:00.000Z')).toContain('Waits for a reviewer');
  });
});

it('pairsOf names each pair once', () => {
  expect(pairsOf(['a', 'b', 'c'])).toEqual([
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]);
  expect(pairsOf(['a'])).toEqual([]);
});

it('an explanation that cannot be read explains nothing', () => {
  expect(readExplanation('{')).toEqual({ pairs: [], returned: null });
  expect(readExplanation('{"pairs":3}')).toEqual({ pairs: [], returned: null });
});
