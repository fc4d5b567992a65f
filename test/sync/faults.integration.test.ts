/** Each failure of the License API that is known, once and lasting: nothing is lost that it could give, and what it could not give is named. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectBalanced } from '../support/books.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import type { FaultSpec } from '../support/simulator.ts';

const RECORDS = 1030;
let rig: Rig;
let undisturbed: string;

beforeAll(async () => {
  // What never answers is asked for many times here.
  rig = await createRig({ records: RECORDS, seed: 11 }, { ...QUICK, LICENSE_SYNC_EXTERNAL_TIMEOUT: '1000' });
  await rig.reset();
  const operation = await rig.sync();
  expect(operation.status).toBe('completed');
  undisturbed = await rig.checksum();
});
beforeEach(() => rig.reset());
afterAll(() => rig?.close());

const ONCE: [string, FaultSpec][] = [
  ['a poisoned page with status 500', { name: 'expecting_value_500', page: 3, limit: 100, times: 1 }],
  ['a poisoned page with status 200', { name: 'expecting_value_200', page: 3, limit: 100, times: 1 }],
  ['success:false with status 200', { name: 'internal_error_200', afterCalls: 2, times: 2 }],
  ['status 503', { name: 'server_error', afterCalls: 3, times: 2 }],
  ['an empty page', { name: 'empty_page', page: 4, limit: 100, times: 1 }],
  ['an empty page that stays empty for a while', { name: 'empty_page', page: 4, limit: 100, times: 2 }],
  ['a short page', { name: 'short_page', page: 5, limit: 100, times: 1 }],
  ['429 with seconds', { name: 'rate_limit', retryAfter: 1, afterCalls: 2, times: 2 }],
  ['429 with a date', { name: 'rate_limit', retryAfter: 2, date: true, afterCalls: 2, times: 1 }],
  ['no answer', { name: 'timeout', page: 2, limit: 100, times: 1 }],
  ['a reset in mid-body', { name: 'reset_mid_body', page: 6, limit: 100, times: 2 }],
  ['truncated JSON', { name: 'truncated_json', page: 6, limit: 100, times: 2 }],
  ['HTML with status 200', { name: 'html_200', page: 7, limit: 100, times: 2 }],
  ['JSON as text/html', { name: 'wrong_content_type' }],
  ['a slow drip', { name: 'slow_drip', page: 8, limit: 100, times: 1 }],
  ['latency', { name: 'latency', ms: 50 }],
  ['a total that is 0 once', { name: 'total_zero', page: 5, limit: 100, times: 1 }],
  ['an answer that is too large', { name: 'huge_body', page: 2, limit: 100, times: 1 }],
];

/** They never go away, and still every record can be had. */
const LASTING_BUT_WHOLE: [string, FaultSpec][] = [
  ['a page that is empty at its size', { name: 'empty_page', page: 4, limit: 100 }],
  ['a page that is short at its size', { name: 'short_page', page: 5, limit: 100 }],
  ['a page that is poisoned at its size', { name: 'expecting_value_500', page: 3, limit: 100 }],
  ['a page that never answers at its size', { name: 'timeout', page: 2, limit: 100 }],
  ['a page that is HTML at its size', { name: 'html_200', page: 7, limit: 100 }],
  ['a page cut off at its size', { name: 'truncated_json', page: 7, limit: 100 }],
  ['a first page that is HTML at its size', { name: 'html_200', page: 1, limit: 100 }],
  ['HTML in place of the page behind the last', { name: 'html_200', page: 12, limit: 100 }],
  ['a server that gives 40 a page and says so', { name: 'limit_cap', n: 40 }],
  ['a server that gives 50 a page and does not say so', { name: 'limit_cap', n: 50, silent: true }],
];

describe('a failure that passes', () => {
  it.each(ONCE)('%s leaves no trace in the data', async (_, fault) => {
    await rig.simulator.control.fault(fault);
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'completed', total_processed: RECORDS, created_count: RECORDS });
    expect(await rig.checksum()).toBe(undisturbed);
  });
});

describe('a failure that stays but leaves a way round', () => {
  it.each(LASTING_BUT_WHOLE)('%s loses nothing', async (_, fault) => {
    await rig.simulator.control.fault(fault);
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'completed', total_processed: RECORDS, created_count: RECORDS });
    expect(await rig.checksum()).toBe(undisturbed);
  });
});

it('several pages that never answer at their size do not keep those behind them from being read', async () => {
  for (const page of [3, 4, 5]) await rig.simulator.control.fault({ name: 'timeout', page, limit: 100 });
  const operation = await rig.sync();
  expectBalanced(operation);
  expect(operation).toMatchObject({ status: 'completed', created_count: RECORDS });
  expect(await rig.checksum()).toBe(undisturbed);
});

describe('a record that cannot be had', () => {
  it.each([
    ['poisoned (500)', { name: 'expecting_value_500', position: 234 }, 'poisoned'],
    ['poisoned (200)', { name: 'expecting_value_200', position: 234 }, 'poisoned'],
    ['behind a time-out', { name: 'timeout', position: 234 }, 'timeout'],
    ['behind HTML', { name: 'html_200', position: 234 }, 'bad_answer'],
    ['without a key', { name: 'bad_row', position: 234, kind: 'countid_text' }, 'FIELD_INVALID'],
    ['null', { name: 'bad_row', position: 234, kind: 'null_row' }, 'ROW_NOT_AN_OBJECT'],
    ['with a bad date', { name: 'bad_row', position: 234, kind: 'bad_date' }, 'FIELD_INVALID'],
    ['with a name too long', { name: 'bad_row', position: 234, kind: 'dba_too_long' }, 'FIELD_TOO_LONG'],
    ['with an unknown status', { name: 'bad_row', position: 234, kind: 'status_unknown' }, 'FIELD_INVALID'],
  ] as [string, FaultSpec, string][])('%s is named in quarantine, and all others arrive', async (_, fault, code) => {
    await rig.simulator.control.fault(fault);
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({
      status: 'completed_with_findings',
      total_processed: RECORDS,
      created_count: RECORDS - 1,
      failed_count: 1,
    });
    const errors = await rig.db.selectFrom('sync_errors').selectAll().execute();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ page: 3, position: 34, error_code: code, state: 'open' });
  });

  it('two on one page cost two records', async () => {
    await rig.simulator.control.fault({ name: 'expecting_value_500', position: 500 });
    await rig.simulator.control.fault({ name: 'expecting_value_500', position: 599 });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'completed_with_findings', failed_count: 2, created_count: RECORDS - 2 });
  });

  it('the very first of the feed does not hide its total', async () => {
    await rig.simulator.control.fault({ name: 'expecting_value_500', position: 0 });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'completed_with_findings', failed_count: 1, created_count: RECORDS - 1 });
  });
});

describe('a record that stands twice', () => {
  it('with the same content is counted as repeated', async () => {
    await rig.simulator.control.fault({ name: 'duplicate_row', position: 400, of: 100 });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ repeated_count: 1, created_count: RECORDS - 1, failed_count: 0 });
  });

  it('with other content keeps one and quarantines the other', async () => {
    await rig.simulator.control.fault({ name: 'duplicate_row', position: 400, of: 100, altered: true });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ repeated_count: 0, failed_count: 1, created_count: RECORDS - 1 });
  });
});

describe('an API that does not answer', () => {
  it('ends the run as failed, with the reason, and it can be resumed without asking again for what is held', async () => {
    await rig.simulator.control.fault({ name: 'server_error', afterCalls: 5 });
    const failed = await rig.sync();
    expectBalanced(failed);
    expect(failed.status).toBe('failed');
    expect(failed.error_message).toMatch(/no good answer/);
    const held = await rig.db.selectFrom('sync_pages').select('page').execute();
    await rig.simulator.control.clearFaults();
    await rig.simulator.control.resetStats();
    const resumed = await rig.sync({ operationId: failed.operation_id });
    expectBalanced(resumed);
    expect(resumed).toMatchObject({ status: 'completed', created_count: RECORDS, attempt: 2 });
    expect(await rig.checksum()).toBe(undisturbed);
    const { listCalls } = await rig.simulator.control.stats();
    expect(held.length).toBeGreaterThan(0);
    expect(held.filter(({ page }) => listCalls[`${page}/100`] !== undefined)).toEqual([]);
  });

  it.each([
    ['a wrong key', 'unauthorized'],
    ['a key without rights', 'forbidden'],
  ] as const)('fails at once on %s, naming the setting', async (_, name) => {
    await rig.simulator.control.fault({ name });
    const operation = await rig.sync();
    expect(operation).toMatchObject({ status: 'failed', error_type: 'auth', total_processed: 0 });
    expect(operation.error_message).toContain('EXTERNAL_LICENSE_API_KEY');
  });
});

describe('a feed that cannot be proven', () => {
  it('one page sent for ever is incomplete', async () => {
    await rig.simulator.control.fault({ name: 'same_page' });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'incomplete', missing_count: null });
  });

  it('a total that counts more than there is names the positions it owes', async () => {
    await rig.simulator.control.fault({ name: 'total_changes', delta: 7 });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation).toMatchObject({ status: 'completed_with_findings', created_count: RECORDS, failed_count: 7 });
  });

  it('records removed and inserted while it is read are noticed, and a second reading settles it', async () => {
    await rig.simulator.control.fault({ name: 'drift_remove', afterCalls: 4, k: 3 });
    const operation = await rig.sync();
    expectBalanced(operation);
    expect(operation.pass).toBe(2);
    const live = new Set<string>();
    for await (const record of rig.simulator.control.truth()) live.add(`c:${String(record.countid)}`);
    const mirrored = await rig.db.selectFrom('external_licenses').select('source_key').execute();
    const keys = new Set(mirrored.map((row) => row.source_key));
    expect([...live].filter((key) => !keys.has(key))).toEqual([]);
  });
});
