/** A backup taken in mid-run by the real dump program, read back into an empty database beside an empty Temporal: all goes on by itself. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../db/connect.ts';
import { checksum } from '../../drill/checksum.ts';
import type { ScheduleView } from '../../operations/schedule-view.ts';
import { reviewWorkflowId } from '../../workflows/names.ts';
import { createToken, SYNC, startTestApi, type TestApi } from '../support/api.ts';
import { expectBalanced } from '../support/books.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { runProcess, type TestProcess } from '../support/processes.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { startTestWorker } from '../support/worker.ts';

const run = promisify(execFile);
const RECORDS = 2000;
/** Come in between the first run and the second. */
const NEW_RECORDS = 300;
const ENV = {
  ...QUICK,
  LICENSE_SYNC_SYNC_ENABLE_DUPLICATE_DETECTION: 'true',
  LICENSE_SYNC_ALERTS_CHECK_INTERVAL: '500',
};

let folder: string;
let rig: Rig;
let receiver: Receiver;
let token: string;
const processes: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'license-sync-restore-'));
  [rig, receiver] = await Promise.all([createRig({ records: RECORDS, seed: 77 }, ENV), startReceiver()]);
  token = await createToken(rig.db, 'admin');
});
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await receiver?.close();
  await rig?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it('goes on after a restore into an empty server as if the time since the backup had not been', {
  timeout: 300_000,
}, async () => {
  const before = await startApi(rig.databaseUrl, rig.temporal);
  // Someone is owed an event, and its delivery is under way in Temporal.
  receiver.answerAll(503);
  const hook = await before.call<{ data: { secret: string } }>(
    'POST',
    '/api/v1/webhooks',
    token,
    json({ name: 'on-call', url: receiver.url }),
  );
  receiver.secret(hook.body.data.secret);
  // A first run leaves cases, whose reviews are open in Temporal, and a schedule lives there alone.
  const first = await rig.sync();
  expectBalanced(first);
  expect(first.status).toBe('completed_with_findings');
  const openReviews = await eventually(
    () => reviewsOpen(rig.db),
    (open) => open > 0,
  );
  const made = await before.call(
    'POST',
    '/api/v1/schedules',
    token,
    json({ name: 'nightly', cron: '0 3 * * *', note: 'kept' }),
  );
  expect(made.status).toBe(201);
  const schedules = join(folder, 'schedules.json');
  writeFileSync(schedules, (await cli(before, 'schedule', 'list', '--json')).stdout);
  // Much changes upstream, and the run that takes it over is in its middle when the backup is made.
  await rig.simulator.control.add({ count: NEW_RECORDS });
  await rig.simulator.control.edit({ ratio: 0.1 });
  await rig.simulator.control.fault({ name: 'latency', ms: 200 });
  const handle = await rig.start();
  const { runId: operationId } = await handle.describe();
  await eventually(
    () => rig.db.selectFrom('sync_pages').select('page').where('operation', '>', first.id).execute(),
    (pages) => pages.length >= 3,
  );
  const dump = join(folder, 'dump.sql');
  await dumpTo(dump, rig.databaseUrl);
  expect(statSync(dump).size).toBeGreaterThan(1_000_000);
  expect((await rig.operation(operationId)).status).toBe('running');
  // The original goes on, as a measure of what the restored one comes to.
  await rig.simulator.control.clearFaults();
  await eventually(
    () => rig.operation(operationId),
    ({ status }) => status.startsWith('completed'),
  );
  const undisturbed = await checksum(rig.db);
  expect((await deliveriesPending(rig.db)).length).toBeGreaterThan(0);
  await before.process.stop();
  await rig.worker().stop();

  const [database, temporal] = await Promise.all([createTestDatabase({ migrated: false }), createTestNamespace()]);
  processes.push({
    stop: async () => {
      await temporal.close();
      await database.drop();
    },
  });
  await restoreFrom(dump, database);
  const { db } = database;
  const restored = () =>
    db.selectFrom('sync_operations').selectAll().where('operation_id', '=', operationId).executeTakeFirstOrThrow();
  expect((await restored()).status).toBe('running');

  // The API alone sees what is so: the run is over, and can be resumed.
  const after = await startApi(database.url, temporal);
  const closed = await eventually(restored, ({ status }) => status !== 'running');
  expect(closed).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining('Temporal no longer knows its workflow'),
  });
  const worker = await startWorker(database.url, temporal);

  // Reviews are opened again, as many as were.
  await eventually(
    () => countRunning(temporal, 'duplicateReview'),
    (count) => count === openReviews,
    90_000,
  );
  const [waiting] = await db.selectFrom('duplicate_cases').select('id').where('review', '=', 'open').limit(1).execute();
  expect((await temporal.client.workflow.getHandle(reviewWorkflowId(waiting?.id ?? 0)).describe()).status.name).toBe(
    'RUNNING',
  );

  // What was owed is delivered.
  receiver.answerAll(204);
  await eventually(
    () => deliveriesPending(db),
    (pending) => pending.length === 0,
    90_000,
  );
  expect(receiver.taken().length).toBeGreaterThan(0);

  // Schedules come back from the list that was kept.
  expect((await cli(after, 'schedule', 'restore', schedules)).stdout).toContain('1 of 1 schedules were missing');
  const [nightly] = (await after.call<{ data: ScheduleView[] }>('GET', '/api/v1/schedules')).body.data;
  expect(nightly).toMatchObject({ name: 'nightly', cron: '0 3 * * *', note: 'kept', paused: false });
  expect((await cli(after, 'schedule', 'restore', schedules)).stdout).toContain('0 of 1 schedules were missing');

  // The run that was cut off goes on under its own name, and the next one finds nothing to do.
  const resumed = await after.call('POST', `${SYNC}/operations/${operationId}/resume?wait=true`);
  expect(resumed.status, resumed.text).toBeLessThan(300);
  const settled = await eventually(restored, ({ status }) => status.startsWith('completed'), 90_000);
  expectBalanced(settled);
  const next = await after.call('POST', `${SYNC}?wait=true`);
  expect(next.body.data.books).toMatchObject({
    fetched: RECORDS + NEW_RECORDS,
    created: 0,
    updated: 0,
    balanced: true,
  });
  expect(await checksum(db)).toBe(undisturbed);
  await expectEachRecordOnce(db);
  await worker.stop();
});

it('takes nothing for its own that a run staged of which the restored database does not know', async () => {
  // The original again, whose worker was stopped.
  await rig.startWorker();
  const { last } = await rig.db
    .selectFrom('sync_operations')
    .select(({ fn }) => fn.max('id').as('last'))
    .executeTakeFirstOrThrow();
  const operation = Number(last) + 1;
  const stranger = {
    pass: 1,
    row_count: 100,
    given_up: 0,
    total: 1,
    keys_digest: 'x',
    fetched_at: '2026-01-01 00:00:00.000',
  };
  for (const page of [1, 2, 3]) {
    await rig.db
      .insertInto('sync_pages')
      .values({ operation, page, ...stranger })
      .execute();
  }
  const own = await rig.sync();
  expect(own.id).toBe(operation);
  expectBalanced(own);
  expect(own).toMatchObject({ status: 'completed', total_processed: RECORDS + NEW_RECORDS, created_count: 0 });
});

async function expectEachRecordOnce(db: Db): Promise<void> {
  const { rows } = await sql<Record<'mirrored' | 'linked' | 'orphans' | 'keys' | 'licenses', string>>`
    SELECT (SELECT COUNT(*) FROM external_licenses WHERE vanished_at IS NULL) AS mirrored,
      (SELECT COUNT(*) FROM external_licenses e JOIN license_links k ON k.source_key = e.source_key) AS linked,
      (SELECT COUNT(*) FROM license_links k LEFT JOIN licenses l ON l.id = k.license_id WHERE l.id IS NULL) AS orphans,
      (SELECT COUNT(DISTINCT \`key\`) FROM licenses) AS \`keys\`,
      (SELECT COUNT(*) FROM licenses) AS licenses
  `.execute(db);
  const [counts] = rows;
  expect(counts && [counts.mirrored, counts.linked, counts.orphans].map(Number)).toEqual([
    RECORDS + NEW_RECORDS,
    RECORDS + NEW_RECORDS,
    0,
  ]);
  expect(counts?.keys).toEqual(counts?.licenses);
}

async function startApi(databaseUrl: string, temporal: TestNamespace): Promise<TestApi> {
  const api = await startTestApi(
    {
      ...ENV,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      EXTERNAL_LICENSE_API_URL: rig.simulator.url,
    },
    token,
  );
  processes.push(api.process);
  return api;
}

async function startWorker(databaseUrl: string, temporal: TestNamespace): Promise<TestProcess> {
  const { url: upstreamUrl, apiKey } = rig.simulator;
  const worker = await startTestWorker({ databaseUrl, upstreamUrl, apiKey, namespace: temporal.namespace, env: ENV });
  processes.push(worker);
  return worker;
}

async function cli(api: TestApi, ...args: string[]) {
  const finished = await runProcess('cli/main.ts', args, {
    LICENSE_SYNC_API_URL: api.url,
    LICENSE_SYNC_API_TOKEN: token,
  });
  expect(finished.code, finished.stderr).toBe(0);
  return finished;
}

const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

async function reviewsOpen(db: Db): Promise<number> {
  const rows = await db.selectFrom('duplicate_cases').select(['id', 'review']).execute();
  return rows.some(({ review }) => review === 'waiting') ? 0 : rows.filter(({ review }) => review === 'open').length;
}

async function countRunning({ client }: TestNamespace, type: string): Promise<number> {
  return (await client.workflow.count(`WorkflowType = '${type}' AND ExecutionStatus = 'Running'`)).count;
}

async function deliveriesPending(db: Db): Promise<unknown[]> {
  return await db.selectFrom('webhook_deliveries').select('id').where('state', '=', 'pending').execute();
}

/** As docs/operations.md says. */
async function dumpTo(file: string, databaseUrl: string): Promise<void> {
  const { flags, database } = flagsOf(databaseUrl);
  const program = process.env.TEST_DUMP ?? 'mariadb-dump';
  await run(program, [
    ...flags,
    '--single-transaction',
    '--no-tablespaces',
    '--hex-blob',
    `--result-file=${file}`,
    database,
  ]);
}

async function restoreFrom(file: string, target: TestDatabase): Promise<void> {
  const { flags, database } = flagsOf(target.url);
  const child = run(process.env.TEST_MYSQL ?? 'mariadb', [...flags, database]);
  child.child.stdin?.end(readFileSync(file));
  await child;
}

function flagsOf(databaseUrl: string): { flags: string[]; database: string } {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const login = [`--host=${hostname}`, `--port=${port || 3306}`, `--user=${decodeURIComponent(username)}`];
  return {
    flags: ['--no-defaults', ...login, `--password=${decodeURIComponent(password)}`, '--protocol=tcp'],
    database: pathname.slice(1),
  };
}
