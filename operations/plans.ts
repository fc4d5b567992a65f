/** Plans that dry runs left: listed, read change by change, carried out. */
import { isoInstant } from '../db/connect.ts';
import { findOperation, type OperationRow } from '../db/operations.ts';
import { openPlan } from '../db/plan-store.ts';
import {
  countApplied,
  findPlan,
  findPlannedRun,
  listPlanChanges,
  listPlans,
  type PlanChangeFilter,
  type PlanChangeRow,
  type PlannedRun,
  type PlanOutcome,
  type PlanRow,
  writtenSince,
} from '../db/plans.ts';
import type { ExternalRecord } from '../domain/external.ts';
import { licenseIdFor } from '../domain/identity.ts';
import type { FieldChange, FieldConflict } from '../domain/merge.ts';
import { createdFields, type PlannedField } from '../domain/plan-fields.ts';
import { storedOptions } from '../domain/sync-options.ts';
import type { Proof } from '../workflows/messages.ts';
import type { RunStatus } from '../workflows/names.ts';
import type { OperationsDeps } from './deps.ts';
import { PlanRefusal } from './errors.ts';
import { isLive } from './observe.ts';
import type { Runs } from './runs.ts';

/** What a plan would do, counted. */
export interface PlanSummary {
  created: number;
  updated: number;
  unchanged: number;
  linked: number;
  vanished: number;
  deactivates: number;
  overwrites: number;
  conflicts: number;
  ambiguous: number;
  quarantined: number;
  /** Records that would be changed upstream. */
  pushes: number;
  proof: Proof | null;
}

/** `outdated`: data was written after the plan was made, so it may not be carried out any more. */
export type PlanState = 'ready' | 'outdated' | 'applied' | 'expired';

export interface PlanView {
  /** The id of the dry run that made it. */
  planId: string;
  state: PlanState;
  /** What can be done with it. */
  sentence: string;
  createdAt: string;
  createdBy: string;
  summary: PlanSummary;
  /** The operation that has written since; null when none has, or when it no longer matters. */
  outdatedBy: string | null;
  applied: {
    operationId: string;
    /** Null when the operation is not known any more. */
    status: RunStatus | null;
    at: string | null;
    /** Records that were written as planned, so far. */
    applied: number;
    /** Records that were left alone because they had changed since. */
    drifted: number;
  } | null;
  /** Whether its changes can still be read. */
  changesKept: boolean;
}

export interface PlanChangeView {
  sourceKey: string;
  licenseId: string;
  /** By which people know the license. */
  dba: string | null;
  outcome: PlanOutcome;
  matchedBy: string;
  fields: PlannedField[];
  conflicts: FieldConflict[];
  /** Why it was not carried out after all; null when it was, or is still to be. */
  drift: string | null;
}

export interface PlanChangePage {
  changes: PlanChangeView[];
  /** Key of the last one; null when there are no more. */
  next: string | null;
}

export interface Plans {
  /** Newest first. `cursor` is what the page before gave. */
  list(page: { limit: number; cursor?: number | undefined }): Promise<{ plans: PlanView[]; next: number | null }>;
  get(planId: string): Promise<PlanView>;
  /** In the order of their keys, after `after`; also of a run that awaits approval, or was carried out without a dry run. */
  changes(
    planId: string,
    query: PlanChangeFilter & { limit: number; after?: string | undefined },
  ): Promise<PlanChangePage>;
  /** Starts the run that carries the plan out. @throws {SyncAlreadyRunning} */
  apply(planId: string, trigger: string): Promise<OperationRow>;
  /** Refuses to go on with a plan after another run has written; other operations pass. */
  requireResumable(operation: OperationRow): Promise<void>;
}

export function createPlans({ db }: OperationsDeps, runs: Runs): Plans {
  async function find(planId: string): Promise<PlanRow> {
    const plan = await findPlan(db, planId);
    if (!plan) throw new PlanRefusal('plan-not-found', planId, `there is no plan ${planId}`);
    return plan;
  }

  async function view(plan: PlanRow): Promise<PlanView> {
    const outdatedBy = isReady(plan) ? await writtenSince(db, plan) : null;
    const state = stateOf(plan, outdatedBy);
    return {
      planId: plan.id,
      state,
      sentence: state === 'applied' ? describeApplied(plan) : SENTENCES[state],
      createdAt: isoInstant(plan.created_at),
      createdBy: plan.created_by,
      // A plan of an earlier version sends nothing.
      summary: { pushes: 0, ...(JSON.parse(plan.summary) as Omit<PlanSummary, 'pushes'>) },
      outdatedBy,
      applied: await appliedOf(plan),
      changesKept: isKept(plan),
    };
  }

  async function appliedOf(plan: PlanRow): Promise<PlanView['applied']> {
    const { applied_operation: operationId, applied_status: status, applied_at: at } = plan;
    if (operationId === null) return null;
    // Its report counts them when it ends.
    const counted =
      plan.applied_number !== null && status !== null && isLive({ status })
        ? await countApplied(db, plan.applied_number)
        : { applied: writtenBy(plan), drifted: plan.drifted_count ?? 0 };
    return { operationId, status, at: isoInstant(at), ...counted };
  }

  /** The plan, or what the run with this id has planned: someone who approves it must be able to see it. */
  async function findPlanned(id: string): Promise<PlannedRun> {
    const planned = (await findPlan(db, id)) ?? (await findPlannedRun(db, id));
    if (!planned) throw new PlanRefusal('plan-not-found', id, `there is no plan ${id}`);
    requireKept(id, planned);
    return planned;
  }

  function requireKept(id: string, planned: PlannedRun): void {
    if (isKept(planned)) return;
    throw new PlanRefusal(
      'plan-expired',
      id,
      `the changes of plan ${id} were dropped, for it is older than LICENSE_SYNC_RETENTION_ROWS_DAYS; make a new dry run`,
    );
  }

  async function requireReady(plan: PlanRow): Promise<void> {
    if (plan.applied_operation !== null) throw alreadyApplied(plan.id, plan.applied_operation);
    requireKept(plan.id, plan);
    await requireCurrent(plan);
  }

  async function requireCurrent(plan: PlanRow): Promise<void> {
    const writer = await writtenSince(db, plan);
    if (writer === null) return;
    throw new PlanRefusal(
      'plan-outdated',
      plan.id,
      `operation ${writer} has written since plan ${plan.id} was made: make a new one with a dry run`,
      writer,
    );
  }

  return {
    async list({ limit, cursor }) {
      const rows = await listPlans(db, { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) });
      const shown = rows.slice(0, limit);
      const plans: PlanView[] = [];
      for (const row of shown) plans.push(await view(row));
      return { plans, next: rows.length > limit ? (shown.at(-1)?.operation ?? null) : null };
    },

    get: async (planId) => await view(await find(planId)),

    async changes(planId, { limit, ...query }) {
      const rows = await listPlanChanges(db, await findPlanned(planId), { ...query, limit: limit + 1 });
      // Dropped while they were read, the rest would look like the end.
      await findPlanned(planId);
      const shown = rows.slice(0, limit);
      return {
        changes: shown.map(changeView),
        next: rows.length > limit ? (shown.at(-1)?.source_key ?? null) : null,
      };
    },

    async apply(planId, trigger) {
      const plan = await find(planId);
      await requireReady(plan);
      const dryRun = await findOperation(db, plan.id);
      const options = dryRun ? storedOptions(dryRun.options) : {};
      const operation = await runs.applyPlan({ planId, options, trigger });
      // Two may have found the plan ready, one after the other's run: the run itself refuses the second one.
      if (!(await openPlan(db, planId, operation.operation_id))) await requireReady(await find(planId));
      return operation;
    },

    async requireResumable(operation) {
      if (operation.plan_id === null || isLive(operation)) return;
      await requireCurrent(await find(operation.plan_id));
    },
  };
}

const SENTENCES: Record<Exclude<PlanState, 'applied'>, string> = {
  ready: 'Ready: no sync has written since it was made. What was edited since will be left alone and named.',
  outdated: 'Outdated: a sync has run since it was made; make a new one with a dry run.',
  expired: 'Expired: its changes were dropped after the time they are kept; make a new one with a dry run.',
};

/** A plan belongs to the operation that took it, whatever became of that. */
function describeApplied({ applied_operation: operationId, applied_status: status }: PlanRow): string {
  if (status === 'completed' || status === 'completed_with_findings') return `Applied by operation ${operationId}.`;
  if (status === null || isLive({ status })) return `Operation ${operationId} is carrying it out.`;
  return `Operation ${operationId} was to carry it out and is ${status}: resume that operation to go on with the plan.`;
}

function stateOf(plan: PlanRow, outdatedBy: string | null): PlanState {
  if (plan.applied_operation !== null) return 'applied';
  if (!isKept(plan)) return 'expired';
  return outdatedBy === null ? 'ready' : 'outdated';
}

function isReady(plan: PlanRow): boolean {
  return plan.applied_operation === null && isKept(plan);
}

function isKept({ kept }: PlannedRun): boolean {
  return Number(kept) === 1;
}

function writtenBy(plan: PlanRow): number {
  const { created_count: created, updated_count: updated, linked_count: linked, vanished_count: vanished } = plan;
  return (created ?? 0) + (updated ?? 0) + (linked ?? 0) + (vanished ?? 0);
}

function alreadyApplied(planId: string, operationId: string): PlanRefusal {
  return new PlanRefusal(
    'plan-already-applied',
    planId,
    `plan ${planId} was applied already, by operation ${operationId}`,
    operationId,
  );
}

function changeView(row: PlanChangeRow): PlanChangeView {
  const record = row.content === null ? null : (JSON.parse(row.content) as ExternalRecord);
  const changed = row.changes === null ? [] : (JSON.parse(row.changes) as FieldChange[]);
  return {
    sourceKey: row.source_key,
    licenseId: row.license_id ?? licenseIdFor(row.source_key),
    dba: record?.dba ?? row.dba,
    outcome: row.outcome,
    matchedBy: row.matched_by,
    fields: record ? createdFields(record, row.source_key) : changed,
    conflicts: row.conflicts === null ? [] : (JSON.parse(row.conflicts) as FieldConflict[]),
    drift: row.drift,
  };
}
