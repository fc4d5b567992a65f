/** Names that stand in Temporal's histories and in operators' scripts: renaming one strands running workflows. */

/** One run at a time: every start uses this id, and a second one is refused. */
export const SYNC_WORKFLOW_ID = 'license-sync';

export const PHASES = ['begin', 'fetch', 'mirror', 'plan', 'apply', 'report'] as const;
export type Phase = (typeof PHASES)[number];

/** States of `sync_operations.status`. */
export const RUN_STATUSES = [
  'running',
  'paused',
  'completed',
  'completed_with_findings',
  'incomplete',
  'failed',
  'cancelled',
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
