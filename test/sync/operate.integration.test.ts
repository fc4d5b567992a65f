/** A run in the hands of operators and of fate: paused, cancelled, terminated, continued, shared, killed. The data ends the same. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/connect.ts';
import type { OperationRow } from '../../db/operations.ts';
import {
  cancelRunSignal,
  pauseSignal,
  progressQuery,
  resumeSignal,
  type WorkflowProgress,
} from '../../workflows/messages.ts';
import { batchWorkflowId, SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import type { licenseSync } from '../../workflows/sync.ts';
import { expectBalanced } from '../support/books.ts';
import { eventually } from '../support/eventually.ts';
import { cleanEnv, type TestProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';
import { startTestWorker } from '../support/worker.ts';

const RECORDS = 400;
const PAGE_SIZE = 50;
const PAGES = RECORDS / PAGE_SIZE;
/** One page a batch and two batches at once: there is always something that has not begun. */
const ENV = {
  ...QUICK,
  LICENSE_SYNC_EXTERNAL_PAGE_SIZE: String(PAGE_SIZE),
  LICENSE_SYNC_SYNC_ROWS_PER_BATCH: String(PAGE_SIZE),
  LICENSE_SYNC_SYNC_CONCURRENCY_LIMIT: '2',
};
const SIMULATOR = { records: RECORDS, seed: 23 };

let rig: Rig;
let undisturbed: string;
const held: (() => Promise<void>)[] = [];
/** Waiting for the time-outs of dead workers takes long and costs nothing: it goes on beside the other tests. */
let killed: Promise<{ row: OperationRow; checksum: string; kills: string[] }>;

beforeAll(async () => {
  killed = syncUnderFire();
  killed.catch(() => undefined);
  rig = await createRig(SIMULATOR, ENV);
  expect(await rig.sync()).toMatchObject({ status: 'completed', created_count: RECORDS });
  undisturbed = await rig.checksum();
});
beforeEach(() => rig.reset());
/** What a test that failed left behind must not stop the next one. */
afterEach(async () => {
  for (const release of held.splice(0)) await release();
  try {
    await rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID).terminate('left behind');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
});
afterAll(async () => {
  await killed.catch(() => undefined);
  await rig?.close();
});

const slow = (ms: number) => rig.simulator.control.fault({ name: 'latency', ms });
const listed = async () => {
  const { listCalls } = await rig.simulator.control.stats();
  // Health checks ask for one record.
  return Object.keys(listCalls).filter((call) => call.endsWith(`/${PAGE_SIZE}`));
};

describe('pause and resume', () => {
  it('stop new batches and let them go on; the row and the search attribute say so', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 2);
    await handle.signal(pauseSignal);
    const still = await progress(handle, (seen) => seen.status === 'paused' && seen.batchesUnderWay === 0);
    expect(still.batchesDone).toBeLessThan(PAGES);
    expect(await onlyOperation()).toMatchObject({ status: 'paused', phase: 'fetch' });
    const before = await listed();
    await eventually(
      () => handle.describe(),
      ({ searchAttributes }) => searchAttributes.SyncStatus?.[0] === 'paused',
    );
    expect(await listed()).toEqual(before);

    await handle.signal(resumeSignal);
    expect(await handle.result()).toMatchObject({ status: 'completed', created: RECORDS });
    expect(await rig.checksum()).toBe(undisturbed);
  });

  it('are not lost when sent together with the start', async () => {
    await rig.simulator.control.resetStats();
    const handle = await rig.temporal.client.workflow.signalWithStart<typeof licenseSync, []>('licenseSync', {
      workflowId: SYNC_WORKFLOW_ID,
      taskQueue: 'license-sync',
      args: [{ trigger: 'test' }],
      signal: pauseSignal,
    });
    await eventually(onlyOperation, (row) => row?.status === 'paused');
    expect(await listed()).toEqual([]);
    await handle.signal(resumeSignal);
    await handle.result();
    expect(await rig.checksum()).toBe(undisturbed);
  });
});

describe('cancelRun', () => {
  it('in the middle of fetching ends with balanced books, and what is held is not fetched again', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 3);
    await handle.signal(cancelRunSignal);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    const cancelled = await only();
    expectBalanced(cancelled);
    expect(cancelled).toMatchObject({ status: 'cancelled', phase: 'fetch', created_count: 0, missing_count: null });
    expect(cancelled.pending_count).toBe(cancelled.total_processed);
    expect(cancelled.pending_count).toBeGreaterThanOrEqual(3 * PAGE_SIZE);

    const held = (await rig.db.selectFrom('sync_pages').select('page').execute()).map(({ page }) => page);
    await rig.simulator.control.clearFaults();
    await rig.simulator.control.resetStats();
    await resumed(cancelled);
    const again = await listed();
    expect(held.filter((page) => again.includes(`${page}/${PAGE_SIZE}`))).toEqual([]);
  });

  it('in the middle of applying ends the batches under way first; the rest is pending and can be resumed', async () => {
    const hold = await holdPages(rig, 2, 3);
    const handle = await rig.start();
    await eventually(onlyOperation, (row) => row?.phase === 'apply');
    const done = await progress(handle, ({ batchesUnderWay, batchesDone }) => batchesUnderWay === 2 && batchesDone > 0);
    await eventually(transactionsThatWait, (waiting) => waiting === 2);
    await handle.signal(cancelRunSignal);
    // Both are in a transaction that waits for the test's own: nothing may be reported before they have ended.
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await hold.release();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    const cancelled = await only();
    expectBalanced(cancelled);
    expect(cancelled).toMatchObject({ status: 'cancelled', phase: 'apply', total_processed: RECORDS });
    expect(cancelled.created_count).toBe((done.batchesDone + 2) * PAGE_SIZE);
    expect(cancelled.pending_count).toBe(RECORDS - cancelled.created_count);
    const { licenses } = await counts(rig.db);
    expect(licenses).toBe(cancelled.created_count);

    await resumed(cancelled);
  });
});

describe('a workflow that was terminated', () => {
  it('is closed as failed by the next run', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 2);
    await handle.terminate('by hand');
    const abandoned = await only();
    expect(abandoned.status).toBe('running');
    await rig.simulator.control.clearFaults();
    expect(await rig.sync()).toMatchObject({ status: 'completed', created_count: RECORDS });
    const closed = await rig.operation(abandoned.operation_id);
    expect(closed).toMatchObject({ status: 'failed', error_message: expect.stringMatching(/ended from outside/) });
    expect(closed.ended_at).not.toBeNull();
    expectBalanced(closed);
    expect(await rig.checksum()).toBe(undisturbed);
  });

  it('can be resumed at once, though its batches may still be ending', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 2);
    await handle.terminate('by hand');
    await resumed(await only());
  });
});

describe('a run that fails', () => {
  it('in the second reading of the feed has balanced books, each record counted once, and can be resumed', async () => {
    const { control } = rig.simulator;
    await control.fault({ name: 'bad_row', position: 7, kind: 'null_row' });
    // One more than there is, on one page of the first reading: it proves nothing, so the feed is read again.
    await control.fault({ name: 'total_changes', delta: 1, page: 5, limit: PAGE_SIZE, times: 1 });
    // Head, the other pages, the look beyond the end; then head and some pages of the second reading.
    await control.fault({ name: 'unauthorized', afterCalls: PAGES + 1 + 4 });
    const failed = await rig.sync();
    expect(failed).toMatchObject({ status: 'failed', error_type: 'auth', pass: 2 });
    expectBalanced(failed);
    expect(failed.total_processed).toBeLessThanOrEqual(RECORDS);

    await control.clearFaults();
    await control.fault({ name: 'bad_row', position: 7, kind: 'null_row' });
    const operation = await rig.sync({ operationId: failed.operation_id });
    expectBalanced(operation);
    expect(operation).toMatchObject({
      status: 'completed_with_findings',
      attempt: 2,
      total_processed: RECORDS,
      failed_count: 1,
      created_count: RECORDS - 1,
    });
  });

  it('after an earlier attempt had applied records counts only what it read itself', async () => {
    await rig.worker().stop();
    const worker = await startWorker(rig, { LICENSE_SYNC_RESUME_MAX_AGE: '0' });
    try {
      const hold = await holdPages(rig, 2);
      const handle = await rig.start();
      await progress(
        handle,
        ({ phase, batchesUnderWay, batchesDone }) => phase === 'apply' && batchesUnderWay + batchesDone === PAGES,
      );
      await handle.signal(cancelRunSignal);
      await hold.release();
      await handle.result();
      const first = await only();
      expect(first.created_count).toBeGreaterThanOrEqual(RECORDS - PAGE_SIZE);
      // Its pages have aged: everything is read anew, and soon the key is refused.
      await rig.simulator.control.fault({ name: 'unauthorized', afterCalls: 4 });
      const failed = await rig.sync({ operationId: first.operation_id });
      expect(failed).toMatchObject({ status: 'failed', error_type: 'auth', attempt: 2, pending_count: 0 });
      expectBalanced(failed);
      expect(failed.total_processed).toBeLessThan(RECORDS);
      await resumed(failed);
    } finally {
      await worker.stop();
      await rig.startWorker();
    }
  });

  it('while a page is read in parts counts the parts it has', async () => {
    const { control } = rig.simulator;
    await control.fault({ name: 'expecting_value_500', position: 130 });
    // Smaller windows are asked for when a page is broken: after a few of them the key is refused.
    await control.fault({ name: 'unauthorized', limit: 1 });
    const failed = await rig.sync();
    expect(failed).toMatchObject({ status: 'failed', error_type: 'auth' });
    expectBalanced(failed);
    const half = await rig.db.selectFrom('sync_rows').select('position').where('page', '=', 3).execute();
    expect(half.length).toBeGreaterThan(0);
    expect(failed).toMatchObject({ failed_count: 1, pending_count: failed.total_processed - 1 });
  });
});

describe('workers', () => {
  it('share one run', async () => {
    await slow(60);
    const second = await startWorker(rig);
    try {
      const operation = await rig.sync();
      expect(operation.status).toBe('completed');
      const pids = (await identities()).map((identity) => Number(identity.split('@')[0]));
      expect(new Set(pids)).toEqual(new Set([rig.worker().pid, second.pid]));
    } finally {
      await second.stop();
    }
    expect(await rig.checksum()).toBe(undisturbed);
  });

  it('that are stopped in the middle of a run end their steps; the next one goes on', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 2);
    expect(await rig.worker().stop()).toBe(0);
    await rig.simulator.control.clearFaults();
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await rig.startWorker();
    await handle.result();
    expect(await only()).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await rig.checksum()).toBe(undisturbed);
  });

  it('killed by SIGKILL three times in one run leave the same data as an undisturbed run', async () => {
    const { row, checksum, kills } = await killed;
    expect(kills).toEqual(['fetch', 'fetch', 'apply']);
    expect(row).toMatchObject({ status: 'completed', created_count: RECORDS, attempt: 1 });
    expectBalanced(row);
    expect(checksum).toBe(undisturbed);
  }, 240_000);
});

describe('a run whose history grows long', () => {
  it('continues in new executions, in several phases, each of them short', async () => {
    await rig.worker().stop();
    const worker = await startWorker(rig, {
      LICENSE_SYNC_SYNC_CONTINUE_AS_NEW_AFTER: '100',
      LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '20',
      LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '20',
    });
    try {
      const handle = await rig.start();
      await handle.result();
      const operation = await only();
      expect(operation).toMatchObject({ status: 'completed', created_count: RECORDS, attempt: 1 });
      const runs = await eventually(
        () => chainOf(operation.operation_id),
        (found) => found.some(({ status }) => status === 'COMPLETED'),
      );
      expect(runs.length).toBeGreaterThan(2);
      expect(runs.filter(({ status }) => status === 'CONTINUED_AS_NEW')).toHaveLength(runs.length - 1);
      expect(new Set(runs.map(({ phase }) => phase)).size).toBeGreaterThan(2);
      // The limit, and what two batches under way still add.
      expect(runs.filter(({ length }) => length > 160)).toEqual([]);
      expect(new Set(runs.map(({ trigger }) => trigger))).toEqual(new Set(['test']));
      expect(await rig.checksum()).toBe(undisturbed);
    } finally {
      await worker.stop();
      await rig.startWorker();
    }
  });
});

describe("Temporal's own command line", () => {
  it('finds, shows, asks, pauses, resumes and cancels a run', async () => {
    const first = await rig.sync();
    await slow(150);
    await rig.start();
    await pagesHeld(rig.db, 2, (await onlyLive()).id);
    const id = ['--workflow-id', SYNC_WORKFLOW_ID];

    const completed = await eventually(
      async () => await cli<Execution[]>('workflow', 'list', '--query', 'SyncStatus="completed"'),
      (found) => found.length > 0,
    );
    expect(completed.map(({ execution }) => execution.runId)).toContain(first.operation_id);
    expect(completed.map(({ execution }) => execution.workflowId)).toEqual(completed.map(() => SYNC_WORKFLOW_ID));

    await cli('workflow', 'signal', ...id, '--name', 'pause');
    await eventually(onlyLive, ({ status }) => status === 'paused');
    const described = await cli<{ workflowExecutionInfo: { status: string } }>('workflow', 'describe', ...id);
    expect(JSON.stringify(described)).toContain('"WORKFLOW_EXECUTION_STATUS_RUNNING"');
    const paused = await eventually(
      async () => await cli<Execution[]>('workflow', 'list', '--query', 'SyncStatus="paused" AND SyncPhase="fetch"'),
      (found) => found.length === 1,
    );
    expect(paused[0]?.execution.workflowId).toBe(SYNC_WORKFLOW_ID);
    const answer = await cli<{ queryResult: WorkflowProgress[] }>('workflow', 'query', ...id, '--name', 'progress');
    expect(answer.queryResult).toMatchObject([
      {
        status: 'paused',
        phase: 'fetch',
        details: 'Paused in phase fetch: batches under way end, no new one starts; it goes on when someone resumes it.',
      },
    ]);

    await cli('workflow', 'signal', ...id, '--name', 'resume');
    await eventually(onlyLive, ({ status }) => status === 'running');
    await cli('workflow', 'signal', ...id, '--name', 'cancelRun');
    const last = await eventually(
      async () => (await rig.db.selectFrom('sync_operations').selectAll().orderBy('id', 'desc').execute())[0],
      (row) => row?.status === 'cancelled',
    );
    if (last) expectBalanced(last);
  });

  it('cancels a run as a signal does: with a report', async () => {
    await slow(150);
    const handle = await rig.start();
    await pagesHeld(rig.db, 2);
    await cli('workflow', 'cancel', '--workflow-id', SYNC_WORKFLOW_ID);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expectBalanced(await only());
  });
});

/** A run of its own, on services of its own, whose worker dies three times. */
async function syncUnderFire(): Promise<{ row: OperationRow; checksum: string; kills: string[] }> {
  const own = await createRig(SIMULATOR, ENV);
  try {
    await own.simulator.control.fault({ name: 'latency', ms: 100 });
    const handle = await own.start();
    const kills: string[] = [];
    const kill = async () => {
      await own.worker().kill();
      const row = await own.db.selectFrom('sync_operations').select('phase').executeTakeFirstOrThrow();
      kills.push(row.phase);
    };
    await pagesHeld(own.db, 2);
    await kill();
    await own.startWorker();
    await pagesHeld(own.db, 6);
    await kill();
    const hold = await holdPages(own, 4, 8);
    await own.startWorker();
    await eventually(
      () => counts(own.db),
      ({ licenses }) => licenses > 0,
      90_000,
    );
    await kill();
    await hold.release();
    await own.startWorker();
    await handle.result();
    const row = await own.db.selectFrom('sync_operations').selectAll().executeTakeFirstOrThrow();
    return { row, checksum: await own.checksum(), kills };
  } finally {
    await own.close();
  }
}

/** Transactions in this database that wait for another's locks. */
async function transactionsThatWait(): Promise<number> {
  const { rows } = await sql<{ waiting: number | string }>`
    SELECT COUNT(*) AS waiting
    FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
    WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()
  `.execute(rig.db);
  return Number(rows[0]?.waiting ?? 0);
}

/** Keeps the links of one record of each of these pages from being written, by writing them in a transaction of its own. */
async function holdPages(on: Rig, ...pages: number[]): Promise<{ release(): Promise<void> }> {
  const countids: unknown[] = [];
  for await (const record of on.simulator.control.truth()) countids.push(record.countid);
  const trx = await on.db.startTransaction().execute();
  const now = '2026-01-01 00:00:00.000';
  for (const page of pages) {
    await trx
      .insertInto('license_links')
      .values({
        source_key: `c:${countids[(page - 1) * PAGE_SIZE + 7]}`,
        license_id: '',
        role: 'primary',
        matched_by: 'test',
        confidence: null,
        base: '{}',
        base_hash: '',
        operation: 0,
        created_at: now,
        updated_at: now,
      })
      .execute();
  }
  const release = async () => {
    if (!trx.isCommitted && !trx.isRolledBack) await trx.rollback().execute();
  };
  if (on === rig) held.push(release);
  return { release };
}

async function startWorker(
  { databaseUrl, simulator, temporal }: Rig,
  env: Record<string, string> = {},
): Promise<TestProcess> {
  return await startTestWorker({
    databaseUrl,
    upstreamUrl: simulator.url,
    apiKey: simulator.apiKey,
    namespace: temporal.namespace,
    env: { ...ENV, ...env },
  });
}

async function resumed({ operation_id: operationId, attempt }: OperationRow): Promise<void> {
  await rig.simulator.control.clearFaults();
  const operation = await rig.sync({ operationId });
  expectBalanced(operation);
  expect(operation).toMatchObject({ status: 'completed', attempt: attempt + 1, total_processed: RECORDS });
  expect(await counts(rig.db)).toEqual({ licenses: RECORDS, changes: RECORDS });
  expect(await rig.checksum()).toBe(undisturbed);
}

async function pagesHeld(db: Db, atLeast: number, operation?: number): Promise<void> {
  let pages = db.selectFrom('sync_pages').select('page');
  if (operation !== undefined) pages = pages.where('operation', '=', operation);
  await eventually(
    () => pages.execute(),
    (held) => held.length >= atLeast,
    90_000,
  );
}

async function progress(
  handle: WorkflowHandle<typeof licenseSync>,
  is: (seen: WorkflowProgress) => boolean,
): Promise<WorkflowProgress> {
  return await eventually(() => handle.query(progressQuery), is);
}

async function counts(db: Db): Promise<{ licenses: number; changes: number }> {
  const count = async (table: 'licenses' | 'license_changes') =>
    Number(
      (
        await db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll<string>().as('n'))
          .executeTakeFirst()
      )?.n,
    );
  return { licenses: await count('licenses'), changes: await count('license_changes') };
}

async function onlyOperation(): Promise<OperationRow | undefined> {
  return await rig.db.selectFrom('sync_operations').selectAll().executeTakeFirst();
}

async function only(): Promise<OperationRow> {
  return await rig.db.selectFrom('sync_operations').selectAll().executeTakeFirstOrThrow();
}

/** The newest one, once it is there. */
async function onlyLive(): Promise<OperationRow> {
  const rows = await eventually(
    () => rig.db.selectFrom('sync_operations').selectAll().where('status', 'in', ['running', 'paused']).execute(),
    (live) => live.length === 1,
  );
  return rows[0] as OperationRow;
}

/** Who worked on the steps of the newest run, as Temporal has it. */
async function identities(): Promise<string[]> {
  const { workflow } = rig.temporal.client;
  const found: string[] = [];
  const { operation_id: operationId } = await only();
  const handles = [workflow.getHandle(SYNC_WORKFLOW_ID, operationId)];
  for (let page = 1; page <= PAGES; page += 1)
    handles.push(workflow.getHandle(batchWorkflowId({ operationId, attempt: 1 }, 'fetch', 1, page)));
  for (const handle of handles) {
    const { events } = await handle.fetchHistory();
    found.push(...(events?.flatMap((event) => event.activityTaskStartedEventAttributes?.identity ?? []) ?? []));
  }
  return found;
}

/** The executions of one run, from the first to the last. */
async function chainOf(firstRunId: string) {
  const chain: { status: string; phase: unknown; trigger: unknown; length: number }[] = [];
  for (let runId: string | undefined = firstRunId; runId; ) {
    const handle: WorkflowHandle = rig.temporal.client.workflow.getHandle(SYNC_WORKFLOW_ID, runId);
    const { status, searchAttributes } = await handle.describe();
    const events: Events = (await handle.fetchHistory()).events;
    chain.push({
      status: status.name,
      phase: searchAttributes.SyncPhase?.[0],
      trigger: searchAttributes.SyncTrigger?.[0],
      length: events?.length ?? 0,
    });
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return chain;
}

type Events = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events'];

interface Execution {
  execution: { workflowId: string; runId: string };
}

/** The real `temporal` program; what it prints, as JSON where it does. */
async function cli<T>(...args: string[]): Promise<T> {
  const program = process.env.TEST_TEMPORAL_CLI;
  if (!program) throw new Error('TEST_TEMPORAL_CLI is not set: npm test gets the program and sets it');
  const { address, namespace } = rig.temporal;
  const where = ['--address', address, '--namespace', namespace, '--output', 'json'];
  const { stdout } = await promisify(execFile)(program, [...args, ...where], { env: cleanEnv({}) });
  return JSON.parse(/^\s*[[{]/.test(stdout) ? stdout : 'null') as T;
}
