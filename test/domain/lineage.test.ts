import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { License } from '../../domain/license.ts';
import {
  blameOf,
  creationFields,
  LINEAGE_FIELDS,
  type LineageField,
  type LineageValue,
  type RecordedChange,
  type RecordedField,
  type Trace,
  traceOf,
  undo,
} from '../../domain/lineage.ts';
import { anyLicense, license } from './arbitraries.ts';

interface Line extends RecordedChange {
  name: string;
}

const FIELDS = LINEAGE_FIELDS.filter((field) => field !== 'externalSyncStatus');

/** What a license becomes by successive edits: for each, some fields of another license. */
const anyLife = fc.tuple(
  anyLicense,
  fc.array(fc.tuple(anyLicense, fc.subarray(FIELDS, { minLength: 1 })), { maxLength: 8 }),
);

/** The license after all edits, and their lines of lineage, oldest first. */
function live(created: License, edits: readonly (readonly [License, LineageField[]])[]) {
  let present = created;
  const lines: Line[] = [{ name: 'creation', kind: 'created', fields: null }];
  for (const [index, [other, fields]] of edits.entries()) {
    const recorded = fields.map(
      (field): RecordedField => ({ field, before: present[field], after: other[field], rule: 'edited' }),
    );
    lines.push({ name: `edit ${index}`, kind: 'updated', fields: recorded });
    present = { ...present, ...Object.fromEntries(fields.map((field) => [field, other[field]])) };
  }
  return { present, lines };
}

function traced(present: License, lines: readonly Line[]): Trace<Line> {
  return lines.toReversed().reduce(undo<Line>, traceOf<Line>(present));
}

function edit(name: string, field: LineageField, before: LineageValue, after: LineageValue): Line {
  return { name, kind: 'updated', fields: [{ field, before, after, rule: 'edited' }] };
}

describe('undoing every change', () => {
  it('gives the values of the creation', () => {
    fc.assert(
      fc.property(anyLife, ([created, edits]) => {
        const { present, lines } = live(created, edits);
        const fields = new Map(creationFields(traced(present, lines)).map(({ field, after }) => [field, after]));
        for (const field of FIELDS) expect(fields.get(field) ?? null).toEqual(created[field]);
      }),
    );
  });

  it('goes through what was edited twice within one change', () => {
    const twice: Line = {
      name: 'twice',
      kind: 'updated',
      fields: [
        { field: 'dba', before: 'A', after: 'B', rule: 'one' },
        { field: 'dba', before: 'B', after: 'C', rule: 'two' },
      ],
    };
    const trace = traced(license({ dba: 'C' }), [twice]);
    expect(trace.values.dba).toBe('A');
    expect(blameOf(trace).find(({ field }) => field === 'dba')).toMatchObject({ rule: 'two', replaced: 'B' });
  });
});

describe('blame', () => {
  it('gives every field its present value, and names the last change that touched it', () => {
    fc.assert(
      fc.property(anyLife, ([created, edits]) => {
        const { present, lines } = live(created, edits);
        const blamed = blameOf(traced(present, lines));
        expect(blamed.map(({ field }) => field)).toEqual(FIELDS);
        for (const { field, value, change, replaced } of blamed) {
          expect(value).toEqual(present[field]);
          const last = lines.findLast(({ fields }) => fields?.some((recorded) => recorded.field === field));
          expect(change?.name).toBe(last?.name ?? 'creation');
          expect(replaced).toEqual(last?.fields?.find((recorded) => recorded.field === field)?.before ?? null);
        }
      }),
    );
  });

  it('accuses nobody of a value that no recorded change left there', () => {
    const lines = [edit('mine', 'dba', 'A', 'B')];
    const [dba] = blameOf(traced(license({ dba: 'Z' }), lines)).filter(({ field }) => field === 'dba');
    expect(dba).toEqual({ field: 'dba', value: 'Z', change: null, rule: null, replaced: 'B' });
  });

  it('tells that nothing is on record when not even the creation is', () => {
    const [first] = blameOf(traced(license(), []));
    expect(first).toMatchObject({ change: null, rule: null, replaced: null });
  });

  it('takes documents with their keys in another order for the same', () => {
    const lines = [edit('mine', 'packageData', null, { b: 1, a: 2 })];
    const blamed = blameOf(traced(license({ packageData: { a: 2, b: 1 } }), lines));
    expect(blamed.find(({ field }) => field === 'packageData')?.change?.name).toBe('mine');
  });
});
