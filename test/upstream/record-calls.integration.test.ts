import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RecordAddress } from '../../upstream/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type FaultSpec, type RawRecord, type Simulator, startSimulator } from '../support/simulator.ts';
import { json, startOddServer, text } from './odd-server.ts';
import { type ClientProcess, failureOf, settingsFor, startClient } from './support.ts';

const EMAIL = 'owner+1@salon.example';
const COUNTID = 501;
const RECORD: RawRecord = {
  countid: COUNTID,
  appid: 'Abc',
  dba: 'SALON',
  zip: '12345',
  Email_license: EMAIL,
  Note: '',
};
const BY_APPID: RecordAddress = { by: 'appid', value: 'abc' };
const BY_EMAIL: RecordAddress = { by: 'email', value: EMAIL };

let database: TestDatabase;
let api: Simulator;
let processes: ClientProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startSimulator({ records: 0, apiKey: 'key-of-the-test' });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.db.deleteFrom('upstream_state').execute();
  await api.control.clearFaults();
  await api.control.replace([RECORD, { ...RECORD, countid: 502, appid: 'other', Email_license: null }]);
  await api.control.resetStats();
});
afterEach(async () => {
  for (const one of processes) await one.stop();
  processes = [];
});

function start(env: Record<string, string> = {}, url = api.url): ClientProcess {
  const one = startClient(`process-${processes.length}`, database.url, settingsFor(url, env));
  processes.push(one);
  return one;
}

/** Calls by route, and applied changes by countid. */
async function made() {
  const { calls, puts } = await api.control.stats();
  return { calls, puts: puts.byCountid };
}

const onPut = (spec: FaultSpec) => api.control.fault({ route: 'put', countid: COUNTID, ...spec });

describe('readRecord', () => {
  it.each<RecordAddress>([BY_APPID, BY_EMAIL, { by: 'countid', value: '501' }])(
    'gives the record by $by',
    async (by) => {
      expect(await start().client.readRecord(by)).toEqual({
        raw: RECORD,
        latencyMs: expect.any(Number),
        rateLimited: 0,
      });
    },
  );

  it('says that there is none, once, without an error and without counting it for the circuit', async () => {
    const { client, state } = start({ LICENSE_SYNC_CIRCUIT_FAILURES: '1' });
    expect(await client.readRecord({ by: 'appid', value: 'gone' })).toMatchObject({ raw: null });
    expect((await made()).calls).toEqual({ 'GET /licenses/appid': 1 });
    expect(await state.read()).toMatchObject({ circuit: 'closed', lastSuccessAt: null });
  });

  it('tries again like a page, and waits out a short 429', async () => {
    await api.control.fault({ name: 'server_error', route: 'get', times: 1 });
    await api.control.fault({ name: 'rate_limit', route: 'get', retryAfter: 0, times: 1 });
    const { client } = start();
    expect(await client.readRecord(BY_EMAIL)).toMatchObject({ raw: RECORD, rateLimited: 1 });
    expect(client.stats()).toMatchObject({ calls: 3, retries: 1, inFlight: 0 });
  });

  it.each([
    ['a list', json({ success: true, data: [RECORD] })],
    ['a 404 that is not the API speaking', text('default backend - 404', 404)],
  ])('takes %s for a broken answer, not for a record and not for none', async (_, handler) => {
    const server = await startOddServer(handler);
    const error = await failureOf(start({}, server.url).client.readRecord(BY_EMAIL));
    expect(error.code).toBe('bad_answer');
    expect(error.message).not.toContain('salon');
    expect(server.calls).toHaveLength(3);
    await server.stop();
  });

  it.each(['a/b', 'a b', '.', '..', '%2e', '%2E%2E', '#', '?x=1', 'ü', '../email', 'a+b&c', 'email', "o'(x)*!~", '名'])(
    'reads and changes the record with appid %j and no other',
    async (appid) => {
      await api.control.replace([RECORD, { ...RECORD, countid: 7, appid }]);
      const { client } = start();
      expect(await client.readRecord({ by: 'appid', value: appid })).toMatchObject({ raw: { countid: 7, appid } });
      expect(await client.updateRecord({ by: 'appid', value: appid }, { zip: '54321' })).toMatchObject({
        outcome: 'accepted',
        raw: { countid: 7 },
      });
      expect((await made()).puts).toEqual({ '7': 1 });
    },
  );

  it('makes no call for an empty address, which would be that of the list', async () => {
    const { client } = start();
    const error = await failureOf(client.readRecord({ by: 'appid', value: '' }));
    expect(error).toMatchObject({ code: 'bad_request', effect: 'none' });
    await failureOf(client.updateRecord({ by: 'email', value: '' }, { zip: '1' }));
    expect((await made()).calls).toEqual({});
  });
});

describe('updateRecord', () => {
  it('sends the fields and gives the record as answered', async () => {
    const { client } = start();
    const answer = await client.updateRecord(BY_EMAIL, { dba: 'NEW', Note: 'naïve – ü' });
    const raw = { ...RECORD, dba: 'NEW', Note: 'naïve – ü' };
    expect(answer).toEqual({ outcome: 'accepted', raw, latencyMs: expect.any(Number), rateLimited: 0 });
    expect((await client.readRecord(BY_APPID)).raw).toEqual(raw);
  });

  it('shows what was kept when that is not what was sent', async () => {
    await onPut({ name: 'put_altered', length: 3 });
    const answer = await start().client.updateRecord(BY_APPID, { dba: 'SALON BY THE SEA' });
    expect(answer).toMatchObject({ outcome: 'accepted', raw: { dba: 'SAL' } });
  });

  it('is accepted without a record when the answer carries none', async () => {
    const server = await startOddServer(json({ success: true, message: 'updated' }));
    const answer = await start({}, server.url).client.updateRecord(BY_APPID, { zip: '1' });
    expect(answer).toMatchObject({ outcome: 'accepted', raw: null });
    await server.stop();
  });

  it('says that there is no such record', async () => {
    const answer = await start().client.updateRecord({ by: 'email', value: 'no@body.example' }, { zip: '1' });
    expect(answer).toEqual({ outcome: 'missing' });
    expect((await made()).calls).toEqual({ 'PUT /licenses/email': 1 });
  });

  it.each([400, 409, 413, 422, 405])(
    'is rejected by HTTP %i, in words without persons, and nothing counts',
    async (status) => {
      const message = `zip clashes with ${EMAIL}, ask 312-555-0143`;
      await onPut({ name: 'refused_put', status, message });
      const { client, state } = start({ LICENSE_SYNC_CIRCUIT_FAILURES: '1' });
      const answer = await client.updateRecord(BY_EMAIL, { zip: '99999' });
      expect(answer).toEqual({ outcome: 'rejected', status, words: 'zip clashes with [removed] ask [removed]' });
      expect(await made()).toEqual({ calls: { 'PUT /licenses/email': 1 }, puts: {} });
      expect(await state.read()).toMatchObject({ circuit: 'closed', lastSuccessAt: null });
    },
  );

  it('is rejected with a sentence when the API gave no reason', async () => {
    const server = await startOddServer(text('<html>Request Entity Too Large</html>', 413));
    const answer = await start({}, server.url).client.updateRecord(BY_APPID, { Note: 'long' });
    expect(answer).toEqual({ outcome: 'rejected', status: 413, words: 'the External License API gave no reason' });
    await server.stop();
  });

  it.each<[FaultSpec, string, number]>([
    [{ name: 'lost_put_answer' }, 'network', 1],
    [{ name: 'reset_mid_body' }, 'network', 1],
    [{ name: 'truncated_json' }, 'bad_answer', 1],
    [{ name: 'html_200' }, 'bad_answer', 0],
    [{ name: 'server_error' }, 'server_error', 0],
    [{ name: 'internal_error_200' }, 'internal_error', 0],
    [{ name: 'expecting_value_500' }, 'poisoned', 0],
    [{ name: 'timeout' }, 'timeout', 0],
    [{ name: 'latency', ms: 60_000 }, 'timeout', 1],
  ])('sends once and says that the effect is unknown: %j', async (fault, code, changes) => {
    await onPut(fault);
    const { client } = start({ LICENSE_SYNC_EXTERNAL_TIMEOUT: '500' });
    const error = await failureOf(client.updateRecord(BY_EMAIL, { zip: '99999' }));
    expect(error).toMatchObject({ code, effect: 'unknown' });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/salon|99999|%40/);
    expect(await made()).toEqual({
      calls: { 'PUT /licenses/email': 1 },
      puts: changes === 0 ? {} : { [COUNTID]: changes },
    });
    // Only reading tells whether it was made.
    expect(await client.readRecord(BY_EMAIL)).toMatchObject({ raw: { zip: changes ? '99999' : '12345' } });
  });

  it.each<[FaultSpec, string]>([
    [{ name: 'unauthorized' }, 'unauthorized'],
    [{ name: 'forbidden' }, 'forbidden'],
    [{ name: 'rate_limit', retryAfter: 60 }, 'rate_limited'],
  ])('throws and has changed nothing: %j', async (fault, code) => {
    await onPut(fault);
    const error = await failureOf(start().client.updateRecord(BY_APPID, { zip: '99999' }));
    expect(error).toMatchObject({ code, effect: 'none' });
    expect(await made()).toEqual({ calls: { 'PUT /licenses/appid': 1 }, puts: {} });
  });

  it('waits out a short 429, then changes the record once', async () => {
    await onPut({ name: 'rate_limit', retryAfter: 0, times: 2 });
    const answer = await start().client.updateRecord(BY_APPID, { zip: '99999' });
    expect(answer).toMatchObject({ outcome: 'accepted', rateLimited: 2 });
    expect(await made()).toEqual({ calls: { 'PUT /licenses/appid': 3 }, puts: { [COUNTID]: 1 } });
  });

  it('counts failures for the circuit, and makes no call while it is open', async () => {
    await onPut({ name: 'server_error', times: 2 });
    const { client } = start({ LICENSE_SYNC_CIRCUIT_FAILURES: '2' });
    for (let call = 0; call < 2; call += 1) await failureOf(client.updateRecord(BY_APPID, { zip: '99999' }));
    const error = await failureOf(client.updateRecord(BY_APPID, { zip: '99999' }));
    expect(error).toMatchObject({ code: 'circuit_open', effect: 'none', retryAt: expect.any(Date) });
    expect(await failureOf(client.readRecord(BY_APPID))).toMatchObject({ code: 'circuit_open' });
    expect(await made()).toEqual({ calls: { 'PUT /licenses/appid': 2 }, puts: {} });
  });

  it('ends with the reason of the signal', async () => {
    await onPut({ name: 'timeout' });
    const { client } = start();
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const call = client.updateRecord(BY_APPID, { zip: '99999' }, abort.signal).catch((error: unknown) => error);
    await expect.poll(async () => (await made()).calls).toEqual({ 'PUT /licenses/appid': 1 });
    abort.abort(reason);
    expect(await call).toBe(reason);
  });
});
