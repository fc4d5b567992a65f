/** The counts of a run, taken from the tables and not from what steps said of themselves. */
import { sql } from 'kysely';
import type { Books } from '../domain/books.ts';
import type { Db } from './connect.ts';

export interface RunCounts {
  books: Books;
  /** Written to the mirror, kept apart from the books. */
  mirrorCreated: number;
  mirrorUpdated: number;
  conflicts: number;
  ambiguous: number;
  /** Live mirror records that the feed did not contain. */
  missing: number;
  mirrored: number;
  /** Keys that the contract does not know. */
  unknownKeys: string[];
  errors: { type: string; code: string; positions: number; example: string }[];
}

type Numbers<K extends string> = Record<K, string | number | null>;

/** @param pass the last pass that was read; earlier ones count only for records that it did not give. */
export async function countRun(db: Db, operation: number, pass: number): Promise<RunCounts> {
  const states = await one<'staged' | 'repeated' | 'earlier'>(
    db,
    sql`
    SELECT
      (SELECT COUNT(*) FROM sync_rows WHERE operation = ${operation} AND state = 'staged') AS staged,
      (SELECT COUNT(*) FROM sync_rows WHERE operation = ${operation} AND state = 'repeated') AS repeated,
      (SELECT COUNT(*) FROM sync_rows WHERE operation = ${operation} AND state IN ('staged', 'repeated', 'quarantined')
        AND pass < ${pass}) AS earlier
  `,
  );
  const pages = await one<'positions'>(
    db,
    sql`
    SELECT SUM(row_count + given_up) AS positions FROM sync_pages WHERE operation = ${operation} AND pass = ${pass}
  `,
  );
  // The ground truth of "applied": the record's link knows exactly what was read.
  const settled = await one<'settled'>(
    db,
    sql`
    SELECT COUNT(*) AS settled FROM sync_rows r JOIN license_links k ON k.source_key = r.source_key AND k.base_hash = r.row_hash
    WHERE r.operation = ${operation} AND r.state = 'staged'
  `,
  );
  const planned = await one<'created' | 'updated' | 'linked'>(
    db,
    sql`
    SELECT SUM(outcome = 'created') AS created, SUM(outcome = 'updated') AS updated, SUM(outcome = 'linked') AS linked
    FROM plan_changes WHERE operation = ${operation} AND applied_at IS NOT NULL
  `,
  );
  const rest = await one<'quarantined' | 'conflicts' | 'ambiguous' | 'mirrored' | 'mirrorCreated' | 'mirrorUpdated'>(
    db,
    sql`
    SELECT
      (SELECT SUM(positions) FROM sync_errors WHERE operation = ${operation} AND state = 'open') AS quarantined,
      (SELECT COUNT(*) FROM field_conflicts WHERE operation = ${operation}) AS conflicts,
      (SELECT COUNT(*) FROM sync_matches WHERE operation = ${operation} AND ambiguous IS NOT NULL) AS ambiguous,
      (SELECT COUNT(*) FROM external_licenses WHERE vanished_at IS NULL) AS mirrored,
      (SELECT SUM(rows_created) FROM sync_batches WHERE operation = ${operation} AND phase = 'mirror') AS mirrorCreated,
      (SELECT SUM(rows_updated) FROM sync_batches WHERE operation = ${operation} AND phase = 'mirror') AS mirrorUpdated
  `,
  );
  const missing = await one<'missing'>(
    db,
    sql`
    SELECT COUNT(*) AS missing FROM external_licenses e
      LEFT JOIN sync_rows r ON r.operation = ${operation} AND r.source_key = e.source_key
    WHERE e.vanished_at IS NULL AND r.source_key IS NULL
  `,
  );
  const applied = planned.created + planned.updated + planned.linked;
  return {
    books: {
      fetched: pages.positions + states.earlier,
      created: planned.created,
      updated: planned.updated,
      unchanged: Math.max(0, settled.settled - applied),
      linked: planned.linked,
      repeated: states.repeated,
      quarantined: rest.quarantined,
      pending: states.staged - Math.max(settled.settled, applied),
    },
    mirrorCreated: rest.mirrorCreated,
    mirrorUpdated: rest.mirrorUpdated,
    conflicts: rest.conflicts,
    ambiguous: rest.ambiguous,
    missing: missing.missing,
    mirrored: rest.mirrored,
    unknownKeys: await unknownKeys(db, operation),
    errors: await errorsByCode(db, operation),
  };
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
    FROM sync_errors WHERE operation = ${operation} AND state = 'open'
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
