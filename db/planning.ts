/** `plan_changes`: what a run would do, decided before any business row is written. */
import { sql } from 'kysely';
import type { ExternalRecord } from '../domain/external.ts';
import { isDeactivation, isOverwrite } from '../domain/guard.ts';
import type { MatchKind } from '../domain/linking.ts';
import { PlanError, type PlannedChange, planRow, type VersionedLicense } from '../domain/plan.ts';
import { advanceBatch, type BatchRef } from './batches.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import type { Db } from './connect.ts';
import { jsonOrNull } from './external-rows.ts';
import { licenseOf } from './license-rows.ts';
import { hasVanished } from './mirror.ts';
import { quarantineRow } from './quarantine.ts';
import { inTransaction, type Trx } from './retry.ts';

const COLUMNS = [
  'operation',
  'page',
  'position',
  'pass',
  'source_key',
  'outcome',
  'license_id',
  'matched_by',
  'expected_version',
  'changes',
  'conflicts',
  'deactivates',
  'overwrites',
  'returned',
  'drift',
  'applied_at',
] as const;
/** A record that an earlier attempt applied and that changed again since is planned anew. */
const ON_DUPLICATE = COLUMNS.filter((column) => column !== 'operation' && column !== 'source_key');

/** What an earlier attempt decided of a record says nothing when it is planned anew. */
const ANEW = sql`page = VALUES(page), position = VALUES(position), pass = VALUES(pass), outcome = VALUES(outcome),
  license_id = VALUES(license_id), matched_by = VALUES(matched_by), expected_version = NULL, changes = NULL, conflicts = NULL,
  deactivates = 0, overwrites = 0, returned = 0, drift = NULL, applied_at = NULL`;

interface Candidate {
  page: number;
  position: number;
  pass: number;
  source_key: string;
  row_hash: string;
  content: string;
  linked_license: string | null;
  role: 'primary' | 'secondary' | null;
  base: string | null;
  base_hash: string | null;
  /** 1 when the mirror has it as vanished. */
  returned: number;
  matched_license: string | null;
  matched_by: MatchKind | null;
  matched_role: 'primary' | 'secondary' | null;
}

/**
 * Before planning (again): what an earlier attempt applied stays, moved to where its record now stands in the feed; what it
 * only planned is forgotten.
 */
export async function resetPlan(db: Db, operation: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    await sql`DELETE FROM plan_changes WHERE operation = ${operation} AND applied_at IS NULL`.execute(trx);
    await sql`
      UPDATE plan_changes p JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = p.operation AND r.source_key = p.source_key AND r.state = 'staged'
      SET p.pass = r.pass, p.page = r.page, p.position = r.position
      WHERE p.operation = ${operation} AND (p.pass <> r.pass OR p.page <> r.page OR p.position <> r.position)
    `.execute(trx);
    await sql`
      DELETE p FROM plan_changes p LEFT JOIN sync_rows r FORCE INDEX (by_source_key)
        ON r.operation = p.operation AND r.source_key = p.source_key AND r.state = 'staged'
      WHERE p.operation = ${operation} AND p.outcome <> 'vanished' AND r.source_key IS NULL
    `.execute(trx);
  });
}

/** Plans the staged records of pages `from`…`to`. A record whose hash its link knows already gets no row: it is unchanged. */
export async function planSlice(
  db: Db,
  ref: BatchRef,
  { from, to }: { from: number; to: number },
  batchSize: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const within = sql`r.operation = ${ref.operation} AND r.pass <= ${ref.pass} AND r.page BETWEEN ${from} AND ${to} AND r.state = 'staged'`;
    const { rows: counted } = await sql<{ staged: string | number }>`
      SELECT COUNT(*) AS staged FROM sync_rows r FORCE INDEX (PRIMARY) WHERE ${within}
    `.execute(trx);
    const created = await planCreations(trx, ref.operation, within);
    const candidates = await changedOrMatched(trx, within);
    const licenses = await licensesOf(trx, candidates);
    const rows: SqlValue[][] = [];
    for (const candidate of candidates) {
      try {
        rows.push(planRowOf(ref.operation, candidate, planCandidate(candidate, licenses)));
      } catch (error) {
        if (!(error instanceof PlanError)) throw error;
        const reason = 'the license it is linked to does not exist any more';
        await quarantineRow(trx, ref.operation, candidate.source_key, 'license_missing', reason);
      }
    }
    await insertRows(trx, 'plan_changes', COLUMNS, rows, { batchSize, onDuplicate: ON_DUPLICATE });
    await advanceBatch(trx, ref, to + 1, {
      rows: Number(counted[0]?.staged ?? 0),
      created,
      updated: rows.filter((row) => row[5] === 'updated').length,
    });
  });
}

/** A creation points to its staged row, so MySQL can plan it without the row ever leaving. */
async function planCreations(trx: Trx, operation: number, within: ReturnType<typeof sql>): Promise<number> {
  const result = await sql`
    INSERT INTO plan_changes (operation, page, position, pass, source_key, outcome, matched_by)
    SELECT r.operation, r.page, r.position, r.pass, r.source_key, 'created', 'created'
    FROM sync_rows r FORCE INDEX (PRIMARY)
      LEFT JOIN license_links k ON k.source_key = r.source_key
      LEFT JOIN sync_matches m ON m.operation = ${operation} AND m.source_key = r.source_key
    WHERE ${within} AND k.source_key IS NULL AND m.license_id IS NULL
    ORDER BY r.source_key
    ON DUPLICATE KEY UPDATE ${ANEW}
  `.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}

async function changedOrMatched(trx: Trx, within: ReturnType<typeof sql>): Promise<Candidate[]> {
  // Asked once, because hardly any record ever vanishes, and looking each one up would cost as much as all the rest.
  const anyVanished = await hasVanished(trx);
  const mirror = anyVanished
    ? sql`LEFT JOIN external_licenses e ON e.source_key = r.source_key AND e.vanished_at IS NOT NULL`
    : sql``;
  const returned = anyVanished ? sql`e.source_key IS NOT NULL` : sql`0`;
  const { rows } = await sql<Candidate>`
    SELECT r.page, r.position, r.pass, r.source_key, r.row_hash, r.content, k.license_id AS linked_license, k.role, k.base,
      k.base_hash, m.license_id AS matched_license, m.matched_by, m.role AS matched_role, ${returned} AS returned
    FROM sync_rows r FORCE INDEX (PRIMARY)
      LEFT JOIN license_links k ON k.source_key = r.source_key
      LEFT JOIN sync_matches m ON m.operation = r.operation AND m.source_key = r.source_key
      ${mirror}
    WHERE ${within} AND ((k.source_key IS NOT NULL AND (k.base_hash <> r.row_hash OR ${returned}))
      OR (k.source_key IS NULL AND m.license_id IS NOT NULL))
    ORDER BY r.source_key
  `.execute(trx);
  return rows;
}

async function licensesOf(trx: Trx, candidates: Candidate[]): Promise<Map<string, VersionedLicense>> {
  const ids = candidates.flatMap((row) => row.linked_license ?? row.matched_license ?? []);
  if (ids.length === 0) return new Map();
  const rows = await trx.selectFrom('licenses').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, licenseOf(row)]));
}

/** What the domain decides for one record, given its link or match and its license as it is now. */
function planCandidate(candidate: Candidate, licenses: Map<string, VersionedLicense>): PlannedChange {
  const licenseId = candidate.linked_license ?? candidate.matched_license;
  return planRow({
    sourceKey: candidate.source_key,
    rowHash: candidate.row_hash,
    returned: Number(candidate.returned) === 1,
    record: JSON.parse(candidate.content) as ExternalRecord,
    link:
      candidate.linked_license === null
        ? null
        : {
            licenseId: candidate.linked_license,
            role: candidate.role ?? 'primary',
            base: candidate.base === null ? null : (JSON.parse(candidate.base) as ExternalRecord),
            baseHash: candidate.base_hash,
          },
    match:
      candidate.matched_license === null || candidate.matched_by === null
        ? null
        : {
            licenseId: candidate.matched_license,
            matchedBy: candidate.matched_by,
            role: candidate.matched_role ?? 'primary',
          },
    license: (licenseId === null ? undefined : licenses.get(licenseId)) ?? null,
  });
}

function planRowOf(operation: number, at: Candidate, plan: PlannedChange): SqlValue[] {
  return [
    operation,
    at.page,
    at.position,
    at.pass,
    plan.sourceKey,
    plan.outcome,
    plan.licenseId,
    plan.matchedBy,
    plan.expectedVersion,
    plan.changes.length > 0 ? jsonOrNull(plan.changes) : null,
    plan.conflicts.length > 0 ? jsonOrNull(plan.conflicts) : null,
    isDeactivation(plan.changes) ? 1 : 0,
    isOverwrite(plan.changes) ? 1 : 0,
    Number(at.returned),
    null,
    null,
  ];
}
