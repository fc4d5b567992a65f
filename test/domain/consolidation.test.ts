import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../domain/canonical.ts';
import { FIELD_SOURCES, type Member, takeFields } from '../../domain/consolidated-fields.ts';
import { chooseMaster, type MasterCandidate, STRATEGIES, type Strategy } from '../../domain/consolidation.ts';
import { LICENSE_STATUSES, type License, type LicenseField } from '../../domain/license.ts';
import type { RecordedField } from '../../domain/lineage.ts';
import { broughtBy, undoFields } from '../../domain/undo.ts';
import { anyLicense, applied, license } from './arbitraries.ts';

const NOW = Date.parse('2026-03-01T00:00:00.000Z');

function candidate(licenseId: string, fields: Partial<MasterCandidate> = {}): MasterCandidate {
  return {
    licenseId,
    status: 'active',
    createdAt: '2025-01-01T00:00:00.000Z',
    updatedAt: '2026-02-01T00:00:00.000Z',
    fed: false,
    countid: null,
    dba: 'A',
    email: null,
    zip: null,
    phone: null,
    address: null,
    lastActive: null,
    smsSent: null,
    agents: null,
    lastPayment: null,
    ...fields,
  };
}

const master = (...candidates: MasterCandidate[]) => chooseMaster(candidates, NOW).masterId;

describe('the master', () => {
  it.each<[string, Partial<MasterCandidate>, Partial<MasterCandidate>]>([
    ['is in force', { status: 'active' }, { status: 'expired', email: 'a', zip: '1', phone: '1', address: '1' }],
    ['was written lately', { updatedAt: '2026-02-28T00:00:00.000Z' }, { updatedAt: '2025-12-01T00:00:00.000Z' }],
    ['says more', { zip: '1', phone: '2' }, { zip: '1' }],
    ['is in use', { agents: 2 }, { agents: 0 }],
    ['is paid for', { lastPayment: '49.9900' }, { lastPayment: '0.0000' }],
    ['is fed, all else equal', { fed: true, countid: 9 }, { countid: 1 }],
    ['has the lower countid, all else equal', { countid: 1 }, { countid: 2, createdAt: '2020-01-01T00:00:00.000Z' }],
    ['is older, all else equal', { createdAt: '2020-01-01T00:00:00.000Z' }, {}],
  ])('%s', (_, better, worse) => {
    const [good, bad] = [candidate('z', better), candidate('a', worse)];
    expect([master(good, bad), master(bad, good)]).toEqual(['z', 'z']);
  });

  it('has a score that can be worked out by hand', () => {
    const full = candidate('a', {
      updatedAt: '2026-02-19T00:00:00.000Z',
      zip: '1',
      lastActive: '2026-01-01T00:00:00.000Z',
      agents: 1,
      smsSent: 0,
      lastPayment: '10.0000',
    });
    expect(chooseMaster([full], NOW).ranking).toEqual([
      // 0.85 · 100 + 0.05 · 90 + 0.05 · 40 + 0.05 · 80
      { licenseId: 'a', score: 95.5, status: 100, freshness: 90, completeness: 40, activity: 80 },
    ]);
  });

  const candidates = fc
    .uniqueArray(
      fc.record({
        licenseId: fc.string({ minLength: 1, maxLength: 3 }),
        status: fc.constantFrom(...LICENSE_STATUSES),
        fed: fc.boolean(),
        countid: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
        agents: fc.constantFrom(null, 0, 3),
        zip: fc.constantFrom(null, '1'),
        updatedAt: fc.constantFrom('2026-02-01T00:00:00.000Z', '2020-02-01T00:00:00.000Z'),
      }),
      { selector: ({ licenseId }) => licenseId, minLength: 1, maxLength: 6 },
    )
    .map((all) => all.map(({ licenseId, ...fields }) => candidate(licenseId, fields)));

  it('does not depend on the order, and is never archived into one of a lesser state that is or was in force', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const { masterId, ranking } = chooseMaster(all, NOW);
        expect(chooseMaster([...all].reverse(), NOW)).toEqual({ masterId, ranking });
        const order = ['active', 'expiring', 'expired', 'pending'];
        const states = all.map(({ status }) => order.indexOf(status)).filter((at) => at >= 0);
        const chosen = all.find(({ licenseId }) => licenseId === masterId);
        if (states.length > 0) expect(order.indexOf(chosen?.status ?? '')).toBe(Math.min(...states));
      }),
    );
  });
});

const EARLY = '2026-01-01T00:00:00.000Z';
const LATE = '2026-02-01T00:00:00.000Z';
const member = (id: string, fields: Partial<License>, updatedAt = EARLY, updatedBy = 'someone'): Member => ({
  license: license({ countid: null, ...fields, id }),
  updatedAt,
  updatedBy,
});

/** What the master is afterwards, and who gave what. */
function take(
  strategy: Strategy,
  [first, ...duplicates]: [Member, ...Member[]],
  fields: Partial<Record<LicenseField, string>> = {},
) {
  const taken = takeFields({ master: first, duplicates, strategy, fields });
  if ('fault' in taken) return { fault: taken.fault, after: first.license, from: {} };
  const changes = [...taken.taken].flatMap(([id, list]) => list.map((change) => ({ ...change, id })));
  return {
    fault: null,
    after: applied(first.license, changes as never),
    from: Object.fromEntries(changes.map(({ field, id }) => [field, id])),
  };
}

describe('what a master takes', () => {
  it.each<[Strategy, string | null, string | null, string | null, string | null]>([
    // strategy, phone of the master, older duplicate, newer duplicate, result
    ['merge_keep_newer', 'm', 'o', 'n', 'n'],
    ['merge_keep_newer', 'm', 'o', null, 'm'],
    ['merge_keep_newer', null, 'o', null, 'o'],
    ['fill_empty', 'm', 'o', 'n', 'm'],
    ['fill_empty', null, 'o', 'n', 'o'],
    ['keep_master', null, 'o', 'n', null],
  ])('%s: %s, %s, %s give %s', (strategy, own, older, newer, expected) => {
    const all: [Member, Member, Member] = [
      member('m', { phone: own }, '2026-01-15T00:00:00.000Z'),
      member('o', { phone: older }, EARLY),
      member('n', { phone: newer }, LATE),
    ];
    expect(take(strategy, all).after.phone).toBe(expected);
  });

  it('is what was active last where one run wrote them all, whichever it wrote last', () => {
    const active = { lastActive: '2026-01-20T00:00:00.000Z', phone: 'active' };
    const members = (a: string, b: string): [Member, Member] => [
      member('m', { phone: 'idle', lastActive: '2026-01-02T00:00:00.000Z' }, a, 'sync:1'),
      member('d', active, b, 'sync:1'),
    ];
    expect(take('merge_keep_newer', members(EARLY, LATE)).after.phone).toBe('active');
    expect(take('merge_keep_newer', members(LATE, EARLY)).after.phone).toBe('active');
  });

  it.each(STRATEGIES)('leaves state, balances, fees and seats alone: %s', (strategy) => {
    const other = { status: 'active' as const, smsBalance: '9.0000', lastPayment: '9.0000', seatsTotal: 9, agents: 9 };
    const own = member('m', { status: 'draft' });
    expect(take(strategy, [own, member('d', other, LATE)]).after).toEqual(own.license);
  });

  it('is what a reviewer chose, also a balance, and also nothing', () => {
    const all: [Member, Member] = [
      member('m', { smsBalance: '1.0000', phone: 'm' }, LATE),
      member('d', { smsBalance: '9.0000', phone: null }),
    ];
    const { after } = take('merge_keep_newer', all, { smsBalance: 'd', phone: 'd' });
    expect(after).toMatchObject({ smsBalance: '9.0000', phone: null });
    expect(take('keep_master', all, { smsBalance: 'm' }).from).toEqual({});
  });

  it('keeps the two fields of the day of expiry together', () => {
    const day = { expiresAt: '2027-01-02T23:59:59.000Z', comingExpired: '2027-01-02' };
    const half = { expiresAt: null, comingExpired: '2026-05-05' };
    const all: [Member, Member] = [member('m', half), member('d', day, LATE)];
    expect(take('fill_empty', all).after).toMatchObject(half);
    expect(take('keep_master', all, { expiresAt: 'd' }).after).toMatchObject(day);
    expect(take('keep_master', all, { expiresAt: 'd', comingExpired: 'm' }).fault).toMatch(/must come from one/);
  });

  it('refuses another appid than the master has, and a license that is none of them', () => {
    const all: [Member, Member] = [member('m', { appid: 'one' }), member('d', { appid: 'two', mid: 'M' })];
    expect(take('fill_empty', all, { appid: 'd' }).fault).toMatch(/appid of the master cannot be replaced/);
    expect(take('fill_empty', all, { mid: 'd' }).after).toMatchObject({ appid: 'one', mid: 'M' });
    expect(take('fill_empty', all, { phone: 'x' }).fault).toMatch(/license x, which is none of those/);
  });

  it('changes each field by one duplicate at most, loses no value that is identity, and has a source for every field', () => {
    const groups = fc.array(anyLicense, { minLength: 2, maxLength: 4 });
    const times = fc.array(fc.constantFrom(EARLY, LATE), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(groups, times, fc.constantFrom(...STRATEGIES), (licenses, at, strategy) => {
        const members = licenses.map((each, index) => member(`l${index}`, each, at[index]));
        const [first, ...duplicates] = members as [Member, ...Member[]];
        const result = takeFields({ master: first, duplicates, strategy });
        if ('fault' in result) throw new Error(result.fault);
        const changed = [...result.taken.values()].flat();
        expect(new Set(changed.map(({ field }) => field)).size).toBe(changed.length);
        if (strategy === 'keep_master') expect(changed).toEqual([]);
        for (const { field, before } of changed) {
          const source = FIELD_SOURCES[field as LicenseField];
          expect(source).not.toBe('master');
          if (source === 'identity') expect([null, '']).toContain(before);
        }
      }),
    );
  });
});

const change = (field: LicenseField, before: unknown, after: unknown): RecordedField =>
  ({ field, before, after, rule: 'consolidated' }) as RecordedField;

describe('undoing fields', () => {
  it.each<[string, unknown, RecordedField[], Partial<ReturnType<typeof undoFields>>]>([
    ['restores what nobody touched', 'B', [], { changedSince: [] }],
    ['stops at a later edit', 'E', [], { restored: [], changedSince: ['phone'] }],
    ['stops where an edit came before a later merge', 'C', [change('phone', 'E', 'C')], { changedSince: ['phone'] }],
  ])('%s', (_, present, laterChanges, expected) => {
    const later = laterChanges.length > 0 ? [{ id: 2, changes: laterChanges }] : [];
    const now = license({ phone: present as string });
    const undone = undoFields([change('phone', 'A', 'B')], now, later);
    expect(undone).toMatchObject(expected);
    if (present === 'B') expect(undone.restored).toEqual([{ field: 'phone', before: 'B', after: 'A', rule: 'undone' }]);
  });

  it('hands on to a later merge what stood there first, and leaves its value', () => {
    const later = [{ id: 2, changes: [change('phone', 'B', 'C'), change('city', 'x', 'y')] }];
    expect(undoFields([change('phone', 'A', 'B')], license({ phone: 'C' }), later)).toEqual({
      restored: [],
      handedOn: [{ id: 2, changes: [change('phone', 'A', 'C'), change('city', 'x', 'y')] }],
      changedSince: [],
    });
  });

  it('leads back to the beginning in whatever order merges are undone', () => {
    const fields = ['phone', 'city', 'zip'] as const;
    const values = fc.constantFrom(null, 'a', 'b', 'c');
    const merges = fc.array(fc.record({ phone: values, city: values, zip: values }, { requiredKeys: [] }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(merges, fc.infiniteStream(fc.nat()), (writes, order) => {
        const beginning = license({ phone: 'a', city: null, zip: 'c' });
        let now = beginning;
        let ledger = writes.map((write, id) => {
          const changes = fields
            .filter((field) => field in write && write[field] !== now[field])
            .map((field) => change(field, now[field], write[field]));
          now = applied(now, changes as never);
          return { id, changes };
        });
        while (ledger.length > 0) {
          const picked = ledger[(order.next().value ?? 0) % ledger.length];
          if (!picked) throw new Error('nothing was picked');
          const later = ledger.filter(({ id }) => id > picked.id);
          const { restored, handedOn, changedSince } = undoFields(picked.changes, now, later);
          expect(changedSince).toEqual([]);
          now = applied(now, restored as never);
          ledger = ledger
            .filter(({ id }) => id !== picked.id)
            .map((merge) => ({ ...(handedOn.find(({ id }) => id === merge.id) ?? merge) }) as typeof merge);
        }
        expect(canonicalJson(now)).toBe(canonicalJson(beginning));
      }),
    );
  });

  it('counts what a linked record brought later, up to what somebody else wrote over', () => {
    const line = (fields: RecordedField[], sourceKey: string | null = 'c:1', byRun = true) => ({
      sourceKey,
      byRun,
      fields,
    });
    const since = [
      line([change('phone', 'B', 'C'), change('city', null, 'x')]),
      line([change('zip', '1', '2')], null, false),
      line([change('phone', 'E', 'F')]),
    ];
    expect(broughtBy('c:1', [change('phone', 'A', 'B')], since)).toEqual([
      change('phone', 'A', 'C'),
      change('city', null, 'x'),
    ]);
  });
});
