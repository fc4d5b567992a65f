/** One verdict on many duplicate cases: what is decided is fixed first, and each case is done or refused by itself. */
import { createHash, randomUUID } from 'node:crypto';
import {
  type BulkItemRow,
  type BulkRow,
  countItems,
  endBulk,
  findBulk,
  listItems,
  openBulk,
} from '../db/bulk-reviews.ts';
import { type CaseFilter, casesById, caseVersions, membersOf } from '../db/cases.ts';
import { isoInstant, sqlInstant } from '../db/connect.ts';
import type { Verdict } from '../domain/reviews.ts';
import type { bulkReview } from '../workflows/index.ts';
import { bulkReviewWorkflowId } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal } from './errors.ts';
import type { Observer } from './observe.ts';
import { listItemOf, type ReviewListItem } from './review-view.ts';
import { callTemporal } from './temporal.ts';

/** Cases by their numbers, each with the version that was seen where the caller knows it, or all that a filter lets through. */
export type BulkTarget = { cases: readonly { id: number; version?: number | undefined }[] } | { filter: CaseFilter };

export interface BulkRequest {
  target: BulkTarget;
  decision: Verdict;
  note: string | null;
  reviewer: string;
  /** What `preview` said: then only exactly those cases in those versions are decided, or none. */
  fingerprint?: string | undefined;
}

export interface BulkPreview {
  cases: number;
  /** The numbers of the first of them. */
  first: number[];
  /** How many there are by confidence. */
  byBand: { from: number; cases: number }[];
  sample: ReviewListItem[];
  /** Stands for these cases in these versions. */
  fingerprint: string;
}

export interface BulkView {
  id: string;
  decision: Verdict;
  reviewer: string;
  note: string | null;
  state: BulkRow['state'];
  total: number;
  pending: number;
  done: number;
  refused: number;
  createdAt: string;
  endedAt: string | null;
  /** How far it is, who is waited for and what to do next. */
  sentence: string;
}

export interface BulkItemView {
  caseId: number;
  version: number;
  outcome: BulkItemRow['outcome'];
  reason: string | null;
}

export interface BulkReviews {
  /** Which cases a bulk verdict would be about. @throws {Refusal} `review-not-found` */
  preview(target: BulkTarget): Promise<BulkPreview>;
  /** @throws {Refusal} `review-not-found`, `bulk-refused` */
  start(request: BulkRequest): Promise<BulkView>;
  /** @throws {Refusal} `bulk-not-found` */
  get(id: string): Promise<BulkView>;
  /** Cases of one outcome, in the order of their numbers. @throws {Refusal} `bulk-not-found` */
  items(
    id: string,
    page: { outcome: BulkItemRow['outcome']; limit: number; cursor?: number | undefined },
  ): Promise<{ items: BulkItemView[]; next: number | null }>;
}

const MAX_BULK_CASES = 50_000;
const FIRST_SHOWN = 10;
const SAMPLE = 5;
/** Lower ends of the bands of confidence in which cases are counted. */
export const BANDS = [90, 80, 70, 0] as const;
const START_WITHIN_MS = 6000;

export function createBulkReviews({ config, db, temporal, log }: OperationsDeps, observer: Observer): BulkReviews {
  async function casesOf(target: BulkTarget): Promise<FixedCase[]> {
    if ('filter' in target) {
      const now = sqlInstant(Date.now());
      return await caseVersions(db, target.filter, { limit: MAX_BULK_CASES + 1, now });
    }
    const wanted = new Map(target.cases.map((one) => [one.id, one.version]));
    const rows = new Map((await casesById(db, [...wanted.keys()])).map((row) => [row.id, row]));
    const missing = [...wanted.keys()].filter((id) => !rows.has(id));
    if (missing.length > 0) {
      throw new DetailedRefusal('review-not-found', `there is no duplicate case ${missing.slice(0, 10).join(', ')}`, {
        caseIds: missing.slice(0, 100),
      });
    }
    return [...rows.values()].map((row) => ({
      id: row.id,
      version: wanted.get(row.id) ?? row.version,
      confidence: Number(row.confidence),
    }));
  }

  async function existing(id: string): Promise<BulkRow> {
    const row = await findBulk(db, id);
    if (!row) throw new Refusal('bulk-not-found', `there is no bulk verdict ${id}`);
    return row;
  }

  async function get(id: string): Promise<BulkView> {
    const row = await existing(id);
    const counts = await countItems(db, id);
    const workers = row.state === 'running' ? await observer.workers() : null;
    return {
      id: row.id,
      decision: row.decision,
      reviewer: row.reviewer,
      note: row.note,
      state: row.state,
      total: row.total,
      ...counts,
      createdAt: isoInstant(row.created_at),
      endedAt: isoInstant(row.ended_at),
      sentence: sentenceOf(row, counts, workers),
    };
  }

  return {
    async preview(target) {
      const cases = await casesOf(target);
      const sampled = cases.slice(0, SAMPLE).map(({ id }) => id);
      const [rows, members] = await Promise.all([casesById(db, sampled), membersOf(db, sampled)]);
      const now = new Date().toISOString();
      return {
        cases: cases.length,
        first: cases.slice(0, FIRST_SHOWN).map(({ id }) => id),
        byBand: BANDS.map((from) => ({ from, cases: cases.filter((one) => bandOf(one) === from).length })),
        sample: sampled.flatMap((id) => {
          const row = rows.find((one) => one.id === id);
          const own = members.filter((member) => member.case_id === id);
          return row ? [listItemOf(row, own, now)] : [];
        }),
        fingerprint: fingerprintOf(cases),
      };
    },

    async start({ target, decision, note, reviewer, fingerprint }) {
      const cases = await casesOf(target);
      if (fingerprint !== undefined && fingerprint !== fingerprintOf(cases)) {
        throw new Refusal(
          'bulk-refused',
          'the cases are not those that were counted: some were decided, changed or opened since, and nothing was started. Look at what it would be about now, then start it',
        );
      }
      if (cases.length === 0) throw new Refusal('bulk-refused', 'there is no case like that to decide');
      if (cases.length > MAX_BULK_CASES) {
        throw new Refusal('bulk-refused', `a bulk verdict decides at most ${MAX_BULK_CASES} cases; narrow the filter`);
      }
      const id = randomUUID();
      await openBulk(db, { id, decision, note, reviewer, cases });
      try {
        await callTemporal(temporal, START_WITHIN_MS, () =>
          temporal.workflow.start<typeof bulkReview>('bulkReview', {
            workflowId: bulkReviewWorkflowId(id),
            taskQueue: config.temporal.taskQueue,
            args: [],
          }),
        );
      } catch (error) {
        // It may have begun all the same; what it decides then is written down as decided.
        await endBulk(db, id, 'failed');
        throw error;
      }
      log.info({ bulkId: id, decision, cases: cases.length }, 'bulk verdict started');
      return await get(id);
    },

    get,

    async items(id, { outcome, limit, cursor }) {
      await existing(id);
      const rows = await listItems(db, id, { outcome, after: cursor ?? 0, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const items = shown.map((row) => ({
        caseId: row.case_id,
        version: row.case_version,
        outcome: row.outcome,
        reason: row.reason,
      }));
      return { items, next: rows.length > limit ? (shown.at(-1)?.case_id ?? null) : null };
    },
  };
}

interface FixedCase {
  id: number;
  version: number;
  confidence: number;
}

function bandOf({ confidence }: FixedCase): number {
  return BANDS.find((from) => confidence >= from) ?? 0;
}

function fingerprintOf(cases: readonly FixedCase[]): string {
  const named = cases.map(({ id, version }) => `${id}:${version}`).sort();
  return createHash('sha256').update(named.join(' ')).digest('hex').slice(0, 32);
}

function sentenceOf(
  { state, total }: BulkRow,
  { pending, done, refused }: { pending: number; done: number; refused: number },
  workers: number | null,
): string {
  const counted = `${done} of ${total} decided, ${refused} refused, ${pending} left`;
  if (state === 'completed') {
    return refused === 0 ? `${counted}; nothing to do.` : `${counted}; each refused case says why: look at it again.`;
  }
  if (state === 'failed') return `It ended early: ${counted}. What is left was not decided; start another one for it.`;
  if (workers === 0) return `${counted}; no worker is running: start one with \`npm start\` or \`node worker.ts\`.`;
  return `${counted}; it goes on by itself.`;
}
