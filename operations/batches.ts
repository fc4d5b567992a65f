/** How far each part of a run's work is: by phase, and batch by batch. */
import { type BatchPlace, type BatchRow, listBatches, type PhaseSum, sumFetch, sumPhases } from '../db/batches.ts';
import { isoInstant } from '../db/connect.ts';
import { findOperation, type OperationRow } from '../db/operations.ts';
import { PHASES, type Phase } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { OperationNotFound } from './errors.ts';

export interface BatchView {
  attempt: number;
  phase: Phase;
  /** Of the feed; in the phase analyse 0 counts what was compared and 255 what was settled. */
  pass: number;
  batch: number;
  pageFrom: number;
  pageTo: number;
  /** Where it goes on; `pageTo + 1` when it is done. */
  nextPage: number;
  /** Null where the work is not told in pages. */
  done: boolean | null;
  rows: number;
  created: number;
  updated: number;
  /** When its first slice was done, and the last one so far. */
  startedAt: string;
  updatedAt: string;
}

/** The batches of a phase in the attempt that came last to it. */
export interface PhaseView {
  phase: Phase;
  attempt: number;
  /** Of the phase fetch: pages. */
  batches: number;
  rows: number;
  created: number;
  updated: number;
  /** When its first slice was done, and the last one so far. */
  firstAt: string;
  lastAt: string;
}

export interface Batches {
  /** By attempt, phase, pass and number. `cursor` is what the page before gave. @throws {OperationNotFound} */
  list(
    operationId: string,
    query: { phase?: Phase | undefined; limit: number; cursor?: string | undefined },
  ): Promise<{ batches: BatchView[]; next: string | null }>;
  /** Phases without any batch are absent. @throws {OperationNotFound} */
  phases(operationId: string): Promise<PhaseView[]>;
}

/** What `next` looks like. */
export const BATCH_CURSOR = /^(\d{1,9})-([a-z]{1,20})-(\d{1,3})-(\d{1,9})$/;

export function createBatches({ db }: Pick<OperationsDeps, 'db'>): Batches {
  async function existing(operationId: string): Promise<OperationRow> {
    const row = await findOperation(db, operationId);
    if (!row) throw new OperationNotFound(operationId);
    return row;
  }

  return {
    async list(operationId, { limit, cursor, ...query }) {
      const { id } = await existing(operationId);
      const after = cursor === undefined ? undefined : placeOf(cursor);
      const rows = await listBatches(db, id, { ...query, after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return { batches: shown.map(viewOf), next: rows.length > limit && last ? cursorOf(last) : null };
    },

    async phases(operationId) {
      const row = await existing(operationId);
      const [fetched, sums] = await Promise.all([sumFetch(db, row), sumPhases(db, row.id)]);
      return PHASES.flatMap((phase) => {
        const last =
          phase === 'fetch'
            ? fetched && fetchSum(row, fetched)
            : sums.filter((sum) => sum.phase === phase).sort((a, b) => b.attempt - a.attempt)[0];
        if (!last) return [];
        return [{ ...last, firstAt: isoInstant(last.firstAt), lastAt: isoInstant(last.lastAt) }];
      });
    },
  };
}

/** Pages are kept by reading and not by attempt: those read before this attempt began are an earlier one's. */
function fetchSum(
  { attempt, started_at: since }: OperationRow,
  { pages, ...sum }: NonNullable<Awaited<ReturnType<typeof sumFetch>>>,
): PhaseSum {
  const own = sum.lastAt >= since ? attempt : Math.max(1, attempt - 1);
  return { ...sum, phase: 'fetch', attempt: own, batches: pages, created: 0, updated: 0 };
}

function cursorOf({ attempt, phase, pass, batch }: BatchPlace): string {
  return [attempt, phase, pass, batch].join('-');
}

/** A cursor that no page gave leads to whatever comes behind it. */
function placeOf(cursor: string): BatchPlace | undefined {
  const [, attempt, phase, pass, batch] = BATCH_CURSOR.exec(cursor) ?? [];
  if (phase === undefined) return undefined;
  return { attempt: Number(attempt), phase: phase as Phase, pass: Number(pass), batch: Number(batch) };
}

function viewOf(row: BatchRow): BatchView {
  return {
    attempt: row.attempt,
    phase: row.phase,
    pass: row.pass,
    batch: row.batch,
    pageFrom: row.page_from,
    pageTo: row.page_to,
    nextPage: row.next_page,
    done: row.page_to === 0 || row.phase === 'push' ? null : row.next_page > row.page_to,
    rows: row.rows_done,
    created: row.rows_created,
    updated: row.rows_updated,
    startedAt: isoInstant(row.started_at),
    updatedAt: isoInstant(row.updated_at),
  };
}
