import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../upstream/simulator/faults.ts';
import { type FaultSpec, type RawRecord, type Simulator, startSimulator } from '../../support/simulator.ts';

interface Feed {
  success: boolean;
  message?: string;
  data: (RawRecord | null)[];
  meta: { limit: number; total: number; totalPages: number };
}

let api: Simulator;
beforeAll(async () => {
  api = await startSimulator({ records: 1000, seed: 5 });
});
afterAll(() => api.stop());
afterEach(() => api.control.clearFaults());

const headers = () => ({ 'x-api-key': api.apiKey ?? '' });
const get = (query = 'page=2&limit=100', signal?: AbortSignal) =>
  fetch(`${api.url}/api/v1/licenses?${query}`, { headers: headers(), ...(signal ? { signal } : {}) });
const feed = async (query?: string) => (await (await get(query)).json()) as Feed;
const put = (countid: number, fields: RawRecord) =>
  fetch(`${api.url}/api/v1/licenses/countid/${countid}`, {
    method: 'PUT',
    headers: headers(),
    body: JSON.stringify(fields),
  });
const countids = (page: Feed) => page.data.map((row) => row?.countid);
const set = (spec: FaultSpec) => api.control.fault(spec);

describe('faults in place of the answer', () => {
  it.each<[FaultSpec, number, string]>([
    [{ name: 'expecting_value_500' }, 500, 'Expecting value: line 1 column 1 (char 0)'],
    [{ name: 'expecting_value_200' }, 200, 'Expecting value: line 1 column 1 (char 0)'],
    [{ name: 'internal_error_200' }, 200, 'Internal server error'],
    [{ name: 'server_error' }, 503, 'Service answered 503'],
    [{ name: 'server_error', status: 502 }, 502, 'Service answered 502'],
    [{ name: 'unauthorized' }, 401, 'Invalid API key'],
    [{ name: 'forbidden' }, 403, 'Forbidden'],
  ])('%j', async (spec, status, message) => {
    await set({ ...spec, times: 1 });
    const response = await get();
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ success: false, message });
    expect((await get()).status).toBe(200);
  });

  it('rate_limit says how long, in seconds or as a date', async () => {
    await set({ name: 'rate_limit', retryAfter: 7, times: 1 });
    const seconds = await get();
    expect([seconds.status, seconds.headers.get('retry-after')]).toEqual([429, '7']);
    await set({ name: 'rate_limit', retryAfter: 100, date: true, times: 1 });
    const wait = Date.parse((await get()).headers.get('retry-after') ?? '') - Date.now();
    expect(wait).toBeGreaterThan(60_000);
    expect(wait).toBeLessThan(102_000);
  });

  it('timeout never answers', async () => {
    await set({ name: 'timeout', times: 1 });
    await expect(get('page=1', AbortSignal.timeout(150))).rejects.toThrow(/timeout/);
  });

  it('html_200 and total_zero look like success', async () => {
    await set({ name: 'html_200', times: 1 });
    const html = await get();
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await html.text()).toMatch(/^<!doctype html>/);
    await set({ name: 'total_zero', times: 1 });
    expect(await feed()).toMatchObject({ success: true, data: [], meta: { total: 0, totalPages: 0 } });
  });

  it('a poisoned record fails every window that holds it, down to the smallest, and no other', async () => {
    const [row] = (await feed('page=43&limit=1')).data;
    await set({ name: 'expecting_value_500', countid: Number(row?.countid) });
    const asked = [
      'page=1&limit=100',
      'page=1&limit=50',
      'page=9&limit=5',
      'page=43&limit=1',
      'page=42&limit=1',
      'page=2&limit=100',
    ];
    const statuses = [];
    for (const query of asked) statuses.push((await get(query)).status);
    expect(statuses).toEqual([500, 500, 500, 500, 200, 200]);
  });
});

describe('faults in the rows and their meta', () => {
  it('empty_page and short_page keep the total', async () => {
    await set({ name: 'empty_page', page: 2, limit: 100 });
    expect(await feed()).toMatchObject({ data: [], meta: { total: 1000 } });
    expect((await feed('page=1&limit=100')).data).toHaveLength(100);
    await api.control.clearFaults();
    await set({ name: 'short_page', n: 7 });
    expect((await feed()).data).toHaveLength(93);
  });

  it('same_page sends the rows of page 1 for ever', async () => {
    const first = countids(await feed('page=1&limit=100'));
    await set({ name: 'same_page' });
    expect(countids(await feed('page=5&limit=100'))).toEqual(first);
  });

  it('total_changes is off by delta, or only every other time', async () => {
    await set({ name: 'total_changes', delta: -4, alternate: true });
    const totals = [];
    for (let i = 0; i < 4; i++) totals.push((await feed()).meta.total);
    expect(totals).toEqual([996, 1000, 996, 1000]);
  });

  it('limit_cap gives smaller pages that join without a gap, and says so or lies', async () => {
    const rows = countids(await feed('page=1&limit=100'));
    await set({ name: 'limit_cap', n: 40 });
    const honest = await feed('page=2&limit=100');
    expect(countids(honest)).toEqual(rows.slice(40, 80));
    expect(honest.meta).toMatchObject({ limit: 40, totalPages: 25 });
    await api.control.clearFaults();
    await set({ name: 'limit_cap', n: 40, silent: true });
    const lying = await feed('page=2&limit=100');
    expect(countids(lying)).toEqual(rows.slice(40, 80));
    expect(lying.meta).toMatchObject({ limit: 100, totalPages: 10 });
  });

  it.each<[string, (row: RawRecord | null) => unknown, unknown]>([
    ['countid_text', (row) => [row?.countid, row && 'appid' in row], ['abc', false]],
    ['null_row', (row) => row, null],
    ['bad_date', (row) => row?.ActivateDate, '13/45/2026'],
    ['dba_too_long', (row) => String(row?.dba).length, 5000],
    ['status_unknown', (row) => row?.status, 'maybe'],
  ])('bad_row %s breaks one record and leaves its neighbours', async (kind, look, broken) => {
    const before = await feed();
    await set({ name: 'bad_row', kind, position: 103 });
    const after = await feed();
    expect(look(after.data[3] ?? null)).toEqual(broken);
    expect(after.data.toSpliced(3, 1)).toEqual(before.data.toSpliced(3, 1));
  });

  it('duplicate_row sends another record again, as it is or altered', async () => {
    const before = await feed('page=1&limit=100');
    await set({ name: 'duplicate_row', position: 105, of: 3, times: 1 });
    expect((await feed()).data[5]).toEqual(before.data[3]);
    await set({
      name: 'duplicate_row',
      position: 105,
      of: 3,
      altered: true,
      fields: { lastActive: '01/01/2030 00:00' },
      times: 1,
    });
    const altered = (await feed()).data[5];
    expect(altered).toMatchObject({ countid: before.data[3]?.countid, lastActive: '01/01/2030 00:00' });
    expect(altered?.dba).toBe(`${before.data[3]?.dba} (copy)`);
  });

  it('drift moves the records between two calls, once, and the data stays so', async () => {
    const [first, second, third] = countids(await feed('page=1&limit=100'));
    await set({ name: 'drift_remove', k: 2, afterCalls: 1 });
    expect(countids(await feed('page=1&limit=100')).slice(0, 3)).toEqual([first, second, third]);
    expect(countids(await feed('page=1&limit=100'))[0]).toBe(third);
    expect(countids(await feed('page=1&limit=100'))[0]).toBe(third);
    await set({ name: 'drift_insert', k: 3 });
    const grown = await feed('page=1&limit=100');
    expect(grown.meta.total).toBe(1001);
    expect(countids(grown)[3]).toBe(third);
  });
});

describe('faults on the way', () => {
  it('reset_mid_body breaks off after the head', async () => {
    await set({ name: 'reset_mid_body', times: 1 });
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('truncated_json and wrong_content_type', async () => {
    const right = await (await get()).text();
    await set({ name: 'truncated_json', times: 1 });
    const half = await (await get()).text();
    expect(half).toBe(right.slice(0, Math.floor(right.length / 2)));
    await set({ name: 'wrong_content_type', times: 1 });
    const odd = await get();
    expect(odd.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await odd.text()).toBe(right);
  });

  it('latency, slow_drip and huge_body send the right answer in the end', async () => {
    const right = await feed('page=1&limit=2');
    await set({ name: 'latency', ms: 20, times: 1 });
    await set({ name: 'slow_drip', bytes: 300, interval: 1, times: 1 });
    expect(await feed('page=1&limit=2')).toEqual(right);
    await set({ name: 'huge_body', n: 3_000_000, times: 1 });
    const text = await (await get('page=1&limit=2')).text();
    expect(text).toHaveLength(3_000_000);
    expect(JSON.parse(text)).toMatchObject({ ...right });
  });

  it('lost_put_answer makes the change and loses the answer; others on PUT prevent the change', async () => {
    const [row] = (await feed('page=20&limit=1')).data;
    const countid = Number(row?.countid);
    const note = async () => (await feed('page=20&limit=1')).data[0]?.Note;
    await set({ name: 'server_error', route: 'put', countid, times: 1 });
    expect((await put(countid, { Note: 'one' })).status).toBe(503);
    expect(await note()).toBe(row?.Note);
    await set({ name: 'lost_put_answer', countid, times: 1 });
    await expect(put(countid, { Note: 'two' })).rejects.toThrow();
    expect(await note()).toBe('two');
  });

  it('refused_put says why and changes nothing, for one record', async () => {
    const [one, two] = (await feed('page=10&limit=2')).data;
    const message = 'zip is not of this state';
    await set({ name: 'refused_put', countid: Number(one?.countid), status: 409, message });
    const response = await put(Number(one?.countid), { zip: '00000' });
    expect([response.status, await response.json()]).toEqual([409, { success: false, message }]);
    expect((await put(Number(two?.countid), { zip: '00000' })).status).toBe(200);
    expect((await feed('page=10&limit=2')).data.map((row) => row?.zip)).toEqual([one?.zip, '00000']);
  });

  it('put_altered keeps less or something else than was sent, and shows it', async () => {
    const [row] = (await feed('page=30&limit=1')).data;
    const countid = Number(row?.countid);
    const shown = async () => (await feed('page=30&limit=1')).data[0];
    await set({ name: 'put_altered', countid, length: 5, ignore: 'zip', times: 1 });
    const response = await put(countid, { dba: 'Salon by the sea', zip: '00000', status: 0 });
    expect(response.status).toBe(200);
    expect(await shown()).toMatchObject({ dba: 'Salon', zip: row?.zip, status: 0 });
    expect(await response.json()).toEqual({ success: true, data: await shown() });
    await set({ name: 'put_altered', countid, fields: { monthlyFee: 0 }, times: 1 });
    await put(countid, { monthlyFee: 12.5 });
    expect((await shown())?.monthlyFee).toBe(0);
    expect((await api.control.stats()).puts.byCountid[countid]).toBe(2);
  });
});

describe('the table of faults', () => {
  it('is listed over HTTP with its parameters', async () => {
    const kinds = (await (await fetch(`${api.url}/__control/fault-kinds`)).json()) as { name: string; about: string }[];
    expect(kinds.map((kind) => kind.name)).toEqual(Object.keys(FAULTS));
    for (const { about } of kinds) expect(about).not.toBe('');
  });
});
