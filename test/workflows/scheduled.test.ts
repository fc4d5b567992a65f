/** What a schedule starts: the saga is the real one on a real server, its steps are not. */
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncActivities } from '../../workflows/messages.ts';
import { SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import type { scheduledSync } from '../../workflows/scheduled.ts';
import type { licenseSync } from '../../workflows/sync.ts';
import { eventually } from '../support/eventually.ts';
import { createTestNamespace, type TestNamespace } from '../support/temporal.ts';
import { testBundle } from '../support/worker.ts';
import { createFakeSteps, createTurnstile } from './fake-steps.ts';

const TASK_QUEUE = 'license-sync';
const steps = createFakeSteps();
const ended: (() => Promise<unknown>)[] = [];
let env: TestNamespace;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await createTestNamespace();
  ended.push(() => env.close());
  const connection = await NativeConnection.connect({ address: env.address });
  ended.push(() => connection.close());
  const worker = await Worker.create({
    connection,
    namespace: env.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: await testBundle() },
    activities: steps.activities,
    maxHeartbeatThrottleInterval: '100 milliseconds',
  });
  const running = worker.run();
  ended.push(async () => {
    worker.shutdown();
    await running;
  });
});
afterAll(async () => {
  for (const end of ended.reverse()) await end();
});

let starts = 0;

async function start(): Promise<WorkflowHandle<typeof scheduledSync>> {
  return await env.client.workflow.start<typeof scheduledSync>('scheduledSync', {
    workflowId: `license-sync-nightly-${++starts}`,
    taskQueue: TASK_QUEUE,
    args: [{ schedule: 'nightly', options: {} }],
  });
}

async function startByHand(): Promise<WorkflowHandle<typeof licenseSync>> {
  return await env.client.workflow.start<typeof licenseSync>('licenseSync', {
    workflowId: SYNC_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    args: [{ trigger: 'test' }],
  });
}

/** A saga whose fetch waits until the test lets it go. */
function heldSaga(): { overrides: Partial<SyncActivities>; open: () => void; underWay: () => Promise<unknown> } {
  const turnstile = createTurnstile<string>();
  return {
    overrides: {
      openPass: async ({ pass }) => {
        await turnstile.pass('openPass');
        return { grid: { pass, pageSize: 100, total: 0, pages: 0 }, wait: null };
      },
    },
    open: () => turnstile.open(),
    underWay: () =>
      eventually(
        async () => turnstile.waiting(),
        (waiting) => waiting.length > 0,
      ),
  };
}

async function failureOf(handle: WorkflowHandle<typeof scheduledSync>): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().catch((reason: unknown) => reason);
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) {
    throw new Error(`it did not end as Failed: ${error}`);
  }
  return error.cause;
}

const saga = () => env.client.workflow.getHandle(SYNC_WORKFLOW_ID);

describe('a schedule that comes due', () => {
  it('runs the saga under its one id, and ends as the run did', async () => {
    steps.use({});
    const handle = await start();
    const result = await handle.result();
    const { runId } = await saga().describe();
    expect(result).toEqual({ operationId: runId, status: 'completed' });
    expect(steps.calls('begin')).toMatchObject([{ trigger: 'schedule:nightly', operationId: runId, resume: false }]);
    expect(steps.calls('recordSkip')).toEqual([]);
  });

  it('while a run is under way starts none, and records that', async () => {
    const held = heldSaga();
    steps.use(held.overrides);
    const byHand = await startByHand();
    await held.underWay();
    const handle = await start();
    const { runId } = await handle.describe();
    expect(await handle.result()).toEqual({ operationId: runId, status: 'skipped' });
    expect(steps.calls('recordSkip')).toMatchObject([{ schedule: 'nightly', runId, last: false }]);
    held.open();
    await byHand.result();
    expect(steps.calls('begin')).toHaveLength(1);
  });

  it('while a run that has reported is closing tries again, and then runs', async () => {
    const held = heldSaga();
    let looks = 0;
    steps.use({
      ...held.overrides,
      recordSkip: async () => {
        looks += 1;
        if (looks === 2) held.open();
        return { skipped: false };
      },
    });
    const byHand = await startByHand();
    await held.underWay();
    const handle = await start();
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(looks).toBeGreaterThanOrEqual(2);
    await byHand.result();
    expect(steps.calls('begin')).toHaveLength(2);
  });

  it('does not try for ever', async () => {
    const held = heldSaga();
    steps.use({ ...held.overrides, recordSkip: async ({ last }) => ({ skipped: last }) });
    const byHand = await startByHand();
    await held.underWay();
    expect(await (await start()).result()).toMatchObject({ status: 'skipped' });
    held.open();
    await byHand.result();
  });
});

describe('a run that fails', () => {
  it('fails what the schedule started, with the reason, so that the schedule can pause', async () => {
    steps.use({
      openPass: async () => {
        throw ApplicationFailure.nonRetryable('the License API refuses the key', 'auth');
      },
    });
    const failure = await failureOf(await start());
    const { runId } = await saga().describe();
    expect(failure.type).toBe('SYNC_FAILED');
    expect(failure.message).toBe(`operation ${runId}: The run ended as failed: the License API refuses the key`);
  });

  it('does so too when it could not even begin', async () => {
    steps.use({
      begin: async () => {
        throw ApplicationFailure.nonRetryable('dryRun=true is switched off', 'feature-disabled');
      },
    });
    const failure = await failureOf(await start());
    expect([failure.type, failure.message]).toEqual([
      'feature-disabled',
      expect.stringContaining('dryRun=true is switched off'),
    ]);
  });

  it('does so when it is incomplete, and when it is terminated', async () => {
    steps.use({
      report: async ({ ref }) => ({
        ...{ operationId: ref.operationId, status: 'incomplete', fetched: 0, created: 0, updated: 0 },
        ...{ unchanged: 0, linked: 0, repeated: 0, quarantined: 0, pending: 0 },
      }),
    });
    expect((await failureOf(await start())).type).toBe('SYNC_INCOMPLETE');
    const held = heldSaga();
    steps.use(held.overrides);
    const handle = await start();
    await held.underWay();
    await saga().terminate('by hand');
    expect((await failureOf(handle)).message).toMatch(/^operation [0-9a-f-]{36}: .*terminated/i);
    held.open();
  });
});

describe('what the schedule started', () => {
  it('can be terminated without harm to the run', async () => {
    const held = heldSaga();
    steps.use(held.overrides);
    const handle = await start();
    await held.underWay();
    await handle.terminate('by hand');
    held.open();
    expect(await saga().result()).toMatchObject({ status: 'completed' });
  });

  it('can be cancelled: then the run is, with a report', async () => {
    const held = heldSaga();
    steps.use(held.overrides);
    const handle = await start();
    await held.underWay();
    await handle.cancel();
    held.open();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(steps.calls('report')).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('follows a run that continues as new to its end', async () => {
    steps.use({
      begin: async ({ operationId }) => ({
        ref: { operation: 1, operationId, attempt: 1, type: 'external_sync' },
        settings: {
          ...{ concurrencyLimit: 1, rowsPerBatch: 100, stepTimeoutMs: 60_000 },
          ...{ continueAsNewAfter: 70, guardExpiryMs: 1000, detectDuplicates: false, bidirectional: false },
        },
        pass: 1,
      }),
    });
    const handle = await start();
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(new Set(steps.runIds()).size).toBeGreaterThan(1);
  });
});
