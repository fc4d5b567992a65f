/** `guard_approvals`: who allowed a run how many changes of a kind, and whether the run took it. */
import type { GuardApprovals, GuardKind } from '../domain/guard.ts';
import { type Db, sqlInstant } from './connect.ts';
import type { OperationRow } from './operations.ts';
import type { ApprovalOutcome } from './tables.ts';

/** Notes an approval before the run is asked. @returns its id. */
export async function openApproval(
  db: Db,
  { id, attempt }: Pick<OperationRow, 'id' | 'attempt'>,
  { kind, ceiling, by }: { kind: GuardKind; ceiling: number; by: string },
): Promise<number> {
  const { insertId } = await db
    .insertInto('guard_approvals')
    .values({
      operation: id,
      attempt,
      kind,
      ceiling,
      approved_by: by.slice(0, 100),
      created_at: sqlInstant(Date.now()),
    })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

export async function settleApproval(db: Db, id: number, outcome: Exclude<ApprovalOutcome, 'asked'>): Promise<void> {
  await db.updateTable('guard_approvals').set({ outcome }).where('id', '=', id).execute();
}

/** Up to how many changes of each kind this attempt was allowed; a later approval of a kind replaces the one before. */
export async function approvalsOf(
  db: Db,
  { id, attempt }: Pick<OperationRow, 'id' | 'attempt'>,
): Promise<GuardApprovals> {
  const rows = await db
    .selectFrom('guard_approvals')
    .select(['kind', 'ceiling'])
    .where('operation', '=', id)
    .where('attempt', '=', attempt)
    .where('outcome', '=', 'accepted')
    .orderBy('id')
    .execute();
  return Object.fromEntries(rows.map(({ kind, ceiling }) => [kind, ceiling]));
}
