/** What part of the feed an operation asks for. */
import { ApplicationFailure } from '@temporalio/common';
import { findOperation, type OperationRow } from '../db/operations.ts';
import { findTypedValue } from '../db/typed-values.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { PageRequest } from '../upstream/client.ts';
import type { RunRef } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

export interface Selection {
  /** Goes with every call of the run: it makes the feed that its pages and totals belong to. */
  filter: Pick<PageRequest, 'status' | 'dba'>;
  /** Null: to the end of the feed. */
  maxPages: number | null;
  /** Nothing follows from what is not read, so nothing has to be proven. */
  partial: boolean;
  /** Only the pages on which the quarantined entries of this replay stand; null: every page. */
  replayId: number | null;
  operation: OperationRow;
}

/**
 * As the operation's row has it: a resumed run reads the same part.
 * @throws when the row, or the business name it refers to, is not there.
 */
export async function selectionOf({ db }: Pick<ActivityDeps, 'db'>, ref: RunRef): Promise<Selection> {
  const operation = await findOperation(db, ref.operationId);
  if (!operation)
    throw ApplicationFailure.nonRetryable(`there is no operation ${ref.operationId}`, 'OPERATION_NOT_FOUND');
  const { partial, maxPages, status, dbaId } = storedOptions(operation.options);
  const dba = dbaId === null ? null : await findTypedValue(db, dbaId);
  if (dbaId !== null && dba === null) {
    throw ApplicationFailure.nonRetryable(
      `the business name that operation ${ref.operationId} asks for (typed_values ${dbaId}) is not stored; start a new sync`,
      'TYPED_VALUE_MISSING',
    );
  }
  return {
    filter: { ...(status === null ? {} : { status }), ...(dba === null ? {} : { dba }) },
    maxPages,
    partial,
    replayId: operation.replay_id,
    operation,
  };
}
