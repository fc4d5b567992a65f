import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeNeeds,
  GUARD_KINDS,
  type GuardApprovals,
  isDeactivation,
  isOverwrite,
  refuseApproval,
  unapproved,
  weighChanges,
} from '../../domain/guard.ts';
import type { FieldChange } from '../../domain/merge.ts';

const RULES = { maxChangeRatio: 0.2, minChanges: 50 };
const NONE = { vanish: 0, deactivate: 0, overwrite: 0, push: 0 };
const weigh = (counts: Partial<typeof NONE>, liveLinks: number, emptyFeed = false) =>
  weighChanges(RULES, { counts: { ...NONE, ...counts }, liveLinks, emptyFeed });

describe('weighChanges', () => {
  it.each([
    ['nothing', {}, 1000, []],
    ['exactly the share', { vanish: 200 }, 1000, []],
    ['one more than the share', { vanish: 201 }, 1000, [{ kind: 'vanish', due: 201 }]],
    ['many of few, but not many', { vanish: 50 }, 60, []],
    ['more than the minimum of few', { vanish: 51 }, 60, [{ kind: 'vanish', due: 51 }]],
    [
      'each kind by itself',
      { vanish: 150, deactivate: 500, overwrite: 201, push: 202 },
      1000,
      [
        { kind: 'deactivate', due: 500 },
        { kind: 'overwrite', due: 201 },
        { kind: 'push', due: 202 },
      ],
    ],
  ])('%s', (_, counts, liveLinks, needs) => {
    expect(weigh(counts, liveLinks)).toEqual(needs);
  });

  it('never lets records vanish by themselves when the feed is empty, however few there are', () => {
    expect(weigh({ vanish: 1 }, 1, true)).toEqual([{ kind: 'vanish', due: 1 }]);
    expect(weigh({}, 0, true)).toEqual([]);
  });

  it('asks for nothing that is within both limits, and for everything that is over both', () => {
    const count = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(
        fc.record({ vanish: count, deactivate: count, overwrite: count, push: count }),
        count,
        (counts, liveLinks) => {
          const needs = weigh(counts, liveLinks);
          for (const kind of GUARD_KINDS) {
            const over = counts[kind] > 50 && counts[kind] > 0.2 * liveLinks;
            expect(needs.some((need) => need.kind === kind)).toBe(over);
          }
        },
      ),
    );
  });
});

describe('an approval', () => {
  const needs = [
    { kind: 'vanish' as const, due: 100 },
    { kind: 'overwrite' as const, due: 60 },
  ];

  it.each<[string, GuardApprovals, number]>([
    ['none', {}, 2],
    ['of fewer than are due', { vanish: 10, overwrite: 59 }, 2],
    ['of one kind', { vanish: 100 }, 1],
    ['of another kind', { deactivate: 1000 }, 2],
    ['of all', { vanish: 100, overwrite: 1000 }, 0],
  ])('%s', (_, approvals, left) => {
    expect(unapproved(needs, approvals)).toHaveLength(left);
  });

  it('is refused when it makes no sense, with the reason', () => {
    expect(refuseApproval(needs, { kind: 'vanish', ceiling: 10 })).toBeNull();
    expect(refuseApproval(null, { kind: 'vanish', ceiling: 10 })).toContain('does not wait');
    expect(refuseApproval([], { kind: 'vanish', ceiling: 10 })).toContain('does not wait');
    expect(refuseApproval(needs, { kind: 'deactivate', ceiling: 10 })).toContain('vanish, overwrite');
    expect(refuseApproval(needs, { kind: 'anything', ceiling: 10 })).toContain('anything');
    for (const nothing of [undefined, null, {}]) expect(refuseApproval(needs, nothing)).toContain('undefined');
    for (const ceiling of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(refuseApproval(needs, { kind: 'vanish', ceiling })).toContain('whole number');
    }
  });

  it('is asked for in words', () => {
    expect(describeNeeds([{ kind: 'push', due: 60 }])).toBe('60 records to be changed upstream');
    expect(describeNeeds(needs)).toBe('100 records to be marked as vanished, 60 licenses to be overwritten');
  });
});

describe('what counts', () => {
  const change = (field: FieldChange['field'], before: unknown, after: unknown) =>
    [{ field, before, after, rule: 'external_changed' }] as FieldChange[];

  it.each([
    ['active', 'cancel', true],
    ['expiring', 'expired', true],
    ['active', 'expiring', false],
    ['pending', 'cancel', false],
    ['cancel', 'active', false],
  ])('as a deactivation: %s → %s: %s', (before, after, counts) => {
    expect(isDeactivation(change('status', before, after))).toBe(counts);
  });

  it.each([
    ['dba', 'A', 'B', true],
    ['dba', null, 'B', false],
    ['lastPayment', '10.0000', '0.0000', true],
    ['smsBalance', '10.0000', '9.0000', false],
    ['lastActive', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', false],
    ['status', 'active', 'cancel', false],
  ] as const)('as an overwriting: %s %s → %s: %s', (field, before, after, counts) => {
    expect(isOverwrite(change(field, before, after))).toBe(counts);
  });
});
