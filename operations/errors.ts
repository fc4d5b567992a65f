import { databaseCode, isDatabaseAway } from '../db/errors.ts';

/** What can stand in the way of an operation. Codes are stable; `api/` turns them into problem documents. */
export type RefusalCode =
  | 'feature-disabled'
  | 'options-invalid'
  | 'upstream-not-configured'
  | 'sync-already-running'
  | 'operation-not-found'
  | 'operation-state'
  | 'plan-not-found'
  | 'plan-already-applied'
  | 'plan-expired'
  | 'plan-outdated'
  | 'pushes-expired'
  | 'approval-refused'
  | 'approval-unconfirmed'
  | 'license-not-found'
  | 'license-changed'
  | 'license-archived'
  | 'license-key-taken'
  | 'license-exists'
  | 'duplicate-suspected'
  | 'pair-invalid'
  | 'rules-invalid'
  | 'import-refused'
  | 'record-not-found'
  | 'record-ambiguous'
  | 'conflict-not-found'
  | 'conflict-state'
  | 'value-invalid'
  | 'override-not-found'
  | 'override-refused'
  | 'consolidation-refused'
  | 'merge-not-found'
  | 'merge-undone'
  | 'merge-blocked'
  | 'quarantine-not-found'
  | 'nothing-to-replay'
  | 'replay-under-way'
  | 'token-not-found'
  | 'token-name-invalid'
  | 'token-name-taken'
  | 'last-admin-token'
  | 'schedule-not-found'
  | 'schedule-exists'
  | 'schedule-invalid'
  | 'schedule-running'
  | 'schedule-conflict'
  | 'alert-not-found'
  | 'alert-state'
  | 'webhook-not-found'
  | 'webhook-name-invalid'
  | 'webhook-name-taken'
  | 'webhook-address-invalid'
  | 'webhook-limit'
  | 'webhook-state'
  | 'delivery-not-found'
  | 'delivery-state'
  | 'review-not-found'
  | 'review-decided'
  | 'review-changed'
  | 'review-member-changed'
  | 'review-refused'
  | 'review-unconfirmed'
  | 'undo-refused'
  | 'bulk-not-found'
  | 'bulk-refused'
  | 'temporal-unavailable'
  | 'database-unavailable'
  | 'database-not-migrated';

/** An operation that was refused or could not be carried out, for a reason that can be told to whoever asked. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A refusal with data for its caller beside the sentence. Values of records stand there only: messages may come into a log. */
export class DetailedRefusal extends Refusal {
  override readonly name = 'DetailedRefusal';
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: RefusalCode, message: string, details: Readonly<Record<string, unknown>>) {
    super(code, message);
    this.details = details;
  }
}

/** A run is under way, and there is only ever one. */
export class SyncAlreadyRunning extends Refusal {
  override readonly name = 'SyncAlreadyRunning';
  readonly operationId: string;

  constructor(operationId: string) {
    super('sync-already-running', `a sync is under way already: operation ${operationId}`);
    this.operationId = operationId;
  }
}

/** The operation is in a state that does not allow what was asked. */
export class WrongState extends Refusal {
  override readonly name = 'WrongState';
  readonly operationId: string;
  readonly state: string;

  constructor(operationId: string, state: string, message: string) {
    super('operation-state', message);
    this.operationId = operationId;
    this.state = state;
  }
}

export class OperationNotFound extends Refusal {
  override readonly name = 'OperationNotFound';

  constructor(operationId: string) {
    super('operation-not-found', `there is no operation ${operationId}`);
  }
}

/** A plan that is not there, or that may not be carried out or read any more. */
export class PlanRefusal extends Refusal {
  override readonly name = 'PlanRefusal';
  readonly planId: string;
  /** The operation that stands in the way; null when none does. */
  readonly operationId: string | null;

  constructor(
    code: Extract<RefusalCode, `plan-${string}`>,
    planId: string,
    message: string,
    operationId: string | null = null,
  ) {
    super(code, message);
    this.planId = planId;
    this.operationId = operationId;
  }
}

export class TemporalUnavailable extends Refusal {
  override readonly name = 'TemporalUnavailable';

  constructor(why: string, options?: ErrorOptions) {
    super('temporal-unavailable', `Temporal cannot be used now: ${why}`, options);
  }
}

/** For a caller these too mean that the database cannot be used now; a run would wait for them in vain. */
const REFUSED = new Set([
  'HANDSHAKE_NO_SSL_SUPPORT',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
]);
const SCHEMA_BEHIND = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']);

/** Knows errors of the database for what they mean to a caller; anything else is returned as it is. */
export function explainFailure(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  const code = databaseCode(error);
  if (code !== null && SCHEMA_BEHIND.has(code)) {
    return new Refusal('database-not-migrated', 'the database lacks migrations; run: npx license-sync migrate', {
      cause: error,
    });
  }
  if (!isDatabaseAway(error) && !(code !== null && REFUSED.has(code))) return error;
  const why = code ?? 'the connection broke';
  return new Refusal('database-unavailable', `the database cannot be used now (${why})`, { cause: error });
}
