/** The review workflows of cases: which are to be opened, which are to be told that it is over, and what they do by themselves. */
import { sql } from 'kysely';
import { type CaseState, ESCALATED_PRIORITY, isUndecided, nextDue, type ReviewClock } from '../domain/reviews.ts';
import { type CaseRow, countMembers, insertDecision, lockCase } from './cases.ts';
import { type Db, isoInstant, sqlInstant } from './connect.ts';
import { inTransaction } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/** How the review itself signs what it does. */
const BY_ITSELF = 'license-sync';

export interface ReviewLimits {
  /** ms. */
  remindAfter: number;
  /** ms. */
  escalateAfter: number;
}

export interface ReviewLook {
  row: CaseRow;
  members: number;
  /** When the review speaks up by itself next, Unix time in ms; null when it does not. */
  nextDueMs: number | null;
  /** What was due and is done now. */
  did: ('return' | 'remind' | 'escalate')[];
}

/**
 * Does what is due of a case by itself (it comes back, reminds, escalates) and says how it stands. Safe to repeat.
 * @param sinceMs when its review was opened.
 * @returns null when there is no such case.
 */
export async function lookAtCase(
  db: Db,
  { caseId, sinceMs, nowMs, limits }: { caseId: number; sinceMs: number; nowMs: number; limits: ReviewLimits },
): Promise<ReviewLook | null> {
  return await inTransaction(db, async (trx) => {
    const found = await lockCase(trx, caseId);
    if (!found) return null;
    const now = sqlInstant(nowMs);
    const did: ReviewLook['did'] = [];
    let row = found;
    let due = nextDue(clockOf(row), sinceMs, limits);
    while (due !== null && due.atMs <= nowMs) {
      const set = CHANGES[due.kind](row, now);
      const version = due.kind === 'return' ? row.version + 1 : row.version;
      await trx
        .updateTable('duplicate_cases')
        .set({ ...set, version, updated_at: now })
        .where('id', '=', caseId)
        .execute();
      // A flagged case that comes back is told by its state; people read of the rest in the history.
      if (due.kind !== 'return') {
        await insertDecision(trx, caseId, { decision: due.kind, reviewer: BY_ITSELF, version: row.version, now });
      }
      did.push(due.kind);
      row = { ...row, ...set, version };
      due = nextDue(clockOf(row), sinceMs, limits);
    }
    const review = isUndecided(row.state) ? 'open' : 'closed';
    if (row.review !== review) {
      await trx.updateTable('duplicate_cases').set({ review }).where('id', '=', caseId).execute();
    }
    return {
      row: { ...row, review },
      members: (await countMembers(trx, [caseId])).get(caseId) ?? 0,
      nextDueMs: due?.atMs ?? null,
      did,
    };
  });
}

type Change = Partial<Pick<CaseRow, 'state' | 'reminded_at' | 'escalated_at' | 'priority'>>;

const CHANGES: Record<ReviewLook['did'][number], (row: CaseRow, now: SqlInstant) => Change> = {
  return: () => ({ state: 'open', reminded_at: null, escalated_at: null }),
  remind: (_, now) => ({ reminded_at: now }),
  escalate: (row, now) => ({
    escalated_at: now,
    priority: (Math.min(Number(row.priority), ESCALATED_PRIORITY) + ESCALATED_PRIORITY).toFixed(3),
  }),
};

function clockOf(row: CaseRow): ReviewClock {
  return {
    state: row.state,
    heldUntilMs: msOf(row.held_until),
    flaggedUntilMs: msOf(row.flagged_until),
    remindedAtMs: msOf(row.reminded_at),
    escalatedAtMs: msOf(row.escalated_at),
  };
}

function msOf(instant: SqlInstant | null): number | null {
  return instant === null ? null : Date.parse(isoInstant(instant));
}

/** When an undecided case speaks up next if its review is opened now. */
export function dueWhenOpened(row: CaseRow, sinceMs: number, limits: ReviewLimits): number | null {
  return nextDue(clockOf(row), sinceMs, limits)?.atMs ?? null;
}

/** Reviews that people were reminded of and that still wait, and the one that has waited longest; null when there are none. */
export async function overdueReviews(
  db: Db,
  nowMs: number,
): Promise<{ cases: number; oldest: number; since: string } | null> {
  const rows = await db
    .selectFrom('duplicate_cases')
    .select(['id', 'created_at'])
    .where('state', '=', 'open')
    .where('reminded_at', 'is not', null)
    .where((is) => is.or([is('held_until', 'is', null), is('held_until', '<=', sqlInstant(nowMs))]))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const [oldest] = rows;
  return oldest ? { cases: rows.length, oldest: oldest.id, since: isoInstant(oldest.created_at) } : null;
}

/** Open cases whose review waits for its turn, what matters most first, as many as there is room for; flagged ones take none. */
export async function reviewsToOpen(
  db: Db,
  { maxOpen, limit }: { maxOpen: number; limit: number },
): Promise<CaseRow[]> {
  const { open } = await db
    .selectFrom('duplicate_cases')
    .select(sql<string>`COUNT(*)`.as('open'))
    .where('review', '=', 'open')
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  const room = Math.min(limit, maxOpen - Number(open));
  if (room <= 0) return [];
  return await db
    .selectFrom('duplicate_cases')
    .selectAll()
    .where('review', '=', 'waiting')
    .where('state', '=', 'open')
    .orderBy('priority', 'desc')
    .orderBy('id')
    .limit(room)
    .execute();
}

/** Brings back flagged cases that have no review to do it, because they were flagged many at once. */
export async function returnFlagged(db: Db, nowMs: number): Promise<void> {
  const now = sqlInstant(nowMs);
  await db
    .updateTable('duplicate_cases')
    .set({ state: 'open', version: sql`version + 1`, reminded_at: null, escalated_at: null, updated_at: now })
    .where('state', '=', 'flagged')
    .where('review', '=', 'waiting')
    .where('flagged_until', '<=', now)
    .execute();
}

/** Decided cases whose review does not know yet. */
export async function reviewsToTell(db: Db, limit: number): Promise<CaseRow[]> {
  return await db
    .selectFrom('duplicate_cases')
    .selectAll()
    .where('review', '=', 'open')
    .where('state', 'in', DECIDED)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Whether reviews wait to be opened or told, or flagged cases to come back. */
export async function hasReviewWork(db: Db, maxOpen: number): Promise<boolean> {
  if ((await reviewsToTell(db, 1)).length > 0) return true;
  if ((await reviewsToOpen(db, { maxOpen, limit: 1 })).length > 0) return true;
  const due = await db
    .selectFrom('duplicate_cases')
    .select('id')
    .where('state', '=', 'flagged')
    .where('review', '=', 'waiting')
    .where('flagged_until', '<=', sqlInstant(Date.now()))
    .limit(1)
    .executeTakeFirst();
  return due !== undefined;
}

/** Cases whose review is said to be open since before then, in the order of their numbers. */
export async function openReviews(
  db: Db,
  { after, before, limit }: { after: number; before: Date; limit: number },
): Promise<Pick<CaseRow, 'id' | 'version'>[]> {
  return await db
    .selectFrom('duplicate_cases')
    .select(['id', 'version'])
    .where('review', '=', 'open')
    .where('id', '>', after)
    .where('updated_at', '<', sqlInstant(before))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Cases whose review is said to be open. */
export async function countOpenReviews(db: Db): Promise<number> {
  const { open } = await db
    .selectFrom('duplicate_cases')
    .select(({ fn }) => fn.countAll<string>().as('open'))
    .where('review', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(open);
}

/** Its workflow is gone: an undecided case waits for its turn again, of a decided one nothing is left to tell. */
export async function reopenReview(db: Db, { id, version }: Pick<CaseRow, 'id' | 'version'>): Promise<void> {
  await db
    .updateTable('duplicate_cases')
    .set({ review: sql`IF(state IN (${sql.join(DECIDED)}), 'closed', 'waiting')` })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('review', '=', 'open')
    .execute();
}

/** Only from the state that was seen: a case may have been decided, or opened again, in between. */
export async function markReview(
  db: Db,
  { id, state }: Pick<CaseRow, 'id' | 'state'>,
  review: CaseRow['review'],
): Promise<void> {
  await db.updateTable('duplicate_cases').set({ review }).where('id', '=', id).where('state', '=', state).execute();
}

const DECIDED: CaseState[] = ['approved', 'rejected', 'superseded', 'undone'];
