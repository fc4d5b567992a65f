import { describe, expect, it } from 'vitest';
import { type Claimant, claimedBySeveral } from '../../domain/duplicate-alerts.ts';

const license = { id: 'L1', kind: 'email', key: 'a@b.co' } as const;
const carriers = (...claimants: Claimant[]) => new Map([['email:a@b.co', claimants]]);
const record = (sourceKey: string, licenseId: string | null) => ({ sourceKey, licenseId });

describe('several records claim one license', () => {
  it('when two carry its key and one of them is linked elsewhere', () => {
    const found = claimedBySeveral([license], carriers(record('c:2', 'L2'), record('c:1', 'L3')), new Map(), new Set());
    expect(found).toEqual([{ licenseId: 'L1', kinds: ['email'], sourceKeys: ['c:1', 'c:2'] }]);
  });

  it('when one carries its key and another one feeds it', () => {
    const linked = new Map([['L1', ['c:9']]]);
    expect(claimedBySeveral([license], carriers(record('c:1', 'L2')), linked, new Set())).toMatchObject([
      { sourceKeys: ['c:1', 'c:9'] },
    ]);
  });

  it('and no longer when all are linked to it, one is left, or a person ruled the others out', () => {
    const both = carriers(record('c:1', 'L1'), record('c:2', 'L1'));
    expect(claimedBySeveral([license], both, new Map([['L1', ['c:1', 'c:2']]]), new Set())).toEqual([]);
    expect(claimedBySeveral([license], carriers(record('c:1', 'L2')), new Map(), new Set())).toEqual([]);
    const apart = carriers(record('c:1', 'L1'), record('c:2', 'L2'));
    expect(claimedBySeveral([license], apart, new Map([['L1', ['c:1']]]), new Set(['c:2|L1']))).toEqual([]);
  });

  it('by several keys at once, the most claimed first', () => {
    const found = claimedBySeveral(
      [{ id: 'L0', kind: 'appid', key: 'x' }, license, { ...license, kind: 'countid', key: '7' }],
      new Map([
        ['appid:x', [record('c:5', 'L2'), record('c:6', 'L3')]],
        ['email:a@b.co', [record('c:1', 'L2'), record('c:2', 'L3')]],
        ['countid:7', [record('c:7', 'L7')]],
      ]),
      new Map(),
      new Set(),
    );
    expect(found).toEqual([
      { licenseId: 'L1', kinds: ['email', 'countid'], sourceKeys: ['c:1', 'c:2', 'c:7'] },
      { licenseId: 'L0', kinds: ['appid'], sourceKeys: ['c:5', 'c:6'] },
    ]);
  });
});
