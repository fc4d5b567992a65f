import * as wf from '@temporalio/workflow';
import { adaptConcurrency, initialConcurrency } from '../domain/concurrency.ts';
import { describeNeeds, type GuardNeed, refuseApproval, unapproved } from '../domain/guard.ts';
import type { PageRange } from '../domain/pages.ts';
import { describeRun } from '../domain/progress.ts';
import { onAnySignal } from './any-signal.ts';
import {
  type Approval,
  approveSignal,
  approveUpdate,
  type BatchOutcome,
  type CarriedState,
  cancelRunSignal,
  pauseSignal,
  progressQuery,
  resumeSignal,
  type SyncInput,
  type Wait,
  type WorkflowProgress,
} from './messages.ts';
import type { Phase, RunStatus } from './names.ts';
import { syncPhaseKey, syncStatusKey } from './search-attributes.ts';
import type { Announcements } from './steps.ts';

/** Outcome of a batch that met nothing worth telling. */
export const DONE: BatchOutcome = { remaining: null, wait: null, pushedBack: false, latencyMs: null };

/**
 * One execution of the saga: what it knows, what people asked of it, and the sliding window over the batches of a phase.
 * `state` is all that continue-as-new has to carry.
 */
export class Run {
  readonly state: CarriedState;
  readonly scope = new wf.CancellationScope();
  readonly #steps: Announcements;
  readonly #input: SyncInput;
  #markedPaused = false;
  #wait: Wait | null = null;
  #batchesTotal = 0;
  #batchesDone = 0;
  #underWay = 0;

  constructor(input: SyncInput, state: CarriedState, steps: Announcements) {
    this.#input = input;
    this.state = state;
    this.#steps = steps;
  }

  /** Handlers first, so that a signal that arrives with the very first task is not lost. */
  static listen(run: () => Run | null, early: { paused: boolean; cancelled: boolean }): void {
    onAnySignal(pauseSignal, () => {
      const live = run();
      if (live) live.state.paused = true;
      else early.paused = true;
    });
    onAnySignal(resumeSignal, () => {
      const live = run();
      if (live) live.state.paused = false;
      else early.paused = false;
    });
    onAnySignal(cancelRunSignal, () => {
      const live = run();
      if (live) live.cancel();
      else early.cancelled = true;
    });
    wf.setHandler(progressQuery, () => run()?.progress() ?? beginning());
    // Temporal's own tools send anything, or nothing.
    const refusal = (approval: Partial<Approval> | null | undefined) => {
      const live = run();
      return refuseApproval(live && live.state.approveByMs !== null ? live.state.needs : null, approval);
    };
    const approve = ({ kind, ceiling }: Approval) => {
      const live = run();
      if (live) live.state.approvals = { ...live.state.approvals, [kind]: ceiling };
      return { stillDue: live?.due ?? [] };
    };
    wf.setHandler(approveUpdate, approve, {
      validator: (approval) => {
        const reason = refusal(approval);
        if (reason !== null) throw wf.ApplicationFailure.nonRetryable(reason, 'APPROVAL_REFUSED');
      },
    });
    onAnySignal(approveSignal, (given) => {
      const approval = given as Partial<Approval> | null | undefined;
      if (refusal(approval) === null) approve(approval as Approval);
    });
  }

  cancel(): void {
    this.scope.cancel();
  }

  get status(): RunStatus {
    if (this.state.paused) return 'paused';
    return this.#wait?.kind === 'approval' ? 'awaiting_approval' : 'running';
  }

  /** What is still to be approved. */
  get due(): GuardNeed[] {
    return unapproved(this.state.needs, this.state.approvals);
  }

  async enter(phase: Phase): Promise<void> {
    this.state.phase = phase;
    this.#batchesDone = 0;
    this.#batchesTotal = 0;
    await this.#announce();
  }

  /** Makes the end visible in Temporal's own UI and lists. */
  conclude(status: RunStatus, error: string | null): void {
    const { phase } = this.state;
    wf.upsertSearchAttributes([
      { key: syncPhaseKey, value: 'report' },
      { key: syncStatusKey, value: status },
    ]);
    wf.setCurrentDetails(describeRun({ status, phase, wait: null, workersAlive: null, error }));
  }

  progress(): WorkflowProgress {
    return {
      operationId: this.state.ref.operationId,
      phase: this.state.phase,
      status: this.status,
      batchesDone: this.#batchesDone,
      batchesTotal: this.#batchesTotal,
      batchesUnderWay: this.#underWay,
      concurrency: this.state.concurrency?.limit ?? this.state.settings.concurrencyLimit,
      wait: this.#wait,
      details: this.#details(),
    };
  }

  /** Waits durably until the API may be called again, unless someone cancels; then the wait is over for everyone. */
  async waitFor(wait: Wait): Promise<void> {
    this.#wait = wait;
    await this.#announce();
    while (Date.now() < wait.untilMs) {
      const told = await wf.condition(() => this.state.paused !== this.#markedPaused, wait.untilMs - Date.now());
      if (told) await this.#announce();
    }
    this.#wait = null;
    await this.#announce();
  }

  /**
   * Waits durably until everything that needs it is approved.
   * @returns false when nobody did so in time.
   */
  async approved(): Promise<boolean> {
    const { state } = this;
    if (this.due.length > 0) {
      state.approveByMs ??= Date.now() + state.settings.guardExpiryMs;
      while (this.due.length > 0 && Date.now() < state.approveByMs) {
        const due = describeNeeds(this.due);
        this.#wait = { kind: 'approval', untilMs: state.approveByMs, why: due };
        await this.#announce();
        await wf.condition(
          () => describeNeeds(this.due) !== due || state.paused !== this.#markedPaused,
          state.approveByMs - Date.now(),
        );
      }
      this.#wait = null;
    }
    state.approveByMs = null;
    return this.due.length === 0;
  }

  /** Nothing new starts while the run is paused. */
  async gate(): Promise<void> {
    if (!this.state.paused) return;
    await this.#announce();
    await wf.condition(() => !this.state.paused);
    await this.#announce();
  }

  /**
   * Runs `perform` over all batches, as many at once as the run's concurrency allows, which adapts to what they report.
   * A batch that stopped early is queued again behind its wait. Ends when all are done; on a failure, when those under way have ended.
   */
  async batches(all: PageRange[], perform: (range: PageRange) => Promise<BatchOutcome>): Promise<void> {
    const { remaining, concurrency, settings } = this.state;
    const queue = remaining ?? [...all];
    // What was learnt of the API's pace is carried on with the batches that are left.
    const learnt = remaining === null ? null : concurrency;
    this.state.concurrency = learnt ?? initialConcurrency(all.length, settings.concurrencyLimit);
    this.state.remaining = null;
    this.#batchesTotal = all.length;
    this.#batchesDone = all.length - queue.length;
    const failures: unknown[] = [];

    const start = async (range: PageRange): Promise<void> => {
      this.#underWay += 1;
      try {
        this.#settle(queue, await perform(range));
      } catch (error) {
        failures.push(error);
      } finally {
        this.#underWay -= 1;
      }
    };
    const full = () => this.#underWay >= (this.state.concurrency?.limit ?? 1);
    const held = () => this.state.paused || this.#wait !== null || failures.length > 0 || this.#historyIsLong();

    while (queue.length > 0 || this.#underWay > 0) {
      while (queue.length > 0 && !full() && !held()) void start(queue.shift() as PageRange);
      await this.#reconsider(() => (queue.length > 0 && !full() && !held()) || this.#underWay === 0);
      if (this.#underWay > 0) continue;
      if (failures.length > 0) throw firstCause(failures);
      if (this.#wait) await this.waitFor(this.#wait);
      if (queue.length > 0 && this.#historyIsLong()) await this.#continueAsNew(queue);
      await this.gate();
    }
    if (failures.length > 0) throw firstCause(failures);
  }

  async continueAsNewIfLong(): Promise<void> {
    if (this.#historyIsLong()) await this.#continueAsNew(null);
  }

  #settle(queue: PageRange[], outcome: BatchOutcome): void {
    if (this.state.concurrency) this.state.concurrency = adaptConcurrency(this.state.concurrency, outcome);
    if (outcome.remaining) queue.unshift(outcome.remaining);
    else this.#batchesDone += 1;
    if (outcome.wait && outcome.wait.untilMs > (this.#wait?.untilMs ?? 0)) this.#wait = outcome.wait;
  }

  /** Batches under way must be waited for even when the run is cancelled: what they write must be in the report. */
  async #reconsider(ready: () => boolean): Promise<void> {
    try {
      await wf.condition(() => ready() || this.state.paused !== this.#markedPaused);
      if (this.state.paused !== this.#markedPaused) await this.#announce();
    } catch (error) {
      await wf.CancellationScope.nonCancellable(() => wf.condition(() => this.#underWay === 0));
      throw error;
    }
  }

  #historyIsLong(): boolean {
    const info = wf.workflowInfo();
    return info.continueAsNewSuggested || info.historyLength > this.state.settings.continueAsNewAfter;
  }

  async #continueAsNew(remaining: PageRange[] | null): Promise<never> {
    await wf.condition(wf.allHandlersFinished);
    const carried: CarriedState = { ...this.state, remaining };
    return await wf.continueAsNew({ ...this.#input, operationId: carried.ref.operationId, carried });
  }

  async #announce(): Promise<void> {
    this.#markedPaused = this.state.paused;
    wf.upsertSearchAttributes([
      { key: syncPhaseKey, value: this.state.phase },
      { key: syncStatusKey, value: this.status },
    ]);
    wf.setCurrentDetails(this.#details());
    await this.#steps.markPhase({
      ref: this.state.ref,
      phase: this.state.phase,
      status: this.status,
      wait: this.#wait,
    });
  }

  #details(): string {
    return describeRun({
      status: this.status,
      phase: this.state.phase,
      wait: this.#wait,
      workersAlive: null,
      error: null,
    });
  }
}

function firstCause(failures: unknown[]): unknown {
  // A cancelled sibling says nothing about why.
  return failures.find((failure) => !wf.isCancellation(failure)) ?? failures[0];
}

function beginning(): WorkflowProgress {
  return {
    operationId: wf.workflowInfo().firstExecutionRunId,
    phase: 'begin',
    status: 'running',
    batchesDone: 0,
    batchesTotal: 0,
    batchesUnderWay: 0,
    concurrency: 0,
    wait: null,
    details: describeRun({ status: 'running', phase: 'begin', wait: null, workersAlive: null, error: null }),
  };
}
