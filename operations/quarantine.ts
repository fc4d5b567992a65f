/** Records and positions that could not be taken over: look at them, have them read again. */
import { randomInt } from 'node:crypto';
import { isoInstant } from '../db/connect.ts';
import { underNamedLock } from '../db/named-lock.ts';
import { findOperation, type OperationRow } from '../db/operations.ts';
import {
  findQuarantined,
  listQuarantine,
  type Marked,
  markForReplay,
  type QuarantineFilter,
  type QuarantinePhase,
  type QuarantineRow,
  type ReplayTarget,
  unmarkReplay,
} from '../db/quarantine-list.ts';
import { findLive } from '../db/run-state.ts';
import type { QuarantineState } from '../db/tables.ts';
import type { OperationsDeps } from './deps.ts';
import { explainFailure, OperationNotFound, Refusal, SyncAlreadyRunning } from './errors.ts';
import { isLive, type Observer } from './observe.ts';
import type { Runs } from './runs.ts';

export interface QuarantineView {
  id: number;
  operationId: string | null;
  /** `fetch`: it could not be taken over; `push`: it was, and what was edited inside could not be written upstream. */
  phase: QuarantinePhase;
  /** 0 for `push`, of which page and position say where the record stood when it was read. */
  pass: number;
  page: number;
  /** Index on the page, from 0. */
  position: number;
  /** Positions from there on that the entry speaks for. */
  positions: number;
  state: QuarantineState;
  sourceKey: string | null;
  type: string;
  code: string;
  severity: string;
  retryable: boolean;
  message: string;
  /** Whether a run was asked to read it again and has not come to its end. */
  replaying: boolean;
  resolvedOperationId: string | null;
  createdAt: string;
}

/** With what the API sent, without secrets, e-mail and phone; null when there was nothing to keep. */
export interface QuarantineDetail extends QuarantineView {
  rawContent: string | null;
}

export interface ReplayStarted {
  operation: OperationRow;
  entries: number;
  skipped: Marked['skipped'];
  /** Open entries of other parts of the feed, which need a replay of their own. */
  otherParts: number;
}

export interface Quarantine {
  /** Newest first. */
  list(
    filter: QuarantineFilter,
    page: { limit: number; cursor?: number | undefined },
  ): Promise<{ entries: QuarantineView[]; next: number | null }>;
  /** @throws {Refusal} `quarantine-not-found` */
  get(id: number): Promise<QuarantineDetail>;
  /**
   * Starts a run that reads only what could not be read.
   * @throws {Refusal} `nothing-to-replay`, `operation-not-found`, and whatever keeps a run from starting; nothing is marked then.
   */
  replay(target: ReplayTarget, by: { trigger: string; name: string }): Promise<ReplayStarted>;
}

const LOCK_WAIT_SECONDS = 10;
/** 48 bits: ids drawn anew for each replay do not meet, and are exact in JSON. */
const REPLAY_IDS = 2 ** 48 - 1;

export function createQuarantine({ db, log }: OperationsDeps, observer: Observer, runs: Runs): Quarantine {
  /** Marks of a run that is under way must not be replaced. */
  async function requireNoRun(): Promise<void> {
    const live = await findLive(db);
    if (!live) return;
    const { row } = await observer.observe(live);
    if (isLive(row)) throw new SyncAlreadyRunning(row.operation_id);
  }

  async function markAndStart(
    target: ReplayTarget,
    { trigger, name }: { trigger: string; name: string },
  ): Promise<ReplayStarted> {
    await requireNoRun();
    const replayId = randomInt(1, REPLAY_IDS);
    const { entries, part, pushes, skipped, otherParts } = await markForReplay(db, target, replayId);
    if (entries === 0) throw new Refusal('nothing-to-replay', 'none of these entries is open');
    try {
      const options = {
        partial: true,
        status: part.status,
        dbaId: part.dbaId,
        ...(pushes ? { bidirectional: true } : {}),
      };
      const operation = await runs.start({ options, trigger, by: name, replayId });
      log.info({ operationId: operation.operation_id, entries }, 'replay started');
      return { operation, entries, skipped, otherParts };
    } catch (error) {
      // Where Temporal or the database did not answer, the run may have begun all the same; marks that nobody needs are replaced by
      // the next replay.
      const known = explainFailure(error);
      const mayRun = !(known instanceof Refusal) || UNCERTAIN.has(known.code);
      if (!mayRun) await unmarkReplay(db, replayId);
      throw error;
    }
  }

  return {
    async list(filter, { limit, cursor }) {
      const rows = await listQuarantine(db, filter, { limit: limit + 1, before: cursor });
      const shown = rows.slice(0, limit);
      return { entries: shown.map(viewOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    },

    async get(id) {
      const row = await findQuarantined(db, id);
      if (!row) throw new Refusal('quarantine-not-found', `there is no quarantined entry ${id}`);
      return { ...viewOf(row), rawContent: row.raw_content };
    },

    async replay(target, by) {
      if ('operationId' in target && !(await findOperation(db, target.operationId))) {
        throw new OperationNotFound(target.operationId);
      }
      // Two at once would take each other's marks away.
      const done = await underNamedLock(db, 'license-sync-replay', LOCK_WAIT_SECONDS, () => markAndStart(target, by));
      if (done) return done.result;
      throw new Refusal('replay-under-way', 'another replay is just being started; ask again in a moment');
    },
  };
}

const UNCERTAIN: ReadonlySet<string> = new Set(['temporal-unavailable', 'database-unavailable']);

function viewOf(row: QuarantineRow): QuarantineView {
  return {
    id: row.id,
    operationId: row.operation_id,
    phase: row.phase,
    pass: row.pass,
    page: row.page,
    position: row.position,
    positions: row.positions,
    state: row.state,
    sourceKey: row.source_key,
    type: row.error_type,
    code: row.error_code,
    severity: row.severity,
    retryable: row.retryable === 1,
    message: row.error_message,
    replaying: row.state === 'open' && row.replay_id !== null,
    resolvedOperationId: row.resolved_operation_id,
    createdAt: isoInstant(row.created_at),
  };
}
