import { describe, expect, it } from 'vitest';
import { type CallWindow, createFaultBox, FaultError } from '../../../upstream/simulator/fault-box.ts';

/** The rows `from` to `to` of the feed; record n has countid 1000 + n. */
const rows = (from: number, to: number, page = 1): CallWindow => ({
  page,
  limit: to - from,
  holds: (what, value) => {
    const position = what === 'position' ? value : value - 1000;
    return position >= from && position < to;
  },
});

function calls(spec: Record<string, unknown>, windows: CallWindow[]): boolean[] {
  const box = createFaultBox();
  box.set({ name: 'server_error', ...spec });
  return windows.map((window) => {
    box.count('list');
    return box.hits('list', 'instead', window).length > 0;
  });
}

const same = (count: number) => Array.from({ length: count }, () => rows(0, 100));

describe('a fault that is set', () => {
  it('strikes every list call when nothing is selected', () => {
    expect(calls({}, same(3))).toEqual([true, true, true]);
  });
  it('is gone after so many strikes', () => {
    expect(calls({ times: 2 }, same(4))).toEqual([true, true, false, false]);
  });
  it('waits for so many calls', () => {
    expect(calls({ afterCalls: 2, times: 1 }, same(4))).toEqual([false, false, true, false]);
  });
  it('strikes every n-th call', () => {
    expect(calls({ every: 3 }, same(7))).toEqual([false, false, true, false, false, true, false]);
  });
  it('strikes any window that holds the position, however large', () => {
    expect(
      calls({ position: 150 }, [rows(0, 100), rows(100, 200, 2), rows(150, 151, 151), rows(151, 152, 152)]),
    ).toEqual([false, true, true, false]);
  });
  it('strikes any window that holds the record', () => {
    expect(calls({ countid: 1042 }, [rows(0, 50), rows(50, 100, 2)])).toEqual([true, false]);
  });
  it('strikes one page of one size only', () => {
    expect(calls({ page: 2, limit: 100 }, [rows(100, 200, 2), rows(50, 100, 2), rows(0, 100, 1)])).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('keeps its strikes when another fault answers instead', () => {
    const box = createFaultBox();
    box.set({ name: 'rate_limit', times: 1 });
    box.set({ name: 'server_error', times: 1 });
    const names = same(3).map((window) => {
      box.count('list');
      box.hits('list', 'instead', window);
      return box.list().map((fault) => fault.name);
    });
    expect(names).toEqual([['server_error'], [], []]);
  });

  it('can be taken back', () => {
    const box = createFaultBox();
    const { id } = box.set({ name: 'html_200' });
    expect(box.drop(id)).toBe(true);
    expect(box.drop(id)).toBe(false);
    expect(box.list()).toEqual([]);
  });

  it.each([
    [{ name: 'no_such_fault' }, /there is no fault "no_such_fault"/],
    [{ name: 'toString' }, /there is no fault/],
    [{ name: 'short_page', rows: 3 }, /short_page has no rows; it has n/],
    [{ name: 'short_page', n: 0 }, /n is to be a whole number from 1/],
    [{ name: 'latency', ms: '5' }, /ms is to be a whole number/],
    [{ name: 'bad_row', kind: 'bad_date' }, /bad_row needs a position or a countid/],
    [{ name: 'bad_row', kind: 'odd', position: 1 }, /kind is to be one of countid_text/],
    [{ name: 'refused_put', status: 500 }, /status is to be a whole number from 400 to 499/],
    [{ name: 'put_altered', route: 'get' }, /works on put, not on get/],
    [{ name: 'lost_put_answer', route: 'list' }, /works on put, post, delete/],
    [{ name: 'forbidden', route: 'put', page: 1 }, /page selects list calls/],
    [{ name: 'forbidden', times: 0 }, /times is to be a whole number/],
  ])('is refused with the reason: %j', (spec, reason) => {
    const box = createFaultBox();
    expect(() => box.set(spec)).toThrow(FaultError);
    expect(() => box.set(spec)).toThrow(reason);
  });
});
