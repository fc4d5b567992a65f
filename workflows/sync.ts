import * as wf from '@temporalio/workflow';
import { describeNeeds } from '../domain/guard.ts';
import { cutBatches, type PageRange } from '../domain/pages.ts';
import type { analyseBatch, applyBatch, fetchBatch, pushBatch } from './batches.ts';
import type { CarriedState, Grid, PairPlace, ReportInput, SyncActivities, SyncInput, SyncResult } from './messages.ts';
import { batchWorkflowId, type OperationType, type Phase } from './names.ts';
import { DONE, Run } from './run.ts';
import { syncTriggerKey } from './search-attributes.ts';
import { announcements, type Steps, stepsOf } from './steps.ts';

const APPROVAL_EXPIRED = 'APPROVAL_EXPIRED';
/** How often the end of the feed may move before a pass is closed as it is. */
const MAX_EXTENSIONS = 5;
/** Steps of mirror and plan take this many times the records of a batch that talks to the API or writes licenses. */
const SET_WISE_FACTOR = 5;

/**
 * The saga: begin → fetch → mirror → analyse → plan → guard → apply → push → report. One run at a time (workflow id `license-sync`). A dry run ends with its
 * plan; carrying out such a plan takes it over instead of reading the feed.
 * Ends as Failed when the run failed or is incomplete, after the report, so that a schedule can pause on failure.
 */
export async function licenseSync(given?: SyncInput): Promise<SyncResult> {
  // Temporal's own tools start it without any input.
  const input = given ?? {};
  let run: Run | null = null;
  const early = { paused: input.carried?.paused ?? false, cancelled: false };
  Run.listen(() => run, early);

  const state = input.carried ?? (await begin(input));
  const steps = stepsOf(state.settings);
  run = new Run(input, state, announcements());
  state.paused = early.paused;
  if (early.cancelled) run.cancel();

  try {
    const saga = run;
    await saga.scope.run(() => phases(saga, steps));
  } catch (error) {
    if (error instanceof wf.ContinueAsNew) throw error;
    return await end(run, steps, error);
  }
  return await end(run, steps, null);
}

type Chapter = [Phase, (run: Run, steps: Steps) => Promise<void>];

/** What each kind of operation does, in order. */
const STORIES: Record<OperationType, Chapter[]> = {
  external_sync: [
    ['fetch', fetch],
    ['mirror', mirror],
    ['analyse', analyse],
    ['plan', plan],
    ['guard', guard],
    ['apply', apply],
    ['push', push],
  ],
  external_sync_dry_run: [
    ['fetch', fetch],
    ['analyse', analyse],
    ['plan', plan],
  ],
  plan_apply: [
    ['plan', adopt],
    ['mirror', mirror],
    ['guard', guard],
    ['apply', apply],
    ['push', push],
  ],
};

async function phases(run: Run, steps: Steps): Promise<void> {
  const { state } = run;
  const story = STORIES[state.ref.type].filter(([phase]) => phase !== 'push' || state.settings.bidirectional);
  while (true) {
    const at = story.findIndex(([phase]) => phase === state.phase);
    const [phase, tell] = story[at] ?? unknownPhase(state.phase);
    await run.gate();
    await run.enter(phase);
    await tell(run, steps);
    const next = story[at + 1]?.[0];
    if (next === undefined) return;
    state.phase = next;
    await run.continueAsNewIfLong();
  }
}

async function begin(input: SyncInput): Promise<CarriedState> {
  const info = wf.workflowInfo();
  const operationId = input.operationId ?? info.firstExecutionRunId;
  const trigger = input.trigger ?? 'temporal';
  wf.upsertSearchAttributes([{ key: syncTriggerKey, value: trigger }]);
  const { begin } = wf.proxyActivities<Pick<SyncActivities, 'begin'>>({
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '15 seconds',
    retry: { initialInterval: '500 milliseconds', maximumInterval: '20 seconds' },
  });
  const { ref, settings, pass } = await begin({
    operationId,
    resume: input.operationId !== undefined,
    workflowId: info.workflowId,
    runId: info.firstExecutionRunId,
    trigger,
    options: input.options ?? {},
    planId: input.planId ?? null,
    replayId: input.replayId ?? null,
  });
  const grid = pass > 1 ? { pass, pageSize: 0, total: 0, pages: 0 } : null;
  return {
    ref,
    settings,
    phase: STORIES[ref.type][0]?.[0] ?? 'begin',
    grid,
    proof: null,
    remaining: null,
    concurrency: null,
    paused: false,
    scoring: null,
    pushing: null,
    needs: [],
    vanishing: 0,
    approvals: {},
    approveByMs: null,
  };
}

/** Reads the feed to its end, and once more when the first reading does not prove itself complete. */
async function fetch(run: Run, steps: Steps): Promise<void> {
  const { state } = run;
  if (state.remaining === null) await steps.prune({ ref: state.ref });
  if (state.settings.bidirectional && state.ref.type === 'external_sync') await compensate(run, steps);
  for (let pass = state.grid?.pass ?? 1; ; pass += 1) {
    await readPass(run, steps, pass);
    const { proof, anotherPass } = await steps.proveFetch({ ref: state.ref, grid: gridOf(run) });
    state.proof = proof;
    if (!anotherPass) break;
  }
  const { pages } = await steps.settleRepeats({ ref: state.ref, grid: gridOf(run) });
  // A first pass may have been longer, and what only it gave stands on its last pages.
  state.grid = { ...gridOf(run), pages: Math.max(pages, gridOf(run).pages) };
}

/** What undone merges had sent upstream is taken back before the feed is read: it would come back as news otherwise. */
async function compensate(run: Run, steps: Steps): Promise<void> {
  for (let after: string | null = ''; after !== null; ) {
    await run.gate();
    const step: Awaited<ReturnType<Steps['compensate']>> = await steps.compensate({ ref: run.state.ref, after });
    if (step.wait) await run.waitFor(step.wait);
    after = step.after;
  }
}

async function readPass(run: Run, steps: Steps, pass: number): Promise<void> {
  const { state } = run;
  if (state.remaining === null) state.grid = await openPass(run, steps, pass);
  let from = 1;
  for (let extension = 0; extension <= MAX_EXTENSIONS; extension += 1) {
    const grid = gridOf(run);
    const batches = cutBatches({ from, to: grid.pages }, { ...grid, ...run.state.settings });
    await run.batches(batches, (range) =>
      wf.executeChild<typeof fetchBatch>('fetchBatch', {
        ...childOf(run, 'fetch', range),
        args: [{ ref: state.ref, settings: state.settings, grid, range }],
      }),
    );
    const end = await checkEnd(run, steps);
    state.grid = end.grid;
    if (end.from > end.grid.pages) return;
    from = end.from;
  }
}

async function openPass(run: Run, steps: Steps, pass: number): Promise<Grid> {
  for (;;) {
    await run.gate();
    const { grid, wait } = await steps.openPass({ ref: run.state.ref, pass });
    if (grid) return grid;
    await run.waitFor(wait);
  }
}

async function checkEnd(run: Run, steps: Steps): Promise<{ grid: Grid; from: number }> {
  for (;;) {
    await run.gate();
    const end = await steps.checkEnd({ ref: run.state.ref, grid: gridOf(run) });
    if (end.wait === null) return end;
    await run.waitFor(end.wait);
  }
}

async function mirror(run: Run, steps: Steps): Promise<void> {
  await overPages(run, (range) => steps.mirrorPages({ ref: run.state.ref, grid: gridOf(run), range }));
}

/** Who may be one business: keeps pairs, and changes nothing else. Only what is new or changed is looked at. */
async function analyse(run: Run, steps: Steps): Promise<void> {
  const { state } = run;
  const { ref, settings } = state;
  if (!settings.detectDuplicates) return;
  if (state.scoring === null) {
    if (state.remaining === null) await steps.openIndex({ ref });
    await overPages(run, (range) => steps.indexPages({ ref, grid: gridOf(run), range }));
  }
  const { through, batches } = await steps.openScoring({ ref });
  state.scoring ??= { through };
  await run.batches(batches, async (range) => {
    await wf.executeChild<typeof analyseBatch>('analyseBatch', {
      ...childOf(run, 'analyse', range),
      args: [{ ref, settings, range }],
    });
    return DONE;
  });
  await steps.closeScoring({ ref, through: state.scoring.through });
}

/** Matching first, over the whole fetch: its result must not depend on the order of batches. */
async function plan(run: Run, steps: Steps): Promise<void> {
  const { ref } = run.state;
  if (run.state.remaining === null) await steps.preparePlan({ ref });
  const { bidirectional } = run.state.settings;
  await overPages(run, async (range) => {
    await steps.planPages({ ref, grid: gridOf(run), range });
    if (bidirectional) await steps.foreseePages({ ref, grid: gridOf(run), range });
  });
  await closePlan(run, steps);
}

/** Takes over what a dry run has read and planned. */
async function adopt(run: Run, steps: Steps): Promise<void> {
  const { grid, proof } = await steps.adoptPlan({ ref: run.state.ref });
  run.state.grid = grid;
  run.state.proof = proof;
  await closePlan(run, steps);
}

/** What is known only when all of it is planned. */
async function closePlan(run: Run, steps: Steps): Promise<void> {
  const { ref, proof } = run.state;
  const { needs, vanishing } = await steps.closePlan({ ref, grid: gridOf(run), proof });
  run.state.needs = needs;
  run.state.vanishing = vanishing;
}

/** Unusually many changes wait for a person's approval before anything is written to the licenses. */
async function guard(run: Run): Promise<void> {
  if (await run.approved()) return;
  throw wf.ApplicationFailure.nonRetryable(
    `nobody approved ${describeNeeds(run.due)} in time; nothing of the plan was carried out`,
    APPROVAL_EXPIRED,
  );
}

async function apply(run: Run, steps: Steps): Promise<void> {
  const { ref, settings } = run.state;
  const grid = gridOf(run);
  const batches = await steps.openApply({ ref, batches: allBatches(run, settings.rowsPerBatch) });
  await run.batches(batches, async (range) => {
    await wf.executeChild<typeof applyBatch>('applyBatch', {
      ...childOf(run, 'apply', range),
      args: [{ ref, settings, grid, range }],
    });
    return DONE;
  });
  for (let done = run.state.vanishing === 0; !done; ) {
    await run.gate();
    done = (await steps.applyVanished({ ref })).done;
  }
  if (settings.detectDuplicates) await settle(run, steps);
}

/** What follows from pairs that look alike, now that every record has its license. */
async function settle(run: Run, steps: Steps): Promise<void> {
  const { ref } = run.state;
  let after: PairPlace | null = null;
  do {
    await run.gate();
    after = (await steps.settleDuplicates({ ref, after })).after;
  } while (after !== null);
}

/** What was edited inside goes to the API, when everything that came from there is settled. */
async function push(run: Run, steps: Steps): Promise<void> {
  const { state } = run;
  const { ref, settings } = state;
  if (state.pushing === null) {
    await overPages(run, (range) => steps.preparePushes({ ref, grid: gridOf(run), range }));
    state.pushing = { count: 0 };
  }
  const { count, needs, batches } = await steps.openPush({ ref, batches: allBatches(run, settings.rowsPerBatch) });
  state.pushing = { count: Math.max(count, state.pushing.count) };
  state.needs = needs;
  if (!(await run.approved())) {
    throw wf.ApplicationFailure.nonRetryable(
      `nobody approved ${describeNeeds(run.due)} in time; what came from upstream was taken over, nothing was sent there`,
      APPROVAL_EXPIRED,
    );
  }
  await run.batches(batches, (range) =>
    wf.executeChild<typeof pushBatch>('pushBatch', {
      ...childOf(run, 'push', range),
      args: [{ ref, settings, grid: gridOf(run), range }],
    }),
  );
  // Records say something else by now, and are compared as such, so that the next run has nothing to compare.
  if (settings.detectDuplicates && state.pushing.count > 0) await settle(run, steps);
}

async function overPages(run: Run, step: (range: PageRange) => Promise<void>): Promise<void> {
  // Set-wise work inside MySQL, slice by slice within the step: small steps would only cost Temporal more.
  const rowsPerBatch = SET_WISE_FACTOR * run.state.settings.rowsPerBatch;
  await run.batches(allBatches(run, rowsPerBatch), async (range) => {
    await step(range);
    return DONE;
  });
}

function allBatches(run: Run, rowsPerBatch: number): PageRange[] {
  const grid = gridOf(run);
  return cutBatches({ from: 1, to: grid.pages }, { ...grid, rowsPerBatch });
}

function unknownPhase(phase: Phase): never {
  throw wf.ApplicationFailure.nonRetryable(`the run has no phase ${phase} to go on with`, 'INTERNAL');
}

function gridOf(run: Run): Grid {
  if (!run.state.grid) throw wf.ApplicationFailure.nonRetryable('the feed was not opened', 'INTERNAL');
  return run.state.grid;
}

function childOf(run: Run, phase: Phase, range: PageRange) {
  const { ref, grid } = run.state;
  return {
    workflowId: batchWorkflowId(ref, phase, grid?.pass ?? 1, range.batch),
    cancellationType: wf.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: wf.ParentClosePolicy.TERMINATE,
  };
}

/** Reports, whatever happened and even when cancelled; a run that is not a success does not end as one. */
async function end(run: Run, steps: Steps, error: unknown): Promise<SyncResult> {
  const { ref, phase, grid, proof } = run.state;
  const cancelled = error !== null && wf.isCancellation(error);
  const cause = error === null || cancelled ? null : causeOf(error);
  const input: ReportInput = {
    ref,
    outcome: cancelled
      ? 'cancelled'
      : cause === null
        ? 'finished'
        : cause.type === APPROVAL_EXPIRED
          ? 'expired'
          : 'failed',
    phase,
    grid,
    proof,
    error: cause,
  };
  const result = await wf.CancellationScope.nonCancellable(async () => {
    run.state.paused = false;
    if (input.outcome === 'finished') await run.enter('report');
    const reported = await steps.report(input);
    run.conclude(reported.status, input.error?.message ?? null);
    return reported;
  });
  if (result.status === 'failed' || result.status === 'incomplete') {
    throw wf.ApplicationFailure.nonRetryable(
      `The run ended as ${result.status}: ${input.error?.message ?? 'see the report of the operation'}`,
      `SYNC_${result.status.toUpperCase()}`,
      result,
    );
  }
  return result;
}

/** The innermost reason: what a step said, not that a child workflow failed. */
export function causeOf(error: unknown): { type: string; message: string } {
  let cause = error;
  while (cause instanceof wf.ChildWorkflowFailure || cause instanceof wf.ActivityFailure) {
    if (!cause.cause) break;
    cause = cause.cause;
  }
  if (cause instanceof wf.ApplicationFailure) return { type: cause.type ?? 'unknown', message: cause.message };
  return { type: 'unknown', message: cause instanceof Error ? cause.message : String(cause) };
}
