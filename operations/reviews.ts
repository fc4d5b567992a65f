/** Duplicate cases that wait for people: the queue, one case, verdicts, and what people note on it. */
import { decidedSentence } from '../db/case-decisions.ts';
import { undoCase } from '../db/case-undo.ts';
import {
  type CaseFilter,
  type CasePlace,
  type CaseRow,
  caseBeside,
  countByStateAndBand,
  findCase,
  listCases,
  lockCase,
  membersOf,
  noteOnCase,
} from '../db/cases.ts';
import { isoInstant, sqlInstant } from '../db/connect.ts';
import { inTransaction, type Trx } from '../db/retry.ts';
import { EDITABLE_FIELDS } from '../domain/license-edit.ts';
import { CASE_STATES, type CaseState, isUndecided } from '../domain/reviews.ts';
import { pokeReviewQueue, reviewViewOf, tellReview } from '../temporal/reviews.ts';
import { BANDS, type BulkReviews, createBulkReviews } from './bulk-reviews.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal } from './errors.ts';
import type { Observer } from './observe.ts';
import { type Foreseen, foresee, type MergeWish } from './review-foresight.ts';
import { giveVerdict, type VerdictAsked } from './review-verdicts.ts';
import { detailOf, listItemOf, type ReviewDetail, type ReviewListItem } from './review-view.ts';
import { callTemporal } from './temporal.ts';

export interface ReviewCounts {
  byState: Record<CaseState, number>;
  /** Of those that are open, by confidence. */
  openByBand: { from: number; cases: number }[];
}

export interface Reviews {
  /** What matters most first. */
  list(
    filter: CaseFilter,
    page: { limit: number; after: CasePlace | null },
  ): Promise<{ reviews: ReviewListItem[]; next: CasePlace | null; counts: ReviewCounts }>;
  /** @throws {Refusal} `review-not-found` */
  get(id: number): Promise<ReviewDetail>;
  /** The cases beside one in the queue that a filter makes, whether or not the filter lets this one through. @throws {Refusal} `review-not-found` */
  beside(id: number, filter: CaseFilter): Promise<{ previous: number | null; next: number | null }>;
  /**
   * What approving would make of the licenses, without doing it.
   * @param wish.fields by the API's names of fields.
   * @throws {Refusal} `review-not-found`, `value-invalid`, `review-refused` when there is nothing to make one or it cannot be done like this
   */
  foresee(id: number, wish: MergeWish): Promise<Foreseen>;
  /**
   * Waits until the verdict counts.
   * @param asked.fields by the API's names of fields.
   * @throws {Refusal} `review-not-found`, `review-decided`, `review-changed`, `review-member-changed`, `review-refused`, `review-unconfirmed`
   */
  decide(id: number, asked: VerdictAsked): Promise<ReviewDetail>;
  /** @param to null: nobody. @throws {Refusal} `review-not-found`, `review-decided` */
  assign(id: number, to: string | null, by: string): Promise<ReviewDetail>;
  /** @param until ISO 8601; null lets it go on. @throws {Refusal} `review-not-found`, `review-decided`, `value-invalid` */
  hold(id: number, until: string | null, by: { name: string; note: string | null }): Promise<ReviewDetail>;
  /** @throws {Refusal} `review-not-found` */
  comment(id: number, note: string, by: string): Promise<ReviewDetail>;
  /** @throws {Refusal} `review-not-found`, `review-changed`, `undo-refused` */
  undo(id: number, by: { name: string; note: string | null; version: number | null }): Promise<ReviewDetail>;
  bulk: BulkReviews;
}

const CALL_WITHIN_MS = 5000;
const MOST_HELD_MS = 366 * 86_400_000;

export function createReviews(deps: OperationsDeps, observer: Observer): Reviews {
  const { config, db, log, temporal } = deps;

  async function existing(id: number): Promise<CaseRow> {
    const row = await findCase(db, id);
    if (!row) throw notFound(id);
    return row;
  }

  async function get(id: number): Promise<ReviewDetail> {
    return await detailOf(db, await existing(id), Date.now());
  }

  /** Notes something on a case that is locked; `undecided` when that makes sense only while it waits for a verdict. */
  async function note(id: number, undecided: boolean, work: (trx: Trx, row: CaseRow) => Promise<void>): Promise<void> {
    await inTransaction(db, async (trx) => {
      const row = await lockCase(trx, id);
      if (!row) throw notFound(id);
      if (undecided && !isUndecided(row.state)) {
        const { sentence, details } = decidedSentence(row);
        throw new DetailedRefusal('review-decided', sentence, details);
      }
      await work(trx, row);
    });
  }

  /** Reviews are told as soon as Temporal can be reached; what was done counts without it. */
  async function tell(id: number): Promise<void> {
    try {
      const row = await existing(id);
      await callTemporal(temporal, CALL_WITHIN_MS, async () => {
        if (isUndecided(row.state)) await tellReview(temporal, reviewViewOf(row, 0, null));
        await pokeReviewQueue(temporal, config.temporal.taskQueue);
      });
    } catch (error) {
      log.warn(
        { err: error, caseId: id },
        'the review of a case was not told; it looks by itself when something is due',
      );
    }
  }

  return {
    async list(filter, { limit, after }) {
      const now = Date.now();
      const [rows, counted] = await Promise.all([
        listCases(db, filter, { limit: limit + 1, after, now: sqlInstant(now) }),
        countByStateAndBand(db),
      ]);
      const shown = rows.slice(0, limit);
      const members = await membersOf(
        db,
        shown.map(({ id }) => id),
      );
      const iso = new Date(now).toISOString();
      const reviews = shown.map((row) =>
        listItemOf(
          row,
          members.filter((member) => member.case_id === row.id),
          iso,
        ),
      );
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return { reviews, next: last ? { priority: last.priority, id: last.id } : null, counts: countsOf(counted) };
    },

    get,

    async beside(id, filter) {
      const place = { priority: (await existing(id)).priority, id };
      const now = sqlInstant(Date.now());
      const [previous, next] = await Promise.all([
        caseBeside(db, filter, place, { side: 'before', now }),
        caseBeside(db, filter, place, { side: 'after', now }),
      ]);
      return { previous, next };
    },

    async foresee(id, { masterId, fields }) {
      return await foresee(db, await existing(id), { masterId, fields: internalNames(fields) }, Date.now());
    },

    async decide(id, asked) {
      await giveVerdict(deps, observer, await existing(id), { ...asked, fields: internalNames(asked.fields) });
      return await get(id);
    },

    async assign(id, to, by) {
      const now = sqlInstant(Date.now());
      await note(id, true, (trx, row) =>
        noteOnCase(trx, row, { assigned_to: to }, { decision: 'assign', reviewer: by, details: { to }, now }),
      );
      return await get(id);
    },

    async hold(id, until, { name, note: text }) {
      const ms = until === null ? null : Date.parse(until);
      if (ms !== null && !(ms > Date.now() && ms <= Date.now() + MOST_HELD_MS)) {
        throw new Refusal('value-invalid', 'until: expected a time from now on, within a year');
      }
      const now = sqlInstant(Date.now());
      const held = ms === null ? null : sqlInstant(ms);
      const details = { until: isoInstant(held) };
      await note(id, true, (trx, row) =>
        noteOnCase(trx, row, { held_until: held }, { decision: 'hold', reviewer: name, note: text, details, now }),
      );
      await tell(id);
      return await get(id);
    },

    async comment(id, text, by) {
      const now = sqlInstant(Date.now());
      await note(id, false, (trx, row) =>
        noteOnCase(trx, row, {}, { decision: 'comment', reviewer: by, note: text, now }),
      );
      return await get(id);
    },

    async undo(id, { name, note: text, version }) {
      const outcome = await undoCase(db, { caseId: id, by: name, note: text, version, nowMs: Date.now() });
      if (!outcome.done) {
        if (outcome.code === 'review-not-found') throw notFound(id);
        throw new DetailedRefusal(outcome.code, outcome.reason, outcome.details);
      }
      log.info({ caseId: id, state: outcome.state, merges: outcome.mergeIds.length }, 'verdict undone');
      await tell(id);
      return await get(id);
    },

    bulk: createBulkReviews(deps, observer),
  };
}

function countsOf(counted: Awaited<ReturnType<typeof countByStateAndBand>>): ReviewCounts {
  const sum = (of: typeof counted) => of.reduce((total, { cases }) => total + cases, 0);
  const byState = Object.fromEntries(
    CASE_STATES.map((state) => [state, sum(counted.filter((one) => one.state === state))]),
  ) as Record<CaseState, number>;
  const open = counted.filter(({ state }) => state === 'open');
  return { byState, openByBand: BANDS.map((from) => ({ from, cases: sum(open.filter(({ band }) => band === from)) })) };
}

/** @throws {Refusal} `value-invalid` for a name that is no field which one license could give another. */
function internalNames(fields: Record<string, string> | null): Record<string, string> | null {
  if (fields === null) return null;
  return Object.fromEntries(
    Object.entries(fields).map(([name, licenseId]) => {
      const field = EDITABLE_FIELDS.find((one) => one.name === name)?.field;
      if (field === undefined) {
        const known = EDITABLE_FIELDS.map((one) => one.name).join(', ');
        throw new Refusal('value-invalid', `fields: "${name.slice(0, 40)}" is no field to choose; they are ${known}`);
      }
      return [field, licenseId];
    }),
  );
}

function notFound(id: number): Refusal {
  return new Refusal('review-not-found', `there is no duplicate case ${id}`);
}
