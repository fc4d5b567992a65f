/** An operation as API and CLI show it. */
import { isoInstant } from '../db/connect.ts';
import type { OperationRow } from '../db/operations.ts';
import { type Books, imbalance } from '../domain/books.ts';
import type { DuplicateReport } from '../domain/duplicate-report.ts';
import type { GuardKind } from '../domain/guard.ts';
import type { PushReport } from '../domain/push-report.ts';
import { type RunKind, runKind } from '../domain/run-filter.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { Proof, SyncOptions } from '../workflows/messages.ts';
import type { OperationType, Phase, RunStatus } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { isLive, type Observation } from './observe.ts';
import type { ViewExtras } from './view-extras.ts';

/** The original API's names for how a run ended. */
export type SeedStatus = 'success' | 'partial' | 'failed';

/** The flags as they were asked for: with the business name itself, of which the run knows only the id. */
export type ShownOptions = Omit<SyncOptions, 'dbaId'> & { dba: string | null };

export interface OperationView {
  operationId: string;
  operationType: OperationType;
  kind: RunKind;
  status: RunStatus;
  /** The plan that the operation carries out, or that it made (a dry run); else null. */
  planId: string | null;
  /** Null while the run lives, and for one that was skipped. */
  outcome: SeedStatus | null;
  phase: Phase;
  /** What happens, who is waited for, what to do next. */
  sentence: string;
  trigger: string;
  options: ShownOptions;
  attempt: number;
  pass: number;
  /** Records that the run asks for: `meta.total` as last answered, or what `maxPages` pages hold; null for a replay. */
  totalExpected: number | null;
  /** Null while the run lives: see its progress. */
  books: (Books & { balanced: boolean }) | null;
  /** Writes to the mirror, kept apart from the books; null until reported. */
  mirror: { created: number; updated: number; live: number } | null;
  proof: Proof | null;
  /** Live mirror records that a proven fetch did not contain; null when nothing was proven. */
  missing: number | null;
  /** Records that were marked as vanished. */
  vanished: number;
  /** Planned changes that were left alone because their record or license had changed since. */
  drifted: number;
  conflicts: number;
  ambiguous: number;
  errors: { type: string; code: string; positions: number; example: string }[];
  unknownKeys: string[];
  /** What was found and done about duplicates; null when they were not looked for. */
  duplicates: DuplicateReport | null;
  /** What was sent to the License API; null when nothing was to be, and while the run lives. */
  pushes: PushReport | null;
  /** Why the status is not `completed`. */
  reason: string | null;
  errorType: string | null;
  wait: { kind: string; until: string } | null;
  /** What the mass-change guard asks people about, or asked; null when it lets everything pass. */
  approvals: ApprovalsView | null;
  createdAt: string;
  startedAt: string;
  endedAt: string | null;
  durationMs: number | null;
  temporalUiUrl: string | null;
}

export interface ApprovalsView {
  /** `approved`: up to how many changes of the kind were allowed so far; 0 when nobody has. */
  needs: { kind: GuardKind; due: number; approved: number }[];
  /** When the run ends as incomplete; null when it does not wait. */
  expiresAt: string | null;
}

/** As `activities/report.ts` writes it. */
interface StoredReport {
  proof?: Proof | null;
  mirror?: { created: number; updated: number; live: number };
  ambiguous?: number;
  unknownKeys?: string[];
  duplicates?: DuplicateReport | null;
  pushes?: PushReport | null;
  errors?: OperationView['errors'];
}

export function viewOf(
  config: OperationsDeps['config'],
  { row, sentence }: Observation,
  extras: ViewExtras,
): OperationView {
  const live = isLive(row);
  const report: StoredReport = row.report === null || live ? {} : (JSON.parse(row.report) as StoredReport);
  const books = booksOf(row);
  const options = storedOptions(row.options);
  return {
    operationId: row.operation_id,
    operationType: row.operation_type,
    kind: runKind({ type: row.operation_type, replay: row.replay_id !== null, partial: options.partial }),
    status: row.status,
    planId: extras.planId,
    outcome: seedStatus(row),
    phase: row.phase,
    sentence,
    trigger: row.triggered_by,
    options: shownOptions(options, extras.dba),
    attempt: row.attempt,
    pass: row.pass,
    totalExpected: row.replay_id === null ? row.total_expected : null,
    books: live ? null : { ...books, balanced: imbalance(books) === 0 },
    mirror: report.mirror ?? null,
    proof: report.proof ?? null,
    missing: live ? null : row.missing_count,
    vanished: row.vanished_count,
    drifted: row.drifted_count,
    conflicts: row.conflict_count,
    ambiguous: report.ambiguous ?? 0,
    errors: report.errors ?? [],
    unknownKeys: report.unknownKeys ?? [],
    duplicates: report.duplicates ?? null,
    pushes: report.pushes ?? null,
    reason: row.error_message,
    errorType: row.error_type,
    wait: row.wait_kind && row.wait_until ? { kind: row.wait_kind, until: isoInstant(row.wait_until) } : null,
    approvals: approvalsView(row, extras),
    createdAt: isoInstant(row.created_at),
    startedAt: isoInstant(row.started_at),
    endedAt: isoInstant(row.ended_at),
    durationMs: row.duration_ms,
    temporalUiUrl: temporalUiUrl(config, row),
  };
}

function approvalsView(row: OperationRow, { needs, approved }: ViewExtras): ApprovalsView | null {
  if (needs.length === 0) return null;
  return {
    needs: needs.map(({ kind, due }) => ({ kind, due, approved: approved[kind] ?? 0 })),
    expiresAt: row.wait_kind === 'approval' ? isoInstant(row.wait_until) : null,
  };
}

function shownOptions({ dbaId: _, ...options }: SyncOptions, dba: string | null): ShownOptions {
  return { ...options, dba };
}

export function booksOf(row: OperationRow): Books {
  return {
    fetched: row.total_processed,
    created: row.created_count,
    updated: row.updated_count,
    unchanged: row.unchanged_count,
    linked: row.linked_count,
    repeated: row.repeated_count,
    quarantined: row.failed_count,
    pending: row.pending_count,
  };
}

/**
 * A run that left records behind is never a `success`. Findings that cost no record (a clash of values, an ambiguous match) do not
 * make it `partial`: by the policies they are part of an ordinary run.
 */
export function seedStatus(row: Pick<OperationRow, 'status' | 'failed_count'>): SeedStatus | null {
  switch (row.status) {
    case 'completed':
      return 'success';
    case 'completed_with_findings':
      return row.failed_count === 0 ? 'success' : 'partial';
    case 'incomplete':
    case 'cancelled':
      return 'partial';
    case 'failed':
      return 'failed';
    case 'running':
    case 'paused':
    case 'awaiting_approval':
    case 'skipped':
      return null;
  }
}

function temporalUiUrl({ temporal }: OperationsDeps['config'], row: OperationRow): string | null {
  if (!temporal.uiUrl) return null;
  const base = temporal.uiUrl.replace(/\/+$/, '');
  return `${base}/namespaces/${encodeURIComponent(temporal.namespace)}/workflows/${encodeURIComponent(row.workflow_id)}/${row.workflow_run_id}`;
}
