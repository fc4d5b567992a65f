/** The saga alone, on a server that skips time: waits of hours, pauses and cancellations in them, failures beside work under way. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approveSignal,
  approveUpdate,
  cancelRunSignal,
  type FetchPagesInput,
  pauseSignal,
  progressQuery,
  resumeSignal,
  type SyncActivities,
  type SyncInput,
  type Wait,
} from '../../workflows/messages.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import type { licenseSync } from '../../workflows/sync.ts';
import { eventually } from '../support/eventually.ts';
import { testBundle } from '../support/worker.ts';
import { createFakeSteps, createTurnstile, PAGE_SIZE, PAGES, SETTINGS } from './fake-steps.ts';

/** `IndexedValueType` of Temporal's API; this server can register attributes, but not list them. */
const KEYWORD = 2;
const DOUBLE = 4;
const HOUR_MS = 3_600_000;
const TASK_QUEUE = 'license-sync';
const steps = createFakeSteps();
const ended: (() => Promise<unknown>)[] = [];
let env: TestWorkflowEnvironment;

beforeAll(async () => {
  const path = process.env.TEST_TEMPORAL_TEST_SERVER;
  if (!path) throw new Error('TEST_TEMPORAL_TEST_SERVER is not set: npm test gets the server and sets it');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  ended.push(() => env.teardown());
  await env.connection.operatorService.addSearchAttributes({
    searchAttributes: Object.fromEntries(
      SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type === 'DOUBLE' ? DOUBLE : KEYWORD]),
    ),
  });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: await testBundle() },
    activities: steps.activities,
    // The shortest that core allows: a cancelled step hears of it with its next heartbeat.
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

let runs = 0;

async function start(overrides: Partial<SyncActivities> = {}, input: SyncInput = {}) {
  steps.use(overrides);
  return await env.client.workflow.start<typeof licenseSync>('licenseSync', {
    workflowId: `license-sync-${++runs}`,
    taskQueue: TASK_QUEUE,
    args: [{ trigger: 'test', ...input }],
  });
}

/** As in an activity of the real saga: calls that wait say until when, by the server's clock. */
async function waitOf(forMs: number, kind: Wait['kind'] = 'circuit_open'): Promise<Wait> {
  return { kind, untilMs: (await env.currentTimeMs()) + forMs };
}

async function failureOf(handle: WorkflowHandle<typeof licenseSync>): Promise<ApplicationFailure> {
  const error = await handle.result().then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) {
    throw new Error(`the run did not end as Failed: ${error}`);
  }
  return error.cause;
}

const waits = () => steps.calls('markPhase').map(({ wait }) => wait);
const settled = (settings: Partial<typeof SETTINGS>): Partial<SyncActivities> => ({
  begin: async ({ operationId }) => ({
    ref: { operation: 1, operationId, attempt: 1, type: 'external_sync' },
    settings: { ...SETTINGS, ...settings },
    pass: 1,
  }),
});
const inBatchesOf = (rowsPerBatch: number) => settled({ rowsPerBatch });

/** Fetching that waits for the test, cancellable as the real one is. */
function heldFetching() {
  const turnstile = createTurnstile<FetchPagesInput>();
  const fetchPages: SyncActivities['fetchPages'] = async (input) => {
    const { cancellationSignal, heartbeat } = Context.current();
    const timer = setInterval(() => heartbeat(), 100);
    try {
      await turnstile.pass(input, cancellationSignal);
    } finally {
      clearInterval(timer);
    }
    return { nextPage: input.range.to + 1, troubled: [], wait: null, pushedBack: false, latencyMs: null };
  };
  return { turnstile, fetchPages };
}

describe('an open circuit', () => {
  /** Two batches of five pages; the second stops at page 8 until the circuit closes again. */
  function stopsAtPage8(): Partial<SyncActivities> {
    let stopped = false;
    return {
      ...inBatchesOf(500),
      async fetchPages({ range }) {
        const stops = !stopped && range.from <= 8 && range.to >= 8;
        stopped ||= stops;
        return {
          nextPage: stops ? 8 : range.to + 1,
          troubled: [],
          wait: stops ? await waitOf(HOUR_MS) : null,
          pushedBack: stops,
          latencyMs: 10,
        };
      },
    };
  }

  it('is waited for on a durable timer, and then only the remainder is read', async () => {
    const before = await env.currentTimeMs();
    const handle = await start(stopsAtPage8());
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(await env.currentTimeMs()).toBeGreaterThanOrEqual(before + HOUR_MS);
    const read = steps.calls('fetchPages').map(({ range }) => `${range.from}–${range.to}`);
    expect(read.slice(0, 2).sort()).toEqual(['1–5', '6–10']);
    expect(read.slice(2)).toEqual(['8–10']);
    expect(waits()).toContainEqual({ kind: 'circuit_open', untilMs: expect.any(Number) });
    expect(waits().at(-1)).toBeNull();
    const { events } = await handle.fetchHistory();
    const timers = events?.flatMap(({ timerStartedEventAttributes: timer }) => timer ?? []) ?? [];
    expect(timers).toHaveLength(1);
  });

  it('can be paused meanwhile: the wait ends, the pause stays', async () => {
    const handle = await start(stopsAtPage8());
    await eventually(
      () => handle.query(progressQuery),
      ({ wait }) => wait?.kind === 'circuit_open',
    );
    await handle.signal(pauseSignal);
    await eventually(
      async () => steps.calls('markPhase').at(-1),
      (mark) => mark?.status === 'paused' && mark.wait !== null,
    );
    await env.sleep(2 * HOUR_MS);
    await eventually(
      () => handle.query(progressQuery),
      ({ wait }) => wait === null,
    );
    expect(await handle.query(progressQuery)).toMatchObject({ status: 'paused', phase: 'fetch', batchesUnderWay: 0 });
    expect(steps.calls('fetchPages')).toHaveLength(2);
    await handle.signal(resumeSignal);
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(steps.calls('fetchPages')).toHaveLength(3);
  });

  it('can be cancelled meanwhile, and nobody waits for the hour to pass', async () => {
    const handle = await start(stopsAtPage8());
    const { wait } = await eventually(
      () => handle.query(progressQuery),
      (progress) => progress.wait !== null,
    );
    await handle.signal(cancelRunSignal);
    // Time stands still until a result is asked for: the report comes without it.
    await eventually(
      async () => steps.calls('report'),
      (calls) => calls.length === 1,
    );
    expect(await env.currentTimeMs()).toBeLessThan(wait?.untilMs ?? 0);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(steps.calls('report')).toMatchObject([{ outcome: 'cancelled', phase: 'fetch', error: null }]);
  });

  it('of which several batches tell is waited for as long as the longest says', async () => {
    const before = await env.currentTimeMs();
    const told = new Set<number>();
    const handle = await start({
      ...inBatchesOf(500),
      async fetchPages({ range }) {
        const stops = !told.has(range.to);
        told.add(range.to);
        const wait = stops ? await waitOf(range.to === 5 ? 3 * HOUR_MS : HOUR_MS, 'rate_limited') : null;
        const nextPage = stops ? range.from : range.to + 1;
        return { nextPage, troubled: [], wait, pushedBack: stops, latencyMs: null };
      },
    });
    await handle.result();
    expect(await env.currentTimeMs()).toBeGreaterThanOrEqual(before + 3 * HOUR_MS);
    expect(steps.calls('fetchPages')).toHaveLength(4);
  });

  it('met while a page is read in parts leads to the whole page again', async () => {
    let asked = 0;
    const handle = await start({
      ...inBatchesOf(1000),
      async fetchPages({ range }) {
        return { nextPage: range.to + 1, troubled: [4], wait: null, pushedBack: false, latencyMs: null };
      },
      async fetchWindow({ window }) {
        if (++asked === 2) return { outcome: 'wait', wait: await waitOf(HOUR_MS) };
        return { outcome: 'stored', answered: window.size, total: PAGES * PAGE_SIZE };
      },
    });
    await handle.result();
    expect(steps.calls('fetchWindow').map(({ page, window }) => [page, window.offset])).toEqual([
      [4, 0],
      [4, 50],
      [4, 0],
      [4, 50],
    ]);
    expect(steps.calls('closePage')).toMatchObject([{ page: 4, answered: 100, givenUp: 0 }]);
  });

  it('met before the first page is read is waited for as well', async () => {
    let asked = 0;
    const handle = await start({
      async openPass({ pass }) {
        if (++asked < 3) return { grid: null, wait: await waitOf(HOUR_MS, 'upstream_down') };
        return { grid: { pass, pageSize: PAGE_SIZE, total: 0, pages: 0 }, wait: null };
      },
    });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(steps.calls('openPass')).toHaveLength(3);
  });
});

describe('pause and resume', () => {
  it('sent together with the start are not lost', async () => {
    steps.use({});
    const handle = await env.client.workflow.signalWithStart<typeof licenseSync, []>('licenseSync', {
      workflowId: `license-sync-${++runs}`,
      taskQueue: TASK_QUEUE,
      args: [{ trigger: 'test' }],
      signal: pauseSignal,
    });
    await eventually(
      () => handle.query(progressQuery),
      ({ status, phase }) => status === 'paused' && phase === 'fetch',
    );
    expect(steps.order()).not.toContain('openPass');
    await handle.signal(resumeSignal);
    expect(await handle.result()).toMatchObject({ status: 'completed' });
  });

  it('sent to an execution that continues a paused one are not lost', async () => {
    steps.use({});
    const carried = {
      ref: { operation: 1, operationId: 'paused-before', attempt: 1, type: 'external_sync' as const },
      settings: SETTINGS,
      phase: 'fetch' as const,
      grid: null,
      proof: null,
      remaining: null,
      concurrency: null,
      paused: true,
      scoring: null,
      pushing: null,
      needs: [],
      vanishing: 0,
      approvals: {},
      approveByMs: null,
    };
    const handle = await env.client.workflow.signalWithStart<typeof licenseSync, []>('licenseSync', {
      workflowId: `license-sync-${++runs}`,
      taskQueue: TASK_QUEUE,
      args: [{ trigger: 'test', operationId: 'paused-before', carried }],
      signal: resumeSignal,
    });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(steps.order()).not.toContain('begin');
  });

  it('let batches under way end and hold the others back', async () => {
    const { turnstile, fetchPages } = heldFetching();
    const handle = await start({ fetchPages });
    await eventually(
      async () => turnstile.waiting().length,
      (waiting) => waiting === 5,
    );
    await handle.signal(pauseSignal);
    await eventually(
      () => handle.query(progressQuery),
      ({ status }) => status === 'paused',
    );
    turnstile.open();
    await eventually(
      () => handle.query(progressQuery),
      ({ batchesUnderWay }) => batchesUnderWay === 0,
    );
    expect(await handle.query(progressQuery)).toMatchObject({ batchesDone: 5, batchesTotal: PAGES });
    await handle.signal(resumeSignal);
    expect(await handle.result()).toMatchObject({ status: 'completed' });
  });
});

describe('cancelRun', () => {
  it('sent together with the start ends the run before it reads anything', async () => {
    steps.use({});
    const handle = await env.client.workflow.signalWithStart<typeof licenseSync, []>('licenseSync', {
      workflowId: `license-sync-${++runs}`,
      taskQueue: TASK_QUEUE,
      args: [{ trigger: 'test' }],
      signal: cancelRunSignal,
    });
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(steps.order()).not.toContain('fetchPages');
  });

  it('ends a paused run', async () => {
    const { turnstile, fetchPages } = heldFetching();
    const handle = await start({ fetchPages });
    await eventually(
      async () => turnstile.waiting().length,
      (waiting) => waiting === 5,
    );
    await handle.signal(pauseSignal);
    turnstile.open();
    await eventually(
      () => handle.query(progressQuery),
      ({ batchesUnderWay }) => batchesUnderWay === 0,
    );
    await handle.signal(cancelRunSignal);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['alone', [cancelRunSignal]],
    ['right after a pause', [pauseSignal, cancelRunSignal]],
    ['right before a pause', [cancelRunSignal, pauseSignal]],
  ])('sent %s reports only when what was under way has ended', async (_, signals) => {
    let underWay = 0;
    let underWayAtReport: number | null = null;
    const handle = await start({
      ...inBatchesOf(500),
      async fetchPages({ range }) {
        const { cancellationSignal, heartbeat } = Context.current();
        underWay += 1;
        const timer = setInterval(() => heartbeat(), 50);
        // A step that is cancelled ends what it has begun, as a transaction does.
        await new Promise((resolve) => cancellationSignal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 300));
        clearInterval(timer);
        underWay -= 1;
        return { nextPage: range.to + 1, troubled: [], wait: null, pushedBack: false, latencyMs: null };
      },
      async report({ ref, outcome }) {
        underWayAtReport = underWay;
        return {
          operationId: ref.operationId,
          status: outcome === 'cancelled' ? 'cancelled' : 'failed',
          fetched: 0,
          created: 0,
          updated: 0,
          unchanged: 0,
          linked: 0,
          repeated: 0,
          quarantined: 0,
          pending: 0,
        };
      },
    });
    await eventually(
      async () => underWay,
      (count) => count === 2,
    );
    for (const signal of signals) await handle.signal(signal);
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(underWayAtReport).toBe(0);
  });
});

describe('concurrency', () => {
  it('rises by one with each batch that went well and is halved when the API pushes back', async () => {
    const turnstile = createTurnstile<FetchPagesInput>();
    const pushing = new Set<number>();
    const pages = 5100;
    const handle = await start({
      openPass: async ({ pass }) => ({ grid: { pass, pageSize: 100, total: 510_000, pages }, wait: null }),
      async fetchPages(input) {
        const timer = setInterval(() => Context.current().heartbeat(), 1000);
        await turnstile.pass(input);
        clearInterval(timer);
        const pushedBack = pushing.has(input.range.from);
        return { nextPage: input.range.to + 1, troubled: [], wait: null, pushedBack, latencyMs: null };
      },
      openApply: async () => [],
    });
    const underWay = async (count: number) =>
      await eventually(
        async () => turnstile.waiting().length,
        (waiting) => waiting === count,
      );
    const concurrency = async () => (await handle.query(progressQuery)).concurrency;
    await underWay(5);
    turnstile.release();
    await underWay(6);
    expect(await concurrency()).toBe(6);
    turnstile.release();
    await underWay(7);
    const [pushed] = turnstile.waiting();
    pushing.add(pushed?.range.from ?? 0);
    turnstile.release((input) => input === pushed);
    await eventually(concurrency, (limit) => limit === 3);
    expect(turnstile.waiting()).toHaveLength(6);
    // Above the limit nothing new starts: one that ends makes room for nobody.
    turnstile.release();
    await eventually(concurrency, (limit) => limit === 4);
    expect(turnstile.waiting()).toHaveLength(5);
    turnstile.release();
    await eventually(concurrency, (limit) => limit === 5);
    await underWay(5);
    turnstile.open();
    expect(await handle.result()).toMatchObject({ status: 'completed' });
  });
});

describe('a batch that fails', () => {
  it('lets the others end, starts no more, and the report gives the innermost reason', async () => {
    const { turnstile, fetchPages } = heldFetching();
    const handle = await start({ fetchPages });
    await eventually(
      async () => turnstile.waiting().length,
      (waiting) => waiting === 5,
    );
    const why = 'EXTERNAL_LICENSE_API_KEY was refused (401)';
    turnstile.release(({ range }) => range.from === 2, ApplicationFailure.nonRetryable(why, 'auth'));
    await eventually(
      () => handle.query(progressQuery),
      ({ batchesUnderWay }) => batchesUnderWay === 4,
    );
    expect(steps.order()).not.toContain('report');
    turnstile.open();
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type: 'SYNC_FAILED', message: `The run ended as failed: ${why}` });
    expect(failure.details).toMatchObject([{ operationId: handle.firstExecutionRunId, status: 'failed' }]);
    expect(steps.calls('report')).toMatchObject([
      { outcome: 'failed', phase: 'fetch', error: { type: 'auth', message: why }, proof: null },
    ]);
    expect(steps.calls('fetchPages')).toHaveLength(5);
  });

  it('lets the others end, too, when what failed is the word to the operator that the run is paused', async () => {
    const { turnstile, fetchPages } = heldFetching();
    const handle = await start({
      fetchPages,
      async markPhase({ status }) {
        if (status === 'paused') throw ApplicationFailure.nonRetryable('the row could not be written', 'INTERNAL');
      },
    });
    await eventually(
      async () => turnstile.waiting().length,
      (waiting) => waiting === 5,
    );
    await handle.signal(pauseSignal);
    // The failed mark stands in the history together with all that the workflow decided upon it.
    const { events } = await eventually(
      () => handle.fetchHistory(),
      (history) => history.events?.some((event) => event.markerRecordedEventAttributes?.failure) === true,
    );
    const scheduled = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(scheduled).not.toContain('report');
    turnstile.open();
    expect(await failureOf(handle)).toMatchObject({ message: 'The run ended as failed: the row could not be written' });
    expect(steps.calls('report')).toHaveLength(1);
  });

  it('in the last phase is reported with what was proven before', async () => {
    const handle = await start({
      async applyPages({ range }) {
        if (range.from === 3) throw ApplicationFailure.nonRetryable('the disk is full', 'INTERNAL');
      },
    });
    await failureOf(handle);
    expect(steps.calls('report')).toMatchObject([
      { outcome: 'failed', phase: 'apply', proof: 'proven', error: { message: 'the disk is full' } },
    ]);
  });

  it('for a reason that passes is tried again, with pauses, until it goes through', async () => {
    let tries = 0;
    const handle = await start({
      async planPages() {
        if (++tries < 12) throw ApplicationFailure.retryable('the database is not available', 'DATABASE_UNAVAILABLE');
      },
      ...inBatchesOf(1000),
    });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(tries).toBe(12);
  });
});

describe('the end of the run', () => {
  it.each([
    ['incomplete', 'SYNC_INCOMPLETE'],
    ['failed', 'SYNC_FAILED'],
  ] as const)('that is %s ends the execution as Failed, after the report', async (status, type) => {
    const handle = await start({
      report: async ({ ref }) => ({
        operationId: ref.operationId,
        status,
        fetched: 3,
        created: 3,
        updated: 0,
        unchanged: 0,
        linked: 0,
        repeated: 0,
        quarantined: 0,
        pending: 0,
      }),
    });
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({ type, nonRetryable: true });
    expect(failure.details).toMatchObject([{ status, fetched: 3 }]);
  });

  it('comes after every phase, in their order', async () => {
    await (await start(inBatchesOf(1000))).result();
    expect(steps.order().filter((step) => step !== 'markPhase')).toEqual([
      'begin',
      'prune',
      'openPass',
      'fetchPages',
      'checkEnd',
      'proveFetch',
      'settleRepeats',
      'mirrorPages',
      'preparePlan',
      'planPages',
      'closePlan',
      'openApply',
      'applyPages',
      'report',
    ]);
  });

  it('comes after a second reading when the first proves nothing, and after the pages by which the feed grew', async () => {
    const grown = { pass: 1, pageSize: PAGE_SIZE, total: 1150, pages: 12 };
    let looks = 0;
    const handle = await start({
      ...inBatchesOf(1000),
      checkEnd: async ({ grid }) =>
        ++looks === 1 ? { grid: grown, from: 11, wait: null } : { grid, from: grid.pages + 1, wait: null },
      proveFetch: async ({ grid }) =>
        grid.pass === 1
          ? { proof: 'unproven', anotherPass: true }
          : { proof: 'proven_by_two_passes', anotherPass: false },
      settleRepeats: async () => ({ pages: 12 }),
    });
    await handle.result();
    expect(steps.calls('fetchPages').map(({ grid, range }) => [grid.pass, range.from, range.to])).toEqual([
      [1, 1, 10],
      [1, 11, 12],
      [2, 1, 10],
    ]);
    expect(steps.calls('mirrorPages').map(({ range }) => range.to)).toEqual([12]);
    expect(steps.calls('report')).toMatchObject([{ proof: 'proven_by_two_passes', outcome: 'finished' }]);
  });
});

describe('a history that grows long', () => {
  it('is continued in a new one, with nothing done twice and nothing left out', async () => {
    const pages = 150;
    const handle = await start({
      ...settled({ rowsPerBatch: 1, continueAsNewAfter: 100 }),
      openPass: async ({ pass }) => ({ grid: { pass, pageSize: 1000, total: 150_000, pages }, wait: null }),
    });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    for (const step of ['fetchPages', 'mirrorPages', 'planPages', 'applyPages'] as const) {
      const read = steps
        .calls(step)
        .flatMap(({ range: { from, to } }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
      expect(
        read.sort((a, b) => a - b),
        step,
      ).toEqual(Array.from({ length: pages }, (_, index) => index + 1));
    }
    for (const once of ['begin', 'openPass', 'prune', 'preparePlan', 'report'] as const) {
      expect(steps.calls(once), once).toHaveLength(1);
    }
    expect(new Set(steps.runIds()).size).toBeGreaterThan(2);
  });
});

describe('unusually many changes', () => {
  const due = { kind: 'vanish' as const, due: 100 };
  const guarded: Partial<SyncActivities> = { closePlan: async () => ({ needs: [due], vanishing: 100 }) };
  const untilAwaiting = (handle: WorkflowHandle<typeof licenseSync>) =>
    eventually(
      () => handle.query(progressQuery),
      ({ status }) => status === 'awaiting_approval',
    );

  it('wait until exactly that is approved, and say what for', async () => {
    const handle = await start(guarded);
    const { details } = await untilAwaiting(handle);
    expect(details).toContain('100 records to be marked as vanished');
    await expect(
      handle.executeUpdate(approveUpdate, { args: [{ kind: 'overwrite', ceiling: 100 }] }),
    ).rejects.toThrow();
    const few = await handle.executeUpdate(approveUpdate, { args: [{ kind: 'vanish', ceiling: 10 }] });
    expect(few).toEqual({ stillDue: [due] });
    expect(await handle.query(progressQuery)).toMatchObject({ status: 'awaiting_approval' });
    expect(steps.order()).not.toContain('applyPages');
    const all = await handle.executeUpdate(approveUpdate, { args: [{ kind: 'vanish', ceiling: 100 }] });
    expect(all).toEqual({ stillDue: [] });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(steps.order()).toContain('applyVanished');
  });

  it('can be approved by signal, which is ignored when it makes no sense', async () => {
    const handle = await start(guarded);
    await untilAwaiting(handle);
    await handle.signal('approve');
    await handle.signal(approveSignal, { kind: 'vanish', ceiling: 0 });
    await handle.signal(approveSignal, { kind: 'vanish', ceiling: 100 });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
  });

  it('end the run as incomplete when nobody approves in time, and nothing is applied', async () => {
    const handle = await start(guarded);
    const failure = await failureOf(handle);
    expect(failure.type).toBe('SYNC_INCOMPLETE');
    expect(failure.message).toContain('100 records to be marked as vanished');
    expect(steps.calls('report')).toMatchObject([{ outcome: 'expired', phase: 'guard' }]);
    expect(steps.order()).not.toContain('openApply');
    expect(steps.order()).not.toContain('applyVanished');
  });

  it('can be paused, approved, and go on when the run is resumed; or be cancelled', async () => {
    const handle = await start(guarded);
    await untilAwaiting(handle);
    await handle.signal(pauseSignal);
    await eventually(
      () => handle.query(progressQuery),
      ({ status }) => status === 'paused',
    );
    await handle.executeUpdate(approveUpdate, { args: [{ kind: 'vanish', ceiling: 100 }] });
    expect(steps.order()).not.toContain('openApply');
    await handle.signal(resumeSignal);
    expect(await handle.result()).toMatchObject({ status: 'completed' });

    const other = await start(guarded);
    await untilAwaiting(other);
    await other.signal(cancelRunSignal);
    expect(await other.result()).toMatchObject({ status: 'cancelled' });
  });
});

describe('a dry run', () => {
  it('plans, and neither mirrors nor weighs nor applies', async () => {
    const dry: Partial<SyncActivities> = {
      begin: async ({ operationId }) => ({
        ref: { operation: 1, operationId, attempt: 1, type: 'external_sync_dry_run' },
        settings: SETTINGS,
        pass: 1,
      }),
    };
    const handle = await start(dry);
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(steps.order()).toContain('planPages');
    for (const step of ['mirrorPages', 'openApply', 'applyPages', 'applyVanished']) {
      expect(steps.order()).not.toContain(step);
    }
  });
});
