/**
 * Records what real runs leave in Temporal, for `test/workflows/replay.test.ts`: running executions must go on with newer code.
 * Anew, when a workflow was changed on purpose in a way that old runs cannot follow (and no such run is alive anywhere):
 *
 *     TEST_DATABASE_URL=mysql://… TEMPORAL_ADDRESS=… node test/histories/record.ts [name …]
 *
 * with the services that `npm test` uses. Histories hold ranges and counts, no records; what names this machine is taken out.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import { openBulk } from '../../db/bulk-reviews.ts';
import { pokeReviewQueue } from '../../temporal/reviews.ts';
import type { bulkReview } from '../../workflows/index.ts';
import { cancelRunSignal, pauseSignal, progressQuery, resumeSignal } from '../../workflows/messages.ts';
import { bulkReviewWorkflowId, reviewWorkflowId, SYNC_WORKFLOW_ID } from '../../workflows/names.ts';
import {
  approveReviewSignal,
  decideUpdate,
  flagForLaterSignal,
  type ReviewVerdict,
} from '../../workflows/review-messages.ts';
import type { scheduledSync } from '../../workflows/scheduled.ts';
import type { licenseSync } from '../../workflows/sync.ts';
import { type SeededCase, seedPair } from '../support/cases.ts';
import { eventually } from '../support/eventually.ts';
import { projectFile } from '../support/processes.ts';
import { createRig, QUICK, type Rig } from '../support/rig.ts';

type Handle = WorkflowHandle<typeof licenseSync>;

interface Scenario {
  env?: Record<string, string>;
  /** Before the start. */
  prepare?(rig: Rig): Promise<unknown>;
  /** What is started; by default the saga itself. */
  start?(rig: Rig): Promise<WorkflowHandle>;
  /** While it runs. */
  meanwhile?(rig: Rig, handle: Handle): Promise<void>;
}

const SMALL_PAGES = {
  LICENSE_SYNC_EXTERNAL_PAGE_SIZE: '10',
  LICENSE_SYNC_SYNC_ROWS_PER_BATCH: '10',
  LICENSE_SYNC_SYNC_CONCURRENCY_LIMIT: '2',
};
const slowly = (rig: Rig) => rig.simulator.control.fault({ name: 'latency', ms: 100 });
const underWay = (handle: Handle) =>
  eventually(
    () => handle.query(progressQuery),
    ({ batchesDone }) => batchesDone > 1,
  );

/** As a schedule does; the ids tell the two kinds apart. */
async function comeDue({ temporal }: Rig, workflowId: string): Promise<WorkflowHandle<typeof scheduledSync>> {
  return await temporal.client.workflow.start<typeof scheduledSync>('scheduledSync', {
    workflowId,
    taskQueue: 'license-sync',
    args: [{ schedule: 'once', options: {} }],
  });
}

/** Cases that are opened by the queue and decided by signal, by update and by a bulk verdict, which is what is returned. */
async function reviewCases({ db, temporal }: Rig): Promise<WorkflowHandle> {
  const { workflow } = temporal.client;
  const cases: SeededCase[] = [];
  for (let i = 0; i < 4; i += 1) cases.push(await seedPair(db));
  const ids = cases.map(({ id }) => id);
  await pokeReviewQueue(temporal.client, 'license-sync');
  const inState = (column: 'review' | 'state', value: string, of: number[]) =>
    eventually(
      () =>
        db
          .selectFrom('duplicate_cases')
          .select('id')
          .where(column, '=', value as 'open')
          .where('id', 'in', of)
          .execute(),
      (rows) => rows.length === of.length,
    );
  await inState('review', 'open', ids);
  const [signalled = 0, updated = 0, ...others] = ids;
  const review = (id: number) => workflow.getHandle(reviewWorkflowId(id));
  await review(signalled).signal(approveReviewSignal, 'nonsense');
  await review(signalled).signal(flagForLaterSignal, { reviewer: 'ann' });
  await inState('state', 'flagged', [signalled]);
  await review(signalled).signal(approveReviewSignal, { reviewer: 'ann' });
  const verdict: ReviewVerdict = { decision: 'reject', reviewerId: 'ann', version: 1 };
  await review(updated).executeUpdate(decideUpdate, { args: [verdict] });
  const bulkId = randomUUID();
  const items = others.map((id) => ({ id, version: 1 }));
  await openBulk(db, { id: bulkId, decision: 'approve', note: null, reviewer: 'ann', cases: items });
  const bulk = await workflow.start<typeof bulkReview>('bulkReview', {
    workflowId: bulkReviewWorkflowId(bulkId),
    taskQueue: 'license-sync',
    args: [],
  });
  await bulk.result();
  await inState('review', 'closed', ids);
  return bulk;
}

const SCENARIOS: Record<string, Scenario> = {
  plain: {},
  'poisoned-record': {
    prepare: ({ simulator }) => simulator.control.fault({ name: 'expecting_value_500', position: 57 }),
  },
  paused: {
    env: SMALL_PAGES,
    prepare: slowly,
    async meanwhile(_, handle) {
      await underWay(handle);
      await handle.signal(pauseSignal);
      await eventually(
        () => handle.query(progressQuery),
        ({ status, batchesUnderWay }) => status === 'paused' && batchesUnderWay === 0,
      );
      await handle.signal(resumeSignal);
    },
  },
  cancelled: {
    env: SMALL_PAGES,
    prepare: slowly,
    async meanwhile(_, handle) {
      await underWay(handle);
      await handle.signal(cancelRunSignal);
    },
  },
  'continued-as-new': { env: { ...SMALL_PAGES, LICENSE_SYNC_SYNC_CONTINUE_AS_NEW_AFTER: '100' } },
  'two-readings': {
    prepare: ({ simulator }) =>
      simulator.control.fault({ name: 'total_changes', delta: 1, page: 1, limit: 100, times: 1 }),
  },
  waited: {
    // The health check would close the circuit before the run meets it.
    env: { LICENSE_SYNC_MONITORING_ENABLE_HEALTH_CHECKS: 'false', LICENSE_SYNC_CIRCUIT_FAILURES: '3' },
    prepare: ({ simulator }) => simulator.control.fault({ name: 'server_error', times: 4, afterCalls: 1 }),
  },
  failed: { prepare: ({ simulator }) => simulator.control.fault({ name: 'unauthorized', afterCalls: 1 }) },
  scheduled: {
    prepare: slowly,
    start: (rig) => comeDue(rig, 'scheduled-once'),
    async meanwhile(rig) {
      await eventually(
        () => rig.db.selectFrom('sync_operations').select('id').execute(),
        (begun) => begun.length > 0,
      );
      await (await comeDue(rig, 'skipped-once')).result();
    },
  },
  'two-ways': {
    env: { ...SMALL_PAGES, LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC: 'true' },
    async prepare(rig) {
      await rig.sync();
      await sql`UPDATE licenses SET notes = 'edited inside', version = version + 1 ORDER BY id LIMIT 40`.execute(rig.db);
      // Long enough for a durable wait.
      await rig.simulator.control.fault({ name: 'rate_limit', route: 'put', times: 1, afterCalls: 5, retryAfter: 6 });
    },
    start: (rig) => rig.start({ options: { bidirectional: true } }),
  },
  reviews: { env: { LICENSE_SYNC_REVIEW_OPEN_PER_SECOND: '1000' }, start: reviewCases },
};

const wanted = process.argv.slice(2);
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const histories = await record(scenario);
  const lines = histories.map((entry) => JSON.stringify(entry));
  writeFileSync(projectFile(`test/histories/${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
  console.log(`${name}: ${histories.map(({ workflowId, events }) => `${workflowId} (${events} events)`).join(', ')}`);
}

interface Recorded {
  workflowId: string;
  events: number;
  history: unknown;
}

async function record({ env = {}, prepare, start = (rig) => rig.start(), meanwhile }: Scenario): Promise<Recorded[]> {
  const rig = await createRig({ records: 120, seed: 3 }, { ...QUICK, ...env });
  try {
    await prepare?.(rig);
    const handle = await start(rig);
    await meanwhile?.(rig, rig.temporal.client.workflow.getHandle<typeof licenseSync>(SYNC_WORKFLOW_ID));
    await handle.result().catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') throw error;
    });
    return await historiesOf(rig);
  } finally {
    await rig.close();
  }
}

async function historiesOf({ temporal }: Rig): Promise<Recorded[]> {
  const { workflow } = temporal.client;
  const found: Recorded[] = [];
  await eventually(
    async () => {
      let open = 0;
      for await (const { workflowId, status } of workflow.list()) {
        if (status.name === 'RUNNING' || workflowId === '') open += 1;
      }
      return open;
    },
    (open) => open === 0,
  );
  for await (const { workflowId, runId } of workflow.list()) {
    const message = await workflow.getHandle(workflowId, runId).fetchHistory();
    // The message's own JSON form, which `History.fromObject` reads back.
    const history = withoutMachine(JSON.parse(JSON.stringify(message))) as { events: unknown[] };
    found.push({ workflowId, events: history.events.length, history });
  }
  if (found.length === 0) throw new Error('nothing left a history');
  const text = JSON.stringify(found);
  for (const trace of [hostname(), projectFile('.')]) {
    if (text.includes(trace)) throw new Error('a history names this machine');
  }
  // One of several batches is as good as all: they run the same code.
  const kinds = new Map(found.map((entry) => [kindOf(entry), entry]));
  return found.filter((entry) => entry.workflowId === SYNC_WORKFLOW_ID || [...kinds.values()].includes(entry));
}

/** Reviews are not alike: each was decided in another way. */
function kindOf({ workflowId }: Recorded): string {
  return workflowId.startsWith('review-') ? workflowId : (workflowId.split('-')[0] ?? '');
}

/** Who worked on it and where its code lay is nobody's business, and plays no part in a replay. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  const sticky = 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY';
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key === 'identity' || (sticky && key === 'name')) return [key, 'worker'];
      if (key === 'stackTrace') return [key, ''];
      return [key, withoutMachine(member)];
    }),
  );
}
