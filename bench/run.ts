/** One sync, from asking for it to its end, and what can be read of it afterwards. */
import { WorkflowFailedError } from '@temporalio/client';
import { sqlInstant } from '../db/connect.ts';
import { sleepUnless } from '../sleep.ts';
import { SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import { type RunHistory, readHistory } from './history.ts';
import { waitWithin } from './interrupt.ts';
import type { MemoryWatch, Peaks } from './memory.ts';
import type { Stand } from './stand.ts';
import { countWritten, serverWritten, type Written } from './written.ts';

/** A run gets this long, and so much more for each record, before it is given up: far beyond every limit. */
const RUN_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_PER_RECORD_MS = 3;
const PROGRESS_EVERY_MS = 5000;

type View = Awaited<ReturnType<Stand['operations']['getOperation']>>;

export interface RunFigures extends RunHistory, Pick<View, 'status' | 'reason' | 'books' | 'duplicates'> {
  name: string;
  /** From asking for the run to its end, as the caller sees it. */
  wallMs: number;
  recordsPerSecond: number;
  /** Business rows. */
  written: Written;
  /** By the database server, to its files, while the run was under way. */
  serverBytes: number;
  /** At the end of the run, since the processes began. */
  peaks: Peaks;
}

export interface MeasureRun {
  name: string;
  records: number;
  duplicates: boolean;
  memory: MemoryWatch;
  /** Gets a line now and then while the run is under way. */
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** @throws when the run does not end in time. One that ends as failed is a result like another. */
export async function measureRun(stand: Stand, options: MeasureRun): Promise<RunFigures> {
  const { name, records, duplicates, memory, signal } = options;
  const { db, operations, temporal } = stand;
  const writtenBefore = await serverWritten(db);
  const since = new Date();
  const startedAt = performance.now();
  const { operationId } = await operations.startSync({
    options: { comprehensive: true, detectDuplicates: duplicates, bidirectional: false, dryRun: false, partial: false },
    trigger: 'bench',
  });
  const over = new AbortController();
  const telling = tellProgress(stand, operationId, options, over.signal);
  const ended = endOf(stand, operationId, AbortSignal.any([signal, over.signal])).then(
    () => performance.now() - startedAt,
  );
  let wallMs: number;
  try {
    wallMs = await waitWithin(ended, `the ${name} run`, RUN_TIMEOUT_MS + records * RUN_TIMEOUT_PER_RECORD_MS, signal);
  } finally {
    over.abort();
    // A call that is still retried when its connection closes would bring the process down.
    await Promise.allSettled([telling, ended]);
  }
  const serverBytes = (await serverWritten(db)) - writtenBefore;
  const peaks = await memory.peaks();
  const { status, reason, books, duplicates: found, startedAt: begun } = await operations.getOperation(operationId);
  return {
    name,
    wallMs,
    recordsPerSecond: (records * 1000) / wallMs,
    ...(await readHistory(temporal, since)),
    written: await countWritten(db, sqlInstant(begun)),
    status,
    reason,
    books,
    duplicates: found,
    serverBytes,
    peaks,
  };
}

/** Failed or not: what became of it stands in the operation. */
async function endOf({ temporal }: Stand, operationId: string, signal: AbortSignal): Promise<void> {
  try {
    const run = temporal.workflow.getHandle(SYNC_WORKFLOW_ID, operationId);
    await temporal.withAbortSignal(signal, () => run.result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
  }
}

/** Until `over` fires. One look every five seconds, so that looking does not slow down what is looked at. */
async function tellProgress(
  { operations }: Stand,
  operationId: string,
  { name, progress }: MeasureRun,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleepUnless(over, PROGRESS_EVERY_MS);
    if (over.aborted) return;
    try {
      const { phase, done, total, elapsedSeconds } = await operations.getProgress(operationId);
      const count = `${done.toLocaleString('en-US')} of ${total?.toLocaleString('en-US') ?? '?'}`;
      progress(`${name}: ${phase}, ${count}, ${Math.round(elapsedSeconds)} s`);
    } catch (error) {
      // Whether that matters is told by the run itself.
      progress(`${name}: its progress cannot be read (${error instanceof Error ? error.name : String(error)})`);
    }
  }
}
