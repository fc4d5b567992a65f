import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRow } from '../../../upstream/contract.ts';
import { createDataset, type Dataset, type Operation } from '../../../upstream/simulator/dataset.ts';
import { EDITABLE_FIELDS } from '../../../upstream/simulator/edits.ts';
import type { RawRecord } from '../../../upstream/simulator/record.ts';
import { createSource } from '../../../upstream/simulator/source.ts';

const fresh = () =>
  createDataset([
    createSource({ seed: 1, size: 40, firstCountid: 100 }),
    createSource({ seed: 2, size: 200, firstCountid: 500 }),
  ]);
const all = (data: Dataset) => data.slots(0, data.total).map((slot) => slot.row());
const countidsOf = (rows: RawRecord[]) => rows.map((row) => Number(row.countid));

const ratio = fc.double({ min: 0, max: 0.4, noNaN: true });
const seed = fc.nat({ max: 1000 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant('removeShare' as const), ratio, seed }),
  fc.record({ op: fc.constant('removeLowest' as const), count: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ op: fc.constant('edit' as const), ratio, seed }),
  fc.record({
    op: fc.constant('generate' as const),
    count: fc.integer({ min: 1, max: 30 }),
    seed,
    from: fc.option(fc.integer({ min: 1, max: 1300 })),
  }),
);

describe('the data of the simulator', () => {
  it('keeps order, positions and totals whatever is removed, edited and added', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
        const data = fresh();
        for (const step of operations) {
          const before = all(data);
          const concerned = new Set(data.apply(step));
          const after = all(data);
          const countids = countidsOf(after);
          expect(countids).toEqual([...new Set(countids)].sort((a, b) => a - b));
          expect(after).toHaveLength(data.total);
          // What the operation does not name is as it was.
          const rest = (rows: RawRecord[]) => rows.filter((row) => !concerned.has(Number(row.countid)));
          expect(rest(after)).toEqual(rest(before));
          if (step.op === 'removeShare') expect(concerned.size).toBe(Math.round(step.ratio * before.length));
          if (step.op === 'generate') expect(after.length - before.length).toBe(step.count);
        }
        const rows = all(data);
        for (const [position, row] of rows.entries()) {
          expect(data.positionOf(Number(row.countid))).toBe(position);
          expect(data.slots(position, 1)[0]?.row()).toEqual(row);
        }
        const names: unknown[] = [];
        data.eachName((name, position) => {
          names[position] = name;
        });
        expect(names).toEqual(rows.map((row) => row.dba));
      }),
      { numRuns: 20 },
    );
  });

  it('leads to the same data when the same operations are applied again', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
        const [one, two] = [fresh(), fresh()];
        for (const step of operations) expect(two.apply(step)).toEqual(one.apply(step));
        expect(all(two)).toEqual(all(one));
      }),
      { numRuns: 10 },
    );
  });

  it('gives every edited record other values for every field, also the second time', () => {
    const data = fresh();
    const fields = ['dba', 'zip', 'status', 'smsBalance', 'Email_license', 'Coming_expired'];
    for (const seed of [1, 2]) {
      const before = new Map(all(data).map((row) => [row.countid, row]));
      const edited = data.apply({ op: 'edit', ratio: 0.25, seed, fields });
      expect(edited).toHaveLength(60);
      for (const countid of edited) {
        const row = data.find(countid)?.row() ?? {};
        const old = before.get(countid) ?? {};
        const changed = Object.keys(row).filter((key) => row[key] !== old[key] && typeof row[key] !== 'object');
        expect(changed).toHaveLength(fields.length);
      }
    }
  });

  it('changes what the product reads of an edited record, of no other one, and it stays readable', () => {
    const data = fresh();
    const read = () => new Map(all(data).map((row) => [row.countid, parseRow(row, 'UTC')]));
    for (const [seed, field] of EDITABLE_FIELDS.entries()) {
      const before = read();
      const edited = new Set<unknown>(data.apply({ op: 'edit', ratio: 0.5, seed, fields: [field] }));
      for (const [countid, result] of read()) {
        expect(result.ok).toBe(true);
        expect(JSON.stringify(result) !== JSON.stringify(before.get(countid))).toBe(edited.has(countid));
      }
    }
  });

  it('edits a balance under the key the record uses', () => {
    const data = fresh();
    data.apply({ op: 'add', record: { countid: 50, sms_balance: 3 } });
    data.apply({ op: 'edit', ratio: 1, seed: 1, fields: ['smsBalance'] });
    expect(Object.keys(data.find(50)?.row() ?? {})).toEqual(['countid', 'sms_balance']);
    expect(data.find(50)?.row().sms_balance).not.toBe(3);
  });

  it('finds a record by keys it was given later, and no longer by those it lost', () => {
    const data = fresh();
    const [slot] = data.slots(7, 1);
    const countid = slot?.countid ?? 0;
    const old = String(slot?.row().appid);
    data.apply({ op: 'set', countid, fields: { appid: ' NEW-Key ' } });
    expect(data.findAll('appid', 'new-key').map((s) => s.countid)).toEqual([countid]);
    expect(data.findAll('appid', old)).toEqual([]);
    data.apply({ op: 'remove', countids: [countid] });
    expect(data.findAll('appid', 'new-key')).toEqual([]);
  });

  it('holds exactly the records that replace all others, and they can be changed and found like any', () => {
    const data = fresh();
    data.apply({ op: 'edit', ratio: 1, seed: 1 });
    const kept = Number(all(data)[3]?.countid);
    const records = [{ countid: 900, appid: 'B-1' }, { countid: kept, appid: 'A-1', dba: 'Again' }, { countid: 7 }];
    expect(data.apply({ op: 'replace', records })).toEqual([7, kept, 900]);
    expect(all(data)).toEqual([
      { countid: 7 },
      { countid: kept, appid: 'A-1', dba: 'Again' },
      { countid: 900, appid: 'B-1' },
    ]);
    expect(data.findAll('appid', ' b-1 ').map((slot) => slot.countid)).toEqual([900]);
    data.apply({ op: 'set', countid: 900, fields: { dba: 'Set' } });
    data.apply({ op: 'remove', countids: [7] });
    expect(data.slots(1, 1)[0]?.row()).toEqual({ countid: 900, appid: 'B-1', dba: 'Set' });
    expect(data.apply({ op: 'replace', records: [] })).toEqual([]);
    expect(data.total).toBe(0);
  });

  it('does not give a countid out again after its record was removed', () => {
    const data = fresh();
    const [first = 0] = data.apply({ op: 'generate', count: 1, seed: 1, from: null });
    data.apply({ op: 'remove', countids: [first] });
    expect(data.apply({ op: 'generate', count: 1, seed: 1, from: null })).toEqual([first + 1]);
  });
});
