/** Saying yes to a run that the mass-change guard holds back. */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { openApproval, settleApproval } from '../db/approvals.ts';
import { findOperation, type OperationRow } from '../db/operations.ts';
import type { GuardKind, GuardNeed } from '../domain/guard.ts';
import { SYNC_WORKFLOW_ID } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { OperationNotFound, Refusal, TemporalUnavailable, WrongState } from './errors.ts';
import { isExecutionOf, isLive, type Observer } from './observe.ts';
import { callTemporal, findExecution } from './temporal.ts';

export interface ApprovalRequest {
  kind: GuardKind;
  /** As many changes of the kind are allowed, and no more. */
  ceiling: number;
  /** Who says so. */
  by: string;
}

export interface Approvals {
  /** @returns the operation, and what is still to be approved; the run itself has said so. */
  approve(operationId: string, request: ApprovalRequest): Promise<{ row: OperationRow; stillDue: GuardNeed[] }>;
}

/** By name, because importing the workflow's messages would bring its whole SDK into this process. */
const UPDATE = 'approve';
const LOOK_WITHIN_MS = 3000;
/** An update is answered by a worker, and without one by nobody. */
const ANSWER_WITHIN_MS = 6000;
const MAX_TRIES = 3;

export function createApprovals({ db, temporal, log }: OperationsDeps, observer: Observer): Approvals {
  async function existing(operationId: string): Promise<OperationRow> {
    const row = await findOperation(db, operationId);
    if (!row) throw new OperationNotFound(operationId);
    return row;
  }

  /** @returns what the run answered; null when there is no live run of this operation. */
  async function ask(
    row: OperationRow,
    updateId: string,
    { kind, ceiling }: ApprovalRequest,
  ): Promise<GuardNeed[] | null> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const execution = await findExecution(temporal, LOOK_WITHIN_MS);
      if (execution === null || !isExecutionOf(row, execution)) return null;
      try {
        // The run's id keeps the approval from a run of another operation that may have begun meanwhile.
        const handle = temporal.workflow.getHandle(SYNC_WORKFLOW_ID, execution.runId);
        const { stillDue } = await callTemporal(temporal, ANSWER_WITHIN_MS, () =>
          handle.executeUpdate<{ stillDue: GuardNeed[] }, [{ kind: GuardKind; ceiling: number }]>(UPDATE, {
            updateId,
            args: [{ kind, ceiling }],
          }),
        );
        return stillDue;
      } catch (error) {
        // Ended, or continued in a new execution, since it was looked up.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    }
    return null;
  }

  return {
    async approve(operationId, request) {
      const row = await existing(operationId);
      if (!isLive(row)) throw notWaiting(row);
      if ((await observer.workers()) === 0) {
        throw new Refusal(
          'approval-unconfirmed',
          'no worker runs that could take the approval, and nothing was approved: start one with `npm start` or `node worker.ts`, then approve again',
        );
      }
      // Noted first: what a run was allowed must never stand without a name, whatever dies on the way.
      const id = await openApproval(db, row, request);
      try {
        const stillDue = await ask(row, `approval-${id}`, request);
        if (stillDue === null) {
          await settleApproval(db, id, 'refused');
          throw notWaiting((await observer.observe(await existing(operationId))).row);
        }
        await settleApproval(db, id, 'accepted');
        log.info({ operationId, kind: request.kind, ceiling: request.ceiling }, 'changes approved');
        return { row: await existing(operationId), stillDue };
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError) {
          await settleApproval(db, id, 'refused');
          throw new Refusal('approval-refused', error.cause?.message ?? 'the run refused it without a reason', {
            cause: error,
          });
        }
        throw isUnanswered(error) ? unconfirmed(operationId, error) : error;
      }
    },
  };
}

function notWaiting({ operation_id: operationId, status }: OperationRow): WrongState {
  return new WrongState(operationId, status, `operation ${operationId} is ${status}: it waits for no approval`);
}

function isUnanswered(error: unknown): boolean {
  return error instanceof TemporalUnavailable && error.cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
}

function unconfirmed(operationId: string, cause: unknown): Refusal {
  return new Refusal(
    'approval-unconfirmed',
    `no worker has confirmed the approval within ${ANSWER_WITHIN_MS / 1000} s, so whether it counts is not known: ` +
      `see that a worker runs, look at operation ${operationId}, and approve again if it still waits`,
    { cause },
  );
}
