import { describe, expect, it } from 'vitest';
import { licenseIdFor } from '../../domain/identity.ts';
import { type LinkState, type PlanInput, planRow } from '../../domain/plan.ts';
import { applied, fullRecord, license } from './arbitraries.ts';

const made = license({}, fullRecord);
const link: LinkState = { licenseId: made.id, role: 'primary', base: fullRecord, baseHash: 'old' };

function plan(overrides: Partial<PlanInput>) {
  return planRow({
    sourceKey: 'c:4785',
    record: fullRecord,
    rowHash: 'new',
    returned: false,
    link: null,
    match: null,
    license: null,
    ...overrides,
  });
}

describe('planRow', () => {
  it('creates a license for a record that belongs to none', () => {
    expect(plan({})).toEqual({
      sourceKey: 'c:4785',
      rowHash: 'new',
      outcome: 'created',
      licenseId: licenseIdFor('c:4785'),
      matchedBy: 'created',
      expectedVersion: null,
      changes: [],
      conflicts: [],
      base: fullRecord,
    });
  });

  it('updates a linked license whose record changed, at the version that was read', () => {
    const change = plan({ link, license: { license: made, version: 7 }, record: { ...fullRecord, zip: '54321' } });
    expect(change).toMatchObject({
      outcome: 'updated',
      licenseId: made.id,
      matchedBy: 'link',
      expectedVersion: 7,
      changes: [{ field: 'zip', before: '12345', after: '54321', rule: 'external_changed' }],
      base: { zip: '54321' },
    });
    expect(applied(made, change.changes).zip).toBe('54321');
  });

  it('leaves a license alone when the hash is the one merged last, without reading it', () => {
    const edited = { ...fullRecord, zip: '54321' };
    expect(plan({ link: { ...link, baseHash: 'new' }, record: edited })).toMatchObject({
      outcome: 'unchanged',
      changes: [],
    });
  });

  it('moves the base where the record changed and the license need not', () => {
    const change = plan({ link, license: { license: made, version: 7 }, record: { ...fullRecord, extra: { new: 1 } } });
    expect(change).toMatchObject({
      outcome: 'unchanged',
      expectedVersion: null,
      changes: [],
      base: { extra: { new: 1 } },
    });
  });

  it('tells a kept clash though nothing is written', () => {
    const edited = { license: { ...made, mid: 'mine' }, version: 7 };
    expect(plan({ link, license: edited, record: { ...fullRecord, mid: 'M2' } })).toMatchObject({
      outcome: 'unchanged',
      conflicts: [{ field: 'mid', resolution: 'kept_internal', held: true }],
      base: { mid: 'M2' },
    });
  });

  it('mirrors a secondary only', () => {
    const secondary: LinkState = { ...link, role: 'secondary' };
    expect(plan({ link: secondary, record: { ...fullRecord, zip: '54321' } })).toMatchObject({
      outcome: 'unchanged',
      licenseId: made.id,
      matchedBy: 'link',
      changes: [],
      base: { zip: '54321' },
    });
  });

  it('merges without a base where a link has none', () => {
    const change = plan({
      link: { ...link, base: null, baseHash: null },
      license: { license: { ...made, zip: null, mid: 'mine' }, version: 1 },
    });
    expect(change).toMatchObject({
      outcome: 'updated',
      changes: [{ field: 'zip', rule: 'filled_empty' }],
      conflicts: [{ field: 'mid' }],
    });
  });

  it('updates a newly matched license even if no field changes', () => {
    const match = { licenseId: made.id, matchedBy: 'email', role: 'primary' } as const;
    expect(plan({ match, license: { license: made, version: 3 } })).toMatchObject({
      outcome: 'updated',
      matchedBy: 'email',
      expectedVersion: 3,
      changes: [],
      base: fullRecord,
    });
  });

  it('merges a new match without a base: what differs is a clash, what is missing is filled', () => {
    const match = { licenseId: made.id, matchedBy: 'appid', role: 'primary' } as const;
    const imported = { ...made, dba: 'OTHER', mid: 'mine', city: null };
    expect(plan({ match, license: { license: imported, version: 3 } })).toMatchObject({
      outcome: 'updated',
      changes: [
        { field: 'dba', rule: 'policy_external_wins' },
        { field: 'city', rule: 'filled_empty' },
      ],
      conflicts: [
        { field: 'dba', base: null, resolution: 'took_external', held: false },
        { field: 'mid', base: null, resolution: 'kept_internal', held: true },
      ],
    });
  });

  it('links a new secondary without touching the license', () => {
    const match = { licenseId: made.id, matchedBy: 'appid', role: 'secondary' } as const;
    expect(plan({ match, record: { ...fullRecord, zip: '54321' } })).toMatchObject({
      outcome: 'linked',
      licenseId: made.id,
      matchedBy: 'appid',
      expectedVersion: null,
      changes: [],
    });
  });

  it('goes by the link where there is a match too', () => {
    const match = { licenseId: 'other', matchedBy: 'appid', role: 'primary' } as const;
    expect(plan({ link, match, license: { license: made, version: 7 } }).licenseId).toBe(made.id);
  });

  it('refuses to decide without the license, or with another', () => {
    const missing = expect.objectContaining({ name: 'PlanError', code: 'PLAN_LICENSE_MISSING' });
    expect(() => plan({ link })).toThrow(missing);
    expect(() => plan({ link, license: { license: { ...made, id: 'other' }, version: 1 } })).toThrow(missing);
  });
});

describe('a record that had vanished and is back', () => {
  const vanished = { license: { ...made, externalSyncStatus: 'vanished' as const }, version: 7 };
  const revival = { field: 'externalSyncStatus', before: 'vanished', after: 'synced', rule: 'returned' };

  it('revives its license as primary, whether it says something new or not; as secondary it waits until all is carried out', () => {
    const same = plan({ link: { ...link, baseHash: 'new' }, license: vanished, returned: true });
    expect(same).toMatchObject({ outcome: 'updated', expectedVersion: 7, changes: [revival] });
    const second = plan({ link: { ...link, role: 'secondary' }, license: vanished, returned: true });
    expect(second).toMatchObject({ outcome: 'unchanged', changes: [] });
    const edited = plan({ record: { ...fullRecord, dba: 'NEW' }, link, license: vanished, returned: true });
    expect(edited.changes.map(({ field }) => field)).toEqual(['dba', 'externalSyncStatus']);
  });

  it('changes nothing about a license that another record kept alive', () => {
    const other = plan({ link: { ...link, baseHash: 'new' }, license: { license: made, version: 7 }, returned: true });
    expect(other).toMatchObject({ outcome: 'unchanged', changes: [] });
  });
});
