/** The order and selection a list call asks for: which record stands at which place of the answer. */
import type { Dataset, Slot } from './dataset.ts';
import { keyOf, type RawRecord, statusOf } from './record.ts';

export interface ViewQuery {
  status: 0 | 1 | null;
  /** Part of the name, in any letter case. */
  dba: string | null;
  sortBy: string;
  descending: boolean;
}

export interface View {
  readonly total: number;
  slots(offset: number, count: number): PlacedSlot[];
}

/** A record with its place in the whole feed in the order of countids, whatever order was asked for. */
export interface PlacedSlot extends Slot {
  position: number;
}

export const SORTABLE = [
  'countid',
  'appid',
  'dba',
  'zip',
  'status',
  'license_type',
  'ActivateDate',
  'Coming_expired',
  'monthlyFee',
  'smsBalance',
  'Email_license',
  'lastActive',
] as const;

/** Selections kept, so that paging through one scans the data once. */
const KEPT = 4;
/** An unsorted feed is shuffled within stretches of this many records. */
const SHUFFLED = 32;
const SHUFFLE = 21;
/** Records built at once where all have to be looked at. */
const STRETCH = 1000;

/** @param sorted false: `sortBy` is not heeded and the records come in an order of the server's own, always the same. */
export function createViews(data: Dataset, sorted: boolean): (query: ViewQuery) => View {
  const kept = new Map<string, View>();
  let version = data.version;

  return (query) => {
    const plain = query.status === null && query.dba === null;
    if (!sorted) return plain ? shuffled(data) : selected(query, 'countid', false);
    if (plain && query.sortBy === 'countid') return byCountid(data, query.descending);
    return selected(query, query.sortBy, query.descending);
  };

  function selected(query: ViewQuery, sortBy: string, descending: boolean): View {
    if (version !== data.version) kept.clear();
    version = data.version;
    const key = JSON.stringify([query.status, query.dba, sortBy, descending]);
    const known = kept.get(key);
    if (known) return known;
    const positions = orderBy(data, select(data, query), sortBy);
    if (descending) positions.reverse();
    const view: View = {
      total: positions.length,
      slots: (offset, count) => [...positions.subarray(offset, offset + count)].flatMap((p) => placed(data, p, 1)),
    };
    const oldest = kept.keys().next();
    if (kept.size >= KEPT && !oldest.done) kept.delete(oldest.value);
    kept.set(key, view);
    return view;
  }
}

function byCountid(data: Dataset, descending: boolean): View {
  const total = data.total;
  if (!descending) return { total, slots: (offset, count) => placed(data, offset, count) };
  return {
    total,
    slots: (offset, count) => {
      const end = Math.max(0, total - offset);
      const start = Math.max(0, end - count);
      return placed(data, start, end - start).reverse();
    },
  };
}

function shuffled(data: Dataset): View {
  const total = data.total;
  const whole = total - (total % SHUFFLED);
  return {
    total,
    slots: (offset, count) =>
      Array.from({ length: Math.max(0, Math.min(count, total - offset)) }, (_, i) => offset + i).flatMap((p) =>
        placed(data, p < whole ? p - (p % SHUFFLED) + ((p % SHUFFLED) ^ SHUFFLE) : p, 1),
      ),
  };
}

function placed(data: Dataset, position: number, count: number): PlacedSlot[] {
  return data.slots(position, count).map((slot, i) => ({ ...slot, position: position + i }));
}

function select(data: Dataset, { status, dba }: ViewQuery): Uint32Array {
  let positions = Uint32Array.from({ length: dba === null ? data.total : 0 }, (_, i) => i);
  if (dba !== null) {
    const wanted = dba.toLowerCase();
    const hits: number[] = [];
    data.eachName((name, position) => {
      if (typeof name === 'string' && name.toLowerCase().includes(wanted)) hits.push(position);
    });
    positions = Uint32Array.from(hits);
  }
  if (status === null) return positions;
  const wanted: boolean[] = [];
  for (let start = 0; start < data.total; start += STRETCH) {
    for (const slot of data.slots(start, STRETCH)) wanted.push(statusOf(slot.row().status) === status);
  }
  return positions.filter((p) => wanted[p]);
}

/** Sorting a million records by anything but countid holds a million keys for a moment; nobody pages that way. */
function orderBy(data: Dataset, positions: Uint32Array, field: string): Uint32Array {
  if (field === 'countid') return positions;
  const keys = new Map<number, string | number>();
  for (const p of positions) keys.set(p, sortKey(rowAt(data, p), field));
  return positions.sort((a, b) => compare(keys.get(a) ?? '', keys.get(b) ?? '') || a - b);
}

function sortKey(row: RawRecord | null, field: string): string | number {
  const value = row?.[keyOf(row, field)];
  if (field === 'status') return statusOf(value) ?? -1;
  if (field === 'monthlyFee' || field === 'smsBalance') return Number(value ?? 0);
  const american = /^(\d\d)\/(\d\d)\/(\d{4})(.*)$/.exec(String(value ?? ''));
  if (american) return `${american[3]}-${american[1]}-${american[2]}${american[4]}`;
  return String(value ?? '').toLowerCase();
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function rowAt(data: Dataset, position: number): RawRecord | null {
  return data.slots(position, 1)[0]?.row() ?? null;
}
