/** Steps of a run without API and database: each can be overridden by a test, and every call is kept. */
import { Context } from '@temporalio/activity';
import type { SyncActivities } from '../../workflows/messages.ts';

type Inputs = { [K in keyof SyncActivities]: Parameters<SyncActivities[K]>[0] };
type Call = { [K in keyof Inputs]: { step: K; input: Inputs[K]; workflow: string; runId: string } }[keyof Inputs];

export const PAGES = 10;
export const PAGE_SIZE = 100;
export const SETTINGS = {
  concurrencyLimit: 5,
  rowsPerBatch: 100,
  stepTimeoutMs: 60_000,
  continueAsNewAfter: 8000,
  guardExpiryMs: 86_400_000,
  detectDuplicates: false,
  bidirectional: false,
};

/** A run over ten pages in which all goes well. */
const WELL: SyncActivities = {
  begin: async ({ operationId }) => ({
    ref: { operation: 1, operationId, attempt: 1, type: 'external_sync' },
    settings: SETTINGS,
    pass: 1,
  }),
  markPhase: async () => undefined,
  prune: async () => ({ rows: 0 }),
  openPass: async ({ pass }) => ({
    grid: { pass, pageSize: PAGE_SIZE, total: PAGES * PAGE_SIZE, pages: PAGES },
    wait: null,
  }),
  fetchPages: async ({ range }) => ({
    nextPage: range.to + 1,
    troubled: [],
    wait: null,
    pushedBack: false,
    latencyMs: 10,
  }),
  fetchWindow: async ({ window }) => ({ outcome: 'stored', answered: window.size, total: PAGES * PAGE_SIZE }),
  giveUp: async () => undefined,
  closePage: async () => undefined,
  checkEnd: async ({ grid }) => ({ grid, from: grid.pages + 1, wait: null }),
  proveFetch: async () => ({ proof: 'proven', anotherPass: false }),
  settleRepeats: async ({ grid }) => ({ pages: grid.pages }),
  mirrorPages: async () => undefined,
  openIndex: async () => undefined,
  indexPages: async () => undefined,
  openScoring: async () => ({ through: 0, batches: [] }),
  scoreSubjects: async () => undefined,
  closeScoring: async () => undefined,
  settleDuplicates: async () => ({ after: null }),
  preparePlan: async () => ({ matched: 0, ambiguous: 0 }),
  planPages: async () => undefined,
  adoptPlan: async () => ({
    grid: { pass: 1, pageSize: PAGE_SIZE, total: PAGES * PAGE_SIZE, pages: PAGES },
    proof: 'proven',
  }),
  closePlan: async () => ({ needs: [], vanishing: 0 }),
  openApply: async ({ batches }) => batches,
  applyPages: async () => undefined,
  compensate: async () => ({ after: null, wait: null }),
  foreseePages: async () => undefined,
  preparePushes: async () => undefined,
  openPush: async () => ({ count: 0, needs: [], batches: [] }),
  pushPages: async () => ({ done: true, wait: null, pushedBack: false, latencyMs: 10 }),
  applyVanished: async () => ({ done: true }),
  report: async ({ ref, outcome }) => ({
    operationId: ref.operationId,
    status: outcome === 'finished' ? 'completed' : outcome === 'expired' ? 'incomplete' : outcome,
    fetched: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    linked: 0,
    repeated: 0,
    quarantined: 0,
    pending: 0,
  }),
  recordSkip: async () => ({ skipped: true }),
};

export interface FakeSteps {
  /** For a worker; the same for all tests of a file. */
  activities: SyncActivities;
  /** Begins a test: forgets all calls, and takes other steps for some. */
  use(overrides: Partial<SyncActivities>): void;
  calls<K extends keyof Inputs>(step: K): Inputs[K][];
  /** Names of the steps in the order in which they were called. */
  order(): string[];
  /** Of the executions of the saga itself that called a step, each as often as it did. */
  runIds(): string[];
}

export function createFakeSteps(): FakeSteps {
  let steps = WELL;
  let kept: Call[] = [];
  const activities = Object.fromEntries(
    Object.keys(WELL).map((step) => [
      step,
      async (input: unknown) => {
        const { workflowType, workflowExecution } = Context.current().info;
        kept.push({ step, input, workflow: workflowType, runId: workflowExecution?.runId } as Call);
        return await (steps[step as keyof SyncActivities] as (input: unknown) => Promise<unknown>)(input);
      },
    ]),
  ) as unknown as SyncActivities;
  return {
    activities,
    use(overrides) {
      steps = { ...WELL, ...overrides };
      kept = [];
    },
    calls: <K extends keyof Inputs>(step: K) =>
      kept.filter((call) => call.step === step).map((call) => call.input as Inputs[K]),
    order: () => kept.map(({ step }) => step),
    runIds: () => kept.filter(({ workflow }) => workflow === 'licenseSync').map(({ runId }) => runId),
  };
}

/** Something that activities wait for until the test lets them go, one after another or all. */
export interface Turnstile<T> {
  /** Those that wait, in the order of their arrival. */
  waiting(): T[];
  /** Lets the first one go for which this holds; false when there is none. */
  release(of?: (waiting: T) => boolean, failure?: Error): boolean;
  /** From now on nobody waits. */
  open(): void;
  pass(what: T, signal?: AbortSignal): Promise<void>;
}

export function createTurnstile<T>(): Turnstile<T> {
  let queue: { what: T; go: (failure?: Error) => void }[] = [];
  let isOpen = false;
  const release: Turnstile<T>['release'] = (of = () => true, failure) => {
    const next = queue.find(({ what }) => of(what));
    queue = queue.filter((one) => one !== next);
    next?.go(failure);
    return next !== undefined;
  };
  return {
    waiting: () => queue.map(({ what }) => what),
    release,
    open() {
      isOpen = true;
      while (release());
    },
    async pass(what, signal) {
      if (isOpen) return;
      await new Promise<void>((resolve, reject) => {
        const entry = { what, go: (failure?: Error) => (failure ? reject(failure) : resolve()) };
        queue.push(entry);
        signal?.addEventListener('abort', () => {
          queue = queue.filter((one) => one !== entry);
          reject(signal.reason);
        });
      });
    },
  };
}
