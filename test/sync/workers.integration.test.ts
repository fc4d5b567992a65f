/** Workers that come and go while a run is under way: drained or killed, what they had in hand is taken up by another one. */
import type { temporal as proto } from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectBalanced } from '../support/books.ts';
import { eventually } from '../support/eventually.ts';
import type { TestProcess } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

const RECORDS = 3000;
/** One step of a fetch batch reads all of its pages: long enough to be met under way. */
const ROWS_PER_BATCH = 1000;
let rig: Rig;
let undisturbed: string;
/** Unix time in ms of the test's beginning. */
let since = 0;

beforeAll(async () => {
  rig = await createRig(
    { records: RECORDS, seed: 23 },
    {
      ...QUICK,
      LICENSE_SYNC_SYNC_ROWS_PER_BATCH: String(ROWS_PER_BATCH),
      LICENSE_SYNC_EXTERNAL_MAX_CONCURRENT_CALLS: '1',
      LICENSE_SYNC_DRAIN_STEPS_WITHIN: '200',
    },
  );
  await rig.reset();
  const operation = await rig.sync();
  expect(operation.status).toBe('completed');
  undisturbed = await rig.checksum();
});
beforeEach(async () => {
  since = Date.now();
  await rig.reset();
  await rig.simulator.control.resetStats();
});
afterAll(() => rig?.close());

it('a worker that is told to stop gives its steps back, and another one takes them up at once', async () => {
  const { first, result } = await runWithTwoWorkers();
  expect(await first.stop()).toBe(0);
  const operation = await result;
  expectBalanced(operation);
  expect(operation).toMatchObject({ status: 'completed', attempt: 1, created_count: RECORDS });
  expect(await rig.checksum()).toBe(undisturbed);

  const tries = await repeatedTries();
  expect(tries.length).toBeGreaterThan(0);
  // Neither a heartbeat that was missed nor a time that was up: the worker said so itself.
  for (const { lastFailure } of tries) expect(lastFailure?.timeoutFailureInfo ?? null).toBeNull();
  // Pages that were held when the step was given back were not asked for again.
  const { listCalls } = await rig.simulator.control.stats();
  const twice = Object.entries(listCalls).filter(([page, calls]) => page.endsWith('/100') && calls > 1);
  expect(twice.length).toBeLessThanOrEqual(tries.length + 1);
});

it('a worker that is killed costs nothing: another one goes on with its steps', async () => {
  const { first, result } = await runWithTwoWorkers();
  await first.kill();
  const operation = await result;
  expectBalanced(operation);
  expect(operation).toMatchObject({ status: 'completed', attempt: 1, created_count: RECORDS });
  expect(await rig.checksum()).toBe(undisturbed);
  const links = await rig.db
    .selectFrom('license_links')
    .select(({ fn }) => [fn.countAll<string>().as('links'), fn.count<string>('license_id').distinct().as('licenses')])
    .executeTakeFirstOrThrow();
  expect([Number(links.links), Number(links.licenses)]).toEqual([RECORDS, RECORDS]);
  expect((await repeatedTries()).length).toBeGreaterThan(0);
});

/** A run in the middle of its fetch, with two workers; `first` has a step in hand. */
async function runWithTwoWorkers(): Promise<{ first: TestProcess; result: ReturnType<Rig['sync']> }> {
  const first = rig.worker();
  await rig.simulator.control.fault({ name: 'latency', ms: 250 });
  const result = rig.sync();
  result.catch(() => undefined);
  await eventually(
    () => rig.db.selectFrom('sync_pages').select('page').execute(),
    (pages) => pages.length >= 4,
  );
  await rig.startWorker();
  return { first, result };
}

/** Starts of steps that were not their first, of all batches of the namespace. */
async function repeatedTries(): Promise<proto.api.history.v1.IActivityTaskStartedEventAttributes[]> {
  const { client } = rig.temporal;
  const tries = [];
  for await (const { workflowId, runId, startTime } of client.workflow.list({ query: "WorkflowType = 'fetchBatch'" })) {
    if (startTime.getTime() < since) continue;
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { activityTaskStartedEventAttributes: started } of events ?? []) {
      if ((started?.attempt ?? 0) > 1 && started) tries.push(started);
    }
  }
  return tries;
}
