/** Reviews over weeks, on a server that skips time; steps and database are the real ones. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { loadConfig } from '../../config.ts';
import { createUpstreamStateStore } from '../../db/upstream-state.ts';
import { createUpstreamClient } from '../../upstream/client.ts';
import type { duplicateReview } from '../../workflows/index.ts';
import { reviewWorkflowId } from '../../workflows/names.ts';
import {
  decideUpdate,
  flagForLaterSignal,
  type ReviewVerdict,
  reviewQuery,
  settledSignal,
} from '../../workflows/review-messages.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { seedPair } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { testBundle } from '../support/worker.ts';

/** `IndexedValueType` of Temporal's API; this server can register attributes, but not list them. */
const KEYWORD = 2;
const DOUBLE = 4;
const DAY_MS = 86_400_000;
const TASK_QUEUE = 'license-sync';
const ended: (() => Promise<unknown>)[] = [];
let env: TestWorkflowEnvironment;
let database: TestDatabase;

beforeAll(async () => {
  const path = process.env.TEST_TEMPORAL_TEST_SERVER;
  if (!path) throw new Error('TEST_TEMPORAL_TEST_SERVER is not set: npm test gets the server and sets it');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  ended.push(() => env.teardown());
  database = await createTestDatabase();
  ended.push(() => database.drop());
  await env.connection.operatorService.addSearchAttributes({
    searchAttributes: Object.fromEntries(
      SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type === 'DOUBLE' ? DOUBLE : KEYWORD]),
    ),
  });
  const config = loadConfig({ EXTERNAL_LICENSE_API_URL: 'http://127.0.0.1:9' });
  const upstreamState = createUpstreamStateStore(database.db);
  const upstream = createUpstreamClient({ settings: config, state: upstreamState, processId: 'test' });
  ended.push(async () => upstream.close());
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: await testBundle() },
    activities: createActivities({
      config,
      db: database.db,
      upstream,
      upstreamState,
      log: pino({ level: 'silent' }),
      recorder: { stepBegins: () => () => undefined },
    }),
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

const caseRow = (id: number) =>
  database.db.selectFrom('duplicate_cases').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const did = async (id: number) =>
  (
    await database.db
      .selectFrom('review_decisions')
      .select('decision')
      .where('case_id', '=', id)
      .orderBy('id')
      .execute()
  ).map(({ decision }) => decision);
const alerts = () =>
  database.db.selectFrom('alerts').selectAll().where('kind', '=', 'review_overdue').orderBy('id').execute();

async function openReview() {
  const { id } = await seedPair(database.db, { priority: 10 });
  const handle = await env.client.workflow.start<typeof duplicateReview>('duplicateReview', {
    workflowId: reviewWorkflowId(id),
    taskQueue: TASK_QUEUE,
    args: [],
  });
  await eventually(
    () => caseRow(id),
    (row) => row.review === 'open',
  );
  const verdict = (given: Partial<ReviewVerdict>): ReviewVerdict => ({
    decision: 'reject',
    reviewerId: 'ann',
    version: 1,
    ...given,
  });
  return { id, handle, verdict };
}

describe('a review that nobody decides', () => {
  it('reminds after three days, escalates after seven, and its alert goes with the verdict', async () => {
    const { id, handle, verdict } = await openReview();
    await env.sleep(2 * DAY_MS);
    expect(await did(id)).toEqual([]);
    await env.sleep(1.5 * DAY_MS);
    await eventually(
      () => did(id),
      (seen) => seen.length > 0,
    );
    expect(await did(id)).toEqual(['remind']);
    expect(await alerts()).toMatchObject([
      { state: 'open', message: expect.stringContaining(`the oldest is case ${id}`) },
    ]);
    await env.sleep(4 * DAY_MS);
    await eventually(
      () => did(id),
      (seen) => seen.length > 1,
    );
    expect(await did(id)).toEqual(['remind', 'escalate']);
    expect(Number((await caseRow(id)).priority)).toBeGreaterThan(100_000);
    await env.sleep(30 * DAY_MS);
    expect(await did(id)).toEqual(['remind', 'escalate']);
    expect(await handle.executeUpdate(decideUpdate, { args: [verdict({})] })).toMatchObject({ state: 'rejected' });
    expect(await handle.result()).toEqual({ caseId: id, state: 'rejected' });
    expect(await alerts()).toMatchObject([{ state: 'resolved' }]);
    const { historyLength } = await handle.describe();
    expect(historyLength).toBeLessThan(60);
  });

  it('keeps quiet while it is held back', async () => {
    const { id, handle, verdict } = await openReview();
    const until = new Date((await env.currentTimeMs()) + 10 * DAY_MS).toISOString();
    await database.db
      .updateTable('duplicate_cases')
      .set({ held_until: until.slice(0, 23).replace('T', ' ') })
      .where('id', '=', id)
      .execute();
    await env.sleep(9 * DAY_MS);
    expect(await did(id)).toEqual([]);
    await env.sleep(1.5 * DAY_MS);
    await eventually(
      () => did(id),
      (seen) => seen.length === 2,
    );
    await handle.executeUpdate(decideUpdate, { args: [verdict({ decision: 'approve' })] });
    expect(await handle.result()).toMatchObject({ state: 'approved' });
  });
});

describe('a case that is flagged', () => {
  it('comes back after two weeks as open, with another version, and can be flagged again', async () => {
    const { id, handle, verdict } = await openReview();
    await handle.signal(flagForLaterSignal, { reviewer: 'ann', note: 'ask them' });
    await eventually(
      () => caseRow(id),
      (row) => row.state === 'flagged',
    );
    expect((await handle.query(reviewQuery)).details).toContain('Flagged for later by ann');
    await env.sleep(15 * DAY_MS);
    await eventually(
      () => caseRow(id),
      (row) => row.state === 'open',
    );
    expect(await caseRow(id)).toMatchObject({ version: 3, review: 'open' });
    await handle.executeUpdate(decideUpdate, { args: [verdict({ decision: 'flag', version: 3 })] });
    const stale = await refusalOf(handle.executeUpdate(decideUpdate, { args: [verdict({ version: 3 })] }));
    expect(stale).toMatchObject({ type: 'review-changed' });
    await handle.executeUpdate(decideUpdate, { args: [verdict({ version: 4 })] });
    expect(await handle.result()).toMatchObject({ state: 'rejected' });
  });
});

describe('the update decide', () => {
  it.each([
    [{ decision: 'maybe' }, /decision: expected approve, reject, flag/],
    [{ reviewerId: '' }, /reviewerId: expected/],
    [{ version: 'one' }, /version: expected/],
    [{ masterId: 'x' }, /go with an approval only/],
    [{ decision: 'approve', fields: { phone: 3 } }, /fields: expected/],
    [{ noteId: 'text' }, /noteId: expected/],
    [{ notAfterMs: 1 }, /came so late/],
  ] as const)('refuses %j, and the review goes on', async (given, reason) => {
    const { handle, verdict } = await openReview();
    const args: [ReviewVerdict] = [{ ...verdict({}), ...given } as unknown as ReviewVerdict];
    expect(await refusalOf(handle.executeUpdate(decideUpdate, { args }))).toMatchObject({
      message: expect.stringMatching(reason),
    });
    // What only MySQL knows is a refusal too.
    const ahead = await refusalOf(handle.executeUpdate(decideUpdate, { args: [verdict({ version: 9 })] }));
    expect(ahead).toMatchObject({ type: 'review-changed' });
    await handle.executeUpdate(decideUpdate, { args: [verdict({})] });
    expect(await handle.result()).toMatchObject({ state: 'rejected' });
  });
});

describe('a review', () => {
  it('ends when it is told that its case was settled elsewhere, and looks for itself when it is told nonsense', async () => {
    const { id, handle } = await openReview();
    await handle.signal(settledSignal, { caseId: id, state: 'nonsense' });
    await database.db
      .updateTable('duplicate_cases')
      .set({ state: 'superseded', open_key: null, closed_reason: 'a run settled it', version: 2 })
      .where('id', '=', id)
      .execute();
    await handle.signal(settledSignal, null);
    expect(await handle.result()).toEqual({ caseId: id, state: 'superseded' });
    expect((await caseRow(id)).review).toBe('closed');
  });

  it('of no case, or under another id, is refused', async () => {
    for (const workflowId of ['review-999999', 'review-abc', 'my-review']) {
      const handle = await env.client.workflow.start<typeof duplicateReview>('duplicateReview', {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [],
      });
      await expect(handle.result()).rejects.toThrow();
    }
  });
});

async function refusalOf(update: Promise<unknown>): Promise<unknown> {
  const error: unknown = await update.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.cause : error;
}
