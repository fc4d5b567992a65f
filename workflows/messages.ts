/** What goes in and out of workflows: ranges, counts and names. Rows and personal data never do. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ConcurrencyState } from '../domain/concurrency.ts';
import type { GuardApprovals, GuardKind, GuardNeed } from '../domain/guard.ts';
import type { PageRange, Window } from '../domain/pages.ts';
import type { OperationType, Phase, RunStatus } from './names.ts';

/** The flags of a sync, as in the original API. */
export interface SyncOptions {
  comprehensive: boolean;
  detectDuplicates: boolean;
  bidirectional: boolean;
  dryRun: boolean;
  partial: boolean;
  /** Of a partial run: read only this many pages. */
  maxPages: number | null;
  /** Of a partial run: only records with this status. */
  status: 0 | 1 | null;
  /** Of a partial run: only records of one business; its name stands in `typed_values` under this id. */
  dbaId: number | null;
}

export interface SyncInput {
  /** Given to resume an operation; else the id of the first execution is the operation's id. */
  operationId?: string;
  trigger?: string;
  options?: Partial<SyncOptions>;
  /** Carries out the plan with this id instead of reading the feed. */
  planId?: string;
  /** Reads again only the pages of the quarantined entries with this replay id; goes with `partial`. */
  replayId?: number;
  /** Set by continue-as-new only. */
  carried?: CarriedState;
}

/** Names one attempt at one operation to every step. */
export interface RunRef {
  operation: number;
  operationId: string;
  attempt: number;
  type: OperationType;
}

/** Settings that shape the run, read by `begin` so that a replay sees the same ones. Times in ms. */
export interface RunSettings {
  concurrencyLimit: number;
  rowsPerBatch: number;
  stepTimeoutMs: number;
  continueAsNewAfter: number;
  /** How long the run waits for an approval before it ends as incomplete. */
  guardExpiryMs: number;
  detectDuplicates: boolean;
  /** Whether edits made inside are sent to the API. */
  bidirectional: boolean;
}

/** The feed as the first answer of a pass described it. */
export interface Grid {
  pass: number;
  pageSize: number;
  total: number;
  pages: number;
}

export type WaitKind = 'circuit_open' | 'rate_limited' | 'upstream_down' | 'approval';

/** What the run waits for, and until when at most (Unix time in ms): no call to the API makes sense before, or an approval expires then. */
export interface Wait {
  kind: WaitKind;
  untilMs: number;
  /** What the last call met; names the address at most, never a key or data. */
  why?: string;
}

/** How a batch ended; `remaining` is what is left of its range when it had to stop early. */
export interface BatchOutcome {
  remaining: PageRange | null;
  wait: Wait | null;
  pushedBack: boolean;
  latencyMs: number | null;
}

export type Proof = 'proven' | 'proven_by_two_passes' | 'unproven';

export interface CarriedState {
  ref: RunRef;
  settings: RunSettings;
  phase: Phase;
  grid: Grid | null;
  proof: Proof | null;
  remaining: PageRange[] | null;
  concurrency: ConcurrencyState | null;
  paused: boolean;
  /** What is left of the duplicate search once the index is up to date: the last subject to be scored. */
  scoring: { through: number } | null;
  /** Whether it is decided what is sent upstream; null before that. */
  pushing: { count: number } | null;
  /** What the plan needs an approval for. */
  needs: GuardNeed[];
  /** Records that are planned to vanish, or to live again: who feeds their licenses is settled last. */
  vanishing: number;
  approvals: GuardApprovals;
  /** When the wait for an approval ends, Unix time in ms; null while none is waited for. */
  approveByMs: number | null;
}

/** Answer of the query `progress`. */
export interface WorkflowProgress {
  operationId: string;
  phase: Phase;
  status: RunStatus;
  batchesDone: number;
  batchesTotal: number;
  batchesUnderWay: number;
  concurrency: number;
  wait: Wait | null;
  details: string;
}

/** What the run returns; the full report stands in `sync_operations`. */
export interface SyncResult {
  operationId: string;
  status: RunStatus;
  fetched: number;
  created: number;
  updated: number;
  unchanged: number;
  linked: number;
  repeated: number;
  quarantined: number;
  pending: number;
}

/** Start no new batch; those under way end first. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');
/** What an approval says: changes of this kind are allowed, up to this many. */
export interface Approval {
  kind: GuardKind;
  ceiling: number;
}

/** Allows changes that the mass-change guard holds back; the update refuses what makes no sense, the signal ignores it. */
export const approveUpdate = defineUpdate<{ stillDue: GuardNeed[] }, [Approval]>('approve');
export const approveSignal = defineSignal<[Approval]>('approve');
/** End the run early, with a report of what was and was not done. */
export const cancelRunSignal = defineSignal('cancelRun');
export const progressQuery = defineQuery<WorkflowProgress>('progress');

/** The steps of a run, implemented in `activities/`. */
export interface SyncActivities {
  begin(input: BeginInput): Promise<BeginResult>;
  markPhase(input: { ref: RunRef; phase: Phase; status: RunStatus; wait: Wait | null }): Promise<void>;
  prune(input: { ref: RunRef }): Promise<{ rows: number }>;
  openPass(input: { ref: RunRef; pass: number }): Promise<{ grid: Grid; wait: null } | { grid: null; wait: Wait }>;
  fetchPages(input: FetchPagesInput): Promise<FetchPagesResult>;
  fetchWindow(input: { ref: RunRef; grid: Grid; page: number; window: Window }): Promise<WindowResult>;
  giveUp(input: { ref: RunRef; grid: Grid; page: number; window: Window; code: string }): Promise<void>;
  closePage(input: {
    ref: RunRef;
    grid: Grid;
    page: number;
    answered: number;
    givenUp: number;
    total: number;
  }): Promise<void>;
  checkEnd(input: { ref: RunRef; grid: Grid }): Promise<{ grid: Grid; from: number; wait: null } | { wait: Wait }>;
  proveFetch(input: { ref: RunRef; grid: Grid }): Promise<{ proof: Proof | null; anotherPass: boolean }>;
  settleRepeats(input: { ref: RunRef; grid: Grid }): Promise<{ pages: number }>;
  mirrorPages(input: RangeInput): Promise<void>;
  openIndex(input: { ref: RunRef }): Promise<void>;
  indexPages(input: RangeInput): Promise<void>;
  openScoring(input: { ref: RunRef }): Promise<{ through: number; batches: PageRange[] }>;
  scoreSubjects(input: { ref: RunRef; range: PageRange }): Promise<void>;
  closeScoring(input: { ref: RunRef; through: number }): Promise<void>;
  preparePlan(input: { ref: RunRef }): Promise<{ matched: number; ambiguous: number }>;
  planPages(input: RangeInput): Promise<void>;
  adoptPlan(input: { ref: RunRef }): Promise<{ grid: Grid; proof: Proof | null }>;
  closePlan(input: {
    ref: RunRef;
    grid: Grid;
    proof: Proof | null;
  }): Promise<{ needs: GuardNeed[]; vanishing: number }>;
  openApply(input: { ref: RunRef; batches: PageRange[] }): Promise<PageRange[]>;
  applyPages(input: RangeInput): Promise<void>;
  applyVanished(input: { ref: RunRef }): Promise<{ done: boolean }>;
  compensate(input: { ref: RunRef; after: string }): Promise<{ after: string | null; wait: Wait | null }>;
  foreseePages(input: RangeInput): Promise<void>;
  preparePushes(input: RangeInput): Promise<void>;
  openPush(input: {
    ref: RunRef;
    batches: PageRange[];
  }): Promise<{ count: number; needs: GuardNeed[]; batches: PageRange[] }>;
  pushPages(input: RangeInput): Promise<PushPagesResult>;
  settleDuplicates(input: { ref: RunRef; after: PairPlace | null }): Promise<{ after: PairPlace | null }>;
  report(input: ReportInput): Promise<SyncResult>;
  recordSkip(input: SkipInput): Promise<SkipResult>;
}

export interface PushPagesResult {
  /** Whether nothing is left to be sent for the range. */
  done: boolean;
  wait: Wait | null;
  pushedBack: boolean;
  latencyMs: number | null;
}

/** A place among pairs that look alike, strongest first. */
export interface PairPlace {
  confidence: number;
  a: number;
  b: number;
}

export interface BeginInput {
  operationId: string;
  resume: boolean;
  workflowId: string;
  runId: string;
  trigger: string;
  options: Partial<SyncOptions>;
  planId: string | null;
  replayId: number | null;
}

export interface BeginResult {
  ref: RunRef;
  settings: RunSettings;
  /** The pass to go on with: 1, or where a resumed run stood. */
  pass: number;
}

export interface FetchPagesInput {
  ref: RunRef;
  grid: Grid;
  range: PageRange;
}

export interface FetchPagesResult {
  /** Where to go on; past the range when it is done. */
  nextPage: number;
  /** Pages that could not be read as a whole although the API answers otherwise. */
  troubled: number[];
  wait: Wait | null;
  pushedBack: boolean;
  latencyMs: number | null;
}

export type WindowResult =
  | { outcome: 'stored'; answered: number; total: number }
  | { outcome: 'short'; answered: number; total: number }
  | { outcome: 'failed'; code: string }
  | { outcome: 'wait'; wait: Wait };

export interface RangeInput {
  ref: RunRef;
  grid: Grid;
  range: PageRange;
}

export interface ReportInput {
  ref: RunRef;
  /** `finished` when every phase ended; the final status follows from proof, books and findings. `expired`: nobody approved in time. */
  outcome: 'finished' | 'failed' | 'cancelled' | 'expired';
  phase: Phase;
  grid: Grid | null;
  proof: Proof | null;
  error: { type: string; message: string } | null;
}

/** What a schedule starts its workflow with. */
export interface ScheduledSyncInput {
  /** The schedule's name. */
  schedule: string;
  /** What was asked for; the rest takes the defaults that hold when the run begins. */
  options: Partial<SyncOptions>;
}

export interface ScheduledSyncResult {
  /** Of the run, or of the entry that says that none was started. */
  operationId: string;
  status: RunStatus;
}

export interface SkipInput extends ScheduledSyncInput {
  /** The workflow that found a run under way; its run id becomes the operation's id. */
  workflowId: string;
  runId: string;
  /** Record it even when no run seems to be under way any more. */
  last: boolean;
}

/** `skipped` is false when the run that stood in the way has reported: it is worth another try. */
export interface SkipResult {
  skipped: boolean;
}
