/**
 * What all processes must know of the External License API: circuit, rate budget, health. One row; all times are the
 * database's, so that processes whose clocks differ agree, and all spans go in as milliseconds.
 */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { type Db, isoInstant } from './connect.ts';
import { inTransaction } from './retry.ts';
import type { UpstreamStateTable } from './tables.ts';

const NAME = 'license-api';
/** Share of the newest measurement in the moving average. */
const WEIGHT = 0.3;
/** Unused budget is lost after this: a burst after a pause must not look like a higher rate. */
const BURST_MS = 20;
const SUCCESS_WRITE_INTERVAL_MS = 1000;
const MAX_FAILURE_LENGTH = 300;

export type Health = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** Instants as the database has them; spans are counted from the moment of reading, 0 when over. */
export interface UpstreamState {
  circuit: 'closed' | 'open' | 'half_open';
  openForMs: number;
  /** The half-open trial that some process makes; 0 when none is under way. */
  trialForMs: number;
  /** From Retry-After. */
  blockedForMs: number;
  openUntil: Date | null;
  blockedUntil: Date | null;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  /** What the failure that opened the circuit, or the last failed probe, was. */
  lastFailure: string | null;
  health: Health;
  lastHealthCheck: Date | null;
  averageResponseMs: number | null;
}

export interface ProbeResult {
  health: Exclude<Health, 'unknown'>;
  /** Null when no answer came. */
  latencyMs: number | null;
  /** Why it is not healthy. */
  failure: string | null;
}

export interface UpstreamStateStore {
  read(): Promise<UpstreamState>;
  /** No calls for this long, for any process. Never shortens a longer wait. */
  block(forMs: number): Promise<void>;
  /** Opens the circuit for all, or opens it again after a trial; one that is open already keeps its time. */
  opened(forMs: number, why: string): Promise<void>;
  /**
   * Asks to make the half-open trial call of a circuit whose time is over. One process gets it, until it reports or its
   * claim has expired.
   */
  claimTrial(processId: string, claimForMs: number): Promise<boolean>;
  /** Ends a trial that showed nothing either way: another may try at once. */
  releaseTrial(processId: string): Promise<void>;
  /** The API answers again. */
  closed(): Promise<void>;
  /**
   * Takes permits from the rate budget of all processes.
   * @returns how long to wait before using them, in milliseconds. They are taken in any case.
   */
  acquire(permits: number, ratePerSecond: number): Promise<number>;
  /** Remembers that the API gave something good; writes at most once a second, and reports whether it did. */
  recordSuccess(): Promise<boolean>;
  /** Whether this process should probe now: nobody did for `intervalMs`. Marks the time, so that only one gets true. */
  claimProbe(intervalMs: number): Promise<boolean>;
  recordProbe(result: ProbeResult): Promise<void>;
}

/** Access to the one row; it is made on first use. The caller owns `db`. */
export function createUpstreamStateStore(db: Db): UpstreamStateStore {
  let made: Promise<void> | undefined;
  let successWrittenAt = Number.NEGATIVE_INFINITY;

  /** Other processes make the row too; a failure must not be remembered. */
  function row(): Promise<void> {
    made ??= sql`INSERT IGNORE INTO upstream_state (name) VALUES (${NAME})`.execute(db).then(
      () => undefined,
      (error: unknown) => {
        made = undefined;
        throw error;
      },
    );
    return made;
  }

  async function find(): Promise<StateRow | undefined> {
    await row();
    const { rows } = await sql<StateRow>`
      SELECT upstream_state.*, ${leftOf('open_until')} AS open_for, ${leftOf('trial_until')} AS trial_for,
        ${leftOf('blocked_until')} AS blocked_for
      FROM upstream_state WHERE name = ${NAME}`.execute(db);
    return rows[0];
  }

  /** @returns whether anything changed. */
  async function update(assignments: RawBuilder<unknown>, condition = sql`TRUE`): Promise<boolean> {
    await row();
    const result = await sql`UPDATE upstream_state SET ${assignments} WHERE name = ${NAME} AND ${condition}`.execute(
      db,
    );
    return Number(result.numAffectedRows ?? 0) > 0;
  }

  return {
    async read() {
      const found = await find();
      if (found) return stateOf(found);
      // Someone has emptied the table: begin anew rather than fail until a restart.
      made = undefined;
      const remade = await find();
      if (!remade) throw new Error('upstream_state loses its row as soon as it is made');
      return stateOf(remade);
    },

    async block(forMs) {
      await update(sql`blocked_until = GREATEST(COALESCE(blocked_until, ${NOW}), ${after(forMs)})`);
    },

    async opened(forMs, why) {
      // Assignments run left to right: open_until must still see the old circuit.
      await update(sql`open_until = IF(circuit = 'open' AND open_until > ${NOW}, open_until, ${after(forMs)}),
        circuit = 'open', trial_by = NULL, trial_until = NULL,
        last_failure_at = ${NOW}, last_failure = ${why.slice(0, MAX_FAILURE_LENGTH)}`);
    },

    claimTrial(processId, claimForMs) {
      return update(
        sql`circuit = 'half_open', trial_by = ${processId}, trial_until = ${after(claimForMs)}`,
        sql`circuit <> 'closed' AND (open_until IS NULL OR open_until <= ${NOW})
          AND (trial_until IS NULL OR trial_until <= ${NOW})`,
      );
    },

    async releaseTrial(processId) {
      await update(sql`circuit = 'open', trial_by = NULL, trial_until = NULL`, sql`trial_by = ${processId}`);
    },

    async closed() {
      await update(sql`circuit = 'closed', open_until = NULL, trial_by = NULL, trial_until = NULL`);
    },

    async acquire(permits, ratePerSecond) {
      await row();
      return inTransaction(db, async (trx) => {
        const { rows } = await sql<{ tokens: number; elapsed: number | null }>`
          SELECT tokens, TIMESTAMPDIFF(MICROSECOND, tokens_at, ${NOW}) / 1000 AS elapsed
          FROM upstream_state WHERE name = ${NAME} FOR UPDATE`.execute(trx);
        const [found] = rows;
        const capacity = Math.max(1, (ratePerSecond * BURST_MS) / 1000);
        // NOW() is the time at which the statement began to wait for the lock: it may lie before tokens_at.
        const elapsed = Math.max(0, Number(found?.elapsed ?? 0));
        const filled = found?.elapsed == null ? capacity : Number(found.tokens) + (elapsed * ratePerSecond) / 1000;
        const tokens = Math.min(capacity, filled) - permits;
        await sql`UPDATE upstream_state
          SET tokens = ${tokens}, tokens_at = COALESCE(tokens_at + INTERVAL ${Math.round(elapsed * 1000)} MICROSECOND, ${NOW})
          WHERE name = ${NAME}`.execute(trx);
        return tokens >= 0 ? 0 : (-tokens * 1000) / ratePerSecond;
      });
    },

    async recordSuccess() {
      // Per process by the monotonic clock: a page is not worth a write of its own.
      if (performance.now() - successWrittenAt < SUCCESS_WRITE_INTERVAL_MS) return false;
      successWrittenAt = performance.now();
      await update(sql`last_success_at = ${NOW}`);
      return true;
    },

    claimProbe(intervalMs) {
      return update(
        sql`last_health_check = ${NOW}`,
        sql`(last_health_check IS NULL OR last_health_check <= ${after(-intervalMs)})`,
      );
    },

    async recordProbe({ health, latencyMs, failure }) {
      await update(sql`health = ${health}, last_health_check = ${NOW},
        average_response_ms = ${latencyMs === null ? sql`average_response_ms` : movedTowards(latencyMs)},
        last_failure_at = ${failure === null ? sql`last_failure_at` : NOW},
        last_failure = ${failure === null ? sql`last_failure` : failure.slice(0, MAX_FAILURE_LENGTH)}`);
    },
  };
}

type Span = number | string | null;
type StateRow = Selectable<UpstreamStateTable> & { open_for: Span; trial_for: Span; blocked_for: Span };

const NOW = sql`UTC_TIMESTAMP(3)`;

function after(ms: number): RawBuilder<unknown> {
  return sql`${NOW} + INTERVAL ${Math.round(ms * 1000)} MICROSECOND`;
}

function leftOf(column: string): RawBuilder<unknown> {
  return sql`TIMESTAMPDIFF(MICROSECOND, ${NOW}, ${sql.ref(column)}) / 1000`;
}

function movedTowards(ms: number): RawBuilder<unknown> {
  return sql`COALESCE(average_response_ms + ${WEIGHT} * (${ms} - average_response_ms), ${ms})`;
}

function stateOf(row: StateRow): UpstreamState {
  return {
    circuit: row.circuit,
    openForMs: spanOf(row.open_for),
    trialForMs: spanOf(row.trial_for),
    blockedForMs: spanOf(row.blocked_for),
    openUntil: dateOf(row.open_until),
    blockedUntil: dateOf(row.blocked_until),
    lastSuccessAt: dateOf(row.last_success_at),
    lastFailureAt: dateOf(row.last_failure_at),
    lastFailure: row.last_failure,
    health: row.health,
    lastHealthCheck: dateOf(row.last_health_check),
    averageResponseMs: row.average_response_ms,
  };
}

function spanOf(left: Span): number {
  return Math.max(0, Number(left ?? 0));
}

function dateOf(value: string | null): Date | null {
  const iso = isoInstant(value);
  return iso === null ? null : new Date(iso);
}
