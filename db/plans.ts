/** Plans as people read them: the list, one plan, and its changes in the order of their keys. */
import { type Selectable, sql } from 'kysely';
import { externalNameOf, writtenByCreation } from '../domain/plan-fields.ts';
import type { RunStatus } from '../workflows/names.ts';
import { hasWritten } from './batches.ts';
import type { Db } from './connect.ts';
import type { JsonText, PlanChangesTable, SyncPlansTable } from './tables.ts';

export type PlanOutcome = PlanChangesTable['outcome'];

/** A plan and, where it was carried out, the operation that did so. */
export interface PlanRow extends Selectable<SyncPlansTable>, PlannedRun {
  applied_status: RunStatus | null;
  created_count: number | null;
  updated_count: number | null;
  linked_count: number | null;
  vanished_count: number | null;
  drifted_count: number | null;
}

export interface PlanChangeRow {
  source_key: string;
  outcome: PlanOutcome;
  license_id: string | null;
  matched_by: string;
  changes: JsonText | null;
  conflicts: JsonText | null;
  /** The staged record, of a creation only. */
  content: JsonText | null;
  /** By which people know the license. */
  dba: string | null;
  drift: string | null;
}

export interface PlanChangeFilter {
  outcome?: PlanOutcome | undefined;
  /** A name of `PLAN_FIELDS`. */
  field?: string | undefined;
  /** Only what was not carried out after all. */
  drifted?: boolean | undefined;
}

/** Newest first; `before` is the number of the dry run whose plan was seen last. */
export async function listPlans(db: Db, { limit, before }: { limit: number; before?: number }): Promise<PlanRow[]> {
  const query = plans(db).orderBy('p.operation', 'desc').limit(limit);
  return await (before === undefined ? query : query.where('p.operation', '<', before)).execute();
}

export async function findPlan(db: Db, id: string): Promise<PlanRow | undefined> {
  return await plans(db).where('p.id', '=', id).executeTakeFirst();
}

function plans(db: Db) {
  return db
    .selectFrom('sync_plans as p')
    .leftJoin('sync_operations as a', 'a.operation_id', 'p.applied_operation')
    .selectAll('p')
    .select([
      sql<number>`p.state <> 'expired' AND EXISTS (SELECT 1 FROM sync_pages g WHERE g.operation = p.operation)`.as(
        'kept',
      ),
      'a.id as applied_number',
      'a.status as applied_status',
      'a.created_count',
      'a.updated_count',
      'a.linked_count',
      'a.vanished_count',
      'a.drifted_count',
    ]);
}

/**
 * The newest operation that has written to the mirror or to licenses since the plan was made, also one that is older than the plan
 * and was resumed after it; null when there is none. The one that carries the plan out does not count.
 */
export async function writtenSince(
  db: Db,
  plan: Pick<PlanRow, 'operation' | 'created_at' | 'applied_operation'>,
): Promise<string | null> {
  const { rows } = await sql<{ operation_id: string }>`
    SELECT o.operation_id FROM sync_operations o
    WHERE o.operation_id <> ${plan.applied_operation ?? ''}
      AND EXISTS (
        SELECT 1 FROM sync_batches b
        WHERE b.operation = o.id AND b.updated_at > ${plan.created_at} AND ${hasWritten('b')}
      )
    ORDER BY o.id DESC LIMIT 1
  `.execute(db);
  return rows[0]?.operation_id ?? null;
}

/** What an operation has planned, whether a plan is kept of it or not. */
export interface PlannedRun {
  operation: number;
  /** The operation whose rows tell what drifted; null before a plan is carried out. */
  applied_number: number | null;
  /** 1 while the changes are there: what was staged and planned is dropped when it has grown old. */
  kept: number;
}

/** A run that has worked out what it will change, or has done so; a dry run has a plan of its own, and is not found here. */
export async function findPlannedRun(db: Db, operationId: string): Promise<PlannedRun | undefined> {
  const { rows } = await sql<PlannedRun>`
    SELECT o.id AS operation, o.id AS applied_number,
      EXISTS (SELECT 1 FROM sync_pages g WHERE g.operation = o.id) AS kept
    FROM sync_operations o
    WHERE o.operation_id = ${operationId} AND o.phase IN ('guard', 'apply', 'push', 'report')
      AND o.operation_type <> 'external_sync_dry_run' AND o.status <> 'skipped'
  `.execute(db);
  return rows[0];
}

/** Changes of a plan that were carried out, and that were not after all, so far. */
export async function countApplied(db: Db, operation: number): Promise<{ applied: number; drifted: number }> {
  const { rows } = await sql<{ applied: string | null; drifted: string | null }>`
    SELECT SUM(applied_at IS NOT NULL AND drift IS NULL AND outcome <> 'unchanged') AS applied, SUM(drift IS NOT NULL) AS drifted
    FROM plan_changes WHERE operation = ${operation}
  `.execute(db);
  return { applied: Number(rows[0]?.applied ?? 0), drifted: Number(rows[0]?.drifted ?? 0) };
}

/**
 * Changes of a plan in the order of their keys, after `after`. What drifted stands on the copies that the operation `appliedNumber`
 * made. The plan's rows are read along their key: by statistics of a table that was just filled the optimizer sorts all of them.
 */
export async function listPlanChanges(
  db: Db,
  { operation, applied_number: appliedNumber }: PlannedRun,
  { after, limit, outcome, field, drifted }: PlanChangeFilter & { after?: string | undefined; limit: number },
): Promise<PlanChangeRow[]> {
  const conditions = [sql`p.operation = ${operation}`];
  if (after !== undefined) conditions.push(sql`p.source_key > ${after}`);
  if (outcome !== undefined) conditions.push(sql`p.outcome = ${outcome}`);
  if (field !== undefined) conditions.push(touches(field));
  if (drifted === true) conditions.push(sql`a.drift IS NOT NULL`);
  if (drifted === false) conditions.push(sql`a.drift IS NULL`);
  const { rows } = await sql<PlanChangeRow>`
    SELECT p.source_key, p.outcome, p.license_id, p.matched_by, p.changes, p.conflicts, r.content, a.drift,
      COALESCE(l.dba, e.dba) AS dba
    FROM plan_changes p FORCE INDEX (PRIMARY)
      LEFT JOIN plan_changes a ON a.operation = ${appliedNumber} AND a.source_key = p.source_key
      LEFT JOIN sync_rows r ON p.outcome = 'created' AND r.operation = p.operation AND r.page = p.page
        AND r.position = p.position AND r.pass = p.pass
      LEFT JOIN licenses l ON l.id = p.license_id
      LEFT JOIN external_licenses e ON p.outcome = 'vanished' AND e.source_key = p.source_key
    WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY p.source_key LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** Whether a change, a clash or what a creation writes names the field. A text search first: it spares parsing most documents. */
function touches(field: string) {
  const external = externalNameOf(field);
  const parts = [names(sql`p.changes`, field)];
  if (external !== null) parts.push(names(sql`p.conflicts`, external));
  const created = writtenByCreation(field);
  if (created === 'always') parts.push(sql`p.outcome = 'created'`);
  else if (created !== 'never') {
    parts.push(sql`(p.outcome = 'created' AND JSON_TYPE(JSON_EXTRACT(r.content, ${`$.${created}`})) <> 'NULL')`);
  }
  return sql`(${sql.join(parts, sql` OR `)})`;
}

function names(column: ReturnType<typeof sql>, field: string) {
  return sql`(LOCATE(${`"${field}"`}, ${column}) > 0 AND JSON_CONTAINS(${column}, ${JSON.stringify({ field })}))`;
}

/** The plan that a dry run left; null when it left none. */
export async function findPlanOf(db: Db, operation: number): Promise<string | null> {
  const row = await db.selectFrom('sync_plans').select('id').where('operation', '=', operation).executeTakeFirst();
  return row?.id ?? null;
}
