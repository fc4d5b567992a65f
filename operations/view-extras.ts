/** What an operation's view shows beside its row: looked up only where there can be something. */
import { approvalsOf } from '../db/approvals.ts';
import type { Db } from '../db/connect.ts';
import { type OperationRow, storedNeeds } from '../db/operations.ts';
import { findPlanOf } from '../db/plans.ts';
import { findTypedValue } from '../db/typed-values.ts';
import type { GuardApprovals, GuardNeed } from '../domain/guard.ts';
import { storedOptions } from '../domain/sync-options.ts';
import { isLive } from './observe.ts';

export interface ViewExtras {
  /** The business name that `options.dbaId` of the row stands for. */
  dba: string | null;
  /** The plan that the operation carries out, or has made. */
  planId: string | null;
  /** What must be approved, or had to be; empty when the guard let everything pass, or has not looked yet. */
  needs: GuardNeed[];
  approved: GuardApprovals;
}

export async function readExtras(db: Db, row: OperationRow): Promise<ViewExtras> {
  const { dbaId } = storedOptions(row.options);
  const needs = needsOf(row);
  return {
    dba: dbaId === null ? null : await findTypedValue(db, dbaId),
    planId: row.operation_type === 'external_sync_dry_run' ? await findPlanOf(db, row.id) : row.plan_id,
    needs,
    approved: needs.length > 0 ? await approvalsOf(db, row) : {},
  };
}

/** While a run lives, its row may still hold what the guard said to an earlier attempt. */
function needsOf(row: OperationRow): GuardNeed[] {
  return isLive(row) && row.wait_kind !== 'approval' ? [] : storedNeeds(row);
}
