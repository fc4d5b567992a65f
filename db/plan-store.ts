/** Plans that dry runs leave: kept, taken over by the run that carries one out, and given up when their rows are pruned. */
import { type Selectable, sql } from 'kysely';
import type { GuardCounts } from '../domain/guard.ts';
import { type Db, sqlInstant } from './connect.ts';
import { matchLicenses } from './matching.ts';
import { inTransaction } from './retry.ts';
import { lastStagedPage } from './staging.ts';
import type { SyncPlansTable } from './tables.ts';

export type StoredPlan = Selectable<SyncPlansTable>;

const PAGES_AT_ONCE = 50;

export async function findStoredPlan(db: Db, id: string): Promise<StoredPlan | undefined> {
  return await db.selectFrom('sync_plans').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Keeps the plan of a dry run under its operation's id. Safe to repeat. */
export async function keepPlan(
  db: Db,
  plan: { id: string; operation: number; createdBy: string; summary: Record<string, unknown> },
): Promise<void> {
  const summary = JSON.stringify(plan.summary);
  await db
    .insertInto('sync_plans')
    .values({
      id: plan.id,
      operation: plan.operation,
      state: 'ready',
      summary,
      created_by: plan.createdBy,
      created_at: sqlInstant(Date.now()),
    })
    .onDuplicateKeyUpdate({ summary })
    .execute();
}

/**
 * Claims a plan for the operation that carries it out.
 * @returns false when another operation has it, or it has expired.
 */
export async function openPlan(db: Db, id: string, operationId: string): Promise<boolean> {
  const now = sqlInstant(Date.now());
  await db
    .updateTable('sync_plans')
    .set({ state: 'applied', applied_operation: operationId, applied_at: now })
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .execute();
  return (await findStoredPlan(db, id))?.applied_operation === operationId;
}

/** What a plan consists of is about to be pruned. */
export async function expirePlan(db: Db, operation: number): Promise<void> {
  await db
    .updateTable('sync_plans')
    .set({ state: 'expired' })
    .where('operation', '=', operation)
    .where('state', '=', 'ready')
    .execute();
}

/**
 * Copies what one operation has staged and planned to another, and marks planned changes whose premises do not hold any more.
 * Safe to repeat: a copy that is there is left as it is.
 * @returns the last page on which anything is staged.
 */
export async function copyPlan(
  db: Db,
  { from, to, batchSize, bySimilarity }: { from: number; to: number; batchSize: number; bySimilarity: boolean },
  checkpoint: () => void,
): Promise<number> {
  const pages = await lastPage(db, from);
  for (let page = 0; page <= pages; page += PAGES_AT_ONCE) {
    checkpoint();
    const within = sql`operation = ${from} AND page BETWEEN ${page} AND ${page + PAGES_AT_ONCE - 1}`;
    await inTransaction(db, async (trx) => {
      await sql`
        INSERT INTO sync_rows (operation, pass, page, position, source_key, row_hash, countid, appid_key, email_key, last_active, state, content)
        SELECT ${to}, pass, page, position, source_key, row_hash, countid, appid_key, email_key, last_active, state, content
        FROM sync_rows WHERE ${within} ON DUPLICATE KEY UPDATE page = VALUES(page)
      `.execute(trx);
      await sql`
        INSERT INTO sync_pages (operation, pass, page, row_count, given_up, total, keys_digest, fetched_at)
        SELECT ${to}, pass, page, row_count, given_up, total, keys_digest, fetched_at
        FROM sync_pages WHERE ${within} ON DUPLICATE KEY UPDATE total = VALUES(total)
      `.execute(trx);
      await sql`
        INSERT INTO sync_errors (operation, pass, page, position, positions, state, source_key, error_type, error_code, severity, retryable, error_message, raw_content, created_at)
        SELECT ${to}, pass, page, position, positions, state, source_key, error_type, error_code, severity, retryable, error_message, raw_content, created_at
        FROM sync_errors WHERE ${within} ON DUPLICATE KEY UPDATE error_code = VALUES(error_code)
      `.execute(trx);
      await sql`
        INSERT INTO sync_pushes (operation, source_key, page, license_id, license_version, fields, state, reason, updated_at)
        SELECT ${to}, source_key, page, license_id, license_version, fields, state, reason, updated_at
        FROM sync_pushes WHERE ${within} ON DUPLICATE KEY UPDATE page = VALUES(page)
      `.execute(trx);
      await sql`
        INSERT INTO plan_changes (operation, page, position, pass, source_key, outcome, license_id, matched_by, expected_version, changes, conflicts, deactivates, overwrites, returned)
        SELECT ${to}, page, position, pass, source_key, outcome, license_id, matched_by, expected_version, changes, conflicts, deactivates, overwrites, returned
        FROM plan_changes WHERE ${within} ON DUPLICATE KEY UPDATE outcome = VALUES(outcome)
      `.execute(trx);
    });
  }
  await matchLicenses(db, to, { batchSize, bySimilarity }, checkpoint);
  await markOutdated(db, to);
  await nameUnlinked(db, to, 'its link was changed since the plan was made');
  return pages;
}

/** Of what was read: a page of which nothing could be read has no rows. */
async function lastPage(db: Db, operation: number): Promise<number> {
  const row = await db
    .selectFrom('sync_pages')
    .select(({ fn }) => fn.max('page').as('last'))
    .where('operation', '=', operation)
    .executeTakeFirst();
  return Math.max(await lastStagedPage(db, operation), Number(row?.last ?? 0));
}

/** Whether everything that one operation holds was copied: what it held may have been pruned meanwhile. */
export async function isWholeCopy(db: Db, from: number, to: number): Promise<boolean> {
  for (const table of ['sync_rows', 'sync_pages'] as const) {
    const { rows } = await sql<{ missing: string | number }>`
      SELECT (SELECT COUNT(*) FROM ${sql.table(table)} WHERE operation = ${from})
        - (SELECT COUNT(*) FROM ${sql.table(table)} WHERE operation = ${to}) AS missing
    `.execute(db);
    if (Number(rows[0]?.missing ?? 0) !== 0) return false;
  }
  return true;
}

/** Names the records for which something else would be planned by now. Those that were skipped for it already keep their reason. */
async function markOutdated(db: Db, operation: number): Promise<void> {
  const open = sql`p.operation = ${operation} AND p.applied_at IS NULL AND p.drift IS NULL`;
  await inTransaction(db, async (trx) => {
    await sql`
      UPDATE plan_changes p JOIN sync_matches m ON m.operation = p.operation AND m.source_key = p.source_key
      SET p.drift = 'it belongs to another license by now'
      WHERE ${open} AND NOT (p.license_id <=> m.license_id) AND (p.outcome <> 'created' OR m.license_id IS NOT NULL)
    `.execute(trx);
    await sql`
      UPDATE plan_changes p JOIN sync_matches m ON m.operation = p.operation AND m.source_key = p.source_key
      SET p.drift = IF(m.role = 'primary', 'no other record feeds its license any more', 'another record is to feed its license by now')
      WHERE ${open} AND m.license_id IS NOT NULL AND (p.outcome = 'linked') <> (m.role = 'secondary')
    `.execute(trx);
    await sql`
      UPDATE plan_changes p JOIN external_licenses e ON e.source_key = p.source_key
      SET p.drift = 'it is marked as vanished already' WHERE ${open} AND p.outcome = 'vanished' AND e.vanished_at IS NOT NULL
    `.execute(trx);
  });
}

/**
 * Names the records that were to stay as they are, and so have no planned change, although their link is not what was read: someone changed
 * it since. Else they would be missing from the books without a word.
 */
export async function nameUnlinked(db: Db, operation: number, drift: string, onlyByPeople = false): Promise<void> {
  const byPeople = onlyByPeople
    ? sql`AND (k.base_hash = '' OR EXISTS (SELECT 1 FROM match_overrides o WHERE o.source_key = r.source_key)
        OR EXISTS (SELECT 1 FROM merges m JOIN sync_operations s ON s.id = ${operation}
          WHERE m.undone_at >= s.started_at AND JSON_SEARCH(m.moved, 'one', r.source_key, NULL, '$[*].sourceKey') IS NOT NULL))`
    : sql``;
  await sql`
    INSERT INTO plan_changes (operation, page, position, pass, source_key, outcome, license_id, matched_by, drift)
    SELECT r.operation, r.page, r.position, r.pass, r.source_key, 'unchanged', k.license_id, 'link', ${drift}
    FROM sync_rows r
      LEFT JOIN license_links k ON k.source_key = r.source_key
      LEFT JOIN plan_changes p ON p.operation = r.operation AND p.source_key = r.source_key
    WHERE r.operation = ${operation} AND r.state = 'staged' AND (p.source_key IS NULL OR p.applied_at IS NOT NULL)
      AND (k.source_key IS NULL OR k.base_hash <> r.row_hash) ${byPeople}
    ON DUPLICATE KEY UPDATE drift = VALUES(drift)
  `.execute(db);
}

/**
 * What is planned and not done yet, by the guard's kinds, and the links whose record lives. `regrouping`: records that leave, join or come
 * back to a license, done or not: who feeds it is settled after all of them.
 */
export async function plannedAmounts(
  db: Db,
  operation: number,
): Promise<{ counts: GuardCounts; regrouping: number; liveLinks: number }> {
  const { rows } = await sql<
    Record<'vanish' | 'deactivate' | 'overwrite' | 'regrouping' | 'links' | 'gone' | 'push', string | number | null>
  >`
    SELECT SUM(outcome = 'vanished' AND applied_at IS NULL) AS vanish, SUM(IF(applied_at IS NULL, deactivates, 0)) AS deactivate,
      SUM(IF(applied_at IS NULL, overwrites, 0)) AS overwrite,
      SUM(outcome IN ('vanished', 'linked') OR returned = 1) AS regrouping,
      (SELECT COUNT(*) FROM sync_pushes WHERE operation = ${operation} AND state = 'planned') AS push,
      (SELECT COUNT(*) FROM license_links) AS links,
      (SELECT COUNT(*) FROM external_licenses e JOIN license_links k ON k.source_key = e.source_key
        WHERE e.vanished_at IS NOT NULL) AS gone
    FROM plan_changes WHERE operation = ${operation} AND drift IS NULL
  `.execute(db);
  const number = (name: keyof (typeof rows)[number]) => Number(rows[0]?.[name] ?? 0);
  return {
    counts: {
      vanish: number('vanish'),
      deactivate: number('deactivate'),
      overwrite: number('overwrite'),
      push: number('push'),
    },
    regrouping: number('regrouping'),
    liveLinks: number('links') - number('gone'),
  };
}
