/** Names that stand in Temporal's histories and in operators' scripts: renaming one strands running workflows. */

/** One run at a time: every start uses this id, and a second one is refused. */
export const SYNC_WORKFLOW_ID = 'license-sync';

export const PHASES = ['begin', 'fetch', 'mirror', 'analyse', 'plan', 'guard', 'apply', 'push', 'report'] as const;
export type Phase = (typeof PHASES)[number];

/** `external_sync` changes data; a dry run leaves a plan; `plan_apply` carries one out. */
export const OPERATION_TYPES = ['external_sync', 'external_sync_dry_run', 'plan_apply'] as const;
export type OperationType = (typeof OPERATION_TYPES)[number];

/** States of `sync_operations.status`. `skipped`: a schedule's time came while a run was under way. */
export const RUN_STATUSES = [
  'running',
  'paused',
  'awaiting_approval',
  'completed',
  'completed_with_findings',
  'incomplete',
  'failed',
  'cancelled',
  'skipped',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/**
 * Child workflow ids carry phase, operation, attempt, pass and batch, so that Temporal's UI reads as the saga does, and a resumed run
 * never meets a child of the attempt before that is still ending.
 */
export function batchWorkflowId(
  { operationId, attempt }: { operationId: string; attempt: number },
  phase: Phase,
  pass: number,
  batch: number,
): string {
  return `${phase}-${operationId}-${attempt}-${pass}-${batch}`;
}

const BATCH_ID = /^[a-z]+-([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-(\d+)-\d+-(\d+)$/;

/** What the id of a batch's workflow says; null when it is none of a batch. */
export function batchOfWorkflow(workflowId: string): { operationId: string; attempt: number; batch: number } | null {
  const [, operationId, attempt, batch] = BATCH_ID.exec(workflowId) ?? [];
  return operationId === undefined ? null : { operationId, attempt: Number(attempt), batch: Number(batch) };
}

/** Schedules and their executions carry the saga's name: `license-sync-nightly`, `license-sync-nightly-2026-11-24T03:00:00Z`. */
export const SCHEDULE_ID_PREFIX = `${SYNC_WORKFLOW_ID}-`;

/** What `triggered_by` and the search attribute SyncTrigger say of a run that a schedule started. */
export function scheduleTrigger(name: string): string {
  return `schedule:${name}`;
}

/** One review a duplicate case. */
const REVIEW_ID_PREFIX = 'review-';

export function reviewWorkflowId(caseId: number): string {
  return `${REVIEW_ID_PREFIX}${caseId}`;
}

/** The case that a review is about; null when the id is none of a review. */
export function caseIdOfWorkflow(workflowId: string): number | null {
  const digits = workflowId.startsWith(REVIEW_ID_PREFIX) ? workflowId.slice(REVIEW_ID_PREFIX.length) : '';
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
}

/** Opens reviews and tells those that are over, one at a time; ends when nothing is left to do. */
export const REVIEW_QUEUE_WORKFLOW_ID = 'review-queue';

/** One workflow a delivery, and one more each time it is asked for again. */
export function deliveryWorkflowId(deliveryId: number, round: number): string {
  return `webhook-delivery-${deliveryId}-${round}`;
}

const BULK_REVIEW_ID_PREFIX = 'bulk-review-';

export function bulkReviewWorkflowId(bulkId: string): string {
  return `${BULK_REVIEW_ID_PREFIX}${bulkId}`;
}

/** The bulk verdict that a workflow carries out; null when the id is none of one. */
export function bulkIdOfWorkflow(workflowId: string): string | null {
  const id = workflowId.startsWith(BULK_REVIEW_ID_PREFIX) ? workflowId.slice(BULK_REVIEW_ID_PREFIX.length) : '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}
