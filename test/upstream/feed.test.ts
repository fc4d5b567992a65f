import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseRow, redactRow } from '../../upstream/contract.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type FaultSpec, type Simulator, startSimulator } from '../support/simulator.ts';
import { type ClientProcess, failureOf, settingsFor, startClient } from './support.ts';

/** The client against the simulated API, with its bundled records and its ways to fail. */
let database: TestDatabase;
let simulator: Simulator;
let one: ClientProcess;

beforeAll(async () => {
  [database, simulator] = await Promise.all([createTestDatabase(), startSimulator()]);
  one = startClient(
    'feed',
    database.url,
    settingsFor(simulator.url, {
      EXTERNAL_LICENSE_API_KEY: simulator.apiKey ?? '',
      LICENSE_SYNC_EXTERNAL_TIMEOUT: '1000',
      LICENSE_SYNC_EXTERNAL_MAX_ANSWER_BYTES: '1000000',
    }),
  );
});
afterEach(() => simulator.control.clearFaults());
afterAll(async () => {
  await one.stop();
  await simulator.stop();
  await database.drop();
});

describe('the feed', () => {
  it('is read to its end, and every row gives a record or a reason, without a password', async () => {
    const { total, limit } = await one.client.listPage({ page: 1, limit: 500 });
    expect(limit).toBe(100);
    expect(total).toBe(simulator.records);
    const pages = await Promise.all(
      Array.from({ length: Math.ceil(total / limit) }, (_, index) => one.client.listPage({ page: index + 1, limit })),
    );
    const rows = pages.flatMap((page) => page.rows);
    expect(rows).toHaveLength(total);
    const countids = new Set<number | null>();
    for (const raw of rows) {
      const password = (raw as { pass?: unknown }).pass;
      const result = parseRow(raw, 'America/Chicago');
      if (result.ok) countids.add(result.record.countid);
      else expect(result.reason).not.toBe('');
      const kept = `${JSON.stringify(result)}${redactRow(raw)}`;
      expect(kept).not.toMatch(/"pass"/i);
      if (typeof password === 'string' && password.length > 5) expect(kept).not.toContain(password);
    }
    expect(countids.size).toBeGreaterThan(0.99 * total);
  });

  it.each([
    { name: 'server_error' },
    { name: 'reset_mid_body' },
    { name: 'truncated_json' },
    { name: 'wrong_content_type' },
    { name: 'timeout' },
    { name: 'html_200' },
    { name: 'internal_error_200' },
    { name: 'expecting_value_500' },
    { name: 'expecting_value_200' },
    { name: 'rate_limit', date: true },
    { name: 'slow_drip' },
    { name: 'huge_body', code: 'too_large' },
    { name: 'unauthorized', code: 'unauthorized' },
    { name: 'forbidden', code: 'forbidden' },
  ] as (FaultSpec & { code?: string })[])('gets over $name, or says what it was', async ({ code, ...fault }) => {
    await simulator.control.fault({ ...fault, times: 1 });
    const call = one.client.listPage({ page: 2, limit: 20 });
    if (code) expect(await failureOf(call)).toMatchObject({ code });
    else expect((await call).rows).toHaveLength(20);
  });
});
