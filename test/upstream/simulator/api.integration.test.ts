import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RawRecord, type Simulator, startSimulator } from '../../support/simulator.ts';

interface Reply {
  status: number;
  body: { success: boolean; message?: string; data: RawRecord & RawRecord[]; meta: Record<string, number | boolean> };
}

async function call(on: Simulator, method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${on.url}/api/v1/licenses${path}`, {
    method,
    headers: { 'x-api-key': on.apiKey ?? '' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

async function truthOf(on: Simulator): Promise<RawRecord[]> {
  const rows: RawRecord[] = [];
  for await (const row of on.control.truth()) rows.push(row);
  return rows;
}

async function readAll(on: Simulator, query: string): Promise<RawRecord[]> {
  const rows: RawRecord[] = [];
  for (let page = 1; page <= 100; page++) {
    const { body } = await call(on, 'GET', `?page=${page}&${query}`);
    rows.push(...body.data);
    if (!body.meta.hasNext) return rows;
  }
  throw new Error('the feed does not end');
}

let api: Simulator;
beforeAll(async () => {
  api = await startSimulator({ records: 2000, seed: 11 });
});
afterAll(() => api.stop());

describe('the list', () => {
  it('gives every record once, ordered by countid, at most 100 a page', async () => {
    const first = await call(api, 'GET', '?page=1&limit=500');
    expect(first.body.data).toHaveLength(100);
    expect(first.body.meta).toEqual({
      page: 1,
      limit: 100,
      total: 2000,
      totalPages: 20,
      hasNext: true,
      hasPrev: false,
    });
    expect(await readAll(api, 'limit=100')).toEqual(await truthOf(api));
  });

  it('gives 10 records when no limit is asked for, and none beyond the end', async () => {
    expect((await call(api, 'GET', '')).body.data).toHaveLength(10);
    const beyond = await call(api, 'GET', '?page=21&limit=100');
    expect(beyond.body.data).toEqual([]);
    expect(beyond.body.meta).toMatchObject({ total: 2000, hasNext: false });
  });

  it('selects by status and by a part of the name', async () => {
    const truth = await truthOf(api);
    const inactive = truth.filter((row) => row.status === 0 || row.status === 'inactive');
    expect(await readAll(api, 'limit=100&status=0')).toEqual(inactive);
    const named = truth.filter((row) => String(row.dba).toLowerCase().includes('nail'));
    expect(named.length).toBeGreaterThan(10);
    expect(await readAll(api, 'limit=100&dba=NAIL')).toEqual(named);
  });

  it('orders by another field and backwards', async () => {
    const names = (await readAll(api, 'limit=100&sortBy=dba')).map((row) => String(row.dba).toLowerCase());
    expect(names).toEqual([...names].sort());
    const back = (await readAll(api, 'limit=100&sortBy=countid&sortOrder=desc')).map((row) => row.countid);
    expect(back).toEqual((await truthOf(api)).map((row) => row.countid).reverse());
    expect((await call(api, 'GET', '?sortBy=shoe')).status).toBe(400);
  });

  it('can heed no sortBy and still give every record once', async () => {
    const odd = await startSimulator({ records: 500, sorted: false });
    try {
      const countids = (await readAll(odd, 'limit=100&sortBy=countid')).map((row) => Number(row.countid));
      const sorted = (await truthOf(odd)).map((row) => Number(row.countid));
      expect(countids).not.toEqual(sorted);
      expect(countids.sort((a, b) => a - b)).toEqual(sorted);
    } finally {
      await odd.stop();
    }
  });

  it('wants the key, and answers unknown routes with JSON', async () => {
    const without = await fetch(`${api.url}/api/v1/licenses`);
    expect(without.status).toBe(401);
    expect(await without.json()).toMatchObject({ success: false, message: expect.any(String) });
    expect((await call(api, 'GET', '/a/b/c')).status).toBe(404);
    expect((await call(api, 'PATCH', '')).body.success).toBe(false);
  });
});

describe('one license', () => {
  it('is found by appid, e-mail and countid, padding and letter case aside', async () => {
    const rows = await truthOf(api);
    const row = rows.find((r) => /^ /.test(String(r.appid)) && r.Email_license !== null) ?? {};
    const byAppid = await call(api, 'GET', `/${encodeURIComponent(String(row.appid).trim().toUpperCase())}`);
    expect(byAppid.body.data).toEqual(row);
    expect((await call(api, 'GET', `/email/${encodeURIComponent(String(row.Email_license))}`)).body.data).toEqual(row);
    expect((await call(api, 'GET', `/countid/${row.countid}`)).body.data).toEqual(row);
    expect((await call(api, 'GET', '/countid/1')).status).toBe(404);
    expect((await call(api, 'GET', '/nobody')).status).toBe(404);
  });

  it('takes a PUT of some fields, under the keys the record uses', async () => {
    const rows = await truthOf(api);
    const row = rows.find((r) => 'sms_balance' in r && typeof r.appid === 'string') ?? {};
    const { status, body } = await call(api, 'PUT', `/${encodeURIComponent(String(row.appid).trim())}`, {
      smsBalance: -2.5,
      dba: 'X',
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({ ...row, sms_balance: -2.5, dba: 'X' });
    expect((await call(api, 'GET', `/countid/${row.countid}`)).body.data).toEqual(body.data);
  });

  it.each([{ status: 'active' }, { smsBalance: '5' }, { dba: null }, { color: 'red' }, {}])(
    'refuses a PUT of %j',
    async (fields) => {
      const [row] = await truthOf(api);
      expect((await call(api, 'PUT', `/countid/${row?.countid}`, fields)).status).toBe(400);
      expect((await truthOf(api))[0]).toEqual(row);
    },
  );

  it('changes the first of several records with one appid, and the log says how many there were', async () => {
    const [one = 0, two = 0] = await api.control.add({ count: 2, seed: 77 });
    for (const countid of [one, two]) await api.control.patch(countid, { appid: `Shared-${one}` });
    await api.control.resetStats();
    await call(api, 'PUT', `/shared-${one}`, { Note: 'mine' });
    expect((await call(api, 'GET', `/countid/${one}`)).body.data.Note).toBe('mine');
    expect((await call(api, 'GET', `/countid/${two}`)).body.data.Note).not.toBe('mine');
    expect((await api.control.stats()).puts).toEqual({
      count: 1,
      byCountid: { [one]: 1 },
      recent: [{ countid: one, by: 'appid', fields: { Note: 'mine' }, matches: 2 }],
    });
  });

  it('is created with e-mail and pass, and deleted', async () => {
    expect((await call(api, 'POST', '', { dba: 'New' })).status).toBe(400);
    const made = await call(api, 'POST', '', { emailLicense: 'new@made.example', pass: 'p', dba: 'New' });
    expect(made.status).toBe(201);
    expect((await call(api, 'GET', '/email/new%40made.example')).body.data).toEqual(made.body.data);
    expect((await call(api, 'DELETE', `/countid/${made.body.data.countid}`)).status).toBe(200);
    expect((await call(api, 'GET', '/email/new%40made.example')).status).toBe(404);
  });

  it('refuses a body that is no JSON object', async () => {
    const response = await fetch(`${api.url}/api/v1/licenses`, {
      method: 'POST',
      headers: { 'x-api-key': api.apiKey ?? '' },
      body: '[1',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ success: false });
  });
});

describe('the control calls', () => {
  it('edit and remove exactly the share asked for, and name the records', async () => {
    const before = new Map((await truthOf(api)).map((row) => [row.countid, row]));
    const edited = await api.control.edit({ ratio: 0.1, seed: 5 });
    expect(edited).toHaveLength(Math.round(0.1 * before.size));
    const differing = (await truthOf(api)).filter(
      (row) => JSON.stringify(row) !== JSON.stringify(before.get(row.countid)),
    );
    expect(differing.map((row) => row.countid)).toEqual(edited);
    const removed = await api.control.remove({ ratio: 0.05, seed: 6 });
    expect(removed).toHaveLength(Math.round(0.05 * before.size));
    expect((await api.control.stats()).total).toBe(before.size - removed.length);
  });

  it('put a record into the middle, which moves the later ones', async () => {
    const rows = await truthOf(api);
    const at = rows.findIndex((row, i) => i > 500 && Number(rows[i + 1]?.countid) - Number(row.countid) > 1);
    const countid = Number(rows[at]?.countid) + 1;
    await api.control.add({ record: { countid, dba: 'Between' } });
    const { body } = await call(api, 'GET', `?limit=1&page=${at + 2}`);
    expect(body.data).toEqual([{ countid, dba: 'Between' }]);
    await expect(api.control.add({ record: { countid } })).rejects.toThrow(/already/);
    await api.control.removeRecord(countid);
    expect(await truthOf(api)).toEqual(rows);
  });

  it('refuse what makes no sense, with the reason', async () => {
    await expect(api.control.edit({ ratio: 2 })).rejects.toThrow(/ratio is to be a number from 0 to 1/);
    await expect(api.control.edit({ ratio: 0.1, fields: ['countid'] })).rejects.toThrow(
      /fields is to be a list of some of dba/,
    );
    await expect(api.control.patch(1, { dba: 'x' })).rejects.toThrow(/there is no record 1/);
    await expect(api.control.replace([{ countid: 5 }, { countid: 5 }])).rejects.toThrow(/there are two records 5/);
    await expect(api.control.replace([{ dba: 'x' }])).rejects.toThrow(/countid is to be a whole number/);
    await expect(api.control.clearFaults(99_999)).rejects.toThrow(/no fault 99999/);
  });

  it('count the calls by route and by page', async () => {
    await api.control.resetStats();
    await call(api, 'GET', '?page=3&limit=50');
    await call(api, 'GET', '?page=3&limit=50');
    await call(api, 'GET', '/countid/5');
    const { calls, listCalls } = await api.control.stats();
    expect(calls).toEqual({ 'GET /licenses': 2, 'GET /licenses/countid': 1 });
    expect(listCalls).toEqual({ '3/50': 2 });
  });
});

describe("the process, with records of one's own", () => {
  it('gives them and no others', async () => {
    const own = await startSimulator({ records: 30, seed: 3 });
    try {
      await own.control.replace([
        { countid: 8, dba: 'Eight' },
        { countid: 4, status: 1 },
      ]);
      expect(await readAll(own, 'limit=100')).toEqual([
        { countid: 4, status: 1 },
        { countid: 8, dba: 'Eight' },
      ]);
      expect(await readAll(own, 'limit=100&status=1')).toEqual([{ countid: 4, status: 1 }]);
    } finally {
      await own.stop();
    }
  });
});

describe('the process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    return () => rmSync(folder, { recursive: true });
  });

  it('serves the 864 bundled records when nothing else is asked for', async () => {
    const newcomer = await startSimulator({ apiKey: null });
    expect(newcomer.records).toBe(864);
    expect((await call(newcomer, 'GET', '?limit=100')).body.meta.total).toBe(864);
    await newcomer.stop();
    const both = await startSimulator({ records: 100, bundled: true });
    expect(both.records).toBe(964);
    await both.stop();
  });

  it('comes back with the same data under the same address after it was killed', async () => {
    const options = { records: 300, journal: join(folder, 'j.jsonl') };
    const first = await startSimulator(options);
    await first.control.edit({ ratio: 0.2, seed: 1 });
    await first.control.remove({ ratio: 0.1, seed: 2 });
    await first.control.add({ count: 5 });
    const [row] = await truthOf(first);
    await call(first, 'PUT', `/countid/${row?.countid}`, { Note: 'kept' });
    await call(first, 'POST', '', { emailLicense: 'a@b.example', pass: 'p' });
    await first.control.fault({ name: 'drift_insert', k: 2 });
    await call(first, 'GET', '');
    const truth = await truthOf(first);
    await first.stop('SIGKILL');
    const second = await startSimulator({ ...options, port: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
    expect(await truthOf(second)).toEqual(truth);
    await second.stop();
  });

  it('leaves on SIGTERM, even with a call that is never answered', async () => {
    const one = await startSimulator({ records: 10 });
    await one.control.fault({ name: 'timeout' });
    const hanging = call(one, 'GET', '').catch(() => 'gone');
    await expect.poll(async () => (await one.control.stats()).inFlight, { timeout: 30_000 }).toBe(1);
    await one.stop();
    expect(await hanging).toBe('gone');
  });

  it('says what is wrong with its command line and exits with 2', () => {
    const main = fileURLToPath(new URL('../../../upstream/simulator/main.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main, '--records', 'many'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toBe('simulator: --records is to be a whole number from 0 to 50000000, not "many"\n');
  });
});
