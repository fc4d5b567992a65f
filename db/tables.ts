/**
 * The tables as Kysely sees them. Instants come as ISO-like text in UTC (`2026-02-14 15:30:00.000`), decimals as text;
 * JSON documents are text columns (MySQL and MariaDB disagree on what a JSON column returns).
 */
import type { ColumnType, Generated } from 'kysely';
import type { LicenseStatus } from '../domain/license.ts';
import type { Phase, RunStatus } from '../workflows/names.ts';

/** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
export type SqlInstant = string;
/** A JSON document as text. */
export type JsonText = string;

type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Counter = ColumnType<number, number | undefined, number>;

export interface SyncOperationsTable {
  id: Generated<number>;
  operation_id: string;
  operation_type: 'external_sync';
  status: RunStatus;
  phase: Phase;
  triggered_by: string;
  options: JsonText;
  workflow_id: string;
  workflow_run_id: string;
  /** 1, and one more for each resume. */
  attempt: Counter;
  pass: Counter;
  page_size: Nullable<number>;
  /** `meta.total` as last answered. */
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
  report: Nullable<JsonText>;
  error_type: Nullable<string>;
  error_message: Nullable<string>;
  wait_kind: Nullable<string>;
  wait_until: Nullable<SqlInstant>;
  wait_reason: Nullable<string>;
  created_at: SqlInstant;
  started_at: SqlInstant;
  phase_started_at: SqlInstant;
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

export interface SyncErrorsTable {
  id: Generated<number>;
  operation: number;
  pass: number;
  page: number;
  position: number;
  /** Positions from `position` on that this entry speaks for. */
  positions: Counter;
  state: ColumnType<'open' | 'superseded', 'open' | undefined, 'open' | 'superseded'>;
  source_key: string | null;
  error_type: string;
  error_code: string;
  severity: string;
  retryable: number;
  error_message: string;
  /** What the API sent, without `pass`, e-mail and phone. */
  raw_content: string | null;
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
  outcome: 'created' | 'updated' | 'unchanged' | 'linked';
  license_id: string | null;
  matched_by: string;
  expected_version: number | null;
  changes: JsonText | null;
  conflicts: JsonText | null;
  applied_at: Nullable<SqlInstant>;
}

/** Lineage: one row per changed license and run; a creation is one row. */
export interface LicenseChangesTable {
  id: Generated<number>;
  license_id: string;
  version: number;
  kind: 'created' | 'updated';
  operation: number | null;
  source_key: string | null;
  page: number | null;
  /** FieldChange[] as JSON; null for a creation, whose values stand in the staged row and in `base`. */
  fields: JsonText | null;
  changed_by: string;
  created_at: SqlInstant;
}

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
  state: ColumnType<'open' | 'resolved', 'open' | undefined, 'open' | 'resolved'>;
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
  role: 'viewer' | 'reviewer' | 'operator' | 'admin';
  /** SHA-256 of the token, hex. */
  token_hash: string;
  created_at: SqlInstant;
  last_used_at: Nullable<SqlInstant>;
  revoked_at: Nullable<SqlInstant>;
}

/** Keys that the API sent and the contract does not know, once a run. */
export interface SchemaDriftTable {
  operation: number;
  field: string;
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
  license_changes: LicenseChangesTable;
  field_conflicts: FieldConflictsTable;
  upstream_state: UpstreamStateTable;
  api_tokens: ApiTokensTable;
  schema_drift: SchemaDriftTable;
}
