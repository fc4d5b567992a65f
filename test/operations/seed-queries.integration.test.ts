/** The monitoring queries of docs/operations.md, in a plain MySQL client, and its debug commands, after runs that went well, half well and wrong. */
import { readFileSync } from 'node:fs';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthReport } from '../../operations/health.ts';
import type { SyncStatus } from '../../operations/status.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { projectFile } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 250;

let rig: Rig;
let api: TestApi;
let client: Connection;
const runs: { operationId: string }[] = [];

beforeAll(async () => {
  rig = await createRig({ records: RECORDS, seed: 31 }, { ...QUICK, LICENSE_SYNC_EXTERNAL_PROBE_INTERVAL: '1000' });
  const token = await createToken(rig.db, 'operator');
  api = await startTestApi(
    {
      DATABASE_URL: rig.databaseUrl,
      TEMPORAL_ADDRESS: rig.temporal.address,
      TEMPORAL_NAMESPACE: rig.temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    token,
  );
  client = await createConnection({ uri: rig.databaseUrl });

  const { control } = rig.simulator;
  for (const [position, kind] of [
    [7, 'null_row'],
    [120, 'null_row'],
    [30, 'status_unknown'],
  ] as const) {
    await control.fault({ name: 'bad_row', position, kind });
  }
  runs.push((await api.call('POST', `${SYNC}?wait=true`)).body.data);
  await control.clearFaults();
  runs.push((await api.call('POST', `${SYNC}?wait=true`)).body.data);
  await control.fault({ name: 'unauthorized' });
  runs.push((await api.call('POST', `${SYNC}?wait=true`)).body.data);
  await control.clearFaults();
});
afterAll(async () => {
  await client?.end();
  await api?.process.stop();
  await rig?.close();
});

/** Runs the statement that stands in the document under the comment that begins so. */
async function query(title: string): Promise<Record<string, unknown>[]> {
  const [, block = ''] = /```sql\n([\s\S]*?)```/.exec(readFileSync(projectFile('docs/operations.md'), 'utf8')) ?? [];
  const statement = block.split(';').find((text) => text.trim().startsWith(`-- ${title}`));
  if (!statement) throw new Error(`docs/operations.md has no query '${title}'`);
  const [rows] = await client.query<RowDataPacket[]>(statement);
  return rows;
}

describe('the query for', () => {
  it('recent sync performance shows every run with its status and counts, the newest first', async () => {
    const rows = await query('Recent sync performance');
    expect(rows.map((row) => row.operation_id)).toEqual(runs.map(({ operationId }) => operationId).reverse());
    expect(rows).toMatchObject([
      { status: 'failed', total_processed: 0, created_count: 0, updated_count: 0, failed_count: 0 },
      { status: 'completed', total_processed: RECORDS, created_count: 3, updated_count: 0, failed_count: 0 },
      {
        status: 'completed_with_findings',
        total_processed: RECORDS,
        created_count: RECORDS - 3,
        updated_count: 0,
        failed_count: 3,
      },
    ]);
    for (const row of rows) {
      expect(row.operation_type).toBe('external_sync');
      expect(row.duration_ms).toBeGreaterThan(0);
      expect(row.created_at).toBeInstanceOf(Date);
    }
  });

  it('error patterns groups what is wrong with records, the most frequent first', async () => {
    const rows = await query('Error patterns');
    expect(rows).toMatchObject([
      { error_type: 'validation', error_message: expect.stringMatching(/object/), frequency: 2 },
      { error_type: 'validation', error_message: expect.stringMatching(/status/), frequency: 1 },
    ]);
    for (const row of rows) expect(row.last_occurrence).toBeInstanceOf(Date);
  });

  it('data quality says how many licenses could be matched by what', async () => {
    const [row] = await query('Data quality');
    const truth: Record<string, unknown>[] = [];
    for await (const record of rig.simulator.control.truth()) truth.push(record);
    const carry = (field: string) => truth.filter((record) => String(record[field] ?? '').trim() !== '').length;
    expect(row).toEqual({
      total_licenses: RECORDS,
      with_appid: carry('appid'),
      with_email: carry('Email_license'),
      with_countid: RECORDS,
      matching_potential_percent: '100.00',
    });
  });

  it('runs that ended badly says why', async () => {
    expect(await query('Runs that ended badly')).toMatchObject([
      {
        operation_id: runs[2]?.operationId,
        status: 'failed',
        phase: 'fetch',
        error_type: 'auth',
        error_message: expect.stringContaining('EXTERNAL_LICENSE_API_KEY'),
      },
    ]);
  });
});

describe('the debug command for', () => {
  it('the License API answers with one record to the right key, and 401 to another', async () => {
    const ask = (key: string) =>
      fetch(`${rig.simulator.url}/api/v1/licenses?page=1&limit=1`, { headers: { 'x-api-key': key } });
    const answer = await ask(rig.simulator.apiKey ?? '');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ success: true, meta: { total: RECORDS } });
    expect((await ask('another')).status).toBe(401);
  });

  it('the status names the run that ended last, and the health of the License API', async () => {
    const { status, body } = await api.call<{ data: SyncStatus }>('GET', `${SYNC}/status`);
    expect(status).toBe(200);
    expect(body.data.lastSync).toMatchObject({ operationId: runs[2]?.operationId, status: 'failed', state: 'failed' });
    expect(body.data.health).toMatchObject({ circuitBreaker: 'closed' });
    expect(body.data.statistics).toMatchObject({ totalInternalLicenses: RECORDS, matchingRate: '100.0%' });
  });

  it('a dry run ends with a plan, and the licenses are as before', async () => {
    await rig.simulator.control.edit({ ratio: 0.1, seed: 5, fields: ['dba'] });
    const before = await rig.checksum();
    const { status, body } = await api.call('POST', `${SYNC}?dryRun=true&wait=true`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      status: 'completed',
      operationType: 'external_sync_dry_run',
      books: { fetched: RECORDS, updated: RECORDS * 0.1, balanced: true },
    });
    expect(await rig.checksum()).toBe(before);
    const plan = await api.call<{ data: { state: string; summary: { updated: number } } }>(
      'GET',
      `/api/v1/plans/${body.data.operationId}`,
    );
    expect(plan.body.data).toMatchObject({ state: 'ready', summary: { updated: RECORDS * 0.1 } });
  });

  it('the health of the system names each of its parts', async () => {
    const { status, body } = await api.call<{ data: HealthReport }>('GET', '/api/v1/health');
    expect(status).toBe(200);
    const { checks } = body.data;
    expect(Object.keys(checks)).toEqual(['database', 'migrations', 'temporal', 'workers', 'externalApi']);
    expect([checks.database, checks.migrations, checks.temporal, checks.workers]).toEqual(
      Array(4).fill({ ok: true, reason: null }),
    );
  });
});
