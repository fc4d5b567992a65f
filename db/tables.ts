/**
 * The tables as Kysely sees them. Instants come as ISO-like text in UTC (`2026-02-14 15:30:00.000`), decimals as text;
 * JSON documents are text columns (MySQL and MariaDB disagree on what a JSON column returns).
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { EventType } from '../domain/events.ts';
import type { GuardKind } from '../domain/guard.ts';
import type { LicenseStatus } from '../domain/license.ts';
import type { ChangeKind } from '../domain/lineage.ts';
import type { Role } from '../domain/roles.ts';
import type { OperationType, Phase, RunStatus } from '../workflows/names.ts';

/** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
export type SqlInstant = string;
/** A JSON document as text. */
export type JsonText = string;

type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Counter = ColumnType<number, number | undefined, number>;

export interface SyncOperationsTable {
  id: Generated<number>;
  operation_id: string;
  operation_type: OperationType;
  status: RunStatus;
  phase: Phase;
  triggered_by: string;
  options: JsonText;
  workflow_id: string;
  workflow_run_id: string;
  /** The plan that this operation carries out. */
  plan_id: Nullable<string>;
  /** Names the quarantined entries that this operation reads again. */
  replay_id: Nullable<number>;
  /** 1, and one more for each resume. */
  attempt: Counter;
  pass: Counter;
  page_size: Nullable<number>;
  /** `meta.total` as last answered; of a run that asks for fewer pages, what those hold. */
  total_expected: Nullable<number>;
  /** Positions of the feed that were accounted for: "fetched" of the books. */
  total_processed: Counter;
  created_count: Counter;
  updated_count: Counter;
  unchanged_count: Counter;
  linked_count: Counter;
  repeated_count: Counter;
  /** Quarantined positions. */
  failed_count: Counter;
  pending_count: Counter;
  conflict_count: Counter;
  /** Live mirror records that a proven fetch did not contain; null when that cannot be told. */
  missing_count: Nullable<number>;
  /** Records that this operation marked as vanished. */
  vanished_count: Counter;
  /** Planned changes that were not made because their license or record had changed since. */
  drifted_count: Counter;
  /** Records that this operation has changed upstream. */
  pushed_count: Counter;
  /** How long this attempt was paused or waited for an approval: no fault of the run's. */
  people_ms: Counter;
  /** What the metrics have counted of this operation, so that a resumed one is not counted twice. */
  counted: Nullable<JsonText>;
  /** The attempt whose end was told: event, alerts, metrics. */
  noted_attempt: Counter;
  report: Nullable<JsonText>;
  error_type: Nullable<string>;
  error_message: Nullable<string>;
  wait_kind: Nullable<string>;
  wait_until: Nullable<SqlInstant>;
  wait_reason: Nullable<string>;
  created_at: SqlInstant;
  started_at: SqlInstant;
  phase_started_at: SqlInstant;
  /** How long this phase was held up (a wait, a pause, an approval), and since when it is now. */
  held_ms: Counter;
  held_since: Nullable<SqlInstant>;
  ended_at: Nullable<SqlInstant>;
  duration_ms: Nullable<number>;
  updated_at: SqlInstant;
}

/** One page held by an operation. */
export interface SyncPagesTable {
  operation: number;
  pass: number;
  page: number;
  row_count: number;
  given_up: number;
  total: number;
  /** Hash over the keys in order: equal digests of two pages mean that the API repeats itself. */
  keys_digest: string;
  fetched_at: SqlInstant;
}

export type RowState = 'staged' | 'repeated' | 'quarantined' | 'superseded';

export interface SyncRowsTable {
  operation: number;
  pass: number;
  page: number;
  /** Index on the page, from 0. */
  position: number;
  source_key: string;
  row_hash: string;
  countid: number | null;
  appid_key: string | null;
  email_key: string | null;
  last_active: SqlInstant | null;
  state: ColumnType<RowState, RowState | undefined, RowState>;
  /** Canonical JSON of an ExternalRecord. */
  content: JsonText;
}

export type QuarantineState = 'open' | 'superseded' | 'resolved';

export interface SyncErrorsTable {
  id: Generated<number>;
  operation: number;
  pass: number;
  page: number;
  position: number;
  /** Positions from `position` on that this entry speaks for. */
  positions: Counter;
  /** `superseded`: a later pass of its own run read the position. `resolved`: a later run spoke for it, see `resolved_operation`. */
  state: ColumnType<QuarantineState, 'open' | undefined, QuarantineState>;
  source_key: string | null;
  error_type: string;
  error_code: string;
  severity: string;
  retryable: number;
  error_message: string;
  /** What the API sent, without `pass`, e-mail and phone. */
  raw_content: string | null;
  /** `push`: the record was read and could not be written upstream; it is no gap in what was read. */
  phase: ColumnType<'fetch' | 'push', 'fetch' | 'push' | undefined, 'fetch' | 'push'>;
  /** Set while a replay is asked for: the run with this id reads it again. */
  replay_id: Nullable<number>;
  resolved_operation: Nullable<number>;
  created_at: SqlInstant;
}

/** One batch of a phase: a range of pages, and how far it is. Written in the transaction of each slice, so it never says more than is so. */
export interface SyncBatchesTable {
  operation: number;
  attempt: number;
  phase: Phase;
  pass: number;
  batch: number;
  page_from: number;
  page_to: number;
  /** Where a repeated step goes on; `page_to + 1` when the batch is done. */
  next_page: number;
  rows_done: Counter;
  rows_created: Counter;
  rows_updated: Counter;
  started_at: SqlInstant;
  updated_at: SqlInstant;
}

export interface ExternalLicensesTable {
  source_key: string;
  countid: number | null;
  external_id: string | null;
  appid: string | null;
  appid_key: string | null;
  license_type: string | null;
  dba: string | null;
  zip: string | null;
  mid: string | null;
  status: number | null;
  activate_date: string | null;
  coming_expired: string | null;
  monthly_fee: string | null;
  sms_balance: string | null;
  external_email: string | null;
  email_key: string | null;
  package_data: JsonText | null;
  note: string | null;
  sendbat_workspace: string | null;
  last_active: SqlInstant | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  extra: JsonText | null;
  row_hash: string;
  /** The operation that last wrote this row; an unchanged record costs no write. */
  seen_operation: number;
  vanished_at: SqlInstant | null;
  created_at: SqlInstant;
  updated_at: SqlInstant;
}

export interface LicensesTable {
  id: string;
  key: string;
  product: string | null;
  plan: string | null;
  status: LicenseStatus;
  term: string | null;
  seats_total: number | null;
  seats_used: number | null;
  starts_at: SqlInstant | null;
  expires_at: SqlInstant | null;
  dba: string | null;
  zip: string | null;
  last_payment: string | null;
  sms_purchased: number | null;
  sms_sent: number | null;
  sms_balance: string | null;
  agents: number | null;
  agents_name: string | null;
  agents_cost: string | null;
  notes: string | null;
  appid: string | null;
  appid_key: string | null;
  countid: number | null;
  mid: string | null;
  license_type: string | null;
  package_data: JsonText | null;
  sendbat_workspace: string | null;
  coming_expired: string | null;
  external_email: string | null;
  email_key: string | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  last_active: SqlInstant | null;
  origin: 'internal' | 'external' | 'import';
  external_sync_status: 'synced' | 'vanished' | null;
  last_external_sync: SqlInstant | null;
  /** Optimistic lock: every write adds one. */
  version: Counter;
  archived_into: Nullable<string>;
  created_at: SqlInstant;
  updated_at: SqlInstant;
  created_by: string;
  updated_by: string;
}

export interface LicenseLinksTable {
  source_key: string;
  license_id: string;
  role: 'primary' | 'secondary';
  matched_by: string;
  confidence: string | null;
  /** The external values last agreed on: canonical JSON of an ExternalRecord. */
  base: JsonText;
  /** Hash of the last external record that was merged: equal means nothing new outside. */
  base_hash: string;
  /** The license's version when it and `base` last agreed in everything that can be pushed; 0: not known. */
  agreed_version: Counter;
  operation: number;
  created_at: SqlInstant;
  updated_at: SqlInstant;
}

/** What set-wise matching decided for records without a link. */
export interface SyncMatchesTable {
  operation: number;
  source_key: string;
  license_id: string | null;
  matched_by: string | null;
  role: Nullable<'primary' | 'secondary'>;
  /** Why no license was taken although some carry the same key. */
  ambiguous: string | null;
}

/** What a run would do, one row per record that is not simply unchanged. */
export interface PlanChangesTable {
  operation: number;
  page: number;
  position: number;
  pass: number;
  source_key: string;
  outcome: 'created' | 'updated' | 'unchanged' | 'linked' | 'vanished';
  license_id: string | null;
  matched_by: string;
  expected_version: number | null;
  changes: JsonText | null;
  conflicts: JsonText | null;
  /** What the mass-change guard counts: an active license ends, a value that was there is replaced. */
  deactivates: Counter;
  overwrites: Counter;
  /** 1: the record had vanished, and is in the feed again. */
  returned: Counter;
  /** Why the change was not made after all; a person reads it. */
  drift: Nullable<string>;
  applied_at: Nullable<SqlInstant>;
}

/** Lineage: one row per changed license and run; a creation is one row. */
export interface LicenseChangesTable {
  id: Generated<number>;
  license_id: string;
  version: number;
  kind: ChangeKind;
  operation: number | null;
  source_key: string | null;
  page: number | null;
  /** FieldChange[] as JSON; null for a creation, whose values stand in the staged row and in `base`. */
  fields: JsonText | null;
  changed_by: string;
  created_at: SqlInstant;
}

export type ConflictState = 'open' | 'resolved' | 'superseded';

export interface FieldConflictsTable {
  id: Generated<number>;
  license_id: string;
  source_key: string;
  field: string;
  operation: number;
  internal_value: JsonText | null;
  external_value: JsonText | null;
  base_value: JsonText | null;
  resolution: 'took_external' | 'kept_internal';
  held: number;
  /** `superseded`: a newer conflict of the same record and field speaks for it, or the record feeds the license no more. */
  state: ColumnType<ConflictState, 'open' | undefined, ConflictState>;
  /** What a person chose. */
  choice: Nullable<'keep' | 'take' | 'value'>;
  resolved_by: Nullable<string>;
  resolved_at: Nullable<SqlInstant>;
  created_at: SqlInstant;
}

/** One row per upstream: what all processes must know of it. */
export interface UpstreamStateTable {
  name: string;
  circuit: ColumnType<
    'closed' | 'open' | 'half_open',
    'closed' | 'open' | 'half_open' | undefined,
    'closed' | 'open' | 'half_open'
  >;
  open_until: Nullable<SqlInstant>;
  /** The process that may make the half-open trial call, and until when its claim holds. */
  trial_by: Nullable<string>;
  trial_until: Nullable<SqlInstant>;
  /** From Retry-After: no calls before this. */
  blocked_until: Nullable<SqlInstant>;
  tokens: Counter;
  tokens_at: Nullable<SqlInstant>;
  last_success_at: Nullable<SqlInstant>;
  last_failure_at: Nullable<SqlInstant>;
  last_failure: Nullable<string>;
  health: ColumnType<
    'healthy' | 'degraded' | 'unhealthy' | 'unknown',
    'unknown' | undefined,
    'healthy' | 'degraded' | 'unhealthy' | 'unknown'
  >;
  last_health_check: Nullable<SqlInstant>;
  average_response_ms: Nullable<number>;
}

export interface ApiTokensTable {
  id: Generated<number>;
  name: string;
  role: Role;
  /** SHA-256 of the token, hex. */
  token_hash: string;
  created_at: SqlInstant;
  created_by: string;
  last_used_at: Nullable<SqlInstant>;
  /** Null: never. */
  expires_at: Nullable<SqlInstant>;
  revoked_at: Nullable<SqlInstant>;
  revoked_by: Nullable<string>;
  /** The name while the token is live, so that it is unique among those. */
  live_name: GeneratedAlways<string | null>;
}

export interface WebSessionsTable {
  /** SHA-256 of what the browser's cookie holds, hex. */
  id_hash: string;
  token_id: number;
  created_at: SqlInstant;
  expires_at: SqlInstant;
  /** What the next page tells the visitor once, as JSON. */
  notice: Nullable<string>;
}

/** Keys that the API sent and the contract does not know, once a run. */
export interface SchemaDriftTable {
  operation: number;
  field: string;
}

/** The plan that a dry run left; its changes stand in `plan_changes` under the same operation. */
export interface SyncPlansTable {
  /** The operation id of the dry run. */
  id: string;
  operation: number;
  state: 'ready' | 'applied' | 'expired';
  /** PlanSummary as JSON. */
  summary: JsonText;
  applied_operation: Nullable<string>;
  created_by: string;
  created_at: SqlInstant;
  applied_at: Nullable<SqlInstant>;
}

export type ApprovalOutcome = 'asked' | 'accepted' | 'refused';

/** Who allowed a run how many changes of a kind. */
export interface GuardApprovalsTable {
  id: Generated<number>;
  operation: number;
  attempt: number;
  kind: GuardKind;
  ceiling: number;
  approved_by: string;
  /** `asked`: the run has not answered, so whether it counts is not known. */
  outcome: ColumnType<ApprovalOutcome, 'asked' | undefined, ApprovalOutcome>;
  created_at: SqlInstant;
}

/** What people decided about a record and a license, before any key is looked at. */
export interface MatchOverridesTable {
  id: Generated<number>;
  kind: 'always' | 'never';
  source_key: string;
  license_id: string;
  note: Nullable<string>;
  created_by: string;
  created_at: SqlInstant;
}

export type AlertState = 'open' | 'acknowledged' | 'resolved';

export interface AlertsTable {
  id: Generated<number>;
  kind: string;
  /** What it is about, such as a schedule's id; with `kind` it tells two alerts apart. */
  subject: string;
  severity: 'info' | 'warning' | 'critical';
  message: string;
  details: Nullable<JsonText>;
  operation_id: Nullable<string>;
  state: ColumnType<AlertState, AlertState | undefined, AlertState>;
  /** `kind:subject` until it is resolved, then null: the same trouble is one alert. */
  open_key: Nullable<string>;
  occurrences: Counter;
  first_seen_at: SqlInstant;
  last_seen_at: SqlInstant;
  acknowledged_by: Nullable<string>;
  acknowledged_at: Nullable<SqlInstant>;
  resolved_at: Nullable<SqlInstant>;
}

/** Answers to POSTs with an Idempotency-Key; `status` is null while the first one is under way. */
export interface IdempotencyKeysTable {
  token_id: number;
  /** SHA-256 of the key, hex. */
  key_hash: string;
  /** SHA-256 of method, address and body, hex. */
  request_hash: string;
  /** Who carries the request out, and until when nobody else may. */
  owner: string;
  held_until: SqlInstant;
  status: Nullable<number>;
  headers: Nullable<JsonText>;
  body: Nullable<string>;
  /** Why an answer was not kept, although the request was carried out. */
  withheld: Nullable<string>;
  created_at: SqlInstant;
  completed_at: Nullable<SqlInstant>;
}

/** What a person typed, so that messages to workflows carry only its id. */
export interface TypedValuesTable {
  id: Generated<number>;
  value: string;
  created_by: string;
  created_at: SqlInstant;
}

export type LedgerKind = 'push' | 'compensation';
/** `due`: to be sent; `sent`: about to be, so it may have been; `retry`: was refused, and someone wants another try; `void`: nothing to be done. */
export type LedgerState = 'due' | 'sent' | 'done' | 'rejected' | 'retry' | 'void';

/** What was sent upstream, once per record, license and version. Written before the call and settled after it. */
export interface PushLedgerTable {
  source_key: string;
  license_id: string;
  license_version: number;
  kind: LedgerKind;
  state: LedgerState;
  /** PushedField[] as JSON. */
  fields: JsonText;
  operation: Nullable<number>;
  reason: Nullable<string>;
  created_at: SqlInstant;
  settled_at: Nullable<SqlInstant>;
}

/** `planned` is all that was not reached; every other state is final for the run. */
export type PushState =
  | 'planned'
  | 'pushed'
  /** The record says so already. */
  | 'agreed'
  /** The record says something else by now; the next run merges it. */
  | 'conflict'
  | 'unaddressable'
  | 'gone'
  | 'rejected'
  /** It may have been written, which could not be found out. */
  | 'unconfirmed'
  /** Not as planned any more, or nothing left to be sent. */
  | 'skipped';

/** What a run wants to send upstream and what became of it, one row per record. */
export interface SyncPushesTable {
  operation: number;
  source_key: string;
  page: number;
  license_id: string;
  license_version: number;
  /** PushedField[] as JSON. */
  fields: JsonText;
  state: PushState;
  /** What a person should know; names no value. */
  reason: Nullable<string>;
  updated_at: SqlInstant;
}

/** Counts up when data changes: what was cached under a lower number is out of date, in whichever process. */
export interface DataVersionsTable {
  name: 'licenses';
  version: number;
  changed_at: SqlInstant;
}

/** What is compared when duplicates are looked for: an external record, or a license that no record speaks for. */
export interface MatchSubjectsTable {
  /** A new one whenever the content changes: pairs are looked for once, from the later subject to the earlier ones. */
  id: Generated<number>;
  /** A source key, or `l:` and the id of a license. */
  ref: string;
  content_hash: string;
  /** Of the business alone: what a verdict was given on. */
  business_hash: string;
  /** Of a record: the hash of the whole row that the content was taken from. */
  row_hash: Nullable<string>;
  /** `{business, standing}`. */
  content: JsonText;
}

/** Candidate keys: subjects that share one are compared. */
export interface MatchKeysTable {
  /** A safe integer. */
  key_hash: number;
  subject: number;
}

/** How many subjects have a word in their name. */
export interface MatchWordsTable {
  word_hash: number;
  records: number;
}

/** Licenses that changed since their subject was last looked at. */
export interface MatchStaleTable {
  license_id: string;
}

export interface MatchStateTable {
  /** `scored_through`: the last subject whose pairs are known. `index_version`: what made the index. */
  name: 'scored_through' | 'index_version';
  value: number;
}

/** Pairs worth keeping, `a` the earlier subject. */
export interface MatchPairsTable {
  a: number;
  b: number;
  confidence: string;
  decision: 'auto' | 'review' | 'observe';
  /** 1 when a run has done, asked or known what follows from it. */
  settled: Counter;
  operation: number;
}

export interface DuplicateCasesTable {
  id: Generated<number>;
  state: 'open' | 'flagged' | 'approved' | 'rejected' | 'superseded' | 'undone';
  kind: 'external' | 'internal' | 'cross_system';
  /** Why a person has to decide. */
  reason: 'review_band' | 'not_all_alike' | 'returned';
  confidence: string;
  /** Higher first. */
  priority: string;
  explanation: JsonText;
  /** Digest of the members' sorted refs. */
  members_key: string;
  /** `members_key` while the case is open or flagged, so that there is only one. */
  open_key: Nullable<string>;
  operation: Nullable<number>;
  version: Counter;
  /** Its review workflow: waits for its turn, is open, or has ended. */
  review: ColumnType<
    'waiting' | 'open' | 'closed',
    'waiting' | 'open' | 'closed' | undefined,
    'waiting' | 'open' | 'closed'
  >;
  assigned_to: Nullable<string>;
  held_until: Nullable<SqlInstant>;
  flagged_until: Nullable<SqlInstant>;
  reminded_at: Nullable<SqlInstant>;
  escalated_at: Nullable<SqlInstant>;
  decided_by: Nullable<string>;
  decided_at: Nullable<SqlInstant>;
  /** Of a superseded case. */
  closed_reason: Nullable<string>;
  created_at: SqlInstant;
  updated_at: SqlInstant;
}

export interface DuplicateMembersTable {
  case_id: number;
  ref: string;
  /** The license it stood for when the case was opened or last refreshed. */
  license_id: string;
  business: JsonText;
  business_hash: string;
}

/** Everything that people did to a case. */
export interface ReviewDecisionsTable {
  id: Generated<number>;
  case_id: number;
  decision:
    | 'approve'
    | 'reject'
    | 'flag'
    | 'assign'
    | 'hold'
    | 'comment'
    | 'undo'
    | 'supersede'
    | 'remind'
    | 'escalate';
  /** The same verdict sent again is answered as it stands. */
  decision_key: Nullable<string>;
  reviewer: string;
  master_id: Nullable<string>;
  fields: Nullable<JsonText>;
  note: Nullable<string>;
  details: Nullable<JsonText>;
  case_version: number;
  created_at: SqlInstant;
}

/** What was decided of two subjects, as they were then; `a_ref` sorts first. */
export interface PairVerdictsTable {
  a_ref: string;
  b_ref: string;
  verdict: 'same' | 'different';
  a_content: JsonText;
  b_content: JsonText;
  /** Of the business alone. */
  a_hash: string;
  b_hash: string;
  confidence: Nullable<string>;
  case_id: Nullable<number>;
  decided_by: string;
  decided_at: SqlInstant;
}

/** The ledger of what was made one, with all that undoing it needs. */
export interface MergesTable {
  id: Generated<number>;
  /** `link`: a record was linked to a license that it resembled. */
  kind: 'consolidation' | 'link';
  state: ColumnType<'applied' | 'undone', 'applied' | 'undone' | undefined, 'applied' | 'undone'>;
  master_id: string;
  /** Null for a link. */
  duplicate_id: Nullable<string>;
  case_id: Nullable<number>;
  operation: Nullable<number>;
  strategy: string;
  /** What kind of duplicates a run found. */
  found_as: Nullable<DuplicateCasesTable['kind']>;
  confidence: Nullable<string>;
  /** Fields of the master: before, after. */
  changes: JsonText;
  /** Links as they were before. */
  moved: JsonText;
  details: Nullable<JsonText>;
  note: Nullable<string>;
  /** The versions that the merge made. */
  master_version: number;
  duplicate_version: Nullable<number>;
  created_by: string;
  created_at: SqlInstant;
  undone_by: Nullable<string>;
  undone_at: Nullable<SqlInstant>;
}

export interface BulkReviewsTable {
  id: string;
  decision: 'approve' | 'reject' | 'flag';
  note: Nullable<string>;
  reviewer: string;
  state: 'running' | 'completed' | 'failed';
  total: number;
  created_at: SqlInstant;
  ended_at: Nullable<SqlInstant>;
}

export interface BulkReviewItemsTable {
  bulk_id: string;
  case_id: number;
  /** The version that was looked at. */
  case_version: number;
  outcome: ColumnType<
    'pending' | 'done' | 'refused',
    'pending' | 'done' | 'refused' | undefined,
    'pending' | 'done' | 'refused'
  >;
  reason: Nullable<string>;
}

/** What happened that others may want to know; delivered to the webhooks that want it. */
export interface EventsTable {
  id: Generated<number>;
  type: EventType;
  /** Names the happening: told again, it is the same event. */
  event_key: string;
  /** No personal data. */
  data: JsonText;
  created_at: SqlInstant;
  /** When it was given to the webhooks that want it. */
  dispatched_at: Nullable<SqlInstant>;
}

export type WebhookState = 'active' | 'paused' | 'deleted';

export interface WebhooksTable {
  id: Generated<number>;
  name: string;
  /** The name while it is not deleted, so that it is unique among those. */
  live_name: Nullable<string>;
  /** May hold a secret of the receiver's: shown to administrators only, never logged. Empty when deleted. */
  url: string;
  /** What deliveries are signed with. Empty when deleted. */
  secret: string;
  /** EventType[] as JSON; null: all. */
  types: Nullable<JsonText>;
  state: ColumnType<WebhookState, WebhookState | undefined, WebhookState>;
  created_at: SqlInstant;
  created_by: string;
  updated_at: SqlInstant;
}

export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** One event on its way to one webhook. */
export interface WebhookDeliveriesTable {
  id: Generated<number>;
  webhook: number;
  event: number;
  /** 1, and one more each time a person asks for it again. */
  round: Counter;
  state: ColumnType<DeliveryState, DeliveryState | undefined, DeliveryState>;
  attempts: Counter;
  /** HTTP status of the last answer; null when there was none. */
  last_status: Nullable<number>;
  last_error: Nullable<string>;
  created_at: SqlInstant;
  /** When its workflow was started. */
  started_at: Nullable<SqlInstant>;
  last_attempt_at: Nullable<SqlInstant>;
  settled_at: Nullable<SqlInstant>;
}

/** Counters and histograms of all processes together, for ever. */
export interface MetricCountsTable {
  name: string;
  /** As in Prometheus' text, such as `outcome="created"`. */
  labels: string;
  value: number;
}

/** Workers that give signs of life. */
export interface WorkerProcessesTable {
  process: string;
  seen_at: SqlInstant;
  resident_bytes: number;
  /** Steps (activities) at work, and calls to the License API under way. */
  steps: number;
  calls: number;
}

export interface Database {
  sync_operations: SyncOperationsTable;
  sync_pages: SyncPagesTable;
  sync_rows: SyncRowsTable;
  sync_errors: SyncErrorsTable;
  sync_batches: SyncBatchesTable;
  external_licenses: ExternalLicensesTable;
  licenses: LicensesTable;
  license_links: LicenseLinksTable;
  sync_matches: SyncMatchesTable;
  plan_changes: PlanChangesTable;
  push_ledger: PushLedgerTable;
  sync_pushes: SyncPushesTable;
  license_changes: LicenseChangesTable;
  field_conflicts: FieldConflictsTable;
  upstream_state: UpstreamStateTable;
  api_tokens: ApiTokensTable;
  web_sessions: WebSessionsTable;
  schema_drift: SchemaDriftTable;
  sync_plans: SyncPlansTable;
  guard_approvals: GuardApprovalsTable;
  match_overrides: MatchOverridesTable;
  alerts: AlertsTable;
  idempotency_keys: IdempotencyKeysTable;
  typed_values: TypedValuesTable;
  data_versions: DataVersionsTable;
  match_subjects: MatchSubjectsTable;
  match_keys: MatchKeysTable;
  match_words: MatchWordsTable;
  match_stale: MatchStaleTable;
  match_state: MatchStateTable;
  match_pairs: MatchPairsTable;
  duplicate_cases: DuplicateCasesTable;
  duplicate_members: DuplicateMembersTable;
  review_decisions: ReviewDecisionsTable;
  pair_verdicts: PairVerdictsTable;
  merges: MergesTable;
  bulk_reviews: BulkReviewsTable;
  bulk_review_items: BulkReviewItemsTable;
  events: EventsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  metric_counts: MetricCountsTable;
  worker_processes: WorkerProcessesTable;
}
