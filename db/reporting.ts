/**
 * The counts of a run, taken from the tables and not from what steps said of themselves. Joins with staging name their index: its
 * statistics are as old as the last run, and a wrong guess compares every record with every other.
 */
import { sql } from 'kysely';
import type { Books } from '../domain/books.ts';
import type { Db } from './connect.ts';
import { PUT_ASIDE_CODES } from './quarantine.ts';

export interface RunCounts {
  books: Books;
  /** Written to the mirror, kept apart from the books. */
  mirrorCreated: number;
  mirrorUpdated: number;
  conflicts: number;
  ambiguous: number;
  /** Live mirror records that the feed did not contain, as planned. */
  missing: number;
  /** Marked as vanished. */
  vanished: number;
  /** Planned changes that were skipped: of records that were read and are pending for it, and of records that have gone. */
  drifted: number;
  driftedVanishings: number;
  /** Licenses in force that end, and licenses of which a critical value is replaced. */
  deactivates: number;
  overwrites: number;
  /** Conflicts that the plan foresees. */
  plannedConflicts: number;
  mirrored: number;
  /** Keys that the contract does not know. */
  unknownKeys: string[];
  errors: { type: string; code: string; positions: number; example: string }[];
}

type Numbers<K extends string> = Record<K, string | number | null>;

export interface CountedRun {
  operation: number;
  /** The last pass that was begun; earlier ones count only for records that it did not give. */
  pass: number;
  /** Whether every phase came to its end. Else pages may be half read, two readings not settled, and a former plan out of date. */
  finished: boolean;
  /** What was planned counts as done: nothing of a dry run is ever applied. */
  planOnly: boolean;
}

export async function countRun(db: Db, { operation, pass, finished, planOnly }: CountedRun): Promise<RunCounts> {
  // Settling marks what a later reading replaces; a run that ended before it must look for itself.
  const spoken =
    finished || pass === 1
      ? sql``
      : sql`AND NOT EXISTS (SELECT 1 FROM sync_rows later WHERE later.operation = r.operation
          AND later.source_key = r.source_key AND later.pass = ${pass} AND r.pass < later.pass)`;
  const openErrors = finished
    ? sql`phase = 'fetch' AND state <> 'superseded'`
    : sql`phase = 'fetch' AND state <> 'superseded' AND (pass = ${pass} OR error_code IN (${sql.join(PUT_ASIDE_CODES)}))`;
  const states = await one<'staged' | 'repeated' | 'earlier'>(
    db,
    sql`
    SELECT
      (SELECT COUNT(*) FROM sync_rows r WHERE operation = ${operation} AND state = 'staged' ${spoken}) AS staged,
      (SELECT COUNT(*) FROM sync_rows r WHERE operation = ${operation} AND state = 'repeated' ${spoken}) AS repeated,
      (SELECT COUNT(*) FROM sync_rows r WHERE operation = ${operation} AND state IN ('staged', 'repeated', 'quarantined')
        AND pass < ${pass} ${spoken}) AS earlier
  `,
  );
  const pages = await one<'positions'>(
    db,
    sql`
    SELECT SUM(row_count + given_up) AS positions FROM sync_pages WHERE operation = ${operation} AND pass = ${pass}
  `,
  );
  const halfRead = finished ? 0 : await halfReadPositions(db, operation, pass);
  // The ground truth of "applied": the record's link knows exactly what was read.
  const settled = await one<'settled'>(
    db,
    sql`
    SELECT COUNT(*) AS settled FROM sync_rows r STRAIGHT_JOIN license_links k FORCE INDEX (PRIMARY) ON k.source_key = r.source_key AND k.base_hash = r.row_hash
    WHERE r.operation = ${operation} AND r.state = 'staged' ${spoken}
  `,
  );
  // Planning forgets what an earlier attempt applied to records that have gone since; a run that ended before it has not.
  const among = finished
    ? sql``
    : sql`JOIN sync_rows r FORCE INDEX (by_source_key) ON r.operation = p.operation AND r.source_key = p.source_key AND r.state = 'staged' ${spoken}`;
  const done = planOnly && finished ? sql`p.applied_at IS NULL` : sql`p.applied_at IS NOT NULL`;
  const planned = await one<'created' | 'updated' | 'linked'>(
    db,
    sql`
    SELECT SUM(p.outcome = 'created') AS created, SUM(p.outcome = 'updated') AS updated, SUM(p.outcome = 'linked') AS linked
    FROM plan_changes p ${among} WHERE p.operation = ${operation} AND ${done}
  `,
  );
  const plan = await one<
    'missing' | 'vanished' | 'drifted' | 'driftedVanishings' | 'deactivates' | 'overwrites' | 'plannedConflicts'
  >(
    db,
    sql`
    SELECT SUM(outcome = 'vanished') AS missing, SUM(outcome = 'vanished' AND applied_at IS NOT NULL) AS vanished,
      (SELECT COUNT(*) FROM plan_changes d
        JOIN sync_rows r FORCE INDEX (by_source_key) ON r.operation = d.operation AND r.source_key = d.source_key AND r.state = 'staged'
        LEFT JOIN license_links k ON k.source_key = d.source_key
        WHERE d.operation = ${operation} AND d.outcome <> 'vanished' AND d.drift IS NOT NULL
          AND (k.source_key IS NULL OR k.base_hash <> r.row_hash)) AS drifted,
      SUM(outcome = 'vanished' AND drift IS NOT NULL) AS driftedVanishings,
      SUM(deactivates) AS deactivates, SUM(overwrites) AS overwrites, SUM(conflicts IS NOT NULL) AS plannedConflicts
    FROM plan_changes WHERE operation = ${operation}
  `,
  );
  const rest = await one<'quarantined' | 'conflicts' | 'ambiguous' | 'mirrored' | 'mirrorCreated' | 'mirrorUpdated'>(
    db,
    sql`
    SELECT
      (SELECT SUM(positions) FROM sync_errors WHERE operation = ${operation} AND ${openErrors}) AS quarantined,
      (SELECT COUNT(*) FROM field_conflicts WHERE operation = ${operation}) AS conflicts,
      (SELECT COUNT(*) FROM sync_matches WHERE operation = ${operation} AND ambiguous IS NOT NULL) AS ambiguous,
      (SELECT COUNT(*) FROM external_licenses WHERE vanished_at IS NULL) AS mirrored,
      (SELECT SUM(rows_created) FROM sync_batches WHERE operation = ${operation} AND phase = 'mirror') AS mirrorCreated,
      (SELECT SUM(rows_updated) FROM sync_batches WHERE operation = ${operation} AND phase = 'mirror') AS mirrorUpdated
  `,
  );
  const applied = planned.created + planned.updated + planned.linked;
  return {
    books: {
      fetched: pages.positions + halfRead + states.earlier,
      created: planned.created,
      updated: planned.updated,
      unchanged: planOnly && finished ? states.staged - applied : Math.max(0, settled.settled - applied),
      linked: planned.linked,
      repeated: states.repeated,
      quarantined: rest.quarantined,
      pending: planOnly && finished ? 0 : states.staged - Math.max(settled.settled, applied),
    },
    mirrorCreated: rest.mirrorCreated,
    mirrorUpdated: rest.mirrorUpdated,
    conflicts: rest.conflicts,
    ambiguous: rest.ambiguous,
    ...plan,
    mirrored: rest.mirrored,
    unknownKeys: await unknownKeys(db, operation),
    errors: await errorsByCode(db, operation),
  };
}

/** Positions of pages that were being read in parts when the run ended. */
async function halfReadPositions(db: Db, operation: number, pass: number): Promise<number> {
  const { rows, unreadable } = await one<'rows' | 'unreadable'>(
    db,
    sql`
    SELECT
      (SELECT COUNT(*) FROM sync_rows r LEFT JOIN sync_pages p
        ON p.operation = r.operation AND p.pass = r.pass AND p.page = r.page
        WHERE r.operation = ${operation} AND r.pass = ${pass} AND p.page IS NULL) AS \`rows\`,
      (SELECT SUM(e.positions) FROM sync_errors e LEFT JOIN sync_pages p
        ON p.operation = e.operation AND p.pass = e.pass AND p.page = e.page
        WHERE e.operation = ${operation} AND e.pass = ${pass} AND p.page IS NULL) AS unreadable
  `,
  );
  return rows + unreadable;
}

async function unknownKeys(db: Db, operation: number): Promise<string[]> {
  const rows = await db
    .selectFrom('schema_drift')
    .select('field')
    .where('operation', '=', operation)
    .orderBy('field')
    .execute();
  return rows.map((row) => row.field);
}

async function errorsByCode(db: Db, operation: number): Promise<RunCounts['errors']> {
  const { rows } = await sql<{ type: string; code: string; positions: string | number; example: string }>`
    SELECT error_type AS type, error_code AS code, SUM(positions) AS positions, MIN(error_message) AS example
    FROM sync_errors WHERE operation = ${operation} AND phase = 'fetch' AND state <> 'superseded'
    GROUP BY error_type, error_code ORDER BY SUM(positions) DESC, error_code LIMIT 20
  `.execute(db);
  return rows.map((row) => ({ ...row, positions: Number(row.positions) }));
}

async function one<K extends string>(db: Db, query: ReturnType<typeof sql>): Promise<Record<K, number>> {
  const { rows } = await (query as ReturnType<typeof sql<Numbers<K>>>).execute(db);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value ?? 0)])) as Record<
    K,
    number
  >;
}
