/**
 * All records of the simulated API: computed ones (`source.ts`) under an overlay of what was removed, changed and added. Changes are
 * operations, so that a journal of them leads to the same data again. Records are always in the order of their countids.
 */
import { DEFAULT_EDIT_FIELDS, editRecord } from './edits.ts';
import { createLiveSet, type LiveSet } from './live.ts';
import { mix, sample } from './random.ts';
import { foldKey, type RawRecord } from './record.ts';
import { createSource, type LicenseSource } from './source.ts';

/** A change of the data. Applying the same operations to the same base gives the same data. */
export type Operation =
  | { op: 'set'; countid: number; fields: RawRecord }
  | { op: 'remove'; countids: number[] }
  | { op: 'removeShare'; ratio: number; seed: number }
  | { op: 'removeLowest'; count: number }
  | { op: 'edit'; ratio: number; seed: number; fields?: string[] }
  | { op: 'add'; record: RawRecord & { countid: number } }
  /** Nothing else is left, of the computed records neither. */
  | { op: 'replace'; records: (RawRecord & { countid: number })[] }
  /** Invented records on the free countids from `from` on; null: after the highest countid there ever was. */
  | { op: 'generate'; count: number; seed: number; from: number | null };

/** One record in its place; `row()` builds what is sent. */
export interface Slot {
  countid: number;
  row(): RawRecord;
}

interface Added extends Slot {
  dba(): string;
}

export interface Dataset {
  readonly total: number;
  /** Changes with every operation. */
  readonly version: number;
  readonly highest: number;
  /** 0 when there is no record. */
  readonly lowest: number;
  /** The records at `position`, `position + 1`, …; fewer at the end. */
  slots(position: number, count: number): Slot[];
  find(countid: number): Slot | null;
  /** −1 when there is no such record. */
  positionOf(countid: number): number;
  /** Those whose appid or e-mail equals this one (padding and case aside), lowest countid first. */
  findAll(field: 'appid' | 'Email_license', value: string): Slot[];
  /** Calls back with the name of every record, without building the records. */
  eachName(visit: (dba: unknown, position: number) => void): void;
  /** The countids concerned, ascending. */
  apply(operation: Operation): number[];
}

/** @param sources in the order of their countids, which must not overlap. */
export function createDataset(sources: readonly LicenseSource[]): Dataset {
  const base = sources.map((source) => ({ source, live: createLiveSet(source.size) }));
  const changes = new Map<number, RawRecord>();
  /** Keys of records that were added or whose keys were changed: those cannot be computed from the key. */
  const byKey = new Map<string, Set<number>>();
  let added: Added[] = [];
  let version = 0;
  let highest = Math.max(0, ...sources.map((s) => (s.size > 0 ? s.countidAt(s.size - 1) : 0)));

  const baseCount = () => base.reduce((sum, part) => sum + part.live.count, 0);

  function baseSlot(source: LicenseSource, index: number): Slot {
    const countid = source.countidAt(index);
    return { countid, row: () => changed(countid, source.row(index)) };
  }

  function changed(countid: number, row: RawRecord): RawRecord {
    const fields = changes.get(countid);
    return fields ? { ...row, ...fields } : row;
  }

  /** The k-th record that is left of the computed ones. */
  function baseAt(k: number): { part: number; index: number } {
    let left = k;
    for (const [part, { live }] of base.entries()) {
      if (left < live.count) return { part, index: live.select(left) };
      left -= live.count;
    }
    return { part: base.length, index: 0 };
  }

  function baseRank(countid: number): number {
    return base.reduce((sum, { source, live }) => sum + live.rank(source.below(countid)), 0);
  }

  function baseIndex(countid: number): { source: LicenseSource; live: LiveSet; index: number } | null {
    for (const { source, live } of base) {
      const index = source.below(countid);
      if (index < source.size && source.countidAt(index) === countid && live.has(index)) return { source, live, index };
    }
    return null;
  }

  function addedBelow(countid: number): number {
    return firstIndex(added.length, (i) => (added[i]?.countid ?? 0) >= countid);
  }

  function slots(position: number, count: number): Slot[] {
    const end = Math.min(position + count, dataset.total);
    const found: Slot[] = [];
    let a = firstIndex(added.length, (i) => i + baseRank(added[i]?.countid ?? 0) >= position);
    let { part, index } = baseAt(position - a);
    for (let p = position; p < end; p++) {
      while (part < base.length && !base[part]?.live.has(index)) {
        if (index >= (base[part]?.source.size ?? 0)) {
          part++;
          index = 0;
        } else index++;
      }
      const source = base[part]?.source;
      const extra = added[a];
      if (extra && (!source || extra.countid < source.countidAt(index))) {
        found.push(extra);
        a++;
      } else if (source) found.push(baseSlot(source, index++));
    }
    return found;
  }

  function find(countid: number): Slot | null {
    const extra = added[addedBelow(countid)];
    if (extra?.countid === countid) return extra;
    const at = baseIndex(countid);
    return at && baseSlot(at.source, at.index);
  }

  function findAll(field: 'appid' | 'Email_license', value: string): Slot[] {
    const folded = foldKey(value);
    if (folded === null) return [];
    const countids = new Set(byKey.get(folded));
    for (const { source } of base) for (const i of source.candidates(field, folded)) countids.add(source.countidAt(i));
    return [...countids]
      .sort((a, b) => a - b)
      .map(find)
      .filter((slot) => slot !== null)
      .filter((slot) => foldKey(slot.row()[field]) === folded);
  }

  function indexKeys(countid: number, row: RawRecord): void {
    for (const key of [foldKey(row.appid), foldKey(row.Email_license)]) {
      if (key === null) continue;
      const known = byKey.get(key);
      if (known) known.add(countid);
      else byKey.set(key, new Set([countid]));
    }
  }

  function remove(countids: readonly number[]): number[] {
    const leaving = new Set<number>();
    for (const countid of countids) {
      const at = baseIndex(countid);
      if (at) at.live.remove(at.index);
      else leaving.add(countid);
      changes.delete(countid);
    }
    if (leaving.size > 0) added = added.filter((slot) => !leaving.has(slot.countid));
    return [...countids];
  }

  function change(countid: number, fields: RawRecord): void {
    changes.set(countid, { ...changes.get(countid), ...fields });
    if ('appid' in fields || 'Email_license' in fields) indexKeys(countid, fields);
  }

  function add(countid: number, build: () => RawRecord, dba: () => string): Added {
    indexKeys(countid, build());
    highest = Math.max(highest, countid);
    return { countid, row: () => changed(countid, build()), dba };
  }

  function addGiven(record: RawRecord & { countid: number }): Added {
    return add(
      record.countid,
      () => record,
      () => String(record.dba ?? ''),
    );
  }

  function place(newcomers: Added[]): number[] {
    added = [...added, ...newcomers].sort((a, b) => a.countid - b.countid);
    return newcomers.map((slot) => slot.countid);
  }

  function generate(count: number, seed: number, from: number | null): number[] {
    // A seed of its own, so that the seed of the base may be given here without adding the same businesses again.
    const source = createSource({ seed: mix(seed, 0xadd), size: count, firstCountid: 0 });
    let next = from ?? highest + 1;
    return place(
      Array.from({ length: count }, (_, index) => {
        while (find(next)) next++;
        const countid = next++;
        return add(
          countid,
          () => source.row(index, countid),
          () => source.dbaAt(index),
        );
      }),
    );
  }

  function share(ratio: number, seed: number): number[] {
    const total = dataset.total;
    const positions = sample(total, Math.round(ratio * total), seed);
    const chosen: number[] = [];
    // By stretches: finding each of many positions by itself would cost more than walking past the others.
    for (let start = 0, at = 0; at < positions.length; start += 1000) {
      const stretch = slots(start, 1000);
      for (; at < positions.length && (positions[at] ?? 0) < start + 1000; at++) {
        const slot = stretch[(positions[at] ?? 0) - start];
        if (slot) chosen.push(slot.countid);
      }
    }
    return chosen;
  }

  function run(operation: Operation): number[] {
    switch (operation.op) {
      case 'set':
        change(operation.countid, operation.fields);
        return [operation.countid];
      case 'remove':
        return remove(operation.countids);
      case 'removeShare':
        return remove(share(operation.ratio, operation.seed));
      case 'removeLowest':
        return remove(slots(0, operation.count).map((slot) => slot.countid));
      case 'edit': {
        const { seed, fields = DEFAULT_EDIT_FIELDS } = operation;
        const chosen = share(operation.ratio, seed);
        for (const countid of chosen) {
          const row = find(countid)?.row();
          if (row) change(countid, editRecord(row, countid, seed, fields));
        }
        return chosen;
      }
      case 'add':
        return place([addGiven(operation.record)]);
      case 'replace':
        base.length = 0;
        changes.clear();
        byKey.clear();
        added = [];
        return place(operation.records.map(addGiven)).sort((a, b) => a - b);
      case 'generate':
        return generate(operation.count, operation.seed, operation.from);
    }
  }

  const dataset: Dataset = {
    get total() {
      return baseCount() + added.length;
    },
    get version() {
      return version;
    },
    get highest() {
      return highest;
    },
    get lowest() {
      return slots(0, 1)[0]?.countid ?? 0;
    },
    slots,
    find,
    findAll,
    positionOf: (countid) => (find(countid) ? baseRank(countid) + addedBelow(countid) : -1),
    eachName(visit) {
      let position = 0;
      let a = 0;
      const name = (countid: number, dba: () => string) => {
        const fields = changes.get(countid);
        visit(fields && 'dba' in fields ? fields.dba : dba(), position++);
      };
      const passAdded = (limit: number) => {
        for (let slot = added[a]; slot && slot.countid < limit; slot = added[++a]) name(slot.countid, slot.dba);
      };
      for (const { source, live } of base) {
        for (let index = 0; index < source.size; index++) {
          if (!live.has(index)) continue;
          const countid = source.countidAt(index);
          passAdded(countid);
          name(countid, () => source.dbaAt(index));
        }
      }
      passAdded(Number.POSITIVE_INFINITY);
    },
    apply(operation) {
      const concerned = run(operation);
      version++;
      return concerned;
    },
  };
  return dataset;
}

/** The first of [0, length) for which `reached` holds; `length` when none does. */
function firstIndex(length: number, reached: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
