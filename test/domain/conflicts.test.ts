import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, presentValue, type RecordedConflict, settle } from '../../domain/conflicts.ts';
import type { License, LicenseFields } from '../../domain/license.ts';
import { sameValue } from '../../domain/mapping.ts';
import { mergeRecord } from '../../domain/merge.ts';
import { anyLicense, anyRecord, license, record } from './arbitraries.ts';

const KEEP: Choice = { choice: 'keep' };
const TAKE: Choice = { choice: 'take' };

const taken: RecordedConflict = { field: 'dba', internal: 'Mine', external: 'Theirs', resolution: 'took_external' };
const kept: RecordedConflict = { field: 'note', internal: 'Mine', external: 'Theirs', resolution: 'kept_internal' };

function settled(
  conflict: RecordedConflict,
  choice: Choice,
  present: License,
  more: { former?: Partial<LicenseFields>; agreed?: ReturnType<typeof record> | null } = {},
) {
  return settle({ conflict, choice, license: present, former: {}, agreed: null, ...more });
}

describe('settle', () => {
  it.each([
    ['keep, where the external value was taken', taken, KEEP, { dba: 'Theirs' }, { dba: 'Mine' }],
    ['take, where the external value was taken', taken, TAKE, { dba: 'Theirs' }, {}],
    [
      'a typed value, where the external value was taken',
      taken,
      { choice: 'value', value: 'Typed' } as Choice,
      { dba: 'Theirs' },
      { dba: 'Typed' },
    ],
    ['keep, where the internal value was kept', kept, KEEP, { notes: 'Mine' }, {}],
    ['take, where the internal value was kept', kept, TAKE, { notes: 'Mine' }, { notes: 'Theirs' }],
    ['keep, after an edit to the same', taken, KEEP, { dba: 'Mine' }, {}],
    [
      'a typed value that is there already',
      taken,
      { choice: 'value', value: 'Edited' } as Choice,
      { dba: 'Edited' },
      {},
    ],
  ])('%s', (_, conflict, choice, present, expected) => {
    const result = settled(conflict, choice, license(present));
    const changes = result.outcome === 'settled' ? result.changes : null;
    expect(changes?.map(({ field, after }) => [field, after])).toEqual(Object.entries(expected));
  });

  it('refuses when the license holds something else by now, and says what', () => {
    for (const choice of [KEEP, TAKE, { choice: 'value', value: 'Typed' } as Choice]) {
      expect(settled(taken, choice, license({ dba: 'Edited' }))).toEqual({ outcome: 'edited_since', holds: 'Edited' });
    }
  });

  it('does not take what the record does not say any more', () => {
    const agreed = record({ note: 'Something new' });
    expect(settled(kept, TAKE, license({ notes: 'Mine' }), { agreed })).toEqual({
      outcome: 'record_moved_on',
      says: 'Something new',
    });
    expect(settled(kept, KEEP, license({ notes: 'Mine' }), { agreed }).outcome).toBe('settled');
  });

  it('restores what the mapping would lose: a finer status, a time of day', () => {
    const status: RecordedConflict = { field: 'status', internal: 0, external: 1, resolution: 'took_external' };
    const active = license({ status: 'active' });
    expect(settled(status, KEEP, active, { former: { status: 'expired' } })).toMatchObject({
      changes: [{ field: 'status', before: 'active', after: 'expired' }],
    });
    expect(settled(status, KEEP, active)).toMatchObject({ changes: [{ after: 'cancel' }] });
    const day: RecordedConflict = {
      field: 'activateDate',
      internal: '2026-01-01',
      external: '2026-02-02',
      resolution: 'took_external',
    };
    const former = { startsAt: '2026-01-01T09:30:00.000Z', dba: 'of another field' };
    expect(settled(day, KEEP, license({ startsAt: '2026-02-02T00:00:00.000Z' }), { former })).toMatchObject({
      changes: [{ field: 'startsAt', after: '2026-01-01T09:30:00.000Z' }],
    });
  });

  it('empties again what was empty', () => {
    const emptied: RecordedConflict = { ...taken, internal: null };
    expect(settled(emptied, KEEP, license({ dba: 'Theirs' }))).toMatchObject({
      changes: [{ field: 'dba', after: null }],
    });
  });

  it('after any merge: keep and take give what they say, and the next merge of the same record changes nothing', () => {
    fc.assert(
      fc.property(anyLicense, fc.option(anyRecord, { nil: null }), anyRecord, (before, base, incoming) => {
        const merged = mergeRecord({ license: before, base, incoming });
        const after = {
          ...before,
          ...Object.fromEntries(merged.changes.map(({ field, after: value }) => [field, value])),
        };
        const former = Object.fromEntries(merged.changes.map(({ field, before: value }) => [field, value]));
        for (const conflict of merged.conflicts) {
          for (const choice of [KEEP, TAKE]) {
            const result = settle({ conflict, choice, license: after, former, agreed: merged.base });
            if (result.outcome !== 'settled') throw new Error(`${conflict.field}: ${result.outcome}`);
            const next = {
              ...after,
              ...Object.fromEntries(result.changes.map(({ field, after: value }) => [field, value])),
            };
            const wanted = choice === KEEP ? conflict.internal : conflict.external;
            expect(sameValue(conflict.field, presentValue(next, conflict.field) as never, wanted as never)).toBe(true);
            const again = mergeRecord({ license: next, base: merged.base, incoming });
            expect([again.changes, again.conflicts]).toEqual([[], []]);
          }
        }
      }),
    );
  });
});
