/** An operation as API and CLI show it. */
import { isoInstant } from '../db/connect.ts';
import type { OperationRow } from '../db/operations.ts';
import { type Books, imbalance } from '../domain/books.ts';
import type { Proof, SyncOptions } from '../workflows/messages.ts';
import { type Phase, type RunStatus, SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { isLive, type Observation } from './observe.ts';

/** The original API's names for how a run ended. */
export type SeedStatus = 'success' | 'partial' | 'failed';

export interface OperationView {
  operationId: string;
  operationType: 'external_sync';
  status: RunStatus;
  /** Null while the run lives. */
  outcome: SeedStatus | null;
  phase: Phase;
  /** What happens, who is waited for, what to do next. */
  sentence: string;
  trigger: string;
  options: SyncOptions;
  attempt: number;
  pass: number;
  /** `meta.total` as last answered. */
  totalExpected: number | null;
  /** Null while the run lives: see its progress. */
  books: (Books & { balanced: boolean }) | null;
  /** Writes to the mirror, kept apart from the books; null until reported. */
  mirror: { created: number; updated: number; live: number } | null;
  proof: Proof | null;
  /** Live mirror records that a proven fetch did not contain; null when nothing was proven. */
  missing: number | null;
  conflicts: number;
  ambiguous: number;
  errors: { type: string; code: string; positions: number; example: string }[];
  unknownKeys: string[];
  /** Why the status is not `completed`. */
  reason: string | null;
  errorType: string | null;
  wait: { kind: string; until: string } | null;
  createdAt: string;
  startedAt: string;
  endedAt: string | null;
  durationMs: number | null;
  temporalUiUrl: string | null;
}

/** As `activities/report.ts` writes it. */
interface StoredReport {
  proof?: Proof | null;
  mirror?: { created: number; updated: number; live: number };
  ambiguous?: number;
  unknownKeys?: string[];
  errors?: OperationView['errors'];
}

export function viewOf(config: OperationsDeps['config'], { row, sentence }: Observation): OperationView {
  const live = isLive(row);
  const report: StoredReport = row.report === null || live ? {} : (JSON.parse(row.report) as StoredReport);
  const books = booksOf(row);
  return {
    operationId: row.operation_id,
    operationType: row.operation_type,
    status: row.status,
    outcome: seedStatus(row),
    phase: row.phase,
    sentence,
    trigger: row.triggered_by,
    options: JSON.parse(row.options) as SyncOptions,
    attempt: row.attempt,
    pass: row.pass,
    totalExpected: row.total_expected,
    books: live ? null : { ...books, balanced: imbalance(books) === 0 },
    mirror: report.mirror ?? null,
    proof: report.proof ?? null,
    missing: live ? null : row.missing_count,
    conflicts: row.conflict_count,
    ambiguous: report.ambiguous ?? 0,
    errors: report.errors ?? [],
    unknownKeys: report.unknownKeys ?? [],
    reason: row.error_message,
    errorType: row.error_type,
    wait: row.wait_kind && row.wait_until ? { kind: row.wait_kind, until: isoInstant(row.wait_until) } : null,
    createdAt: isoInstant(row.created_at),
    startedAt: isoInstant(row.started_at),
    endedAt: isoInstant(row.ended_at),
    durationMs: row.duration_ms,
    temporalUiUrl: temporalUiUrl(config, row.workflow_run_id),
  };
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
    default:
      return null;
  }
}

function temporalUiUrl({ temporal }: OperationsDeps['config'], runId: string): string | null {
  if (!temporal.uiUrl) return null;
  const base = temporal.uiUrl.replace(/\/+$/, '');
  return `${base}/namespaces/${encodeURIComponent(temporal.namespace)}/workflows/${SYNC_WORKFLOW_ID}/${runId}`;
}
