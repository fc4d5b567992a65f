import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExternalRecord } from '../../domain/external.ts';
import type { License } from '../../domain/license.ts';
import { MAPPED_FIELDS, said, sameValue, toExternalView } from '../../domain/mapping.ts';
import { changedInside, mergeBase, mergeRecord } from '../../domain/merge.ts';
import { anyLicense, anyRecord, applied, fullRecord, license, record } from './arbitraries.ts';

/** Merges a record that speaks of the given fields only; changes as `field before→after rule`, conflicts as `field resolution`. */
function merge(inside: Partial<License>, base: Partial<ExternalRecord> | null, incoming: Partial<ExternalRecord>) {
  const only = (fields: Partial<ExternalRecord>) => record({ countid: null, ...fields });
  const result = mergeRecord({
    license: license({ countid: null, ...inside }),
    base: base && only(base),
    incoming: only(incoming),
  });
  const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    changes: result.changes.map((c) => `${c.field} ${show(c.before)}→${show(c.after)} ${c.rule}`),
    conflicts: result.conflicts.map((c) => `${c.field} ${c.resolution}${c.held ? ' held' : ''}`),
    base: result.base,
    raw: result,
  };
}
const quiet = { changes: [], conflicts: [] };

describe('a field where the external side wins', () => {
  it.each([
    ['nothing changed', 'a', 'a', 'a', quiet],
    ['only the external side changed', 'a', 'a', 'b', { changes: ['dba a→b external_changed'], conflicts: [] }],
    ['only the internal side changed', 'x', 'a', 'a', quiet],
    ['both changed to the same', 'b', 'a', 'b', quiet],
    ['both changed', 'x', 'a', 'b', { changes: ['dba x→b policy_external_wins'], conflicts: ['dba took_external'] }],
    ['cleared inside, unchanged outside', null, 'a', 'a', quiet],
    [
      'cleared inside, changed outside',
      null,
      'a',
      'b',
      { changes: ['dba null→b policy_external_wins'], conflicts: ['dba took_external'] },
    ],
    ['nothing said outside', 'x', 'a', null, quiet],
    ['first said outside, none inside', null, null, 'b', { changes: ['dba null→b filled_empty'], conflicts: [] }],
    [
      'first said outside, another inside',
      'x',
      null,
      'b',
      { changes: ['dba x→b policy_external_wins'], conflicts: ['dba took_external'] },
    ],
  ])('%s', (_, dba, agreed, said, expected) => {
    expect(merge({ dba }, { dba: agreed }, { dba: said })).toMatchObject(expected);
  });
});

describe('a field that is filled when empty', () => {
  it.each([
    ['only the external side changed', 'a', 'a', 'b', { changes: ['mid a→b external_changed'], conflicts: [] }],
    ['only the internal side changed', 'x', 'a', 'a', quiet],
    ['both changed', 'x', 'a', 'b', { changes: [], conflicts: ['mid kept_internal held'] }],
    ['both changed to the same', 'b', 'a', 'b', quiet],
    [
      'cleared inside, changed outside',
      '',
      'a',
      'b',
      { changes: ['mid →b filled_empty'], conflicts: ['mid took_external'] },
    ],
    ['nothing said outside', 'x', 'a', null, quiet],
    ['first said outside, none inside', null, null, 'b', { changes: ['mid null→b filled_empty'], conflicts: [] }],
  ])('%s', (_, mid, agreed, said, expected) => {
    expect(merge({ mid }, { mid: agreed }, { mid: said })).toMatchObject(expected);
  });

  it('agrees on the external value of a kept clash, so that it is told once', () => {
    const first = merge({ mid: 'x' }, { mid: 'a' }, { mid: 'b' });
    expect(first.base.mid).toBe('b');
    expect(merge({ mid: 'x' }, first.base, { mid: 'b' })).toMatchObject(quiet);
    expect(merge({ mid: 'x' }, first.base, { mid: 'c' }).conflicts).toEqual(['mid kept_internal held']);
  });

  it('tells all three values of a clash', () => {
    expect(merge({ mid: 'x' }, { mid: 'a' }, { mid: 'b' }).raw.conflicts).toEqual([
      { field: 'mid', internal: 'x', external: 'b', base: 'a', resolution: 'kept_internal', held: true },
    ]);
  });
});

describe('the note', () => {
  it.each([
    ['fills empty notes', null, null, 'b', { changes: ['notes null→b filled_empty'], conflicts: [] }],
    [
      'never overwrites, even when only upstream changed',
      'a',
      'a',
      'b',
      { changes: [], conflicts: ['note kept_internal held'] },
    ],
    ['never overwrites when both changed', 'x', 'a', 'b', { changes: [], conflicts: ['note kept_internal held'] }],
    ['stays cleared while upstream says the same', null, 'a', 'a', quiet],
    [
      'is taken into cleared notes when upstream changed',
      null,
      'a',
      'b',
      { changes: ['notes null→b filled_empty'], conflicts: ['note took_external'] },
    ],
    ['equal on both sides is no clash', 'b', 'a', 'b', quiet],
  ])('%s', (_, notes, agreed, said, expected) => {
    expect(merge({ notes }, { note: agreed }, { note: said })).toMatchObject(expected);
  });
});

describe('first acquaintance', () => {
  it('fills, agrees or follows the policy, field by field', () => {
    const result = merge({ dba: 'x', zip: '1', mid: 'x', notes: 'n', city: null, phone: 'p' }, null, {
      dba: 'b',
      zip: '1',
      mid: 'b',
      note: 'm',
      city: 'c',
    });
    expect(result.changes).toEqual(['dba x→b policy_external_wins', 'city null→c filled_empty']);
    expect(result.conflicts).toEqual(['dba took_external', 'mid kept_internal held', 'note kept_internal held']);
    expect(result.raw.conflicts.map((c) => c.base)).toEqual([null, null, null]);
  });
});

describe('status', () => {
  it.each([
    ['expired agrees with 0', 'expired', 1, 0, quiet],
    ['expiring agrees with 1', 'expiring', 0, 1, quiet],
    ['expired inside stays while upstream says 1 as before', 'expired', 1, 1, quiet],
    [
      '1 revives an expired license',
      'expired',
      0,
      1,
      { changes: ['status expired→active external_changed'], conflicts: [] },
    ],
    [
      '0 cancels an expiring license',
      'expiring',
      1,
      0,
      { changes: ['status expiring→cancel external_changed'], conflicts: [] },
    ],
    ['0 keeps a draft', 'draft', 0, 0, quiet],
    ['null says nothing', 'active', 1, null, quiet],
    [
      'our own default is no edit',
      'pending',
      null,
      1,
      { changes: ['status pending→active external_changed'], conflicts: [] },
    ],
    ['our own default agrees with 0', 'pending', null, 0, quiet],
    [
      'a draft is an edit',
      'draft',
      null,
      1,
      { changes: ['status draft→active policy_external_wins'], conflicts: ['status took_external'] },
    ],
  ] as const)('%s', (_, status, agreed, said, expected) => {
    expect(merge({ status }, { status: agreed }, { status: said })).toMatchObject(expected);
  });

  it('clashes on first acquaintance with a pending license', () => {
    expect(merge({ status: 'pending' }, null, { status: 1 })).toMatchObject({
      changes: ['status pending→active policy_external_wins'],
      conflicts: ['status took_external'],
    });
    expect(merge({ status: 'expired' }, null, { status: 0 })).toMatchObject(quiet);
    expect(merge({ status: 'expiring' }, null, { status: 1 })).toMatchObject(quiet);
  });
});

describe('amounts', () => {
  it('takes zero for a value of smsBalance', () => {
    expect(merge({ smsBalance: '5.0000' }, { smsBalance: '5.0000' }, { smsBalance: '0.0000' }).changes).toEqual([
      'smsBalance 5.0000→0.0000 external_changed',
    ]);
    expect(merge({ smsBalance: '0.0000' }, null, { smsBalance: '18.5000' })).toMatchObject({
      changes: [],
      conflicts: ['smsBalance kept_internal held'],
    });
  });

  it('does not let a fee of null overwrite, and lets a fee of zero', () => {
    expect(merge({ lastPayment: '49.9900' }, { monthlyFee: '49.9900' }, { monthlyFee: null })).toMatchObject(quiet);
    expect(merge({ lastPayment: '49.9900' }, { monthlyFee: '49.9900' }, { monthlyFee: '0.0000' }).changes).toEqual([
      'lastPayment 49.9900→0.0000 external_changed',
    ]);
  });

  it('compares numbers, not texts', () => {
    expect(merge({ smsBalance: '18.5' }, { smsBalance: '18.50' }, { smsBalance: '18.5000' })).toMatchObject(quiet);
  });
});

describe('the days', () => {
  const expiry = { comingExpired: '2026-03-12', expiresAt: '2026-03-12T23:59:59.000Z' };

  it('change both fields of the expiry', () => {
    expect(merge(expiry, { comingExpired: '2026-03-12' }, { comingExpired: '2026-04-12' }).changes).toEqual([
      'comingExpired 2026-03-12→2026-04-12 external_changed',
      'expiresAt 2026-03-12T23:59:59.000Z→2026-04-12T23:59:59.000Z external_changed',
    ]);
  });

  it('leave a time of day set inside alone', () => {
    const inside = { ...expiry, expiresAt: '2026-03-12T09:30:00.000Z', startsAt: '2026-01-01T08:00:00.000Z' };
    const said = { comingExpired: '2026-03-12', activateDate: '2026-01-01' };
    expect(merge(inside, said, said)).toMatchObject(quiet);
    expect(merge(inside, null, said)).toMatchObject(quiet);
    expect(merge(inside, { comingExpired: '2026-02-02', activateDate: '2025-01-01' }, said)).toMatchObject(quiet);
  });

  it('keep an expiry edited inside, until upstream says something new', () => {
    const inside = { ...expiry, expiresAt: '2026-06-30T09:30:00.000Z' };
    expect(merge(inside, { comingExpired: '2026-03-12' }, { comingExpired: '2026-03-12' })).toMatchObject(quiet);
    expect(merge(inside, { comingExpired: '2026-03-12' }, { comingExpired: '2026-04-12' })).toMatchObject({
      changes: [
        'comingExpired 2026-03-12→2026-04-12 policy_external_wins',
        'expiresAt 2026-06-30T09:30:00.000Z→2026-04-12T23:59:59.000Z policy_external_wins',
      ],
      conflicts: ['comingExpired took_external'],
    });
  });

  it('bring along the expiry field that is behind when the sides come to agree', () => {
    const moved = { comingExpired: '2026-03-12', expiresAt: '2026-04-12T09:30:00.000Z' };
    const news = { comingExpired: '2026-04-12' };
    const followed = { changes: ['comingExpired 2026-03-12→2026-04-12 aligned'], conflicts: [] };
    expect(merge(moved, { comingExpired: '2026-03-12' }, news)).toMatchObject(followed);
    expect(merge({ comingExpired: '2026-04-12' }, null, news).changes).toEqual([
      'expiresAt null→2026-04-12T23:59:59.000Z aligned',
    ]);
  });
});

describe('packages, addresses and appids', () => {
  it('compares packages whatever their key order', () => {
    const [one, other] = [
      { a: 1, b: true },
      { b: true, a: 1 },
    ];
    expect(merge({ packageData: one }, { package: other }, { package: other })).toMatchObject(quiet);
    expect(merge({ packageData: one }, null, { package: other })).toMatchObject(quiet);
  });

  it.each([
    ['a package of nothing is a value', { a: 1 }, { a: 1 }, {}, ['packageData {"a":1}→{} external_changed']],
    ['no package says nothing', { a: 1 }, { a: 1 }, null, []],
    ['an internal package of nothing is empty', {}, null, { a: 1 }, ['packageData {}→{"a":1} filled_empty']],
    ['none becomes a package of nothing', null, null, {}, ['packageData null→{} filled_empty']],
    ['nothing agreed on, something now', {}, {}, { a: 1 }, ['packageData {}→{"a":1} external_changed']],
  ])('%s', (_, packageData, agreed, said, changes) => {
    expect(merge({ packageData }, { package: agreed }, { package: said })).toMatchObject({ changes, conflicts: [] });
  });

  it('does not take another letter case for another address or appid, and keeps it as sent when taken', () => {
    const inside = { externalEmail: 'owner@example.com', appid: 'abc' };
    expect(merge(inside, null, { email: 'Owner@Example.COM', appid: ' ABC' })).toMatchObject(quiet);
    expect(merge({}, null, { email: 'Owner@Example.COM' }).changes).toEqual([
      'externalEmail null→Owner@Example.COM filled_empty',
    ]);
  });
});

describe('the last activity', () => {
  it('follows the external side without a clash', () => {
    const [old, now] = ['2026-01-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z'];
    expect(merge({ lastActive: old }, null, { lastActive: now })).toMatchObject({
      changes: [`lastActive ${old}→${now} observed`],
      conflicts: [],
    });
  });
});

describe('the base', () => {
  it('takes what is said and keeps what is not', () => {
    const before = record({ dba: 'a', zip: '1', id: 'u1', extra: { k: 1 } });
    const after = mergeBase(before, record({ dba: 'b', zip: ' ', smsBalance: '0.0000' }));
    expect(after).toEqual(record({ dba: 'b', zip: '1', id: 'u1', extra: { k: 1 }, smsBalance: '0.0000' }));
    expect(mergeBase(null, before)).toEqual(before);
  });
});

describe('changedInside', () => {
  it('names what was edited since the last agreement', () => {
    const made = license({}, fullRecord);
    expect(changedInside(made, fullRecord)).toEqual([]);
    const edited: License = {
      ...made,
      dba: 'x',
      status: 'expiring',
      expiresAt: '2026-03-12T01:00:00.000Z',
      notes: 'n',
    };
    expect(changedInside(edited, fullRecord)).toEqual(['dba', 'note']);
  });
});

describe('any merge', () => {
  const bases = fc.option(anyRecord, { nil: null });

  it('gives nothing when repeated with its own result', () => {
    fc.assert(
      fc.property(anyLicense, bases, anyRecord, (inside, base, incoming) => {
        const first = mergeRecord({ license: inside, base, incoming });
        const again = mergeRecord({ license: applied(inside, first.changes), base: first.base, incoming });
        expect(again).toEqual({ changes: [], conflicts: [], base: first.base });
      }),
      { numRuns: 1000 },
    );
  });

  it('makes no echo: a created license differs neither from its record nor from what was agreed on', () => {
    fc.assert(
      fc.property(anyRecord, (from) => {
        const made = license({}, from);
        for (const base of [from, null]) {
          expect(mergeRecord({ license: made, base, incoming: from })).toMatchObject({ changes: [], conflicts: [] });
        }
        expect(changedInside(made, from)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('never writes what the record does not say, and never a null', () => {
    fc.assert(
      fc.property(anyLicense, bases, anyRecord, (inside, base, incoming) => {
        const { changes, base: agreed } = mergeRecord({ license: inside, base, incoming });
        const after = toExternalView(applied(inside, changes));
        const before = toExternalView(inside);
        expect(changes.filter((change) => change.after === null)).toEqual([]);
        for (const field of MAPPED_FIELDS) {
          if (said<unknown>(incoming[field]) !== null) continue;
          expect(after[field]).toEqual(before[field]);
          expect(agreed[field]).toEqual(base === null ? incoming[field] : (base[field] ?? null));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every edit that the external side did not touch', () => {
    fc.assert(
      fc.property(anyLicense, anyRecord, (inside, agreed) => {
        expect(mergeRecord({ license: inside, base: agreed, incoming: agreed })).toMatchObject(quiet);
      }),
    );
  });

  it('never loses an internal value without telling, unless it was what had been agreed on', () => {
    fc.assert(
      fc.property(anyLicense, bases, anyRecord, (inside, base, incoming) => {
        const { changes, conflicts } = mergeRecord({ license: inside, base, incoming });
        const [before, after] = [toExternalView(inside), toExternalView(applied(inside, changes))];
        const told = new Set(conflicts.map((conflict) => conflict.field));
        const lost = MAPPED_FIELDS.filter((field) => {
          const worth = before[field] !== null && JSON.stringify(before[field]) !== '{}' && field !== 'lastActive';
          const ours = field === 'status' && base?.status === null && inside.status === 'pending';
          const known = sameValue<typeof field>(field, before[field], said(base?.[field]) as never);
          return (
            worth && !ours && !known && !told.has(field) && !sameValue<typeof field>(field, before[field], after[field])
          );
        });
        expect(lost).toEqual([]);
        expect(conflicts.filter((c) => c.held !== (c.resolution === 'kept_internal'))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves its input as it was', () => {
    fc.assert(
      fc.property(anyLicense, bases, anyRecord, (inside, base, incoming) => {
        const before = structuredClone({ inside, base, incoming });
        mergeRecord({ license: inside, base, incoming });
        expect({ inside, base, incoming }).toEqual(before);
      }),
    );
  });
});
